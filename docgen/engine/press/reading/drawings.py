"""DrawingML to drawings: pictures, shapes, text boxes and groups of them, in the line or with a place of their own.

Source: ECMA-376 part 1 §20.1 (shapes), §20.4 (`wp:inline`, `wp:anchor`); shapes of Word 2010 (`wps`, `wpg`) after
[MS-ODRAWXML]. What cannot be drawn is named, never left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docgen.engine.press.model.blocks import Drawing, Floating, Item, TextFrame
from docgen.engine.press.model.drawings import Outline, Position
from docgen.engine.press.model.formats import DOWN, UP
from docgen.engine.press.model.pictures import is_drawable
from docgen.engine.press.reading.colors import drawn_color
from docgen.engine.press.reading.geometry import OPEN, steps_of
from docgen.engine.press.reading.ooxml import R, W, local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docgen.engine.press.model.blocks import Block
    from docgen.engine.press.model.drawings import Step
    from docgen.engine.press.reading.ooxml import Element

_EMU = 12700
_ANGLE = 60000
"""Parts of a degree."""

_MISSING = "找不到或打不开的图片"
_WRAPS = {
    "wrapNone": "none",
    "wrapSquare": "square",
    "wrapTight": "square",
    "wrapThrough": "square",
    "wrapTopAndBottom": "topAndBottom",
}
_DASHES = {
    "dash": (4.0, 3.0), "sysDash": (3.0, 1.0), "dot": (1.0, 3.0), "sysDot": (1.0, 1.0), "dashDot": (4.0, 3.0, 1.0, 3.0),
    "lgDash": (8.0, 3.0), "lgDashDot": (8.0, 3.0, 1.0, 3.0), "sysDashDot": (3.0, 1.0, 1.0, 1.0),
    "lgDashDotDot": (8.0, 3.0, 1.0, 3.0, 1.0, 3.0), "sysDashDotDot": (3.0, 1.0, 1.0, 1.0, 1.0, 1.0),
}  # fmt: skip
_OTHERS = {
    "chart": "图表",
    "relIds": "SmartArt 图形",
    "wpc": "绘图画布",
    "lockedCanvas": "锁定的画布",
    "contentPart": "墨迹",
}


class UndrawableError(Exception):
    """Something in a drawing that we cannot draw, in words a clerk knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a drawing's parts come from."""

    media: Callable[[str], bytes]
    """Bytes of a picture by its relationship."""

    blocks: Callable[[Element], tuple[Block, ...]]
    """Reads the content of a text box."""

    colors: Mapping[str, str] = field(default_factory=dict)
    """Of the theme."""


def description_of(place: Element) -> str:
    """Return what a `wp:inline` or `wp:anchor` says to those who cannot see it."""
    about = place.find("{*}docPr")
    return (about.get("descr") or about.get("title") or "") if about is not None else ""


