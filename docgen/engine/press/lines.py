"""A line drawn: text operators, underlines, pictures, and where the base line runs.

Leading follows ECMA-376 §17.3.1.33 and, where that is silent, LibreOffice: an exact line has its
base line at four fifths of its height; what a larger leading adds stands above the text.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docgen.engine.press.atoms import Kind
from docgen.engine.press.breaker import leader_of
from docgen.engine.press.fonts.book import COMPOSED
from docgen.engine.press.fragments import Image, fill_color, number, rectangle, stroke_color

if TYPE_CHECKING:
    from docgen.engine.press.atoms import Atom
    from docgen.engine.press.breaker import BrokenLine, Measure
    from docgen.engine.press.fonts.book import Face
    from docgen.engine.press.model import ParagraphFormat
    from docgen.engine.press.pens import Pen, Stretch

_BOLD = 0.03
"""Stroke around a glyph that is made bold, in em."""

_SLANT = 0.21
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
    operators: str
    text: str
    x: float
    width: float
    joint: str
    bookmarks: tuple[str, ...]
    ended_by: str
    images: dict[str, Image] = field(default_factory=dict)


@dataclass(slots=True)
class _Span:
    """Characters shown by one operator."""

    x: float
    end: float
    pen: Pen
    face: Face
    text: str
    extra: float | None
    """Added after each character; ``None`` while there is only one and it can still be chosen."""


def height_of(line: BrokenLine, form: ParagraphFormat, mark: Pen, grid: Grid | None) -> tuple[float, float]:
    """Return a line's height and how far below its top the base line runs."""
    above = below = 0.0
    for atom in line.atoms:
        if atom.picture is not None:
            above = max(above, atom.picture.height)
        else:
            up, down = atom.pen.heights(east=atom.is_east)
            above, below = max(above, up), max(below, down)
    if not line.atoms:
        above, below = mark.heights(east=True)
    natural = above + below
    if form.line_rule == "exact":
        return form.line, form.line * _EXACT_BASE
    if form.line_rule == "atLeast":
        height = max(form.line, natural)
        return height, height - below
    if grid is not None and form.snap_to_grid and grid.pitch > 0:
        cells = max(1, math.ceil(natural * min(form.line, 1.0) / grid.pitch - 0.01))
        height = max(cells * grid.pitch, cells * grid.pitch * form.line)
        return height, (height - natural) / 2 + above
    height = natural * form.line
    return height, height - below


def draw_line(
    line: BrokenLine, form: ParagraphFormat, measure: Measure, used: dict[Face, set[str]], size: tuple[float, float]
) -> DrawnLine:
    """Draw one line.

    Args:
        line: What stands on it.
        form: Alignment.
        measure: Tab stops, for their leaders.
        used: Characters by face; what is drawn is added.
        size: Height and base line as `height_of` gives them.
    """
    height, base = size
    places = _spread(line, form)
    images: dict[str, Image] = {}
    behind, text, over = _decorate(line, places, base, measure), _write(line, places, base, used), []
    for atom, x in zip(line.atoms, places, strict=True):
        if atom.picture is not None:
            name = "I" + hashlib.blake2b(atom.picture.data, digest_size=8).hexdigest()
            images[name] = Image(atom.picture.data)
            wide, high = number(atom.picture.width), number(atom.picture.height)
            over.append(f"q {wide} 0 0 {high} {number(x)} {number(-base)} cm /{name} Do Q")
        elif atom.word is not None and atom.word.text in COMPOSED:
            over += _tick(atom, x, base)
    shown = "".join(_text_of(atom) for atom in line.atoms)
    left = places[0] if places else line.start
    end = places[line.visible - 1] + line.atoms[line.visible - 1].width if line.visible else left
    wrapped_at_space = line.ended_by == "wrap" and line.visible < len(line.atoms)
    return DrawnLine(
        height=height,
        operators=" ".join(part for part in (*behind, text, *over) if part),
        text=shown.rstrip(" "),
        x=left,
        width=end - left,
        joint="\n" if line.ended_by != "wrap" else " " if wrapped_at_space else "",
        bookmarks=tuple(name for atom in line.atoms for name in atom.bookmarks),
        ended_by=line.ended_by,
        images=images,
    )


def _text_of(atom: Atom) -> str:
    if atom.word is not None:
        return atom.word.text
    return "\t" if atom.kind is Kind.TAB else ""


def _spread(line: BrokenLine, form: ParagraphFormat) -> list[float]:
    """Move atoms as the alignment asks; return their left edges."""
    slack = line.limit - line.start - line.width
    align = form.align
    if slack <= 0 or not line.visible:
        return line.places
    if align in {"center", "right"}:
        shift = slack / 2 if align == "center" else slack
        return [x + shift for x in line.places]
    if align not in {"both", "distribute"} or (line.is_last and align == "both"):
        return line.places
    first = line.last_tab + 1
    gaps = [i for i in range(first + 1, line.visible) if align == "distribute" or _may_widen(line, i)]
    if not gaps:
        return line.places
    share, moved, places = slack / len(gaps), 0.0, list(line.places)
    chosen = set(gaps)
    for i in range(first, len(places)):
        if i in chosen:
            moved += share
        places[i] += moved
    return places


