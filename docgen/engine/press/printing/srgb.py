"""The colours of a page: sRGB as an ICC profile of version 2, which every part of PDF/A takes.

Source: ICC.1:2001-04 §6 (header, tags); IEC 61966-2-1 (primaries adapted to D50, the curve).
"""

from __future__ import annotations

import struct
from functools import cache

_NAME = b"sRGB IEC61966-2.1"
_WHITE = (0.9642, 1.0, 0.8249)
_COLUMNS = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_STEPS = 256


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _curve() -> bytes:
    """Return the light that each of `_STEPS` values stands for."""
    values = [i / (_STEPS - 1) for i in range(_STEPS)]
    light = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return b"curv\0\0\0\0" + struct.pack(f">I{_STEPS}H", _STEPS, *(round(value * 65535) for value in light))


def _described() -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(_NAME) + 1) + _NAME + b"\0" + bytes(4 + 4 + 2 + 1 + 67)


@cache
def srgb_profile() -> bytes:
    """Return the profile; always the same bytes."""
    contents = {
        b"desc": _described(),
        b"cprt": b"text\0\0\0\0Public Domain\0",
        b"wtpt": _xyz(_WHITE),
        **{tag: _xyz(values) for tag, values in _COLUMNS.items()},
        b"rTRC": _curve(),
    }
    at = 128 + 4 + 12 * (len(contents) + 2)
    places: dict[bytes, tuple[int, int]] = {}
    body = b""
    for tag, content in contents.items():
        places[tag] = (at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    places[b"gTRC"] = places[b"bTRC"] = places[b"rTRC"]
    table = struct.pack(">I", len(places)) + b"".join(tag + struct.pack(">2I", *place) for tag, place in places.items())
    head = struct.pack(
        ">I4s4s4s4s4s12s4s4sIIIQI3i4s44x",
        at + len(body), b"\0\0\0\0", b"\x02\x10\0\0", b"mntr", b"RGB ", b"XYZ ",
        struct.pack(">6H", 2000, 1, 1, 0, 0, 0), b"acsp", b"\0\0\0\0", 0, 0, 0, 0, 0,
        *(round(value * 65536) for value in _WHITE), b"\0\0\0\0",
    )  # fmt: skip
    assert len(head) == 128
    return head + table + body
