"""Paths of VML shapes that are drawn from plain points: moves, lines and curves, absolute and relative.

Source: ECMA-376 part 4 §19.1.2.19 (the attribute `path`). Arcs and points taken from formulas are not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.model.drawings import Step

_PART = re.compile(r"(nf|ns|[a-z])([^a-z]*)")
_COUNTS = {"m": 2, "l": 2, "c": 6, "t": 2, "r": 2, "v": 6}
_ABSOLUTE = {"t": "m", "r": "l", "v": "c"}
_SILENT = frozenset({"e", "nf", "ns"})


def steps_of_path(path: str, size: Sequence[float]) -> tuple[Step, ...] | None:
    """Read a path.

    Args:
        path: As written; a number left out is 0.
        size: Width and height of its coordinates.

    Returns:
        The steps from 0 to 1; ``None`` for a path with more than points.
    """
    if "@" in path or len(size) != 2 or not all(size):
        return None
    found: list[Step] = []
    at = (0.0, 0.0)
    for sign, rest in _PART.findall(path):
        if sign in _SILENT:
            continue
        if sign == "x":
            found.append(("h", ()))
            continue
        values, count = _numbers(rest), _COUNTS.get(sign, 0)
        if not count or values is None or len(values) % count:
            return None
        for i in range(0, len(values), count):
            points = values[i : i + count]
            if sign in _ABSOLUTE:
                points = [value + at[k % 2] for k, value in enumerate(points)]
            at = points[-2], points[-1]
            found.append((_ABSOLUTE.get(sign, sign), tuple(value / size[k % 2] for k, value in enumerate(points))))
    return tuple(found) or None


def _numbers(text: str) -> list[float] | None:
    parts = re.sub(r"(?<=\d)-", ",-", re.sub(r"\s+", ",", text.strip())).split(",")
    try:
        return [float(part or 0) for part in parts]
    except ValueError:
        return None
