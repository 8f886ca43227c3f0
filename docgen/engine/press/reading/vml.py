"""VML to drawings: what older word processors and WPS write for shapes, text boxes and pictures.

Source: ECMA-376 part 4 §19.1 (VML), §19.3 (`w10:wrap`). What cannot be drawn is named, never left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Drawing, Floating, Item, TextFrame
from docgen.engine.press.model.drawings import Outline, Position
from docgen.engine.press.model.formats import DOWN, UP
from docgen.engine.press.model.pictures import is_drawable
from docgen.engine.press.reading.colors import named_color
from docgen.engine.press.reading.drawings import UndrawableError
from docgen.engine.press.reading.geometry import OPEN, steps_of
from docgen.engine.press.reading.ooxml import R, W, local
from docgen.engine.press.reading.vml_path import steps_of_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.engine.press.model.drawings import Step
    from docgen.engine.press.reading.drawings import Sources
    from docgen.engine.press.reading.ooxml import Element

_UNITS = {"pt": 1.0, "in": 72.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "px": 0.75, "pc": 12.0}
_O = "{urn:schemas-microsoft-com:office:office}"
_SHAPES = {
    "1": "rect", "2": "roundRect", "3": "ellipse", "4": "diamond", "5": "triangle", "6": "rtTriangle", "12": "star5",
    "13": "rightArrow", "20": "line", "32": "line", "66": "leftArrow", "67": "downArrow", "68": "upArrow",
    "75": "picture", "85": "leftBracket", "86": "rightBracket", "87": "leftBrace", "88": "rightBrace",
    "109": "rect", "110": "diamond", "116": "flowChartTerminator", "120": "ellipse", "176": "roundRect",
    "185": "bracketPair", "202": "rect",
}  # fmt: skip
_ELEMENTS = {"rect": "rect", "roundrect": "roundRect", "oval": "ellipse", "line": "line", "image": "rect"}
_ORIGINS = {
    "text": "", "char": "character", "left-margin-area": "leftMargin", "right-margin-area": "rightMargin",
    "top-margin-area": "topMargin", "bottom-margin-area": "bottomMargin",
}  # fmt: skip
_DASHES = {"dash": (4.0, 3.0), "shortdash": (3.0, 1.0), "1 1": (1.0, 1.0), "dashdot": (4.0, 3.0, 1.0, 3.0)}
_PICTURE = "picture"
_MISSING = "找不到或打不开的图片"
_SILENT = frozenset(
    {"shapetype", "wrap", "anchorlock", "OLEObject", "lock", "fill", "stroke", "path", "formulas", "handles", "textbox",
     "imagedata", "shadow", "f", "binData", "bordertop", "borderleft", "borderbottom", "borderright", "diagram", ""}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scale:
    """Units of a group: points for one of them, and where they begin; plain lengths outside groups."""

    across: float = 0.0
    down: float = 0.0
    x: float = 0.0
    y: float = 0.0

    def length(self, text: str, *, down: bool = False) -> float:
        if self.across and not text.strip()[-2:].isalpha():
            return _float(text) * (self.down if down else self.across)
        return length(text)


@dataclass(slots=True)
class VmlReader:
    """Reads one `w:pict`."""

    sources: Sources
    undrawn: set[str]

    def read(self, pict: Element) -> Iterator[Drawing | Floating]:
        """Give what the element draws: in the line, or at places of their own.

        Raises:
            UndrawableError: Something of it cannot be drawn.
        """
        for shape in pict:
            if local(shape) in _SILENT:
                continue
            style = _style(shape)
            if style.get("visibility") == "hidden" or style.get("mso-hide") == "all":
                continue
            if shape.get(f"{_O}hr") in {"t", "true"}:
                yield _ruled(shape, style)
                continue
            items = list(self._items(shape, _Scale()))
            if not items:
                continue
            x, y, width, height = _extent(shape, style, _Scale())
            items = [replace(item, x=item.x - x, y=item.y - y) for item in items]
            fields = any(
                getattr(block, "has_page_fields", False) for i in items if i.text is not None for block in i.text.blocks
            )
            drawing = Drawing(width=width, height=height, items=tuple(items), has_page_fields=fields)
            yield _floating(shape, style, drawing, x, y) if style.get("position") == "absolute" else drawing

    def _items(self, shape: Element, scale: _Scale) -> Iterator[Item]:
        name, style = local(shape), _style(shape)
        if name == "group":
            yield from self._group(shape, style, scale)
            return
        if name in _SILENT:
            return
        x, y, width, height = _extent(shape, style, scale)
        turn = _degrees(style.get("rotation", ""))
        image = shape.find("{*}imagedata")
        text = self._text(shape, style)
        if text is not None and turn:
            raise UndrawableError("旋转的文本框")
        kind = _kind(shape)
        if image is not None or name == "image":
            yield self._picture(shape, image, (x, y, width, height), turn)
            return
        if kind == _PICTURE:
            return  # the ground of a canvas
        if shape.find("{*}textpath") is not None:
            raise UndrawableError("艺术字")
        steps = steps_of(kind, width, height) if kind else _own_steps(shape)
        if steps is None:
            raise UndrawableError("图形")
        flip = style.get("flip", "")
        flips = ("x" in flip, "y" in flip)
        if name == "line":
            start, stop = (_pair(shape.get(end) or "0,0", scale) for end in ("from", "to"))
            flips = (stop[0] < start[0], stop[1] < start[1])
        outline = self._outline(shape, steps, is_open=kind in OPEN)
        yield Item(
            x=x,
            y=y,
            width=width,
            height=height,
            rotation=turn,
            flips=flips,
            outline=outline,
            text=text,
            description=shape.get("alt") or "",
        )

    def _group(self, group: Element, style: dict[str, str], scale: _Scale) -> Iterator[Item]:
        if _degrees(style.get("rotation", "")):
            raise UndrawableError("旋转的组合图形")
        x, y, width, height = _extent(group, style, scale)
        size = [_float(v) for v in (group.get("coordsize") or "1000,1000").split(",")]
        start = [_float(v) for v in (group.get("coordorigin") or "0,0").split(",")]
        if len(size) != 2 or len(start) != 2 or not all(size):
            raise UndrawableError("组合图形")
        inner = _Scale(width / size[0], height / size[1], start[0], start[1])
        for child in group:
            for item in self._items(child, inner):
                yield replace(item, x=item.x + x, y=item.y + y)

    def _picture(
        self, shape: Element, image: Element | None, place: tuple[float, float, float, float], turn: float
    ) -> Item:
        relation = image.get(f"{R}id") or "" if image is not None else ""
        data = self.sources.media(relation)
        if not data or not is_drawable(data):
            raise UndrawableError(_MISSING)
        crop = [_share(image.get(f"crop{side}")) if image is not None else 0.0 for side in _SIDES]
        x, y, width, height = place
        return Item(
            x=x,
            y=y,
            width=width,
            height=height,
            rotation=turn,
            picture=data,
            relation=relation,
            crop=(crop[0], crop[1], crop[2], crop[3]),
            description=shape.get("alt") or "",
        )

    def _outline(self, shape: Element, steps: tuple[Step, ...], *, is_open: bool) -> Outline:
        fill, stroke = shape.find("{*}fill"), shape.find("{*}stroke")
        filled = (shape.get("filled") or (fill.get("on") if fill is not None else None) or "t")[0] in "t1"
        stroked = (shape.get("stroked") or (stroke.get("on") if stroke is not None else None) or "t")[0] in "t1"
        if filled and fill is not None and (fill.get("type") or "solid") != "solid":
            self.undrawn.add("图形的渐变或图案填充")
        clear = fill is not None and _share(fill.get("opacity") or "1") <= 0
        ends = [stroke.get(end) or "none" for end in ("startarrow", "endarrow")] if stroke is not None else []
        if any(end != "none" for end in ends):
            self.undrawn.add("线条的箭头")
        return Outline(
            steps=steps,
            fill=named_color(shape.get("fillcolor") or "white", "FFFFFF")
            if filled and not is_open and not clear
            else None,
            stroke=named_color(shape.get("strokecolor") or "black") if stroked else None,
            stroke_width=length(shape.get("strokeweight") or "0.75pt") or 0.75,
            dashes=_DASHES.get(stroke.get("dashstyle") or "", ()) if stroke is not None else (),
        )

    def _text(self, shape: Element, style: dict[str, str]) -> TextFrame | None:
        box = shape.find("{*}textbox")
        content = box.find(f"{W}txbxContent") if box is not None else None
        if box is None or content is None:
            return None
        look = _style(box)
        flow, is_up = look.get("layout-flow", "horizontal"), "mso-layout-flow-alt" in look
        direction = {"horizontal": "", "vertical-ideographic": DOWN, "vertical": UP if is_up else DOWN}.get(flow)
        if direction is None:
            raise UndrawableError("竖排的文本框")
        given = (box.get("inset") or "").split(",")
        left, top, right, bottom = (
            length(given[i]) if i < len(given) and given[i].strip() else default
            for i, default in enumerate((7.2, 3.6, 7.2, 3.6))
        )
        return TextFrame(
            blocks=self.sources.blocks(content),
            insets=(top, right, bottom, left),
            vertical={"middle": "center", "bottom": "bottom"}.get(style.get("v-text-anchor", ""), "top"),
            direction=direction,
            grows=look.get("mso-fit-shape-to-text") in {"t", "true"},
        )


_SIDES = ("top", "right", "bottom", "left")


def length(text: str) -> float:
    """Read a length with its unit; pixels where there is none."""
    text = text.strip()
    unit = _UNITS.get(text[-2:])
    return _float(text[:-2]) * unit if unit is not None else _float(text) * (1.0 if text in {"", "0"} else 0.75)


def _ruled(shape: Element, style: dict[str, str]) -> Drawing:
    """Return a horizontal rule: a shape as wide as its column."""
    steps = steps_of("rect", 1, 1)
    assert steps is not None
    outline = Outline(steps=steps, fill=named_color(shape.get("fillcolor") or "#a0a0a0", "A0A0A0"))
    height = length(style.get("height", "")) or 1.5
    return Drawing(width=0.0, height=height, items=(Item(width=0.0, height=height, outline=outline),))


def _style(element: Element) -> dict[str, str]:
    parts = (part.split(":", 1) for part in (element.get("style") or "").split(";") if ":" in part)
    return {name.strip().lower(): value.strip() for name, value in parts}


def _extent(shape: Element, style: dict[str, str], scale: _Scale) -> tuple[float, float, float, float]:
    """Return left, top, width and height; in a group from its corner."""
    x = scale.length(style.get("left", "0")) + length(style.get("margin-left", "0"))
    y = scale.length(style.get("top", "0"), down=True) + length(style.get("margin-top", "0"))
    if local(shape) == "line":
        start, stop = (_pair(shape.get(end) or "0,0", scale) for end in ("from", "to"))
        x, y = x + min(start[0], stop[0]), y + min(start[1], stop[1])
        width, height = abs(stop[0] - start[0]), abs(stop[1] - start[1])
    else:
        width = scale.length(style.get("width", "0"))
        height = scale.length(style.get("height", "0"), down=True)
    return x - scale.x * scale.across, y - scale.y * scale.down, width, height


def _pair(text: str, scale: _Scale) -> tuple[float, float]:
    across, _, down = text.partition(",")
    return scale.length(across or "0"), scale.length(down or "0", down=True)


def _floating(shape: Element, style: dict[str, str], drawing: Drawing, x: float, y: float) -> Floating:
    wrap = shape.find("{*}wrap")
    kind = (wrap.get("type") or "none") if wrap is not None else "none"
    positions = []
    for axis, at, plain in (("horizontal", x, "column"), ("vertical", y, "paragraph")):
        align = style.get(f"mso-position-{axis}", "absolute")
        origin = style.get(f"mso-position-{axis}-relative", "text")
        positions.append(
            Position(
                origin=_ORIGINS.get(origin, origin) or plain, align="" if align == "absolute" else align, offset=at
            )
        )
    defaults = {"top": 0.0, "right": 9.0, "bottom": 0.0, "left": 9.0}
    apart = [length(style[key]) if (key := f"mso-wrap-distance-{side}") in style else defaults[side] for side in _SIDES]
    return Floating(
        drawing=drawing,
        horizontal=positions[0],
        vertical=positions[1],
        wrap={"tight": "square", "through": "square"}.get(kind, kind),
        sides={"left": "left", "right": "right", "largest": "largest"}.get(
            (wrap.get("side") or "") if wrap is not None else "", "bothSides"
        ),
        distances=(apart[0], apart[1], apart[2], apart[3]),
        is_behind=style.get("z-index", "0").startswith("-"),
        order=int(_float(style.get("z-index", "0"))),
    )


def _kind(shape: Element) -> str:
    """Return the shape's name; empty for one with a path of its own."""
    name = local(shape)
    if name in _ELEMENTS:
        return _ELEMENTS[name]
    number = (shape.get("type") or "").rpartition("_t")[2] or (shape.get(f"{_O}spt") or "").partition(".")[0]
    if number in _SHAPES:
        return _SHAPES[number]
    if number in {"136", "137", "138", "140", "144", "145"}:
        raise UndrawableError("艺术字")
    if shape.get("path") or number == "100":
        return ""
    return "rect" if shape.find("{*}textbox") is not None and not number else "?"


def _own_steps(shape: Element) -> tuple[Step, ...] | None:
    """Read the shape's own path; a shape of none has no outline."""
    size = [_float(v) for v in (shape.get("coordsize") or "1000,1000").split(",")]
    path = shape.get("path") or ""
    return steps_of_path(path, size) if path else ()


def _degrees(text: str) -> float:
    if text.endswith("fd"):
        return (_float(text[:-2]) / 65536) % 360
    return _float(text) % 360


def _share(text: str | None) -> float:
    if not text:
        return 0.0
    return _float(text[:-1]) / 65536 if text.endswith("f") else _float(text)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
