"""Texts of cells measured and wrapped: one look for a whole table, so everything is a sum of known widths."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING

from docgen.engine.press.fonts.codes import encode, plane_name
from docgen.engine.press.setting.breaking import NO_END, NO_START

if TYPE_CHECKING:
    from docgen.engine.press.fonts.book import Face, Typeface
    from docgen.engine.press.laid.paper import Fallback

_SLIP = 1e-6
_WIDE = "\u2e80"
"""First character between two of which a line may end."""

_SIGNS = NO_START | NO_END
"""Characters that hold on to a neighbour."""


class Scale:
    """Widths of characters in em, and how they are written; collects what was met."""

    def __init__(self, typeface: Typeface) -> None:
        self.typeface = typeface
        self.faces: dict[Face, set[str]] = {}
        self.fallbacks: dict[str, Fallback] = {}
        self.missing: dict[str, str] = {}
        """Characters no face has, with the text around the first of them."""

        self._first = typeface.chain[0]
        self._widths: dict[str, float] = {"\n": inf}
        """No line holds a line feed."""

        self._others: dict[str, str] = {}
        """Resource names of characters that are not of the first face's first plane."""

        self._measured: dict[str, float] = {}

    def width(self, text: str) -> float:
        """Return the width of a text in em; remembered."""
        found = self._measured.get(text)
        if found is None:
            try:
                found = sum(map(self._widths.__getitem__, text))
            except KeyError:
                self._learn(text)
                found = sum(map(self._widths.__getitem__, text))
            if len(self._measured) > 100_000:
                self._measured.clear()
            self._measured[text] = found
        return found

    def _learn(self, text: str) -> None:
        from docgen.engine.press.laid.paper import Fallback

        for char in text:
            if char in self._widths:
                continue
            drawn = self.typeface.draw(char)
            if drawn is None:
                self.missing.setdefault(char, text[:40])
                self._widths[char] = 0.0
                continue
            self._widths[char] = round(drawn.width, 3)  # as the file says it
            self.faces.setdefault(drawn.face, set()).add(char)
            if drawn.is_fallback:
                name = drawn.face.font.names.post_script
                self.fallbacks[char] = Fallback(char=char, family=self.typeface.family, face=name)
            if drawn.face is not self._first or ord(char) > 0xFFFF:
                self._others[char] = plane_name(drawn.face, char)

    @property
    def resource(self) -> str:
        """Name of the font that a table's text objects begin with."""
        return self._first.resource

    def shown(self, text: str, size: str) -> str:
        """Return what shows a measured text between the brackets of a `TJ`, in the table's font.

        Characters of other fonts are set for themselves: the brackets are closed and opened again.
        """
        others = self._others
        if not others or others.keys().isdisjoint(text):
            return f"<{encode(text)}>"
        out: list[str] = []
        run, font = "", self.resource
        for char in text:
            wanted = others.get(char, self.resource)
            if wanted != font:
                if run:
                    out.append(f"<{encode(run)}>")
                out.append(f"]TJ /{wanted} {size} Tf [")
                run, font = "", wanted
            run += char
        out.append(f"<{encode(run)}>")
        if font != self.resource:
            out.append(f"]TJ /{self.resource} {size} Tf [")
        return "".join(out)

    def wrap(self, text: str, room: float) -> list[str]:
        """Break a text into lines of at most ``room`` em; line feeds break, too."""
        lines: list[str] = []
        for part in text.split("\n"):
            lines += [part] if self.width(part) <= room + _SLIP else self._wrap(part, room)
        return lines

    def _wrap(self, text: str, room: float) -> list[str]:
        ends = list(accumulate([self._widths[char] for char in text]))
        lines: list[str] = []
        start, used = 0, 0.0
        while start < len(text):
            stop = bisect_right(ends, used + room + _SLIP, start)
            if stop >= len(text):
                lines.append(text[start:])
                break
            stop = max(stop, start + 1)
            back = stop
            while back > start and not _may_part(text, back):
                back -= 1
            stop = back if back > start else stop
            lines.append(text[start:stop].rstrip(" "))
            while stop < len(text) and text[stop] == " ":
                stop += 1
            start, used = stop, ends[stop - 1]
        return lines

    def least(self, text: str) -> float:
        """Return the width of the longest piece of a text that cannot be parted."""
        if text.isascii():
            if text.isprintable() and " " not in text:
                return self.width(text)  # one word
        elif min(text) >= _WIDE and _SIGNS.isdisjoint(text):
            self.width(text)
            return max([self._widths[char] for char in text])
        widest, start = 0.0, 0
        for at in range(1, len(text) + 1):
            if at == len(text) or text[at] == "\n" or _may_part(text, at):
                widest = max(widest, self.width(text[start:at].strip()))
                start = at
        return widest


def _may_part(text: str, at: int) -> bool:
    """Whether a line may end before ``text[at]``."""
    last, here = text[at - 1], text[at]
    if here in NO_START or last in NO_END:
        return False
    return here == " " or last == " " or not (_is_narrow(last) and _is_narrow(here))


def _is_narrow(char: str) -> bool:
    return char < _WIDE
