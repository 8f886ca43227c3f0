"""Old scans looked at in bulk, in a child process: kind, pages, text layer – not their marks.

Nobody knows what lies in a folder of ten years; whatever crashes a parser costs one file its pages and
not the run. Text is taken from the file's own layer and never recognised from pictures.
"""

from __future__ import annotations

import contextlib
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pypdfium2

from archive.intake.guard import ChildDiedError, guarded
from archive.intake.limits import DEFAULT_LIMITS, Limits
from archive.intake.pages import Kind, kind_of, open_scan
from archive.intake.pdf import open_document
from forms.errors import UnreadableScanError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_TEXT = 200_000
"""Characters of text kept of one file."""

_HEAD = 1024
_NO_SCAN = "不是扫描件（只认 PDF、JPEG、PNG、TIFF 和手机的 HEIC）"
_CLOSED = "打不开，可能正被其他程序使用"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldScan:
    """What was seen of one file."""

    path: Path
    kind: Kind | None
    """``None``: not a scan."""
    pages: int = 0
    text: str = ""
    """Of a PDF's own text layer, pages parted by form feeds; empty when it has none."""
    fault: str = ""
    """Why it cannot be read, in Chinese; empty when it can."""


def look_at(paths: Sequence[Path], *, limits: Limits = DEFAULT_LIMITS, is_guarded: bool = True) -> Iterator[OldScan]:
    """Yield what is in each file, in order; a file that kills the child is named and left behind.

    Args:
        paths: Files; one child process reads them all as long as it lives.
        limits: What one file may cost.
        is_guarded: Parse in a child process.
    """
    left = list(paths)
    while left:
        seen = 0
        with contextlib.suppress(ChildDiedError):
            for scan in guarded(_look, left, limits, limits=limits) if is_guarded else _look(left, limits):
                yield replace(scan, path=left[seen])
                seen += 1
        if seen < len(left):
            yield OldScan(path=left[seen], kind=None, fault="内部结构异常，打开它会耗尽内存或时间")
            seen += 1
        left = left[seen:]


def unfit(path: Path) -> str:
    """Return why a file is no scan by its first bytes; empty when it may be one."""
    try:
        with path.open("rb") as file:
            return "" if kind_of(file.read(_HEAD)) else _NO_SCAN
    except OSError:
        return _CLOSED


def _look(paths: Sequence[Path], limits: Limits) -> Iterator[OldScan]:
    for path in paths:
        with warnings.catch_warnings():  # what Pillow says of a broken header is in the fault already
            warnings.simplefilter("ignore", UserWarning)
            scan = _look_at_one(path, limits)
        yield scan


def _look_at_one(path: Path, limits: Limits) -> OldScan:
    try:
        with path.open("rb") as file:
            kind = kind_of(file.read(_HEAD))
        if kind is None:
            return OldScan(path=path, kind=None, fault=_NO_SCAN)
        if kind != "pdf":
            with open_scan(path, limits=limits) as scan:
                return OldScan(path=path, kind=kind, pages=len(scan.pages))
        return _look_at_pdf(path, limits)
    except UnreadableScanError as error:
        return OldScan(path=path, kind=None, fault=str(error).partition("”")[2].partition("，原文件")[0])
    except OSError:
        return OldScan(path=path, kind=None, fault=_CLOSED)


def _look_at_pdf(path: Path, limits: Limits) -> OldScan:
    """Count pages and take the text without reading the file into memory."""
    try:
        document = open_document(path)
    except pypdfium2.PdfiumError:
        # damaged: the reader of intake may still carve pictures out of it, and says why not
        with open_scan(path, limits=limits) as scan:
            return OldScan(path=path, kind="pdf", pages=len(scan.pages))
    try:
        count = len(document)
        if not 1 <= count <= limits.pages:
            return OldScan(path=path, kind=None, fault="没有页面" if not count else f"超过 {limits.pages} 页")
        return OldScan(path=path, kind="pdf", pages=count, text=_text(document, count))
    finally:
        document.close()


def _text(document: pypdfium2.PdfDocument, count: int) -> str:
    texts: list[str] = []
    size = 0
    for index in range(count):
        page = document[index]
        try:
            textpage = page.get_textpage()
            try:
                text = textpage.get_text_bounded().strip()
            finally:
                textpage.close()
        finally:
            page.close()
        texts.append(text)
        size += len(text)
        if size > MOST_TEXT:
            break
    whole = "\f".join(texts)[:MOST_TEXT]
    return whole.encode("utf-8", "ignore").decode() if any(texts) else ""
