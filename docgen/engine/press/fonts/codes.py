"""How text stands in a content stream: the character code is the code point within its plane."""

from __future__ import annotations

from codecs import utf_16_be_encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.fonts.book import Face


def plane_name(face: Face, text: str) -> str:
    """Return the resource name of a face for the plane its text lies in; a span is of one plane."""
    plane = ord(text[0]) >> 16
    return face.resource if not plane else f"{face.resource}P{plane}"


def encode_apart(text: str, steps: Sequence[int], units: int) -> str:
    """Return character codes with what is between them, for a `TJ` without its outer brackets.

    Args:
        text: All of one plane.
        steps: What each advance grows by.
        units: Of these in an em.
    """
    parts: list[str] = []
    for char, step in zip(text, steps, strict=True):
        parts.append(encode(char))
        if step:
            parts.append(f">{-step * 1000 / units:.0f}<")
    return "".join(parts)


def encode(text: str) -> str:
    """Return character codes in hexadecimal: the code point within its plane."""
    if text[0] <= "\uffff":  # all of one plane
        return utf_16_be_encode(text, "surrogatepass")[0].hex()
    return "".join(f"{ord(char) & 0xFFFF:04X}" for char in text)
