"""A paragraph laid out at one width: its lines, ready to be placed on pages.

Kept as long as the paragraph and the width are the same; this is what makes a village's second
paper cheap.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from docgen.engine.press.laid.fragments import Fragment, Mark, TextLine, fill_color, number, rectangle, stroke_color
from docgen.engine.press.laid.tagging import Figure, Tag
from docgen.engine.press.model.blocks import Text
from docgen.engine.press.setting.atoms import cut
from docgen.engine.press.setting.breaker import BrokenLine, break_lines
from docgen.engine.press.setting.lines import DrawnLine, Grid, LineSize, by_face, draw_line, size_of, whole_twips
from docgen.engine.press.setting.measure import Measure
from docgen.engine.press.setting.pens import PenCase

if TYPE_CHECKING:
    from docgen.engine.press.fonts.book import Face, FontBook
    from docgen.engine.press.laid.paper import Fallback
    from docgen.engine.press.model.blocks import Paragraph, Piece, TextFrame
    from docgen.engine.press.model.formats import Border, ParagraphFormat, RunFormat
    from docgen.engine.press.model.numbering import Counters
    from docgen.engine.press.setting.across import Across
    from docgen.engine.press.setting.beside import Beside
    from docgen.engine.press.setting.hung import Hung
    from docgen.engine.press.setting.pens import Pen
    from docgen.engine.press.setting.words import Word

_KEPT_LINES = 20_000
_KEPT_SHAPES = 2_000
_SAME = 0.5
"""Points by which an indent in characters of a grid may differ from the same in points."""

_BROWSER = 14.0
"""Points that browsers give before and after a paragraph."""

Numbers: TypeAlias = "tuple[tuple[str, str], ...]"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting:
    """What a paragraph is set in, apart from itself and numbers."""

    width: float
    default_tab: float
    pitch: float = 0.0
    """Points between the lines of the document grid; 0: no grid."""

    adds_spacing: bool = False
    """Automatic space is what is written, not what browsers give."""

    extra: float = 0.0
    """Points added to each character by a character grid."""

    is_upright: bool = False
    """Lines are turned, and their Chinese characters stand upright."""

    in_table: bool = False
    """No sign hangs out of its cell."""

    shapes: dict[tuple[int, int, int, float, bool], _Shape] = field(default_factory=dict)
    """What was made of looks in this setting, by their identity (the shapes keep them alive)."""


class _Shape(NamedTuple):
    """What all paragraphs of one look are poured into in one setting."""

    looks: tuple[ParagraphFormat, RunFormat, RunFormat]
    measure: Measure
    grid: Grid | None
    pens: tuple[Pen, Pen]
    """Look of the paragraph mark, look of the styles."""

    before: float
    after: float
    cell_tail: float


@dataclass(slots=True, eq=False)
class LaidParagraph:
    """Lines of one paragraph."""

    lines: list[DrawnLine]
    before: float
    """Space above, as written."""

    after: float
    faces: tuple[tuple[Face, str], ...]
    """What is shown in each face, in any order."""

    fallbacks: tuple[Fallback, ...]
    missing: tuple[tuple[str, str], ...]
    has_bookmarks: bool
    tail: float = 0.0
    """What a larger leading adds before the next paragraph."""

    cell_tail: float = 0.0
    """The same at the end of a cell."""

    label: tuple[Piece, ...] = ()
    """Its automatic number and what follows that."""

    hung: tuple[Hung, ...] = ()
    """Drawings that go with its lines."""

    begun: dict[TextFrame, Counters] | None = None
    """Where lists stood before each of its text boxes."""

    _fragments: dict[tuple[int, int], Fragment] = field(default_factory=dict)
    role: str = "P"
    """Structure type: paragraph or heading."""

    _tags: list[Tag] = field(default_factory=list)
    """Of the whole, of the rest on a later page."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing of it is seen but drawings."""
        return not any(line.text.strip() for line in self.lines)

    def tag(self, start: int) -> Tag:
        """Return the tag of lines from ``start`` on."""
        tags = self._tags
        if not tags:
            tags.append(Tag(self.role))
        if not start:
            return tags[0]
        if len(tags) == 1:
            tags.append(Tag(self.role, tags[0]))
        return tags[1]

    def height(self, start: int, stop: int) -> float:
        """Return the height of some lines, without what the last of them keeps free below it."""
        if stop - start == 1:
            return self.lines[start].height
        lines = self.lines[start:stop]
        return sum([line.height + line.lead for line in lines]) - (lines[-1].lead if lines else 0.0)

    def fragment(self, start: int, stop: int) -> Fragment:
        """Return lines ``start`` up to, not including, ``stop`` as one piece; remembered."""
        found = self._fragments.get((start, stop))
        if found is None:
            found = self._fragments[start, stop] = self._compose(start, stop)
        return found

    def _compose(self, start: int, stop: int) -> Fragment:
        if stop - start == 1:
            return self.lines[start].fragment
        texts: list[TextLine] = []
        marks: list[Mark] = []
        parts: list[tuple[float, Fragment]] = []
        y = 0.0
        rules: list[str] = []
        figures: list[Figure] = []
        for line in self.lines[start:stop]:
            part = line.fragment
            parts.append((y, part))
            texts += [TextLine(t[0], t[1], y, t[3], t[4], t[5]) for t in part.lines]
            if part.marks:
                marks += [Mark(m.name, m.x, y, m.width, m.height) for m in part.marks]
            y += line.height + line.lead
            if part.rules:
                rules.append(f"q 1 0 0 1 0 {number(-y)} cm {part.rules} Q")
            if part.figures:
                figures += [replace(figure, y=figure.y + y) for figure in part.figures]
        y -= line.lead
        return Fragment(
            "", y, tuple(texts), tuple(marks), self.faces, (), tuple(parts), " ".join(rules), tuple(figures)
        )