def _may_widen(line: BrokenLine, i: int) -> bool:
    """Whether the place before the atom takes part in justification."""
    last, here = line.atoms[i - 1].kind, line.atoms[i].kind
    return Kind.EAST in {last, here} or here is Kind.SPACE


def _write(line: BrokenLine, places: list[float], base: float, used: dict[Face, set[str]]) -> str:
    spans: list[_Span] = []
    for atom, place in zip(line.atoms, places, strict=True):
        if atom.word is None:
            continue
        x = place
        for stretch in atom.word.stretches:
            _extend(spans, stretch, x, atom.pen)
            x += stretch.width
    for span in spans:
        used.setdefault(span.face, set()).update(span.text)
    return _text_object(spans, base) if spans else ""


def _extend(spans: list[_Span], stretch: Stretch, x: float, pen: Pen) -> None:
    """Add characters to the last span where they follow it evenly, else begin a new one."""
    last = spans[-1] if spans else None
    single = len(stretch.text) == 1
    same_plane = last is not None and ord(last.text[0]) >> 16 == ord(stretch.text[0]) >> 16
    if last is not None and same_plane and last.pen is pen and last.face is stretch.face:
        step = x - last.end
        if (single or abs(step) < 0.005) and (
            (last.extra is None and step > -0.005) or (last.extra is not None and abs(step - last.extra) < 0.005)
        ):
            last.text += stretch.text
            last.extra = step if last.extra is None and abs(step) >= 0.005 else (last.extra or 0.0)
            last.end = x + stretch.width
            return
    spans.append(_Span(x, x + stretch.width, pen, stretch.face, stretch.text, None if single else 0.0))


def _text_object(spans: list[_Span], base: float) -> str:
    out = ["BT"]
    font, spacing, mode, color, scale = "", 0.0, 0, "", 1.0
    at_x = at_y = 0.0
    slanted = False
    for span in spans:
        pen, look = span.pen, span.pen.look
        bold = span.face in pen.stroked and not span.text.isspace()
        wanted = f"/{plane_name(span.face, span.text)} {number(pen.size)} Tf"
        if wanted != font:
            out.append(wanted)
            font = wanted
        extra = pen.spacing + (span.extra or 0.0) / look.scale
        if abs(extra - spacing) > 0.001:
            out.append(f"{number(extra)} Tc")
            spacing = extra
        if look.scale != scale:
            out.append(f"{number(look.scale * 100)} Tz")
            scale = look.scale
        if look.color != color:
            out.append(f"{fill_color(look.color)} {stroke_color(look.color)}")
            color = look.color
        if bold:
            out.append(f"{number(pen.size * _BOLD)} w")
        if bold != (mode == 2):
            mode = 2 if bold else 0
            out.append(f"{mode} Tr")
        x, y = round(span.x, 2), round(pen.rise - base, 2)
        if pen.is_slanted or slanted:
            slanted = pen.is_slanted
            out.append(f"1 0 {_SLANT if slanted else 0} 1 {number(x)} {number(y)} Tm")
        else:
            out.append(f"{number(x - at_x)} {number(y - at_y)} Td")
        at_x, at_y = x, y
        out.append(f"<{encode(span.text)}> Tj")
    if spacing:
        out.append("0 Tc")
    if scale != 1.0:
        out.append("100 Tz")
    if mode:
        out.append("0 Tr")
    if color:
        out.append("0 g 0 G")
    out.append("ET")
    return " ".join(out)


def plane_name(face: Face, text: str) -> str:
    """Return the resource name of a face for the plane its text lies in; a span is of one plane."""
    plane = ord(text[0]) >> 16
    return face.resource if not plane else f"{face.resource}P{plane}"


def encode(text: str) -> str:
    """Return character codes in hexadecimal: the code point within its plane."""
    if text[0] <= "\uffff":  # all of one plane
        return text.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"{ord(char) & 0xFFFF:04X}" for char in text)


def _decorate(line: BrokenLine, places: list[float], base: float, measure: Measure) -> list[str]:
    """Return operators for backgrounds, underlines, strikes and tab leaders."""
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
            right = places[stop - 1] + line.atoms[stop - 1].width
            if stop > line.visible:  # spaces at the end of a line are ruled up to its edge
                right = min(right, max(line.limit, left))
            if right > left:
                out += _rules(pen, left, right - left, base)
        start = stop
    for atom, x in zip(line.atoms, places, strict=True):
        leader = leader_of(x, measure) if atom.kind is Kind.TAB else ""
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
        up, down = pen.heights(east=True)
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
        up, down = pen.heights(east=True)
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
