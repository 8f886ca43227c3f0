"""Colours of shapes: those of the theme with what is made of them, and those of VML by name.

Source: ECMA-376 part 1 §20.1.2.3 (colours), part 4 §19.1.2 (VML). Six hexadecimal digits; empty is black.
"""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING

from docgen.engine.press.reading.ooxml import local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.engine.press.reading.ooxml import Element

_ALIAS = {"tx1": "dk1", "tx2": "dk2", "bg1": "lt1", "bg2": "lt2"}
_NAMES = {
    "black": "000000", "white": "FFFFFF", "red": "FF0000", "green": "008000", "blue": "0000FF", "yellow": "FFFF00",
    "gray": "808080", "grey": "808080", "silver": "C0C0C0", "maroon": "800000", "olive": "808000", "lime": "00FF00",
    "aqua": "00FFFF", "teal": "008080", "navy": "000080", "fuchsia": "FF00FF", "purple": "800080", "orange": "FFA500",
    "cyan": "00FFFF", "magenta": "FF00FF", "ltGray": "C0C0C0", "dkGray": "808080", "window": "FFFFFF",
    "windowText": "000000",
}  # fmt: skip


def theme_colors(root: Element | None) -> dict[str, str]:
    """Return the colours of a theme by their names (`dk1`, `accent1` …)."""
    scheme = root.find(".//{*}clrScheme") if root is not None else None
    found: dict[str, str] = {}
    for slot in scheme if scheme is not None else ():
        for color in slot:
            digits = color.get("lastClr") or color.get("val") or ""
            if len(digits) == 6:
                found[local(slot)] = digits.upper()
    return found


def drawn_color(parent: Element | None, theme: Mapping[str, str]) -> str | None:
    """Return the colour that stands in an `a:solidFill` or the like; ``None`` for one that cannot be seen."""
    for color in parent if parent is not None else ():
        kind, name = local(color), color.get("val") or ""
        if kind == "srgbClr":
            digits = name
        elif kind == "schemeClr":
            digits = theme.get(_ALIAS.get(name, name), "000000")
        elif kind == "sysClr":
            digits = color.get("lastClr") or _NAMES.get(name, "000000")
        elif kind == "prstClr":
            digits = _NAMES.get(name, "000000")
        else:
            continue
        return _changed(digits if len(digits) == 6 else "000000", color)
    return ""


def _changed(digits: str, color: Element) -> str | None:
    """Apply what is said of a colour: brightness, shade, tint, and being see-through as on white paper."""
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    for change in color:
        try:
            share = int(change.get("val") or "100000") / 100000
        except ValueError:
            continue
        name = local(change)
        if name in {"lumMod", "lumOff"}:
            hue, light, full = colorsys.rgb_to_hls(red, green, blue)
            light = light * share if name == "lumMod" else light + share
            red, green, blue = colorsys.hls_to_rgb(hue, min(1.0, light), full)
        elif name == "shade":
            red, green, blue = red * share, green * share, blue * share
        elif name in {"tint", "alpha"}:
            if name == "alpha" and share <= 0:
                return None
            red, green, blue = (1 - share * (1 - part) for part in (red, green, blue))
    return _digits(red, green, blue)


def _digits(*parts: float) -> str:
    text = "".join(f"{round(255 * min(1.0, max(0.0, part))):02X}" for part in parts)
    return "" if text == "000000" else text


def named_color(text: str, default: str = "") -> str:
    """Read a colour of VML: ``#rrggbb``, ``#rgb``, or a name; what follows in brackets is Word's own."""
    word = (text.split() or [""])[0]
    if word.startswith("#") and len(word) == 4:
        word = "#" + "".join(2 * char for char in word[1:])
    digits = word[1:] if word.startswith("#") else _NAMES.get(word, "")
    try:
        int(digits, 16)
    except ValueError:
        return default
    return "" if digits == "000000" else digits.upper() if len(digits) == 6 else default
