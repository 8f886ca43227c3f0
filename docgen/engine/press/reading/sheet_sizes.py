"""Sides of sheets that printers know.

Source: ISO 216, ISO 269, JIS P 0138, GB/T 788 (16开、32开), ANSI/ASME Y14.1.
"""

from __future__ import annotations

from typing import Final

_SIDES: Final = tuple(
    round(millimetres * 100)
    for millimetres in (
        *(841, 1189, 594, 420, 297, 210, 148),  # A0 to A5
        *(250, 353, 176),  # B4, B5
        *(215.9, 279.4, 355.6, 431.8),  # letter, legal, tabloid
        *(125, 229, 324, 162, 114, 110, 220),  # B6, C4 to C6, DL
        *(558.8, 863.6, 1117.6),  # ANSI C to E
        *(184.15, 266.7),  # executive
        *(184, 260, 130, 140, 203),  # 16 and 32 leaves
        *(257, 364, 182, 128),  # B4 to B6 of Japan
        *(139.7, 105),  # statement, A6
    )
)
"""In hundredths of a millimetre; of two that are near the first one counts."""

_NEAR: Final = 21
"""Hundredths of a millimetre, found by trying sheets that LibreOffice takes for A4."""


def sheet_side(points: float) -> float:
    """Return a side of a sheet in points; one that is a known side but for rounding is that side.

    Some programs write A4 as 11900 by 16840 twips instead of 11906 by 16838; a line of text is a little longer than
    they say, and a page of a grid may hold a line less.
    """
    said = hundredths(points)
    for side in _SIDES:
        if abs(side - said) < _NEAR:
            return round(side * 1440 / 2540) / 20
    return points


def hundredths(points: float) -> int:
    """Return a length in whole hundredths of a millimetre."""
    return round(points * 2540 / 72)
