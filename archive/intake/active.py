"""What in a PDF would act by itself when somebody opens it: scripts, programs to start, files inside.

No scanner writes such things. Nothing of it ever reaches a derived file, which is built from page
pictures alone; the point of looking is to say so and to keep the original apart. Jumping to a page
when opened (``/GoTo``) is what half of all copiers ask for, and does no harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any, BinaryIO

_HARMLESS = {"/GoTo", "/GoToR", "/URI", "/Named", "/Thread", "/GoToE"}
_WORDS = {
    "/JavaScript": "脚本",
    "/Launch": "启动其他程序的命令",
    "/SubmitForm": "向外发送内容的表单",
    "/ImportData": "从外面取内容的表单",
    "/Rendition": "音像",
    "/RichMediaExecute": "音像",
}
_PIECE, _LONGEST = 1 << 20, 20
_MAX_PAGES = 2_000
_MAX_ANNOTATIONS = 200
_TROUBLE = (
    pypdf.errors.PyPdfError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    OSError,
)


def active_content(path: Path) -> tuple[str, ...]:
    """Return what acts by itself in a PDF, in Chinese words for a message; empty for harmless files.

    A PDF that cannot be walked through is judged by the names that stand in its bytes.
    """
    with path.open("rb") as file:
        try:
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted:
                reader.decrypt("")
            return tuple(dict.fromkeys(_found(reader)))
        except _TROUBLE:
            file.seek(0)
            return tuple(dict.fromkeys(_named(file)))


def _named(file: BinaryIO) -> Iterator[str]:
    """Look for the names in the bytes, a piece at a time."""
    tail = b""
    while piece := file.read(_PIECE):
        data = tail + piece
        yield from (word for name, word in _WORDS.items() if name.encode() in data)
        tail = data[-_LONGEST:]


def _found(reader: pypdf.PdfReader) -> Iterator[str]:
    root = _plain(reader.trailer["/Root"])
    names = _plain(root.get("/Names")) or {}
    if names.get("/JavaScript") is not None:
        yield _WORDS["/JavaScript"]
    if names.get("/EmbeddedFiles") is not None or root.get("/AF") is not None:
        yield "夹带的文件"
    form = _plain(root.get("/AcroForm"))
    if isinstance(form, dict) and form.get("/XFA") is not None:
        yield "动态表单"
    yield from _actions(root.get("/OpenAction"))
    yield from _additional(root.get("/AA"))
    for number, page in enumerate(reader.pages):
        if number >= _MAX_PAGES:
            return
        yield from _additional(page.get("/AA"))
        for annotation in list(_plain(page.get("/Annots")) or ())[:_MAX_ANNOTATIONS]:
            item = _plain(annotation)
            if isinstance(item, dict):
                if item.get("/Subtype") in {"/FileAttachment", "/RichMedia", "/Screen", "/Movie"}:
                    yield "夹带的文件" if item.get("/Subtype") == "/FileAttachment" else "音像"
                yield from _actions(item.get("/A"))
                yield from _additional(item.get("/AA"))


def _additional(entry: Any) -> Iterator[str]:
    """Look at the actions of a dictionary of triggers."""
    triggers = _plain(entry)
    if isinstance(triggers, dict):
        for action in triggers.values():
            yield from _actions(action)


def _actions(entry: Any, depth: int = 0) -> Iterator[str]:
    """Look at an action and those that follow it; a destination is none."""
    action = _plain(entry)
    if not isinstance(action, dict) or depth > 10:
        return
    kind = action.get("/S")
    if kind is not None and kind not in _HARMLESS:
        yield _WORDS.get(str(kind), "会自动执行的动作")
    following = _plain(action.get("/Next"))
    for one in following if isinstance(following, list) else [following]:
        yield from _actions(one, depth + 1)


def _plain(entry: Any) -> Any:
    """Return what a reference points to."""
    return entry.get_object() if hasattr(entry, "get_object") else entry