@dataclass(slots=True)
class DrawingReader:
    """Reads one `wp:inline` or `wp:anchor`."""

    sources: Sources
    undrawn: set[str]

    def drawing(self, place: Element) -> Drawing:
        """Read what is drawn.

        Raises:
            UndrawableError: Something of it cannot be drawn.
        """
        extent, data = place.find("{*}extent"), place.find(".//{*}graphicData")
        if extent is None or data is None:
            raise UndrawableError(_MISSING)
        width, height = _points(extent, "cx"), _points(extent, "cy")
        items = [item for child in data for item in self._items(child, width, height)]
        if not items:
            raise UndrawableError(_MISSING)
        items[0] = replace(items[0], description=description_of(place))
        return Drawing(width=width, height=height, items=tuple(items), has_page_fields=_has_page_fields(items))

    def floating(self, place: Element) -> Floating:
        """Read a `wp:anchor`.

        Raises:
            UndrawableError: Something of it cannot be drawn.
        """
        wrap = next((child for child in place if local(child) in _WRAPS), None)
        kind = _WRAPS[local(wrap)] if wrap is not None else "none"
        if place.get("simplePos") in {"1", "true"}:
            spot = place.find("{*}simplePos")
            across = Position(origin="page", offset=_points(spot, "x"))
            down = Position(origin="page", offset=_points(spot, "y"))
        else:
            across = self._position(place.find("{*}positionH"), "column")
            down = self._position(place.find("{*}positionV"), "paragraph")
        top, right, bottom, left = (_points(place, f"dist{side}") for side in "TRBL")
        return Floating(
            drawing=self.drawing(place),
            horizontal=across,
            vertical=down,
            wrap=kind,
            sides=(wrap.get("wrapText") or "bothSides") if wrap is not None else "bothSides",
            distances=(top, right, bottom, left),
            is_behind=place.get("behindDoc") in {"1", "true"},
            order=int(_number(place.get("relativeHeight"))),
        )

    def _position(self, element: Element | None, default: str) -> Position:
        if element is None:
            return Position(origin=default)
        origin, align, offset = element.get("relativeFrom") or default, "", 0.0
        for child in _known(element):
            if local(child) == "align":
                align = (child.text or "").strip()
            elif local(child) == "posOffset":
                offset = _number(child.text) / _EMU
            else:
                self.undrawn.add("按百分比给出的图形位置")
        return Position(origin=origin, align=align, offset=offset)

    def _items(self, element: Element, width: float, height: float) -> Iterator[Item]:
        """Give what one element draws, from the drawing's corner."""
        name = local(element)
        if name == "pic":
            yield self._picture(element, width, height)
        elif name == "wsp":
            yield self._shape(element, width, height)
        elif name in {"wgp", "grpSp"}:
            yield from self._group(element, width, height)
        elif name == "AlternateContent":
            for child in _known(element):
                yield from self._items(child, width, height)
        elif name in _OTHERS:
            raise UndrawableError(_OTHERS[name])
        elif name not in {"cNvGrpSpPr", "grpSpPr", "cNvPr", "extLst", "cNvFrPr", "nvGrpSpPr", ""}:
            raise UndrawableError("图形或图表")

    def _group(self, group: Element, width: float, height: float) -> Iterator[Item]:
        frame = group.find("{*}grpSpPr/{*}xfrm")
        inner_x, inner_y, inner_w, inner_h = 0.0, 0.0, width, height
        if frame is not None:
            if _number(frame.get("rot")):
                raise UndrawableError("旋转的组合图形")
            start, size = frame.find("{*}chOff"), frame.find("{*}chExt")
            inner_x, inner_y = _points(start, "x"), _points(start, "y")
            inner_w, inner_h = _points(size, "cx") or width, _points(size, "cy") or height
        across, down = (width / inner_w if inner_w else 1.0), (height / inner_h if inner_h else 1.0)
        for child in group:
            place = child.find("{*}spPr/{*}xfrm")
            if place is None:
                place = child.find("{*}grpSpPr/{*}xfrm")
            if place is None:
                yield from self._items(child, width, height)
                continue
            start, size = place.find("{*}off"), place.find("{*}ext")
            x, y = (_points(start, "x") - inner_x) * across, (_points(start, "y") - inner_y) * down
            for item in self._items(child, _points(size, "cx") * across, _points(size, "cy") * down):
                yield replace(item, x=item.x + x, y=item.y + y)

    def _picture(self, element: Element, width: float, height: float) -> Item:
        blip = element.find("{*}blipFill/{*}blip")
        data = self.sources.media(blip.get(f"{R}embed") or "") if blip is not None else b""
        if not data or not is_drawable(data):
            raise UndrawableError(_MISSING)
        cut = element.find("{*}blipFill/{*}srcRect")
        shares = [_number(cut.get(side)) / 100_000 if cut is not None else 0.0 for side in "trbl"]
        if shares[0] + shares[2] >= 1 or shares[1] + shares[3] >= 1:
            raise UndrawableError(_MISSING)
        properties = element.find("{*}spPr")
        turn, flips = _turned(properties)
        top, right, bottom, left = shares
        return Item(
            width=width,
            height=height,
            rotation=turn,
            flips=flips,
            picture=data,
            crop=(top, right, bottom, left),
            outline=self._picture_edge(properties),
        )

    def _picture_edge(self, properties: Element | None) -> Outline | None:
        line = properties.find("{*}ln") if properties is not None else None
        stroke, width, dashes = self._line(line, None)
        steps = steps_of("rect", 1, 1)
        assert steps is not None
        return Outline(steps=steps, stroke=stroke, stroke_width=width, dashes=dashes) if stroke is not None else None

    def _shape(self, element: Element, width: float, height: float) -> Item:
        properties, style = element.find("{*}spPr"), element.find("{*}style")
        if properties is None:
            raise UndrawableError("图形")
        turn, flips = _turned(properties)
        known = properties.find("{*}prstGeom")
        name = known.get("prst") or "" if known is not None else ""
        own = properties.find("{*}custGeom")
        steps = _own_steps(own) if own is not None else steps_of(name or "rect", width, height)
        if steps is None:
            raise UndrawableError(f"“{name or '自定义'}”图形")
        text = self._text(element)
        if text is not None and turn:
            raise UndrawableError("旋转的文本框")
        stroke, thick, dashes = self._line(properties.find("{*}ln"), style)
        fill = None if name in OPEN else self._fill(properties, style)
        outline = Outline(steps=steps, fill=fill, stroke=stroke, stroke_width=thick, dashes=dashes)
        return Item(width=width, height=height, rotation=turn, flips=flips, outline=outline, text=text)

    def _fill(self, properties: Element, style: Element | None) -> str | None:
        for child in properties:
            name = local(child)
            if name == "noFill":
                return None
            if name == "solidFill":
                return drawn_color(child, self.sources.colors)
            if name in {"gradFill", "pattFill"}:
                self.undrawn.add("图形的渐变或图案填充")
                first = child.find(".//{*}gs") if name == "gradFill" else child.find("{*}bgClr")
                return drawn_color(first, self.sources.colors)
            if name == "blipFill":
                raise UndrawableError("用图片填充的图形")
        return self._of_style(style, "fillRef")

    def _line(self, line: Element | None, style: Element | None) -> tuple[str | None, float, tuple[float, ...]]:
        """Return colour, width and dashes of a line."""
        width = _number(line.get("w")) / _EMU if line is not None and line.get("w") else 0.75
        dashes: tuple[float, ...] = ()
        color: str | None = None
        is_said = False
        for child in line if line is not None else ():
            name = local(child)
            if name in {"noFill", "solidFill"}:
                is_said = True
                color = drawn_color(child, self.sources.colors) if name == "solidFill" else None
            elif name == "prstDash":
                dashes = _DASHES.get(child.get("val") or "", ())
            elif name in {"headEnd", "tailEnd"} and (child.get("type") or "none") != "none":
                self.undrawn.add("线条的箭头")
        return color if is_said else self._of_style(style, "lnRef"), width, dashes

    def _of_style(self, style: Element | None, name: str) -> str | None:
        reference = style.find("{*}" + name) if style is not None else None
        if reference is None or (reference.get("idx") or "0") == "0":
            return None
        return drawn_color(reference, self.sources.colors)

    def _text(self, element: Element) -> TextFrame | None:
        content, body = element.find(f"{{*}}txbx/{W}txbxContent"), element.find("{*}bodyPr")
        if content is None:
            if element.find("{*}linkedTxbx") is not None:
                raise UndrawableError("链接的文本框")
            return None
        said: Mapping[str, str] = {str(k): str(v) for k, v in body.attrib.items()} if body is not None else {}
        direction = {"horz": "", "eaVert": DOWN, "vert": DOWN, "vert270": UP}.get(said.get("vert", "horz"))
        if direction is None:
            raise UndrawableError("竖排的文本框")
        insets = tuple(
            _number(said.get(f"{side}Ins"), default) / _EMU
            for side, default in (("t", 45720), ("r", 91440), ("b", 45720), ("l", 91440))
        )
        return TextFrame(
            blocks=self.sources.blocks(content),
            insets=(insets[0], insets[1], insets[2], insets[3]),
            vertical={"ctr": "center", "b": "bottom"}.get(said.get("anchor", "t"), "top"),
            direction=direction,
            grows=body is not None and body.find("{*}spAutoFit") is not None,
        )


