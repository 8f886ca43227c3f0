"""From ink and red in one place to an answer: signed or not, printed or not, sealed or not.

Thresholds come from design/intake.md §4, tried there on seeds held out; whose mark it is follows
from where its middle lies, because boxes stand closer together than fingers and seals are large.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from archive.intake.components import Component, find_components

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Answer = tuple["Presence", float, float, float]
    """The answer, mm² of ink, mm² of red, extent in mm of what decided."""

DPI = 150
PIXELS_PER_MM = DPI / 25.4
"""Of everything looked at."""

_K = PIXELS_PER_MM

_INK_MM2, _INK_EXTENT_MM = 3.0, 6.0
_FAINT_INK_MM2 = 1.5
_SPILL_MM2, _EDGE_MM = 8.0, 1.2
_DOT_MM = 1.6
_FINGER_MM2, _FINGER_EXTENT_MM = 25.0, 8.0
_ONE_FINGER_MM, _FINGERS_MM = 28.0, 60.0
"""A rolled fingertip is at most so long; a column of them at most so long as can be told apart."""

_OWN_FINGER_MM, _NEIGHBOUR_MM = 9.0, 4.0
_BLACK_FINGER_MM2 = 40.0
_SEAL_MM2, _SEAL_EXTENT_MM, _SEAL_LONG_MM, _SEAL_DRIFT_MM = 25.0, 15.0, 28.0, 10.0
_FAINT_RED_MM2 = 6.0


class Presence(StrEnum):
    """The answer."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    CANNOT_TELL = "cannot-tell"

    @property
    def label(self) -> str:
        """Say it to the clerk."""
        return {"found": "有", "not-found": "没有", "cannot-tell": "看不清，请人工核对"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Ink and red of one place."""

    ink: Mask
    red: Mask
    inner: Mask
    """The box itself, without the margin."""

    margin: float
    """mm around the box."""

    def signature(self, *, is_grey: bool) -> Answer:
        """Look for strokes long enough for a name that are not just the neighbour's coming in.

        On a grey scan the rim of a seal looks like a stroke; there something must stand clear of the edges.
        """
        strokes = [c for c in find_components(self.ink, self.inner) if self._is_stroke(c)]
        area = sum(c.inside for c in strokes) / _K**2
        extent = (max(c.right for c in strokes) - min(c.left for c in strokes)) / _K if strokes else 0.0
        # a finger instead of a name is for a person to judge; one that reaches in from next door is not
        prints = [c for c in self._red_things(1.0) if self._is_within(c, 0.0) and not self._is_cut(c)]
        red = sum(c.inside for c in prints) / _K**2
        clear = sum(c.inside for c in strokes if not self._touches_edge(c)) / _K**2
        is_spill = (area < _SPILL_MM2 and clear == 0) or (is_grey and clear < _INK_MM2)
        if area >= _INK_MM2 and extent >= _INK_EXTENT_MM and not is_spill:
            return Presence.FOUND, area, red, extent
        if area >= _FAINT_INK_MM2 or red >= _FINGER_MM2:
            return Presence.CANNOT_TELL, area, red, extent
        return Presence.NOT_FOUND, area, red, extent

    def fingerprint(self, *, is_grey: bool) -> Answer:
        """Rows of a table are lower than a finger is long, so neighbours reach into each other's place.

        A print that stands alone belongs where its middle is. Prints that run into each other are
        told apart in the middle row of the box: one's own is at its widest there, the neighbours end.
        """
        ink, dark = self._strokes()
        best, area, extent = Presence.NOT_FOUND, 0.0, 0.0
        for c in self._red_things(1.0):
            size = max(c.width, c.height) / _K
            if size <= _ONE_FINGER_MM:
                if self._is_within(c, 0.0):
                    enough = c.inside >= _FINGER_MM2 * _K**2 and min(c.width, c.height) >= _FINGER_EXTENT_MM * _K
                    answer = Presence.FOUND if enough else Presence.CANNOT_TELL
                else:
                    continue
            else:
                wide = self._width_in_middle_row()
                answer = Presence.NOT_FOUND if wide < _NEIGHBOUR_MM else Presence.CANNOT_TELL
                if size <= _FINGERS_MM and wide >= _OWN_FINGER_MM:
                    answer = Presence.FOUND
            area += c.inside / _K**2
            extent = max(extent, size)
            if answer is Presence.FOUND or best is Presence.NOT_FOUND:
                best = answer
        # red is grey on a grey scan, and some pads are black
        if best is Presence.NOT_FOUND and dark >= (_FAINT_INK_MM2 if is_grey else _BLACK_FINGER_MM2):
            best = Presence.CANNOT_TELL
        return best, ink, area, extent

    def seal(self, *, is_grey: bool) -> Answer:
        """Look for something red and far larger than a finger, with its middle in or near the box."""
        ink, dark = self._strokes()
        best, area, extent = Presence.NOT_FOUND, 0.0, 0.0
        for c in self._red_things(2.0):
            long, short = max(c.width, c.height) / _K, min(c.width, c.height) / _K
            is_large = long >= _SEAL_LONG_MM and short >= _SEAL_EXTENT_MM and c.inside >= _SEAL_MM2 * _K**2
            if not self._is_within(c, _SEAL_DRIFT_MM if is_large else 0.0):
                continue
            area += c.inside / _K**2
            extent = max(extent, long)
            if is_large:
                best = Presence.FOUND
            elif best is Presence.NOT_FOUND:
                best = Presence.CANNOT_TELL
        if best is Presence.NOT_FOUND and is_grey and dark >= _FAINT_INK_MM2:
            best = Presence.CANNOT_TELL
        return best, ink, area, extent

    def _red_things(self, reach: float) -> list[Component]:
        """Return the red things of some size; `Component.inside` is their red without the gaps."""
        things = find_components(grown(self.red, reach), self.red)
        return [c for c in things if c.inside >= _FAINT_RED_MM2 * _K**2]

    def _is_within(self, c: Component, slack: float) -> bool:
        """Tell whether the middle of a thing lies in the box, give or take ``slack`` mm."""
        x, y = (c.left + c.right) / 2, (c.top + c.bottom) / 2
        edge = (self.margin - slack) * _K
        return bool(edge <= x <= self.ink.shape[1] - edge and edge <= y <= self.ink.shape[0] - edge)

    def _width_in_middle_row(self) -> float:
        middle, half = self.red.shape[0] // 2, round(1.2 * _K)
        edge = round(self.margin * _K)
        band = self.red[middle - half : middle + half, edge : self.red.shape[1] - edge]
        return float(band.any(0).sum()) / _K

    def _strokes(self) -> tuple[float, float]:
        """Return mm² of dark strokes around and in the box, and in the box alone."""
        strokes = [c for c in find_components(self.ink, self.inner) if max(c.width, c.height) > _DOT_MM * _K]
        return sum(c.area for c in strokes) / _K**2, sum(c.inside for c in strokes) / _K**2

    def _is_stroke(self, c: Component) -> bool:
        """Leave out dust, streaks, remains of rules, and what mostly lies outside the box."""
        w, h = c.width / _K, c.height / _K
        if max(w, h) < _DOT_MM or c.inside < 0.4 * c.area:
            return False
        rows, columns = (length - 2 * self.margin * _K for length in self.ink.shape)
        is_line = (w < 0.7 and c.height > 0.6 * rows) or (h < 0.7 and c.width > 0.6 * columns)
        return not is_line

    def _touches_edge(self, c: Component) -> bool:
        """Tell whether a stroke ends where the box does: it may belong to the neighbour."""
        near = (self.margin + _EDGE_MM) * _K
        rows, columns = self.ink.shape
        return c.left <= near or c.top <= near or c.right >= columns - near or c.bottom >= rows - near

    def _is_cut(self, c: Component) -> bool:
        """Tell whether a thing goes on beyond what was cut out."""
        rows, columns = self.ink.shape
        return c.left == 0 or c.top == 0 or c.right == columns or c.bottom == rows


def grown(mask: Mask, mm: float) -> Mask:
    """Widen a mask by so much to every side."""
    for axis in (0, 1):
        wide = mask.copy()
        for step in range(1, round(mm * _K) + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            wide[tuple(ahead)] |= mask[tuple(behind)]
            wide[tuple(behind)] |= mask[tuple(ahead)]
        mask = wide
    return mask
