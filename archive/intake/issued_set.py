"""The last step of the cascade: a code no decoder reads is compared with the codes that are out.

The part of the symbol that is the same in all of ours is found in the corners of the page; then
each module is sampled softly and the whole is correlated with every page this office has given
out and not got back. Two corners count together. Nothing is accepted that chance could have
brought about: the best must be good, far ahead of the second, and beyond what the number of
candidates makes likely. Source: design/intake.md §1b.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archive.intake.symbol_finding import LookedAt, find_symbols
from archive.intake.symbols import fixed_modules, modules_of
from forms.marks import PageMark, parse_payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from archive.intake.geometry import Corners
    from archive.intake.picture import Pixels

LEAST_SCORE, LEAST_GAP = 0.30, 0.18
CHANCE = 1e-8
"""Likelihood that a foreign code of a page is taken for one of ours."""

CONTRADICTED = 0.02
"""Share of the code's dark modules that may be seen plainly light. Ink makes light modules dark and
never dark ones light, so a worn code of ours has none; one altered character changes 16 and more."""

_PLAINLY = -0.5
_READINGS = 16
"""Ways of reading one page that are tried: four ways up, two corners, alone and together."""

_BLOCK = 4096
"""Candidates compared at a time; keeps 100,000 of them out of memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A page recognised by likeness."""

    mark: PageMark
    corners: tuple[Corners, ...]
    """Of one or two codes, in pixels: the code's own top left, top right, bottom right, bottom left."""

    score: float
    """Correlation with the code accepted, at most 1."""

    gap: float
    """How far behind the second best lies."""


class IssuedSet:
    """The pages that are out; its symbols are computed at the first use, and kept packed."""

    def __init__(self, marks: Sequence[tuple[str, int]], secret: bytes) -> None:
        """Remember what may come back.

        Args:
            marks: Mark id and number of pages of each paper version that is out.
            secret: The office's secret.
        """
        self._marks = tuple(marks)
        self._secret = secret
        self._payloads: list[str] = []
        self._packed: NDArray[np.uint8] | None = None

    def __bool__(self) -> bool:
        return bool(self._marks)

    def match(self, bright: Pixels) -> Match | None:
        """Recognise a page.

        Args:
            bright: The page as max(R, G, B), full size.
        """
        if not self._marks:
            return None
        return next((found for looked in find_symbols(bright) if (found := self._compare(looked))), None)

    def _compare(self, looked: Sequence[LookedAt]) -> Match | None:
        """Compare the codes of one way of holding the page: each alone, then together."""
        free = ~fixed_modules()[0]
        values = [seen.modules[free] for seen in looked]
        products = [self._products(v) for v in values]
        readings: list[tuple[int, ...]] = [(k,) for k in range(len(looked))]
        if len(looked) == 2:
            readings.insert(0, (0, 1))
        for reading in readings:
            length = math.sqrt(sum(float((values[k] ** 2).sum()) for k in reading))
            size = sum(values[k].size for k in reading)
            if length == 0:
                continue
            scores = sum(products[k] for k in reading) / (length * math.sqrt(size))
            accepted = self._accept(np.asarray(scores), size)
            if accepted is None:
                continue
            index, score, gap = accepted
            if self._is_contradicted(index, np.concatenate([values[k] for k in reading])):
                continue
            mark = parse_payload(self._payloads[index], self._secret)
            assert mark is not None
            return Match(mark=mark, corners=tuple(looked[k].corners for k in reading), score=score, gap=gap)
        return None

    def _accept(self, scores: NDArray[np.float32], size: int) -> tuple[int, float, float] | None:
        """Return the candidate, its score and its lead, when it can only be the right one."""
        order = np.argpartition(-scores, min(1, len(scores) - 1))[:2]
        order = order[np.argsort(-scores[order])]
        best = float(scores[order[0]])
        gap = best - (float(scores[order[1]]) if len(order) > 1 else 0.0)
        # a strange code correlates like a sum of coin tosses: 1/sqrt(size) is its deviation
        needed = math.sqrt(2 * math.log(len(scores) * _READINGS / CHANCE) / size)
        if best < max(LEAST_SCORE, needed) or gap < LEAST_GAP:
            return None
        return int(order[0]), best, gap

    def _is_contradicted(self, index: int, values: NDArray[np.float32]) -> bool:
        """Tell whether the paper shines where the code should be dark: another code, under the same strokes."""
        symbol = np.unpackbits(self._symbols()[index], count=int((~fixed_modules()[0]).sum())).astype(bool)
        dark = np.tile(symbol, values.size // symbol.size)
        return int((values[dark] < _PLAINLY).sum()) > CONTRADICTED * int(dark.sum())

    def _products(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the sum over modules of seen times printed, dark counting +1 and light -1, for every candidate."""
        packed = self._symbols()
        parts = []
        for start in range(0, len(packed), _BLOCK):
            dark = np.unpackbits(packed[start : start + _BLOCK], axis=1, count=values.size)
            parts.append(2 * (dark.astype(np.float32) @ values) - values.sum())
        return np.concatenate(parts)

    def _symbols(self) -> NDArray[np.uint8]:
        if self._packed is None:
            free = ~fixed_modules()[0]
            self._payloads = [
                PageMark(mark_id=name, page=page, pages=pages).payload(self._secret)
                for name, pages in self._marks
                for page in range(1, pages + 1)
            ]
            blocks = [self._payloads[start : start + _BLOCK] for start in range(0, len(self._payloads), _BLOCK)]
            self._packed = np.vstack([np.packbits(modules_of(block)[:, free], axis=1) for block in blocks])
        return self._packed