def _known(element: Element) -> Iterator[Element]:
    """Give the children, of alternatives those of the first."""
    for child in element:
        if local(child) == "AlternateContent":
            yield from _known(child)
        elif local(child) == "Choice":
            yield from child
            return
        elif local(child):
            yield child


def _turned(properties: Element | None) -> tuple[float, tuple[bool, bool]]:
    frame = properties.find("{*}xfrm") if properties is not None else None
    if frame is None:
        return 0.0, (False, False)
    turn = (_number(frame.get("rot")) / _ANGLE) % 360
    return turn, (frame.get("flipH") in {"1", "true"}, frame.get("flipV") in {"1", "true"})


def _own_steps(geometry: Element) -> tuple[Step, ...] | None:
    """Read a shape of its own, where its points are plain numbers."""
    found: list[Step] = []
    for path in geometry.iterfind("{*}pathLst/{*}path"):
        width, height = _number(path.get("w")), _number(path.get("h"))
        for child in path:
            sign = {"moveTo": "m", "lnTo": "l", "cubicBezTo": "c", "close": "h"}.get(local(child))
            points = [point.get(axis) or "" for point in child for axis in "xy"]
            if sign is None or not all(value.lstrip("-").isdigit() for value in points):
                return None
            scaled = (int(v) / ((height if i % 2 else width) or 1) for i, v in enumerate(points))
            found.append((sign, tuple(scaled)))
    return tuple(found) or None


def _has_page_fields(items: list[Item]) -> bool:
    return any(
        getattr(block, "has_page_fields", False)
        for item in items
        if item.text is not None
        for block in item.text.blocks
    )


def _points(element: Element | None, name: str) -> float:
    return _number(element.get(name)) / _EMU if element is not None else 0.0


def _number(text: str | None, default: float = 0.0) -> float:
    try:
        return float(text) if text is not None else default
    except ValueError:
        return default