class TypeCase(PenCase):
    """All pens in use, and the lines drawn with them that may come again."""

    def __init__(self, book: FontBook) -> None:
        super().__init__(book)
        self._lines: dict[tuple[object, ...], DrawnLine] = {}
        """By their words and where they stand; kept from the second time on."""

        self._seen: set[int] = set()
        """Hashes of what lines were drawn by once."""

    def draw(self, line: BrokenLine, form: ParagraphFormat, measure: Measure, size: LineSize) -> DrawnLine:
        """Draw a line; lines of the same words in the same place are drawn once."""
        words: list[Word] = []
        for atom in line.atoms:
            if atom.word is None or atom.bookmarks:
                return draw_line(line, form, measure, size)
            words.append(atom.word)
        key = (tuple(words), line.start, line.limit, line.ended_by, form.align, form.auto_space, size)
        found = self._lines.get(key)
        if found is None:
            found = draw_line(line, form, measure, size)
            if len(self._lines) >= _KEPT_LINES:
                self._lines.clear()
                self._seen.clear()
            sign = hash(key)
            if sign in self._seen:
                self._lines[key] = found
            else:
                self._seen.add(sign)  # what one record says of itself is not said again
        return found


def lay_paragraph(
    paragraph: Paragraph,
    setting: Setting,
    case: TypeCase,
    *,
    label: tuple[Piece, ...] = (),
    numbers: Numbers = (),
    beside: Beside | Across | None = None,
) -> LaidParagraph:
    """Lay out one paragraph.

    Args:
        paragraph: What is laid out.
        setting: Width and grid.
        case: Where pens come from.
        label: An automatic number and what follows it.
        numbers: Texts of page fields, by kind.
        beside: What stands in the way of its lines, or the columns of other widths that they go through.
    """
    form = paragraph.format
    atoms = cut(paragraph, case, extra=setting.extra, label=label, numbers=dict(numbers))
    shape = _shape(paragraph, setting, case)
    measure, grid = shape.measure, shape.grid
    pen = shape.pens[bool(atoms.items)]
    is_plain = form.line_rule == "auto" and form.align == "left" and not paragraph.mark_has_style
    is_empty = is_plain and not atoms.items
    if beside is None:
        broken = break_lines(atoms.items, measure)
        sizes = [size_of(line, form, pen, grid, is_empty=is_empty) for line in broken]
    else:

        def size(line: BrokenLine) -> LineSize:
            return size_of(line, form, pen, grid, is_empty=is_empty)

        tallest = BrokenLine(0.0, 0.0, atoms=list(atoms.items), visible=len(atoms.items))
        broken, sizes = beside.pour(
            atoms.items, measure, size, size(tallest), setting.pitch if form.snap_to_grid else 0.0
        )
    if setting.is_upright:
        sized = zip(broken, sizes, strict=True)
        lines = [draw_line(line, form, measure, size, is_upright=True) for line, size in sized]
    else:
        lines = [case.draw(line, form, measure, size) for line, size in zip(broken, sizes, strict=True)]
    if atoms.trailing_bookmarks:
        lines[-1] = replace(lines[-1], bookmarks=lines[-1].bookmarks + atoms.trailing_bookmarks)
    if form.borders or form.background:
        lines = [replace(line) for line in lines]
        _frame(lines, dict(form.borders), form.background, measure.left, measure.right)
    return LaidParagraph(
        lines=lines,
        before=shape.before,
        after=shape.after,
        faces=lines[0].faces if len(lines) == 1 else by_face([shown for line in lines for shown in line.faces]),
        fallbacks=tuple(atoms.fallbacks.values()),
        missing=tuple(atoms.missing),
        has_bookmarks=atoms.has_bookmarks,
        tail=sizes[-1].tail,
        cell_tail=shape.cell_tail,
        label=label,
        role="P" if form.outline is None else f"H{min(form.outline, 5) + 1}",
    )


