"""Symbol fonts: the characters that `w:sym` and dingbat fonts mean, in Unicode.

Only those that forms use (boxes, ticks, bullets, arrows); a code not in the table is reported.
Codes are those of Wingdings, Wingdings 2 and Symbol with or without the private-use offset F000.
"""

from __future__ import annotations

_TABLES: dict[str, dict[int, str]] = {
    "wingdings": {
        0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "◆", 0x77: "◆", 0x9F: "·",
        0xA7: "■", 0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xE8: "→", 0xFB: "×", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    },
    "wingdings 2": {0x4F: "×", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x2A: "□", 0xA3: "□"},
    "symbol": {0xB7: "·", 0xB0: "°", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xA3: "≤", 0xB3: "≥", 0xAE: "→", 0xA8: "◆"},
}  # fmt: skip


def symbol_text(font: str, char: str) -> str:
    """Return the character a symbol stands for; empty when it is not known.

    Args:
        font: Family as written, in any case.
        char: Hexadecimal code as written, such as ``F0FE``.
    """
    try:
        code = int(char, 16)
    except ValueError:
        return ""
    table = _TABLES.get(font.strip().lower())
    if table is None:
        return chr(code) if 0x20 <= code < 0xE000 else ""
    return table.get(code & 0x0FFF if code >= 0xF000 else code, "")
