"""A line drawn: text operators, underlines, pictures, and where the base line runs.

Leading follows ECMA-376 §17.3.1.33 and, where that is silent, LibreOffice: an exact line has its
base line at four fifths of its height; what a larger leading adds stands below the text, and a page
need not have room for it; on a document grid a line takes whole steps, whatever leading is asked.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from docgen.engine.press.fonts.book import COMPOSED
from docgen.engine.press.laid.fragments import (
    Fragment,
    Image,
    Mark,
    TextLine,
    fill_color,
    number,
    rectangle,
    stroke_color,
)
from docgen.engine.press.laid.tagging import Figure
from docgen.engine.press.setting.measure import leader_of
from docgen.engine.press.setting.upright import write_upright
from docgen.engine.press.setting.words import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.model.blocks import Drawing
    from docgen.engine.press.model.formats import ParagraphFormat
    from docgen.engine.press.setting.atoms import Atom
    from docgen.engine.press.setting.breaker import BrokenLine
    from docgen.engine.press.setting.measure import Measure
    from docgen.engine.press.setting.pens import Pen

_BOLD = 0.03
"""Stroke around a glyph that is made bold, in em."""

_SLANT = 0.21
_EVEN = 0.005
"""Points by which steps between characters may differ within one operator."""

_EXACT_BASE = 0.8
_TICK = "{0} w {1} {2} m {3} {4} l {5} {6} l S"
_CROSS = "{0} w {1} {2} m {3} {4} l S {1} {4} m {3} {2} l S"
_LEADERS = {"dot": "[.01 3] 0 d 1 J", "hyphen": "[3 3] 0 d", "middleDot": "[.01 4] 0 d 1 J"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The document grid where it counts: points between base lines."""

    pitch: float


@dataclass(slots=True)
class DrawnLine:
    """One line, its origin at the upper left corner of the column."""

    height: float
    """Without what a larger leading adds."""

    operators: str
    text: str
    x: float
    width: float
    joint: str
    bookmarks: tuple[str, ...]
    ended_by: str
    lead: float = 0.0
    """Points between this line and the next of its paragraph."""

    faces: tuple[tuple[Face, str], ...] = ()
    """What is shown in each face, in any order."""

    images: dict[str, Image] = field(default_factory=dict)
    spots: tuple[tuple[Drawing, float, float], ...] = ()
    """Drawings in the line, with the places of their corners."""

    rules: str = ""
    """Operators for lines and backgrounds that say nothing."""

    figures: tuple[Figure, ...] = ()
    """Pictures, by the line's upper left corner."""

    base: float = 0.0
    """From its top to its base line."""

    _fragment: Fragment | None = field(default=None, init=False)

    @property
    def fragment(self) -> Fragment:
        """The line as a piece of a page; made once, when nothing more is added to the line."""
        if self._fragment is None:
            text = (TextLine(self.text, self.x, 0.0, self.width, self.height, self.joint),) if self.text else ()
            marks = tuple([Mark(name, self.x, 0.0, self.width, self.height) for name in self.bookmarks])
            images = tuple(self.images.items())
            self._fragment = Fragment(
                self.operators, self.height, text, marks, self.faces, images, (), self.rules, self.figures
            )
        return self._fragment


@dataclass(slots=True)
class _Span:
    """Characters shown by one operator."""

    x: float
    end: float
    pen: Pen
    face: Face
    resource: str
    codes: str
    extra: float | None
    """Added after each character; ``None`` while there is only one and it can still be chosen."""

    is_blank: bool


class LineSize(NamedTuple):
    """Room that a line takes, in points."""

    height: float
    base: float
    """From its top to its base line."""

    lead: float = 0.0
    """To the next line of the paragraph."""

    tail: float = 0.0
    """After the paragraph, when this is its last line."""


