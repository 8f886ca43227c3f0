"""Latin letters beside each other: figures of one width, ligatures, pairs set closer.

Source: OpenType 1.9, GSUB (lookup types 1 and 4) and GPOS (type 2), features ``locl``, ``liga`` and
``kern`` of the Latin script. Only widths follow: each character keeps its own glyph, so that it is
found again in the file, and stands where the word processor sets it.
"""

from __future__ import annotations

import struct
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.engine.press.fonts.sfnt import FontFile

_EXTENSION = {b"GSUB": 7, b"GPOS": 9}
_ADVANCE = 0x0004
"""Bit of a value record that says an advance is in it."""

_Pairs: TypeAlias = "tuple[dict[int, int], dict[tuple[int, int], int], tuple[dict[int, int], dict[int, int]] | None]"
"""Places of first glyphs; advances by pair of glyphs, or of the classes of first and second ones."""


class Shaping:
    """What a face says about Latin letters beside each other."""

    def __init__(self, font: FontFile) -> None:
        self._font = font
        self._known: dict[tuple[int, int], int] = {}

    def steps(self, text: str, *, pairs: bool, latin: int, ligatures: bool) -> list[int] | None:
        """Return what each character's advance grows by, in font units; ``None`` when nothing does.

        Args:
            text: Characters the face has.
            pairs: Letters are set closer by the face's table of pairs.
            latin: From this character on figures are of one width.
            ligatures: *fi* and the like take the width of their ligature.
        """
        font = self._font
        glyphs = [font.glyph(char) for char in text]
        steps = [0] * len(glyphs)
        for i in range(latin, len(glyphs)):
            other = self._figures.get(glyphs[i])
            if other is not None:
                steps[i] = font.advances[other] - font.advances[glyphs[i]]
                glyphs[i] = other
        ends = list(range(len(glyphs)))
        if ligatures and ("f" in text or "—" in text):
            glyphs, ends = self._join(glyphs, steps)
        if pairs:
            for i in range(len(glyphs) - 1):
                steps[ends[i]] += self._pair(glyphs[i], glyphs[i + 1])
        return steps if any(steps) else None

    def _join(self, glyphs: Sequence[int], steps: list[int]) -> tuple[list[int], list[int]]:
        """Put ligatures together; return the glyphs and the last character of each."""
        advances = self._font.advances
        joined: list[int] = []
        ends: list[int] = []
        at = 0
        while at < len(glyphs):
            size, made = 1, glyphs[at]
            for parts, ligature in self._ligatures.get(glyphs[at], ()):
                if tuple(glyphs[at : at + len(parts)]) == parts:
                    size, made = len(parts), ligature
                    steps[at + size - 1] += advances[ligature] - sum(advances[part] for part in parts)
                    break
            joined.append(made)
            ends.append(at + size - 1)
            at += size
        return joined, ends

    @cached_property
    def _figures(self) -> dict[int, int]:
        """Figures of one width and narrow dots, by the glyphs they stand for."""
        wanted = {self._font.glyph(char) for char in "0123456789…"}
        found: dict[int, int] = {}
        for kind, table, at in self._lookups(b"GSUB", b"locl"):
            if kind != 1:
                continue
            shape, covered, value = struct.unpack_from(">HHh", table, at)
            for glyph, place in _coverage(table, at + covered).items():
                if glyph in wanted:
                    other = glyph + value if shape == 1 else struct.unpack_from(">H", table, at + 6 + 2 * place)[0]
                    found.setdefault(glyph, other & 0xFFFF)
        return found

    @cached_property
    def _ligatures(self) -> dict[int, list[tuple[tuple[int, ...], int]]]:
        """Ligatures by their first glyph, the longest first."""
        found: dict[int, list[tuple[tuple[int, ...], int]]] = {}
        for kind, table, at in self._lookups(b"GSUB", b"liga"):
            if kind != 4:
                continue
            for glyph, place in _coverage(table, at + struct.unpack_from(">H", table, at + 2)[0]).items():
                start = at + struct.unpack_from(">H", table, at + 6 + 2 * place)[0]
                count = struct.unpack_from(">H", table, start)[0]
                for offset in struct.unpack_from(f">{count}H", table, start + 2):
                    made, size = struct.unpack_from(">HH", table, start + offset)
                    rest = struct.unpack_from(f">{size - 1}H", table, start + offset + 4)
                    found.setdefault(glyph, []).append(((glyph, *rest), made))
        for ligatures in found.values():
            ligatures.sort(key=lambda one: -len(one[0]))
        return found

    def _pair(self, first: int, second: int) -> int:
        key = (first, second)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._search(first, second)
        return found

    def _search(self, first: int, second: int) -> int:
        for covered, known, classes in self._pairs:
            if first not in covered:
                continue
            if classes is None:
                if (first, second) in known:
                    return known[first, second]
            else:
                return known.get((classes[0].get(first, 0), classes[1].get(second, 0)), 0)
        return 0

    @cached_property
    def _pairs(self) -> list[_Pairs]:
        found: list[_Pairs] = []
        for kind, table, at in self._lookups(b"GPOS", b"kern"):
            if kind == 2:
                shape = struct.unpack_from(">H", table, at)[0]
                found.append(_single_pairs(table, at) if shape == 1 else _class_pairs(table, at))
        return found

    def _lookups(self, tag: bytes, feature: bytes) -> Iterator[tuple[int, bytes, int]]:
        """Give kind and place of each subtable of a feature of the Latin script."""
        if tag not in self._font.tables:
            return
        table = self._font.table(tag)
        scripts, features, lookups = struct.unpack_from(">3H", table, 4)
        for number in _feature_lookups(table, scripts, features, feature):
            start = lookups + struct.unpack_from(">H", table, lookups + 2 + 2 * number)[0]
            kind, _, count = struct.unpack_from(">3H", table, start)
            for offset in struct.unpack_from(f">{count}H", table, start + 6):
                at, real = start + offset, kind
                if kind == _EXTENSION[tag]:
                    _, real, further = struct.unpack_from(">HHI", table, at)
                    at += further
                yield real, table, at


