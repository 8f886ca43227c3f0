"""The lines and backgrounds of a table: which edge wins where cells meet.

Source: ECMA-376 part 1 §17.4.66 (conflicts): what a cell says goes before what its table says; of
two cells the wider line is drawn. Lines of neighbours are drawn as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.laid.fragments import Fragment, fill_color, number, rectangle, stroke_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.model.blocks import CellOutline
    from docgen.engine.press.model.formats import Border

_DASHES = {
    "dashed": "[4 2] 0 d",
    "dashSmallGap": "[4 1] 0 d",
    "dotted": "[1 1] 0 d",
    "dotDash": "[4 2 1 2] 0 d",
    "dotDotDash": "[4 2 1 2 1 2] 0 d",
}
_DOUBLE = frozenset({"double", "triple", "doubleWave"})
_ABSENT = object()


def edge_widths(
    cells: Sequence[CellOutline], above: Sequence[CellOutline] | None, table: dict[str, Border], *, is_last: bool
) -> tuple[float, float]:
    """Return the widest line above a row, by which it grows, and the one that would end a page below it.

    Args:
        cells: Of the row.
        above: Cells of the row before it; ``None`` for the first one.
        table: Lines of the table.
        is_last: No row follows.
    """
    if above is None:
        upper = _widest(cells, "top", table.get("top"))
    else:
        inner = table.get("insideH")
        upper = max(_widest(cells, "top", inner), _widest(above, "bottom", inner))
    return upper, _widest(cells, "bottom", table.get("bottom" if is_last else "insideH"))


def _widest(cells: Sequence[CellOutline], side: str, otherwise: Border | None) -> float:
    edges = [dict(own).get(side, otherwise) for *_, own, _ in cells]
    return max([edge.room for edge in edges if edge is not None], default=0.0)


def rule(
    columns: tuple[float, ...],
    rows: tuple[tuple[CellOutline, ...], ...],
    heights: tuple[float, ...],
    borders: tuple[tuple[str, Border], ...],
) -> Fragment:
    """Return the backgrounds and lines of rows standing under each other."""
    xs, ys = _edges(columns), _edges(heights)
    table = dict(borders)
    owners = [_owners(row, len(columns)) for row in rows]
    out = _backgrounds(rows, xs, ys)
    segments: dict[Border, list[str]] = {}
    span = range(len(columns))
    for r in range(len(rows) + 1):
        above = owners[r - 1] if r > 0 else None
        below = owners[r] if r < len(rows) else None
        outer = "top" if r == 0 else "bottom" if r == len(rows) else ""
        level = [_horizontal(above, below, c, table, outer=outer) for c in span]
        _collect(level, xs, ys[r], level=True, into=segments)
    for c in range(len(columns) + 1):
        upright = [_vertical(row, c, len(columns), table) for row in owners]
        _collect(upright, ys, xs[c], level=False, into=segments)
    for border, paths in segments.items():
        out.append(stroked(border, paths))
    return Fragment(" ".join(out), ys[-1])


def stroked(border: Border, paths: Sequence[str]) -> str:
    """Return the operators that draw paths in the look of a border."""
    dash = _DASHES.get(border.style, "")
    return f"q 2 J {stroke_color(border.color)} {number(border.width)} w {dash} {' '.join(paths)} S Q"


def lines_across(border: Border) -> tuple[float, ...]:
    """Return where the lines lie that a border is drawn with, from its middle."""
    return (-border.width, border.width) if border.style in _DOUBLE else (0.0,)


def _edges(sizes: Sequence[float]) -> list[float]:
    places = [0.0]
    for size in sizes:
        places.append(places[-1] + size)
    return places


def _owners(row: tuple[CellOutline, ...], columns: int) -> list[CellOutline | None]:
    owners: list[CellOutline | None] = [None] * columns
    for cell in row:
        for c in range(cell[0], min(cell[0] + cell[1], columns)):
            owners[c] = cell
    return owners


def _backgrounds(rows: tuple[tuple[CellOutline, ...], ...], xs: list[float], ys: list[float]) -> list[str]:
    out: list[str] = []
    colors: dict[int, str] = {}
    for r, row in enumerate(rows):
        for first, span, continues, _, _, own in row:
            color = colors.get(first, own) if continues else own
            colors[first] = color
            if color:
                right = xs[min(first + span, len(xs) - 1)]
                box = rectangle(xs[first], ys[r], right - xs[first], ys[r + 1] - ys[r])
                out.append(f"{fill_color(color)} {box} f")
    if out:
        out.append("0 g")
    return out


def _own(cell: CellOutline | None, side: str) -> object:
    if cell is None:
        return _ABSENT
    for name, edge in cell[4]:
        if name == side:
            return edge
    return _ABSENT


def _decide(first: object, second: object, otherwise: Border | None) -> Border | None:
    said: list[Border] = [e for e in (first, second) if e is not None and e is not _ABSENT]  # type: ignore[misc]
    if said:
        return max(said, key=lambda edge: edge.width)
    return None if first is None or second is None else otherwise


def _horizontal(
    above: list[CellOutline | None] | None,
    below: list[CellOutline | None] | None,
    column: int,
    table: dict[str, Border],
    *,
    outer: str,
) -> Border | None:
    upper = above[column] if above else None
    lower = below[column] if below else None
    if upper is None and lower is None:
        return None
    if upper is not None and lower is not None and lower[2] and (upper[2] or upper[3]):
        return None  # inside a merged cell
    name = outer or "insideH"
    if not outer and (upper is None or lower is None):
        name = "top" if upper is None else "bottom"
    return _decide(_own(upper, "bottom"), _own(lower, "top"), table.get(name))


def _vertical(row: list[CellOutline | None], edge: int, columns: int, table: dict[str, Border]) -> Border | None:
    left = row[edge - 1] if edge > 0 else None
    right = row[edge] if edge < columns else None
    if left is right:
        return None
    name = "left" if left is None else "right" if right is None else "insideV"
    return _decide(_own(left, "right"), _own(right, "left"), table.get(name))


def _collect(
    edges: Sequence[Border | None], places: Sequence[float], at: float, *, level: bool, into: dict[Border, list[str]]
) -> None:
    """Join equal neighbours to one line each; ``at`` is where all of them lie across."""
    start = 0
    while start < len(edges):
        border, stop = edges[start], start + 1
        while stop < len(edges) and edges[stop] == border:
            stop += 1
        if border is not None:
            into.setdefault(border, []).extend(
                path(places[start], places[stop], at + shift, level=level) for shift in lines_across(border)
            )
        start = stop


def path(first: float, last: float, at: float, *, level: bool) -> str:
    """Return a straight line; ``at``: where it lies across."""
    if level:
        return f"{number(first)} {number(-at)} m {number(last)} {number(-at)} l"
    return f"{number(at)} {number(-first)} m {number(at)} {number(-last)} l"