def size_of(
    line: BrokenLine, form: ParagraphFormat, pen: Pen, grid: Grid | None, *, is_empty: bool = False
) -> LineSize:
    """Return the room that a line takes.

    Args:
        line: What stands on it.
        form: Its leading.
        pen: Look of a line of blanks, or of nothing but the paragraph's end.
        grid: The document grid.
        is_empty: An empty paragraph, which takes a single step of the grid.
    """
    snaps = grid is not None and form.snap_to_grid and grid.pitch > 0
    if form.line_rule == "exact" and not snaps:
        return LineSize(form.line, form.line * _EXACT_BASE)
    above = below = picture = 0.0
    space, tab = Kind.SPACE, Kind.TAB
    for atom in line.atoms:
        kind = atom.kind
        if kind is not space and kind is not tab:
            up, down = atom.heights
            if atom.picture is not None:
                picture = max(picture, up)
            else:
                above = max(above, up)
                below = max(below, down)
    has_no_letters = not above
    if has_no_letters:
        above, below = (pen if line.atoms else line.end_pen or pen).east_heights
    letters = above + below
    natural = letters
    if picture:  # nothing is below a picture that stands alone
        natural = max(picture, letters) if has_no_letters else max(above, picture) + below
    factor = form.line if form.line_rule == "auto" else 1.0
    if grid is not None and snaps:
        height = (1 if is_empty else max(1, math.ceil(natural / grid.pitch - 0.01))) * grid.pitch
        factor = max(1.0, factor)
        lead, tail = (whole_twips(part * factor) - part for part in (letters if picture else height, letters))
        return LineSize(height, max(whole_twips((height - letters) / 2) + above, picture), lead, tail)
    base = max(above, picture)
    if form.line_rule == "atLeast":
        height = max(form.line, natural)
        return LineSize(height, height - natural + base)
    if factor < 1:  # letters are cut above and below alike
        return LineSize(whole_twips(natural * factor), whole_twips(base * factor))
    more = whole_twips(letters * factor) - letters  # leading is of letters, not of pictures
    return LineSize(natural, base, more, more)


def whole_twips(points: float) -> float:
    """Return a length cut to whole twips."""
    return math.floor(points * 20 + 1e-6) / 20


@dataclass(slots=True)
class _Poised:
    """A line with its atoms where the alignment puts them."""

    line: BrokenLine
    lefts: list[float]
    rights: list[float]
    extra: float = 0.0
    """Added between the characters of an atom that can be parted."""

    first: int = 0
    """From this atom on."""


def draw_line(
    line: BrokenLine, form: ParagraphFormat, measure: Measure, size: LineSize, *, is_upright: bool = False
) -> DrawnLine:
    """Draw one line.

    Args:
        line: What stands on it.
        form: Alignment.
        measure: Tab stops, for their leaders.
        size: As `size_of` gives it.
        is_upright: It will be turned, and its Chinese characters stand upright.
    """
    base = size.base
    poised = _poise(line, form)
    atoms = line.atoms
    shown: list[tuple[Face, str]] = []
    if is_upright:
        operators = write_upright(atoms, poised.lefts, poised.extra, base, shown)
    else:
        operators = _write(poised, base, shown)
    images: dict[str, Image] = {}
    figures: tuple[Figure, ...] = ()
    bookmarks: tuple[str, ...] = ()
    texts: list[str] = []
    is_decorated = False
    spots: tuple[tuple[Drawing, float, float], ...] = ()
    for i, atom in enumerate(atoms):
        if atom.bookmarks:
            bookmarks += atom.bookmarks
        if atom.word is None:
            is_decorated = True
            if atom.kind is Kind.TAB:
                texts.append("\t")
            elif atom.picture is not None and atom.picture.drawing is not None:
                spots += ((atom.picture.drawing, poised.lefts[i], base - atom.picture.height),)
        else:
            texts.append(atom.word.text)
            if atom.pen.is_decorated or atom.word.text in COMPOSED:
                is_decorated = True
    if is_decorated:
        over, figures, images = _over(poised, base)
        operators = " ".join(part for part in (*_decorate(poised, base, measure), operators, *over) if part)
    left = poised.lefts[0] if atoms else line.start
    return DrawnLine(
        size.height,
        operators,
        "".join(texts).rstrip(" "),
        left,
        poised.rights[line.visible - 1] - left if line.visible else 0.0,
        "\n" if line.ended_by != "wrap" else " " if line.visible + line.hangs < len(atoms) else "",
        bookmarks,
        line.ended_by,
        size.lead,
        by_face(shown),
        images,
        spots,
        "",
        figures,
        base,
    )


def by_face(shown: Sequence[tuple[Face, str]]) -> tuple[tuple[Face, str], ...]:
    """Return the texts of each face put together."""
    if len(shown) == 1:
        return tuple(shown)
    texts: dict[Face, str] = {}
    for face, text in shown:
        texts[face] = texts[face] + text if face in texts else text
    return tuple(texts.items())


