"""Connected marks: the same ones as a flood fill finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from archive.intake.components import find_components


def flooded(marks: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> list[set[tuple[int, int]]]:
    left = {(int(r), int(c)) for r, c in zip(*np.nonzero(marks), strict=True)}
    groups = []
    while left:
        group, edge = set(), [left.pop()]
        while edge:
            r, c = edge.pop()
            group.add((r, c))
            near = {(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        groups.append(group)
    return groups


@given(st.integers(1, 9), st.integers(1, 12), st.integers(0, 2**32), st.sampled_from([0.2, 0.45, 0.7]))
def test_components_equal_a_flood_fill(height: int, width: int, seed: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    marks, region = rng.random((height, width)) < density, rng.random((height, width)) < 0.5
    found = sorted(
        (c.area, c.top, c.left, c.bottom, c.right, c.inside, c.width, c.height) for c in find_components(marks, region)
    )
    expected = sorted(
        (
            len(g),
            min(r for r, _ in g),
            min(c for _, c in g),
            max(r for r, _ in g) + 1,
            max(c for _, c in g) + 1,
            sum(bool(region[cell]) for cell in g),
            max(c for _, c in g) + 1 - min(c for _, c in g),
            max(r for r, _ in g) + 1 - min(r for r, _ in g),
        )
        for g in flooded(marks)
    )
    assert found == expected
