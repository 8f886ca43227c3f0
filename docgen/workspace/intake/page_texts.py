"""What was read (OCR) on pages that are not ours, kept beside the scan: one small file a page.

`text-<place>.json` in the scan's object: what the machine read and how sure it was. It is a help for
finding and never evidence; the picture is.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from archive.store import scan_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.intake.ocr import TextLine
    from archive.store import Store

FORMAT = 1
_NAME = re.compile(r"text-(\d{5})\.json")


def text_file(index: int) -> str:
    """Return the logical path of what was read on a page, counted from 0."""
    return f"text-{index:05}.json"


def encode_lines(lines: Sequence[TextLine], *, engine: str, turns: int = 0) -> bytes:
    """Return the file of one page; it became readable by so many clockwise quarter turns."""
    data = {
        "format": FORMAT,
        "engine": engine,
        "turns": turns,
        "lines": [{"text": line.text, "score": round(line.score, 3)} for line in lines],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_pages(store: Store, sha256: str) -> frozenset[int]:
    """Return which pages of a scan have been read, from 0."""
    names = (_NAME.fullmatch(path) for path in store.paths(scan_object(sha256)))
    return frozenset(int(name.group(1)) for name in names if name)


def page_text(store: Store, sha256: str, index: int) -> tuple[str, int]:
    """Return what was read on a page, lines parted by line feeds, and by how many clockwise quarter turns.

    Nothing and 0 for a page that nobody has read.
    """
    object_id = scan_object(sha256)
    if text_file(index) not in store.paths(object_id):
        return "", 0
    data = json.loads(store.read(object_id, text_file(index)))
    return "\n".join(line["text"] for line in data["lines"]), int(data["turns"])
