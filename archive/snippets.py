"""The place in the text that a query met, cut out with its surroundings and marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.index.tokens import place_of
from archive.normal import FoldedText, fold_with_positions
from archive.query import Aim

if TYPE_CHECKING:
    from archive.query import Query

BEFORE = 20
"""Characters shown before the first marked place."""

WIDTH = 80
"""Characters shown in all."""

_WITHOUT_TEXT = {Aim.FORM, Aim.VILLAGE, Aim.STATUS, Aim.DAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of a page's text."""

    text: str
    """White space made single blanks; a cut side shows …"""

    marks: tuple[tuple[int, int], ...] = ()
    """Start and stop of each met place within ``text``, in order, not overlapping."""


def make_snippet(text: str, query: Query, *, width: int = WIDTH) -> Snippet:
    """Return the first place of ``text`` that the query met, or its beginning where it met none."""
    flat = " ".join(text.split())
    known = fold_with_positions(flat)
    spans = _spans(known, query)
    flat = known.original
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    stop = min(len(flat), start + width)
    start = max(0, min(start, stop - width))
    left = "…" if start else ""
    right = "…" if stop < len(flat) else ""
    shift = len(left) - start
    marks = tuple((a + shift, min(b, stop) + shift) for a, b in spans if a >= start and a < stop)
    return Snippet(text=left + flat[start:stop] + right, marks=marks)


def _spans(known: FoldedText, query: Query) -> list[tuple[int, int]]:
    """Return the met places as spans of the original text, merged and in order."""
    found: list[tuple[int, int]] = []
    for clause in query.clauses:
        if clause.negated or clause.aim in _WITHOUT_TEXT or not clause.folded:
            continue
        at = place_of(known.folded, clause.folded)
        while at >= 0:
            found.append((known.positions[at], _end(known, at + len(clause.folded))))
            at = place_of(known.folded, clause.folded, at + len(clause.folded))
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _end(known: FoldedText, stop: int) -> int:
    """Return where the original stretch ends whose folded one ends before ``stop``."""
    last = known.positions[stop - 1]
    return last + 1