def _feature_lookups(table: bytes, scripts: int, features: int, wanted: bytes) -> list[int]:
    """Return the numbers of the lookups of a feature, in the Latin script's usual language."""
    places: dict[bytes, int] = {}
    for i in range(struct.unpack_from(">H", table, scripts)[0]):
        name, offset = struct.unpack_from(">4sH", table, scripts + 2 + 6 * i)
        places[name] = scripts + offset
    script = places.get(b"latn", places.get(b"DFLT"))
    usual = struct.unpack_from(">H", table, script)[0] if script is not None else 0
    if script is None or not usual:
        return []
    _, _, count = struct.unpack_from(">3H", table, script + usual)
    found: list[int] = []
    for index in struct.unpack_from(f">{count}H", table, script + usual + 6):
        name, offset = struct.unpack_from(">4sH", table, features + 2 + 6 * index)
        if name == wanted:
            _, size = struct.unpack_from(">HH", table, features + offset)
            found += struct.unpack_from(f">{size}H", table, features + offset + 4)
    return sorted(set(found))


def _coverage(table: bytes, at: int) -> dict[int, int]:
    """Return the glyphs of a coverage table with their places."""
    shape, count = struct.unpack_from(">HH", table, at)
    if shape == 1:
        return {glyph: i for i, glyph in enumerate(struct.unpack_from(f">{count}H", table, at + 4))}
    found: dict[int, int] = {}
    for i in range(count):
        first, last, place = struct.unpack_from(">3H", table, at + 4 + 6 * i)
        found |= {glyph: place + glyph - first for glyph in range(first, last + 1)}
    return found


def _classes(table: bytes, at: int) -> dict[int, int]:
    """Return the glyphs of a class table with their classes; those not in it are of class 0."""
    shape = struct.unpack_from(">H", table, at)[0]
    if shape == 1:
        first, count = struct.unpack_from(">HH", table, at + 2)
        return dict(enumerate(struct.unpack_from(f">{count}H", table, at + 6), first))
    found: dict[int, int] = {}
    for i in range(struct.unpack_from(">H", table, at + 2)[0]):
        first, last, kind = struct.unpack_from(">3H", table, at + 4 + 6 * i)
        found |= dict.fromkeys(range(first, last + 1), kind)
    return found


def _advance_place(shape: int) -> int | None:
    """Return where in a value record its advance stands, in bytes; ``None`` when it has none."""
    return 2 * (shape & (_ADVANCE - 1)).bit_count() if shape & _ADVANCE else None


def _single_pairs(table: bytes, at: int) -> _Pairs:
    covered, first_shape, second_shape, count = struct.unpack_from(">4H", table, at + 2)
    places = _coverage(table, at + covered)
    step, place = 2 + 2 * (first_shape.bit_count() + second_shape.bit_count()), _advance_place(first_shape)
    known: dict[tuple[int, int], int] = {}
    offsets = struct.unpack_from(f">{count}H", table, at + 10)
    for glyph, index in places.items():
        start = at + offsets[index]
        for i in range(struct.unpack_from(">H", table, start)[0]) if place is not None else ():
            other = struct.unpack_from(">H", table, start + 2 + step * i)[0]
            known[glyph, other] = struct.unpack_from(">h", table, start + 4 + step * i + (place or 0))[0]
    return places, known, None


def _class_pairs(table: bytes, at: int) -> _Pairs:
    covered, first_shape, second_shape, firsts, seconds, rows, columns = struct.unpack_from(">7H", table, at + 2)
    step, place = 2 * (first_shape.bit_count() + second_shape.bit_count()), _advance_place(first_shape)
    known: dict[tuple[int, int], int] = {}
    if place is not None:
        for row in range(rows):
            for column in range(columns):
                value = struct.unpack_from(">h", table, at + 16 + step * (row * columns + column) + place)[0]
                if value:
                    known[row, column] = value
    return _coverage(table, at + covered), known, (_classes(table, at + firsts), _classes(table, at + seconds))
