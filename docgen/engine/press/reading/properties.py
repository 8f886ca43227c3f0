"""Paragraph and run properties as written: one `w:pPr` or `w:rPr` to plain settings.

Source: ECMA-376 part 1 §17.3.1 (paragraphs), §17.3.2 (runs). A setting that is not written is not
in the result, so that layers of styles can be laid over each other with ``|``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from docgen.engine.press.model.drawings import FrameFormat, Position
from docgen.engine.press.model.formats import Border, TabStop
from docgen.engine.press.reading.ooxml import W, is_on, local, points, value, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.engine.press.reading.ooxml import Element

Settings: TypeAlias = dict[str, Any]

TOGGLES = frozenset({"bold", "italic", "strike", "double_strike", "caps", "small_caps", "hidden"})
"""Set in a paragraph style and in a character style they cancel each other (§17.7.3)."""

_LINES = {"none", "nil"}
_CHINESE = {"zh", "ja", "ko"}
"""Languages set in full-width characters."""

_ALIGN = {"both": "both", "start": "left", "end": "right", "distribute": "distribute", "thaiDistribute": "distribute"}

_SIMPLE_RUN = {
    "b": "bold",
    "i": "italic",
    "strike": "strike",
    "dstrike": "double_strike",
    "caps": "caps",
    "smallCaps": "small_caps",
    "vanish": "hidden",
}

_SIMPLE_PARAGRAPH = {
    "keepNext": "keep_next",
    "keepLines": "keep_lines",
    "widowControl": "widow_control",
    "pageBreakBefore": "page_break_before",
    "snapToGrid": "snap_to_grid",
    "kinsoku": "kinsoku",
    "contextualSpacing": "contextual",
    "suppressLineNumbers": "no_line_numbers",
}

UNDRAWN_RUN = {
    "outline": "空心字",
    "shadow": "阴影字",
    "emboss": "阳文",
    "imprint": "阴文",
    "em": "着重号",
    "effect": "文字动态效果",
    "fitText": "调整宽度",
    "eastAsianLayout": "双行合一或纵横混排",
}
"""Run properties that are left out, with the words a clerk knows them by."""

UNDRAWN_PARAGRAPH = {"textDirection": "文字方向"}

_HIGHLIGHT = {
    "black": "000000",
    "blue": "0000FF",
    "cyan": "00FFFF",
    "green": "00FF00",
    "magenta": "FF00FF",
    "red": "FF0000",
    "yellow": "FFFF00",
    "white": "FFFFFF",
    "darkBlue": "000080",
    "darkCyan": "008080",
    "darkGreen": "008000",
    "darkMagenta": "800080",
    "darkRed": "800000",
    "darkYellow": "808000",
    "darkGray": "808080",
    "lightGray": "C0C0C0",
}


def border(element: Element) -> Border | None:
    """Read one border; ``None`` when it says that there is no line."""
    style = value(element) or "none"
    if style in _LINES:
        return None
    return Border(
        style=style,
        width=max(0.25, whole(value(element, "sz"), 4) / 8),  # eighths of a point
        color=color(value(element, "color")),
        space=float(whole(value(element, "space"))),
    )


def color(text: str | None) -> str:
    """Return six hexadecimal digits; empty for black and `auto`."""
    if text is None or len(text) != 6 or text == "000000":
        return ""
    try:
        int(text, 16)
    except ValueError:
        return ""
    return text.upper()


def shading(element: Element | None) -> str | None:
    """Return the fill of a `w:shd`; empty for none, ``None`` when nothing is said."""
    if element is None:
        return None
    fill = value(element, "fill") or "auto"
    return "" if fill == "auto" else fill.upper() if len(fill) == 6 else ""


def run_settings(element: Element | None, theme: Mapping[str, str]) -> Settings:
    """Read a `w:rPr`."""
    found: Settings = {}
    if element is None:
        return found
    for child in element:
        name = local(child)
        if name in _SIMPLE_RUN:
            found[_SIMPLE_RUN[name]] = is_on(child)
        elif name in _RUN:
            _RUN[name](child, found)
        elif name == "rFonts":
            _fonts(child, theme, found)
        elif name in UNDRAWN_RUN and value(child) not in _LINES and is_on(child, default=True):
            found.setdefault("undrawn", {})[name] = UNDRAWN_RUN[name]
    return found


def _fonts(child: Element, theme: Mapping[str, str], found: Settings) -> None:
    for key, direct, themed in (
        ("east_asia", "eastAsia", "eastAsiaTheme"),
        ("latin", "ascii", "asciiTheme"),
    ):
        name = theme.get(value(child, themed) or "") or value(child, direct)
        if name:
            found[key] = name
    hint = value(child, "hint")
    if hint:
        found["hint_east_asia"] = hint == "eastAsia"


def _size(child: Element, found: Settings) -> None:
    found["size"] = max(1.0, whole(value(child), 20) / 2)


def _underline(child: Element, found: Settings) -> None:
    style = value(child) or "single"
    found["underline"] = "" if style in _LINES else style


def _color(child: Element, found: Settings) -> None:
    found["color"] = color(value(child))


def _highlight(child: Element, found: Settings) -> None:
    found["background"] = _HIGHLIGHT.get(value(child) or "", "")


def _run_shading(child: Element, found: Settings) -> None:
    fill = shading(child)
    if fill is not None:
        found.setdefault("background", fill)


def _rise(child: Element, found: Settings) -> None:
    rise = value(child) or ""
    found["rise"] = rise if rise in {"superscript", "subscript"} else ""


def _position(child: Element, found: Settings) -> None:
    found["position"] = whole(value(child)) / 2


def _spacing(child: Element, found: Settings) -> None:
    found["spacing"] = points(value(child))


def _kerning(child: Element, found: Settings) -> None:
    found["kerns"] = whole(value(child)) > 0


def _scale(child: Element, found: Settings) -> None:
    found["scale"] = max(1, min(600, whole((value(child) or "100").rstrip("%"), 100))) / 100


def _language(child: Element, found: Settings) -> None:
    language, east = value(child), value(child, "eastAsia")
    if language:
        found["cuts_words"] = language.partition("-")[0] in _CHINESE
    if east:
        found["hangs"] = east.partition("-")[0] in _CHINESE and east not in {"zh-Hans", "zh-Hant"}


def _run_border(child: Element, found: Settings) -> None:
    edge = border(child)
    found["border"] = edge.room + edge.space if edge is not None else 0.0


_RUN: dict[str, Callable[[Element, Settings], None]] = {
    "sz": _size,
    "u": _underline,
    "color": _color,
    "highlight": _highlight,
    "shd": _run_shading,
    "vertAlign": _rise,
    "position": _position,
    "spacing": _spacing,
    "w": _scale,
    "kern": _kerning,
    "bdr": _run_border,
    "lang": _language,
}


def paragraph_settings(element: Element | None) -> Settings:
    """Read a `w:pPr`; ``tabs`` is a mapping of position to stop, ``None`` where one is cleared."""
    found: Settings = {}
    if element is None:
        return found
    for child in element:
        name = local(child)
        if name in _SIMPLE_PARAGRAPH:
            found[_SIMPLE_PARAGRAPH[name]] = is_on(child)
        elif name in _PARAGRAPH:
            _PARAGRAPH[name](child, found)
        elif name == "wordWrap" and not is_on(child):
            found.setdefault("undrawn", {})[name] = "西文在单词中间换行的设置"
        elif name == "topLinePunct" and is_on(child):
            found.setdefault("undrawn", {})[name] = "行首标点压缩的设置"
        elif name in UNDRAWN_PARAGRAPH and value(child) not in {"lrTb", "tb"}:
            found.setdefault("undrawn", {})[name] = UNDRAWN_PARAGRAPH[name]
    return found


def _align(child: Element, found: Settings) -> None:
    align = value(child) or "left"
    found["align"] = _ALIGN.get(align, align)


def _indents(child: Element, found: Settings) -> None:
    """Read indents; of those in characters and in twips the setting decides."""
    for key, names in (("left", ("left", "start")), ("right", ("right", "end"))):
        for name in names:
            _indent(child, found, key, name, 1)
    for name, sign in (("firstLine", 1), ("hanging", -1)):
        _indent(child, found, "first", name, sign)


def _indent(child: Element, found: Settings, key: str, name: str, sign: int) -> None:
    said, in_characters = value(child, name), value(child, f"{name}Chars")
    if said is not None:
        found[key] = sign * points(said)
        found[f"{key}_chars"] = None
    if in_characters is not None:
        found[f"{key}_chars"] = sign * whole(in_characters) / 100 or None
        if said is None and found[f"{key}_chars"] is not None:
            found[key] = 0.0


def _overhang(child: Element, found: Settings) -> None:
    found["hangs"] = not is_on(child)  # LibreOffice reads it the wrong way round; left out, signs do hang


def _line_spacing(child: Element, found: Settings) -> None:
    for name in ("before", "after"):
        lines = whole(value(child, f"{name}Lines"))
        if value(child, name) is not None:
            found[name] = points(value(child, name))
        elif lines:  # twelve points each, whatever the grid; counts only where nothing else is said
            found[name] = lines * 12 / 100
        automatic = value(child, f"{name}Autospacing")
        if automatic is not None:
            found[f"{name}_auto"] = automatic not in {"0", "false", "off"}
    line = value(child, "line")
    if line is not None:
        rule = value(child, "lineRule") or "auto"
        found["line_rule"] = rule
        found["line"] = _percent(whole(line, 240)) / 100 if rule == "auto" else points(line)


def _percent(line: int) -> int:
    """Return a multiple leading, in 240ths of a line, as the whole percents LibreOffice makes of it.

    It goes by hundredths of a millimetre, of which a line has 423.
    """
    return max(1, int(line * 127 / 72 + 0.5) * 100 // 423)


def _tabs(child: Element, found: Settings) -> None:
    stops: dict[float, TabStop | None] = {}
    for stop in child:
        position, kind = points(value(stop, "pos")), value(stop) or "left"
        kind = {"start": "left", "end": "right", "num": "left"}.get(kind, kind)
        leader = value(stop, "leader") or ""
        stops[position] = (
            None
            if kind == "clear"
            else TabStop(position=position, kind=kind, leader="" if leader == "none" else leader)
        )
    found["tabs"] = stops


def _numbering(child: Element, found: Settings) -> None:
    number, level = child.find(W + "numId"), child.find(W + "ilvl")
    if number is not None:
        found["number_id"] = value(number) or "0"
    if level is not None:
        found["number_level"] = whole(value(level))


def _outline(child: Element, found: Settings) -> None:
    level = whole(value(child), 9)
    found["outline"] = level if level < 9 else None


def _auto_space(child: Element, found: Settings) -> None:
    found["auto_space"] = is_on(child)


def _borders(child: Element, found: Settings) -> None:
    edges = {local(edge): border(edge) for edge in child}
    found["borders"] = tuple((name, edge) for name, edge in edges.items() if edge is not None)


def _paragraph_shading(child: Element, found: Settings) -> None:
    fill = shading(child)
    if fill is not None:
        found["background"] = fill


def _frame(child: Element, found: Settings) -> None:
    found["frame"] = {local_name: text for name, text in child.attrib.items() if (local_name := _local(name))}


def _local(name: str | bytes) -> str:
    return str(name).rpartition("}")[2]


def frame_format(said: Mapping[str, str]) -> FrameFormat:
    """Return the frame that all layers of styles give together; what is not said is said by the text around it."""
    across = {"page": "page", "margin": "margin"}.get(said.get("hAnchor", ""), "column")
    down = {"page": "page", "margin": "margin"}.get(said.get("vAnchor", ""), "paragraph")
    if said.get("dropCap", "none") != "none":  # one in the margin, too, as LibreOffice has it
        across, down = "column", "paragraph"
    wrap, height = said.get("wrap", "around"), points(said.get("h"))
    align = said.get("yAlign", "")
    return FrameFormat(
        width=points(said.get("w")),
        height=height,
        is_exact=said.get("hRule") == "exact" and height > 0,
        horizontal=Position(origin=across, align=said.get("xAlign", ""), offset=points(said.get("x"))),
        vertical=Position(origin=down, align="" if align == "inline" else align, offset=points(said.get("y"))),
        wrap="topAndBottom" if wrap in {"notBeside", "none"} else "none" if wrap == "through" else "square",
        across=points(said.get("hSpace")),
        down=points(said.get("vSpace")),
    )


_PARAGRAPH: dict[str, Callable[[Element, Settings], None]] = {
    "jc": _align,
    "ind": _indents,
    "spacing": _line_spacing,
    "overflowPunct": _overhang,
    "tabs": _tabs,
    "outlineLvl": _outline,
    "numPr": _numbering,
    "autoSpaceDE": _auto_space,
    "pBdr": _borders,
    "framePr": _frame,
    "shd": _paragraph_shading,
}
