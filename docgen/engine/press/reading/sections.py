"""What a `w:sectPr` says.

Source: ECMA-376 part 1 §17.6 (sections), §17.6.8 (numbers of lines), §17.6.10 (borders), §17.6.23 (vertical alignment),
§17.10 (headers and footers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from docgen.engine.press.model.blocks import COLUMNS, LineNumbers, PageBorders
from docgen.engine.press.model.formats import LINE_STYLES
from docgen.engine.press.reading.ooxml import R, W, is_on, local, points, value, whole
from docgen.engine.press.reading.properties import border
from docgen.engine.press.reading.sheet_sizes import hundredths, sheet_side

if TYPE_CHECKING:
    from docgen.engine.press.reading.ooxml import Element

_SPACE = 36.0
"""Points between columns where nothing is said."""

_LEAST = 15.0
"""Points of a column that text stands in."""

SectionSettings: TypeAlias = "tuple[dict[str, Any], tuple[tuple[str, str, str], ...]]"
"""Settings of a `model.blocks.Section`; headers and footers: the element's name, which pages, relationship."""

_SIDES = frozenset({"top", "left", "bottom", "right"})
_APART = 72 / 2.54 / 2
"""Points between the numbers of lines and the text where nothing is said: half a centimetre."""


def section_settings(element: Element) -> SectionSettings:
    """Return the settings of a `w:sectPr`, and which headers and footers it names."""
    size, margin, grid = (element.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
    numbers, said = element.find(f"{W}pgNumType"), element.find(f"{W}cols")
    references = tuple(
        (local(child), value(child, "type") or "default", child.get(f"{R}id") or "")
        for child in element
        if local(child) in {"headerReference", "footerReference"}
    )
    start = value(numbers, "start")
    undrawn = set[str]()
    if (value(element.find(f"{W}textDirection")) or "lrTb") != "lrTb":
        undrawn.add("竖排文字")
    borders, has_art = _borders(element.find(f"{W}pgBorders"))
    if has_art:
        undrawn.add("页面边框的图案")
    kind = value(grid, "type") or "" if grid is not None else ""
    settings: dict[str, Any] = {
        "width": sheet_side(points(value(size, "w"), 612)),
        "height": sheet_side(points(value(size, "h"), 792)),
        "top": points(value(margin, "top"), 72),
        "bottom": points(value(margin, "bottom"), 72),
        "left": points(value(margin, "left"), 72) + points(value(margin, "gutter")),
        "right": points(value(margin, "right"), 72),
        "header_distance": points(value(margin, "header"), 36),
        "footer_distance": points(value(margin, "footer"), 36),
        "kind": value(element.find(f"{W}type")) or "nextPage",
        "grid": "" if kind == "default" else kind,
        "grid_pitch": points(value(grid, "linePitch")),
        "grid_extra": whole(value(grid, "charSpace")) / 4096,
        "title_page": is_on(element.find(f"{W}titlePg")),
        "first_number": whole(start) if start is not None else None,
        "number_style": value(numbers, "fmt") or "decimal",
        "borders": borders,
        "vertical": value(element.find(f"{W}vAlign")) or "top",
        "line_numbers": _line_numbers(element.find(f"{W}lnNumType")),
    }
    settings["grid_lines"] = _grid_lines(settings)
    settings["columns"] = columns = _columns(said, settings["width"] - settings["left"] - settings["right"])
    settings["has_rules"] = bool(columns) and _is_said(value(said, "sep"))
    if said is not None and not columns and _count(said) > 1:
        undrawn.add(COLUMNS)
    return settings | {"undrawn": frozenset(undrawn)}, references


def _grid_lines(settings: dict[str, Any]) -> int:
    """Return how many lines of the grid the margins leave room for, reckoned in hundredths of a millimetre."""
    pitch = hundredths(settings["grid_pitch"])
    height, top, bottom = (hundredths(abs(settings[name])) for name in ("height", "top", "bottom"))
    return max(0, height - top - bottom) // pitch if pitch > 0 else 0


def _borders(element: Element | None) -> tuple[PageBorders | None, bool]:
    """Read a `w:pgBorders`; tell whether pictures are asked for instead of lines."""
    found = [(side, border(edge)) for edge in element if (side := local(edge)) in _SIDES] if element is not None else []
    edges = tuple((side, edge) for side, edge in found if edge is not None and edge.style in LINE_STYLES)
    has_art = any(edge is not None and edge.style not in LINE_STYLES for _, edge in found)
    if not edges:
        return None, has_art
    display = value(element, "display") or "allPages"
    return PageBorders(edges=edges, from_page=value(element, "offsetFrom") == "page", display=display), has_art


def _line_numbers(element: Element | None) -> LineNumbers | None:
    """Read a `w:lnNumType`: without `countBy` there are no numbers; `start` is one less than the first."""
    step = whole(value(element, "countBy"))
    if step < 1:
        return None
    return LineNumbers(
        step=step,
        first=whole(value(element, "start")) + 1,
        distance=points(value(element, "distance")) or _APART,
        restart=value(element, "restart") or "newPage",
    )


def _columns(said: Element | None, body: float) -> tuple[tuple[float, float], ...]:
    """Read a `w:cols` (§17.6.4): left edge and width of each column; nothing for one, or for columns without room.

    Args:
        said: The element.
        body: Width of the text area.
    """
    count = _count(said)
    if said is None or count < 2:
        return ()
    if len(said) and not _is_said(value(said, "equalWidth"), default=True):
        sizes = [(points(value(column, "w")), points(value(column, "space"))) for column in said][:count]
    else:
        space = points(value(said, "space"), _SPACE)
        sizes = [((body - space * (count - 1)) / count, space)] * count
    found: list[tuple[float, float]] = []
    left = 0.0
    for wide, space in sizes:
        found.append((left, wide))
        left += wide + space
    return tuple(found) if all(wide >= _LEAST for _, wide in found) else ()


def _count(said: Element | None) -> int:
    """Return how many columns a `w:cols` asks for."""
    if said is not None and len(said) and not _is_said(value(said, "equalWidth"), default=True):
        return len(said)
    return whole(value(said, "num"), 1)


def _is_said(text: str | None, *, default: bool = False) -> bool:
    return default if text is None else text not in {"0", "false", "off"}
