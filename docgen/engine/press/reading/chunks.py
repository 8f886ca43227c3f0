"""Pieces of a part's XML that stand by themselves, parsed one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.reading.ooxml import local

if TYPE_CHECKING:
    from docgen.engine.press.reading.cutting import OpenPart
    from docgen.engine.press.reading.ooxml import Element
    from docgen.engine.press.reading.parts import PartReader


class Chunks:
    """Parses those pieces of one part that need it."""

    def __init__(self, part: PartReader, opened: OpenPart) -> None:
        self.part = part
        self.stock = part.stock
        self.opened = opened

    def parsed(self, chunk: bytes) -> Element:
        """Parse one element by itself."""
        root = self.part.package.parse(self.opened.wrapped(chunk))
        return root[0][0] if local(root) == "document" else root[0]