def _over(poised: _Poised, base: float) -> tuple[list[str], tuple[Figure, ...], dict[str, Image]]:
    """Return operators for ticks, pictures, and their bytes by name."""
    out: list[str] = []
    figures: list[Figure] = []
    images: dict[str, Image] = {}
    for atom, x in zip(poised.line.atoms, poised.lefts, strict=True):
        if atom.picture is not None and atom.picture.drawing is None:
            name = "I" + hashlib.blake2b(atom.picture.data, digest_size=8).hexdigest()
            images[name] = Image(atom.picture.data)
            wide, high = atom.picture.width, atom.picture.height
            shown = f"q {number(wide)} 0 0 {number(high)} {number(x)} {number(-base)} cm /{name} Do Q"
            figures.append(Figure(shown, x, base - high, wide, high, atom.picture.description))
        elif atom.word is not None and atom.word.text in COMPOSED:
            out += _tick(atom, x, base)
    return out, tuple(figures), images


def _poise(line: BrokenLine, form: ParagraphFormat) -> _Poised:
    """Move atoms as the alignment asks."""
    places = line.places
    rights = [x + atom.width for x, atom in zip(places, line.atoms, strict=True)]
    slack = line.limit - line.start - (rights[line.visible - 1] - line.start if line.visible else 0.0)
    align = form.align
    if slack <= 0 or not line.visible:
        return _Poised(line, places, rights)
    if align in {"center", "right"}:
        shift = slack / 2 if align == "center" else slack
        return _Poised(line, [x + shift for x in places], [x + shift for x in rights])
    poised = _Poised(line, places, rights)
    if align == "distribute" or (align == "both" and not line.is_last):
        _justify(poised, slack)
    return poised


def _justify(poised: _Poised, slack: float) -> None:
    """Share out what a line lacks: between Chinese characters, at spaces, where the two scripts meet."""
    line = poised.line
    atoms, first = line.atoms, line.last_tab + 1
    inner = [len(atom.word.text) - 1 if atom.can_part and atom.word is not None else 0 for atom in atoms]
    east, space = Kind.EAST, Kind.SPACE
    kinds = [atom.kind for atom in atoms]
    before = [i > first and (kinds[i] is east or kinds[i - 1] is east or kinds[i] is space) for i in range(len(atoms))]
    count = sum(inner[first : line.visible]) + sum(before[first : line.visible])
    if not count:
        return
    share, moved = slack / count, 0.0
    lefts, rights = list(poised.lefts), list(poised.rights)
    for i in range(first, len(atoms)):
        if before[i] and i < line.visible:
            moved += share
        lefts[i] += moved
        moved += share * inner[i]
        rights[i] += moved
    poised.lefts, poised.rights, poised.extra, poised.first = lefts, rights, share, first


def _write(poised: _Poised, base: float, shown: list[tuple[Face, str]]) -> str:
    spans: list[_Span] = []
    spread, first = poised.extra, poised.first
    last: _Span | None = None
    for i, (atom, x) in enumerate(zip(poised.line.atoms, poised.lefts, strict=True)):
        word = atom.word
        if word is None:
            continue
        extra = spread if atom.can_part and i >= first else 0.0
        pen = atom.pen
        for stretch in word.stretches:
            text, face = stretch.text, stretch.face
            size = len(text)
            end = x + stretch.width + extra * (size - 1)
            shown.append((face, text))
            if last is not None and last.pen is pen and last.resource == stretch.resource:
                step = x - last.end
                is_even = last.extra is None or abs(step - last.extra) < _EVEN
                if step > -_EVEN and is_even and (size == 1 or abs(step - extra) < _EVEN):
                    last.codes += stretch.codes
                    last.end = end
                    if last.extra is None:
                        last.extra = step
                    if last.is_blank:
                        last.is_blank = text.isspace()
                    x = end + extra  # noqa: PLW2901  the pen moves on
                    continue
            last = _Span(
                x, end, pen, face, stretch.resource, stretch.codes, None if size == 1 else extra, text.isspace()
            )
            spans.append(last)
            x = end + extra  # noqa: PLW2901  the pen moves on
    return _text_object(spans, base) if spans else ""