def _cell_tail(form: ParagraphFormat, ascent: float) -> float:
    """Return the leading under the last paragraph of a cell, in whole twips."""
    if form.line_rule != "auto" or form.line <= 1:
        return 0.0
    return whole_twips(ascent * form.line) - ascent


def _shape(paragraph: Paragraph, setting: Setting, case: TypeCase) -> _Shape:
    """Return what a paragraph is poured into; made once for its looks."""
    form, mark, base = paragraph.format, paragraph.mark, paragraph.base
    unit = next((p.format.size for p in paragraph.pieces if isinstance(p, Text)), mark.size) + setting.extra
    key = (id(form), id(mark), id(base), unit, bool(paragraph.pieces))
    found = setting.shapes.get(key)
    if found is None:
        left = _indent(form.left, form.left_chars, unit, _SAME if setting.extra else 0.0)
        right = _indent(form.right, form.right_chars, unit, _SAME if setting.extra else 0.0)
        first = _indent(form.first, form.first_chars, unit, _SAME if setting.extra else 0.0)
        pens = case.pen(mark, setting.extra), case.pen(base, setting.extra)
        last = pens[bool(paragraph.pieces)]  # the mark's own look counts only where nothing stands before it
        browser = not setting.adds_spacing
        measure = Measure(
            left=left,
            right=max(setting.width - right, left + unit),
            first=left + first,
            tabs=form.tabs,
            default_tab=setting.default_tab,
            hangs=form.hangs and not setting.in_table,
            column=setting.width,
        )
        found = _Shape(
            looks=(form, mark, base),
            measure=measure,
            grid=Grid(pitch=setting.pitch) if setting.pitch else None,
            pens=pens,
            before=_BROWSER if browser and form.before_auto else form.before,
            after=_BROWSER if browser and form.after_auto else form.after,
            cell_tail=_cell_tail(form, last.east_heights[0]),
        )
        if len(setting.shapes) >= _KEPT_SHAPES:
            setting.shapes.clear()
        setting.shapes[key] = found
    return found


def _indent(said: float, characters: float | None, unit: float, slack: float) -> float:
    """Return an indent in points.

    LibreOffice knows nothing of characters, and Word has reckoned the points from them: so the points
    count. On a grid of characters these are exact (28 to the line) as long as both say about the same.
    """
    if characters is None:
        return said
    reckoned = characters * unit
    return reckoned if not said or abs(reckoned - said) < slack else said


def _frame(lines: list[DrawnLine], borders: dict[str, Border], background: str, left: float, right: float) -> None:
    """Rule the paragraph's borders and fill its background, line by line."""
    if background:
        for line in lines:
            box = rectangle(left, 0, right - left, line.height)
            line.rules = f"{fill_color(background)} {box} f 0 g"
    if not borders:
        return
    top, bottom = borders.get("top"), borders.get("bottom")
    if top is not None:
        room = top.width + top.space
        ruled = _rule(top, left, right, top.width / 2)
        lines[0].operators = f"q 1 0 0 1 0 {number(-room)} cm {lines[0].operators} Q"
        lines[0].rules += f" {ruled}"
        lines[0].height += room
        lines[0].base += room
    if bottom is not None:
        room = bottom.width + bottom.space
        lines[-1].height += room
        lines[-1].rules += " " + _rule(bottom, left, right, lines[-1].height - bottom.width / 2)
    for side, x in (("left", left), ("right", right)):
        edge = borders.get(side)
        if edge is None:
            continue
        at = x - edge.space if side == "left" else x + edge.space
        for line in lines:
            ruled = f"{number(at)} 0 m {number(at)} {number(-line.height)} l S"
            line.rules += f" {stroke_color(edge.color)} {number(edge.width)} w {ruled} 0 G"


def _rule(edge: Border, left: float, right: float, y: float) -> str:
    line = f"{number(left)} {number(-y)} m {number(right)} {number(-y)} l S"
    return f"{stroke_color(edge.color)} {number(edge.width)} w {line} 0 G"
