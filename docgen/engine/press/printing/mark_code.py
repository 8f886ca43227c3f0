"""The code of a page mark: QR version 1-M, mask 2, twenty characters of the alphanumeric set.

Source: ISO/IEC 18004:2015 §7.4.4 (alphanumeric mode), §7.5 (error correction), §7.7 (placement), §7.8
(masking), §7.9 (format information). With version and mask fixed every module depends on the data bits
linearly, so a code is the sum (exclusive or) of one pattern for each of its sixteen bytes.
"""

from __future__ import annotations

from functools import cache

from forms.marks import PAYLOAD_LENGTH, QR_MASK

MODULES = 21
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DATA = 16
_CHECK = 10
_GENERATOR = (0, 251, 67, 46, 61, 118, 70, 64, 94, 32, 45)
"""Exponents of the generator polynomial for ten check bytes (annex A)."""

_FORMAT = {2: 0b101111001111100}
"""Format information of level M by mask, already masked (table C.1)."""


def data_bytes(payload: str) -> bytes:
    """Return the sixteen data bytes of a payload."""
    assert len(payload) == PAYLOAD_LENGTH
    values = [_ALPHABET.index(char) for char in payload]
    bits, size = 0b0010 << 9 | PAYLOAD_LENGTH, 13
    for first, second in zip(values[::2], values[1::2], strict=True):
        bits, size = bits << 11 | (first * 45 + second), size + 11
    bits, size = bits << 4, size + 4  # terminator
    padding = -size % 8
    bits, size = bits << padding, size + padding
    found = bits.to_bytes(size // 8, "big")
    return found + bytes((0xEC, 0x11) * _DATA)[: _DATA - len(found)]


@cache
def _powers() -> tuple[list[int], list[int]]:
    """Return powers and logarithms of the field of 256 (polynomial 285)."""
    powers, logs, value = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        powers[exponent], logs[value] = value, exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


def check_bytes(data: bytes) -> bytes:
    """Return the ten check bytes of sixteen data bytes."""
    powers, logs = _powers()
    rest = bytearray(_CHECK)
    for byte in data:
        lead = byte ^ rest[0]
        rest = rest[1:] + b"\0"
        if lead:
            for i, exponent in enumerate(_GENERATOR[1:]):
                rest[i] ^= powers[(logs[lead] + exponent) % 255]
    return bytes(rest)


def _is_function(row: int, column: int) -> bool:
    """Whether a module belongs to finders, timing, format information or the dark module."""
    top, left, right, bottom = row < 9, column < 9, column >= 13, row >= 13
    return (top and (left or right)) or (bottom and left) or row == 6 or column == 6


@cache
def _order() -> tuple[int, ...]:
    """Return the places of the 208 data and check bits, in their order."""
    found: list[int] = []
    upwards = True
    for right in (20, 18, 16, 14, 12, 10, 8, 5, 3, 1):
        rows = range(MODULES - 1, -1, -1) if upwards else range(MODULES)
        found += [
            row * MODULES + column for row in rows for column in (right, right - 1) if not _is_function(row, column)
        ]
        upwards = not upwards
    return tuple(found)


def _bit(place: int) -> int:
    return 1 << (MODULES * MODULES - 1 - place)


@cache
def _data() -> int:
    """Return the places of data and check bits."""
    return sum(_bit(place) for place in _order())


@cache
def _frame() -> int:
    """Return everything that is the same in every code: function patterns and the mask over the data."""
    pattern = 0
    for row, column in ((0, 0), (0, 14), (14, 0)):
        for r in range(7):
            for c in range(7):
                if max(abs(r - 3), abs(c - 3)) != 2:
                    pattern |= _bit((row + r) * MODULES + column + c)
    for i in range(8, 13, 2):
        pattern |= _bit(6 * MODULES + i) | _bit(i * MODULES + 6)
    pattern |= _bit(13 * MODULES + 8)  # the dark module
    known = _FORMAT[QR_MASK]
    upper = [*((8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)), *((r, 8) for r in (7, 5, 4, 3, 2, 1, 0))]
    lower = [*((r, 8) for r in range(20, 13, -1)), *((8, c) for c in range(13, 21))]
    for places in (upper, lower):
        for i, (row, column) in enumerate(places):
            if known >> (14 - i) & 1:
                pattern |= _bit(row * MODULES + column)
    for place in _order():
        if place % MODULES % 3 == 0:  # mask 2
            pattern |= _bit(place)
    return pattern


@cache
def _patterns(index: int) -> tuple[int, ...]:
    """Return what each value of one data byte adds, check bytes included."""
    order = _order()

    def spread(byte: int, at: int) -> int:
        return sum(_bit(order[8 * at + i]) for i in range(8) if byte >> (7 - i) & 1)

    singles = []
    for bit in range(8):
        data = bytearray(_DATA)
        data[index] = 1 << bit
        pattern = spread(data[index], index)
        for i, byte in enumerate(check_bytes(bytes(data))):
            pattern ^= spread(byte, _DATA + i)
        singles.append(pattern)
    found = []
    for value in range(256):
        pattern = 0
        for bit in range(8):
            if value >> bit & 1:
                pattern ^= singles[bit]
        found.append(pattern)
    return tuple(found)


def _pattern(payload: str) -> int:
    pattern = _frame()
    for i, byte in enumerate(data_bytes(payload)):
        pattern ^= _patterns(i)[byte]
    return pattern


def matrix(payload: str) -> tuple[int, ...]:
    """Return the 21 rows of a code, each with its first module as the highest bit."""
    return _rows(_pattern(payload))


_HIGH = 1.03
"""Modules: rows overlap a little, so that no hairline shows between them."""

_OVER = 0.02
"""The same beside the frame, left and right."""

_LEFT = 11
_RIGHT = MODULES - _LEFT


def _runs(bits: int, size: int) -> list[tuple[int, int]]:
    """Return start and length of each run of dark modules."""
    found: list[tuple[int, int]] = []
    for at in range(size):
        if bits >> (size - 1 - at) & 1:
            if found and sum(found[-1]) == at:
                found[-1] = (found[-1][0], found[-1][1] + 1)
            else:
                found.append((at, 1))
    return found


def _rectangles(runs: list[tuple[int, int]]) -> str:
    return "".join(f"{at} 0 {size} {_HIGH} re " for at, size in runs)


@cache
def _left(bits: int) -> tuple[str, int]:
    """Return the rectangles of a row's left part but one that touches the right part, and that one's length."""
    runs = _runs(bits, _LEFT)
    open_run = runs.pop()[1] if runs and sum(runs[-1]) == _LEFT else 0
    return _rectangles(runs), open_run


@cache
def _right(bits: int, before: int) -> str:
    """Return the rectangles of a row's right part; the first grows by what stands before it."""
    runs = _runs(bits, _RIGHT)
    size = runs.pop(0)[1] if runs and not runs[0][0] else 0
    first = [(_LEFT - before, before + size)] if before + size else []
    return _rectangles([*first, *((_LEFT + at, length) for at, length in runs)])


def _rows(pattern: int) -> tuple[int, ...]:
    row = (1 << MODULES) - 1
    return tuple([pattern >> (MODULES * (MODULES - 1 - r)) & row for r in range(MODULES)])


def frame_path() -> str:
    """Return operators for what is the same in every code of a file, 21 units wide, origin at its lower left corner."""
    out: list[str] = []
    for r, bits in enumerate(_rows(_frame() & ~_data())):
        y = MODULES - 1 - r
        out += [f"{at - _OVER} {y} {size + 2 * _OVER} {_HIGH} re" for at, size in _runs(bits, MODULES)]
    return " ".join((*out, "f"))


def data_path(payload: str) -> str:
    """Return operators for the rest of a code, over its frame.

    Row by row from the top, each at its own origin: rows then look alike and pack to two thirds. The
    coordinates are moved; put it between ``q`` and ``Q``.
    """
    out = [f"1 0 0 1 0 {MODULES - 1} cm"]
    for bits in _rows(_pattern(payload) & _data()):
        head, before = _left(bits >> _RIGHT)
        shown = f"{head}{_right(bits & (1 << _RIGHT) - 1, before)}"
        out.append(f"{shown}f 1 0 0 1 0 -1 cm" if shown else "1 0 0 1 0 -1 cm")
    return " ".join(out)