def _text_object(spans: list[_Span], base: float) -> str:
    """Return one text object, saying only what changes, and setting back the colour."""
    out = ["BT"]
    font, spacing, scale, color = "", 0.0, 1.0, ""
    is_bold = is_slanted = False
    last_x = last_y = 0.0
    for span in spans:
        pen, look = span.pen, span.pen.look
        wanted = pen.fonts.get(span.resource) or pen.font(span.resource)
        if wanted != font:
            out.append(wanted)
            font = wanted
        spread = pen.spacing + (span.extra or 0.0) / look.scale
        if abs(spread - spacing) > 0.001:
            out.append(f"{spread:.3f} Tc" if spread else "0 Tc")
            spacing = spread
        if look.scale != scale:
            out.append(f"{number(look.scale * 100)} Tz")
            scale = look.scale
        if look.color != color:
            out.append(f"{fill_color(look.color)} {stroke_color(look.color)}")
            color = look.color
        bold = span.face in pen.stroked and not span.is_blank
        if bold:
            out.append(f"{number(pen.size * _BOLD)} w")
        if bold != is_bold:
            out.append("2 Tr" if bold else "0 Tr")
            is_bold = bold
        x, y = round(span.x, 2), round(pen.rise - base, 2)
        if pen.is_slanted or is_slanted:
            is_slanted = pen.is_slanted
            out.append(f"1 0 {_SLANT if is_slanted else 0} 1 {number(x)} {number(y)} Tm")
        else:
            out.append(f"{number(x - last_x)} {number(y - last_y)} Td")
        last_x, last_y = x, y
        out.append(f"[<{span.codes}>] TJ" if ">" in span.codes else f"<{span.codes}> Tj")
    out.append("0 g 0 G ET" if color else "ET")  # what concerns text alone ends with the fragment
    return " ".join(out)


def _decorate(poised: _Poised, base: float, measure: Measure) -> list[str]:
    """Return operators for backgrounds, underlines, strikes and tab leaders."""
    line, places = poised.line, poised.lefts
    out: list[str] = []
    start = 0
    while start < len(line.atoms):
        pen = line.atoms[start].pen
        stop = start + 1
        while stop < len(line.atoms) and line.atoms[stop].pen is pen:
            stop += 1
        look = pen.look
        if look.underline or look.strike or look.double_strike or look.background or look.border:
            left = places[start]
            right = poised.rights[stop - 1]
            if stop > line.visible:  # spaces at the end of a line are ruled up to its edge
                right = min(right, max(line.limit, left))
            if right > left:
                out += _rules(pen, left, right - left, base)
        start = stop
    for atom, x in zip(line.atoms, places, strict=True):
        leader = leader_of(x, measure, atom.break_kind) if atom.kind is Kind.TAB else ""
        if leader:
            dash = _LEADERS.get(leader, "[] 0 d")
            y = number(-base - 1)
            out.append(f"q {number(atom.pen.size / 14)} w {dash} {number(x)} {y} m {number(x + atom.width)} {y} l S Q")
    return out


def _rules(pen: Pen, x: float, width: float, base: float) -> list[str]:
    look, size = pen.look, pen.size
    thick = max(0.4, size / 20)
    color = fill_color(look.color)
    out: list[str] = []
    if look.background:
        up, down = pen.east_heights
        out.append(f"{fill_color(look.background)} {rectangle(x, base - up, width, up + down)} f")
    bars: list[tuple[float, float]] = []
    if look.underline:
        heavy = thick * 1.8 if look.underline in {"thick", "dashedHeavy", "dottedHeavy", "wavyHeavy"} else thick
        bars.append((size * 0.12, heavy))
        if look.underline in {"double", "wavyDouble"}:
            bars.append((size * 0.12 + 2 * thick, thick))
    if look.strike:
        bars.append((-size * 0.3, thick))
    if look.double_strike:
        bars += [(-size * 0.25, thick), (-size * 0.35, thick)]
    if bars:
        boxes = " ".join(rectangle(x, base + y, width, high) for y, high in bars)
        out.append(f"{color} {boxes} f")
    if look.border:
        up, down = pen.east_heights
        out.append(f"{stroke_color(look.color)} .5 w {rectangle(x, base - up, width, up + down)} S 0 G")
    if look.background or look.color:
        out.append("0 g")
    return out


def _tick(atom: Atom, x: float, base: float) -> list[str]:
    """Return the tick or cross drawn over a square that the face has, when it has no ticked one."""
    assert atom.word is not None
    char = atom.word.text
    face = atom.word.stretches[0].face
    if char == "☐" or face.font.glyph(char):
        return []
    size = atom.pen.size

    def at(dx: float, dy: float) -> tuple[str, str]:
        return number(x + dx * size), number(-base + dy * size)

    width = number(size * 0.07)
    if char == "☑":
        a, b, c = at(0.24, 0.42), at(0.44, 0.2), at(0.78, 0.66)
        return [_TICK.format(width, *a, *b, *c)]
    a, b = at(0.26, 0.14), at(0.74, 0.62)
    return [_CROSS.format(width, *a, *b)]
