"""汇总表 as a workbook (xlsx) whose totals are formulas and whose identities check themselves.

Who receives it can add up again: overall totals are sums over the units and the listed adjustments, beside them
stand the totals that were printed and signed, and a cell that does not agree turns red. Sources: forms.md §8.8
(identities), §8.9 (未报 is never 0, Σ of units + adjustments = total). The same table gives the same bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from docgen.engine.listing.columns import Column as HeadColumn
from docgen.engine.listing.columns import head_cells
from docgen.engine.sheets.lists import EPOCH, without_clock
from docgen.engine.source.summary import printed_parts
from forms.computed.summary_paper import NOT_REPORTED, TOLD_AS, number_text, signed, summary_notes, unit_labels
from forms.law.time import print_date
from forms.quarter.columns import QuarterRules, columns, partitions
from forms.quarter.table import TableState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from docgen.engine.source.summary import Printed
    from forms.quarter.table import Figure, PeriodTable, UnitRow

AGREES, DIFFERS = "相符", "不符"
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(vertical="center", wrap_text=True)
_GREY = PatternFill("solid", fgColor="E8E8E8")
_MARKED = PatternFill("solid", fgColor="FFF2CC")
_RED = PatternFill("solid", bgColor="FFC7CE")
_GREEN = PatternFill("solid", bgColor="E2F0D9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """One identity of §8.8 as a spreadsheet can check it: ``left`` stands against plus less minus."""

    code: str
    left: tuple[str, ...]
    sign: str
    """``=`` or ``<=``."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return every column that takes part."""
        return (*self.left, *self.plus, *self.minus)

    @property
    def shown(self) -> str:
        """Return the identity in identifiers: KA4 = KA1 + KA2 - KA3."""
        right = " + ".join(self.plus) + "".join(f" - {name}" for name in self.minus)
        return f"{' + '.join(self.left)} {'≤' if self.sign == '<=' else '='} {right}"


def equations(rules: QuarterRules) -> tuple[Equation, ...]:
    """Return the identities between the columns of one row, in the order of §8.8."""

    def same(code: str, left: str, plus: str, minus: str = "") -> Equation:
        return Equation(
            code=code, left=tuple(left.split()), sign="=", plus=tuple(plus.split()), minus=tuple(minus.split())
        )

    def most(code: str, left: str, plus: str) -> Equation:
        return Equation(code=code, left=tuple(left.split()), sign="<=", plus=tuple(plus.split()))

    parts = [Equation(code="R-02", left=(p.whole,), sign="=", plus=p.terms) for p in partitions()]
    pairs = [same("R-08-PAIR", "KB5", "KB6")] if rules.pairs_confirmation_with_deed else []
    # who was not asked may stand on either side, so that the national reading is two limits each
    strict = ("KA11b", "KA12d KA12n"), ("KA12a KA12b KA12c", "KA11a KA11n"), ("KA11a", "KA12a KA12b KA12c KA12n")
    kept = [most("R-06", left, right) for left, right in strict] if rules.incapable_parent_keeps else []
    return (
        same("R-01", "KA4", "KA1 KA2", "KA3"),
        *parts,
        *(same("R-03", band, f"{band}m {band}f {band}n") for band in ("KA6a", "KA6b", "KA6c")),
        same("R-04", "KA10a KA10b KA10n", "KA7c KA7d"),
        same("R-05", "KA7g", "KD5"),
        same("R-05", "KA7h", "KD8"),
        same("R-05", "KA8b", "KE5"),
        most("R-06", "KA12d", "KA11b KA11n"),
        *kept,
        most("R-07", "KB5", "KB4"),
        same("R-07", "KB9", "KB4", "KB5"),
        most("R-07-CARER", "KA12a KA12b", "KB4"),
        most("R-08", "KB6", "KB4"),
        *pairs,
        same("R-09", "KC1", "KC3a KC3b KC3c KC3d KC3e KC3f KC3g KC3n"),
        same("R-10", "KC5", "KC5a KC5b KC5c KC5d KC5n"),
        same("R-10", "KC6", "KC6s KC5", "KC6e"),
        same("R-11", "KD5", "KD1 KD2", "KD3 KD4"),
        same("R-11", "KE5", "KE1 KE2", "KE3 KE4"),
        most("R-12", "KD6", "KD1 KD2"),
        most("R-13", "KA12c KA12d", "KA13c KA13n"),
        most("R-15", "KG2", "KG1"),
        most("R-15", "KG2", "KG3"),
    )


def write_table(table: PeriodTable, rules: QuarterRules | None = None, *, title: str, unit: str) -> bytes:
    """Return the workbook of a table.

    Args:
        table: What was counted and verified.
        rules: Headings, order and identities of the region.
        title: As printed on the paper.
        unit: Who fills in.
    """
    return _Writer(table, rules or QuarterRules(), title, unit).write()


class _Writer:
    """Writes one table."""

    def __init__(self, table: PeriodTable, rules: QuarterRules, title: str, unit: str) -> None:
        self.table, self.rules, self.title, self.unit = table, rules, title, unit
        self.book = Workbook()
        self.labels = unit_labels(table.rows)
        self.places: dict[str, tuple[str, str]] = {}
        """Sheet and letter of each column."""

        self.row_of: dict[str, int] = {}
        """Row of each unit by its key, the same on every sheet of figures."""

    def write(self) -> bytes:
        """Write all sheets."""
        self.book.remove(self.book.worksheets[0])
        self.book.properties.creator = "docgen"
        self.book.properties.created = self.book.properties.modified = EPOCH
        self._cover()
        parts = printed_parts(self.rules)
        depth = max(len(p.path) for _, part in parts for p in part)
        for title, part in parts:
            self._part(title, part, depth)
        self._checks()
        self._differences()
        self._adjustments()
        out = io.BytesIO()
        self.book.save(out)
        return without_clock(out.getvalue())

    # figures

    def _part(self, title: str, part: Sequence[Printed], depth: int) -> None:
        page = self._page(title)
        heads = [HeadColumn(heading=("单位",)), *(HeadColumn(heading=p.path) for p in part)]
        _heading(page, 1, f"{self.title}　{title}", bold=True)
        _heading(page, 2, f"{self.unit}　{self.table.period.label}　第{self.table.version}版")
        cells, own = head_cells(heads)
        for cell in cells:
            rows = cell.rows + (depth - own if cell.row + cell.rows == own else 0)
            top, left = 3 + cell.row, cell.column + 1
            _text(page, top, left, _printable(cell.text), bold=True)
            if rows > 1 or cell.columns > 1:
                page.merge_cells(
                    start_row=top, start_column=left, end_row=top + rows - 1, end_column=left + cell.columns - 1
                )
        codes = 3 + depth
        _text(page, codes, 1, "栏号")
        for k, printed in enumerate(part, start=2):
            self.places[printed.column.id] = (page.title, get_column_letter(k))
            _text(page, codes, k, printed.column.id)
        self._rows(page, part, codes + 1)
        page.freeze_panes = f"B{codes + 1}"
        page.print_title_rows, page.print_title_cols = f"1:{codes}", "A:A"
        page.column_dimensions["A"].width = 22
        for k in range(2, len(part) + 2):
            page.column_dimensions[get_column_letter(k)].width = 11

    def _rows(self, page: Worksheet, part: Sequence[Printed], first: int) -> None:
        """Write units, adjustments, the sum, the total as printed, and whether they agree."""
        names = [p.column.id for p in part]
        for row, unit in enumerate(self.table.rows, start=first):
            self.row_of[unit.unit_uid] = row
            _text(page, row, 1, self.labels[unit.unit_uid])
            for k, name in enumerate(names, start=2):
                self._figure(page, row, k, unit, name)
        last = first + len(self.table.rows) - 1
        adjusted, total, printed, check = last + 1, last + 2, last + 3, last + 4
        self.row_of["total"] = total
        for row, label in ((adjusted, "汇总调整"), (total, "合计"), (printed, "报表所印合计"), (check, "核对")):
            _text(page, row, 1, label, bold=row == total, fill=_GREY)
        for k, name in enumerate(names, start=2):
            letter = get_column_letter(k)
            delta = sum(change.delta for change in self.table.adjustments if change.column == name)
            _number(page, adjusted, k, delta or None)
            figure = self.table.total.figures.get(name)
            value = number_text(figure.adopted) if figure is not None else "未采集"
            if figure is not None and isinstance(figure.adopted, int):
                _number(page, total, k, f"=SUM({letter}{first}:{letter}{adjusted})", bold=True)
                _number(page, printed, k, figure.adopted)
                _number(page, check, k, f'=IF({letter}{total}={letter}{printed},"{AGREES}","{DIFFERS}")')
            else:
                for row in (total, printed, check):
                    _text(page, row, k, value, fill=_GREY)
        _colour(page, f"B{check}:{get_column_letter(len(names) + 1)}{check}")

    def _figure(self, page: Worksheet, row: int, column: int, unit: UnitRow, name: str) -> None:
        figure = unit.figures.get(name)
        if unit.state is TableState.NOT_REPORTED or not unit.figures:
            _text(page, row, column, NOT_REPORTED)
        elif figure is None or not isinstance(figure.adopted, int):
            _text(page, row, column, "未采集" if figure is None else number_text(figure.adopted))
        else:
            _number(page, row, column, figure.adopted)
            if _differs(figure):
                cell = page.cell(row=row, column=column)
                cell.number_format = f'0"（报{number_text(figure.reported)}）"'
                cell.fill = _MARKED

    # checks

    def _checks(self) -> None:
        """Write every identity for every unit and for the total; what is violated turns red."""
        page = self._page("勾稽核对")
        keys = [*self.labels.items(), ("total", "合计")]
        _heading(page, 1, "表间勾稽关系：由各部分的数自动核对，不符的变红", bold=True)
        for k, head in enumerate(("代码", "关系", *(name for _, name in keys)), start=1):
            _text(page, 2, k, head, bold=True, fill=_GREY)
        shown = [e for e in equations(self.rules) if set(e.names) <= self.places.keys()]
        for row, equation in enumerate(shown, start=3):
            _text(page, row, 1, equation.code)
            _text(page, row, 2, equation.shown, align=_LEFT)
            for k, (key, _) in enumerate(keys, start=3):
                _number(page, row, k, self._formula(equation, self.row_of[key]))
        _colour(page, f"C3:{get_column_letter(len(keys) + 2)}{max(3, len(shown) + 2)}")
        page.freeze_panes = "C3"
        page.print_title_rows, page.print_title_cols = "1:2", "A:B"
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 12, 44

    def _formula(self, equation: Equation, row: int) -> str:
        def cell(name: str) -> str:
            sheet, letter = self.places[name]
            return f"'{sheet}'!{letter}{row}"

        left = "+".join(cell(name) for name in equation.left)
        right = "+".join(cell(name) for name in equation.plus) + "".join(f"-{cell(n)}" for n in equation.minus)
        names = equation.names
        counted = "+".join(f"ISNUMBER({cell(name)})" for name in names)
        return f'=IF({counted}<{len(names)},"—",IF({left}{equation.sign}{right},"{AGREES}","{DIFFERS}"))'

    # lists

    def _cover(self) -> None:
        table, page = self.table, self._page("说明")
        first, last = print_date(table.period.from_on), print_date(table.period.to_on)
        lines = [
            ("表名", self.title),
            ("填报单位", self.unit),
            (
                "统计区间",
                f"{table.period.label}（{first}至{last}）",
            ),
            ("版本", f"第{table.version}版"),
            ("名册版本", table.roster_version or "—"),
            ("编制日期", print_date(table.made_on)),
            *((("更正说明", table.correction),) if table.correction else ()),
            (
                "合计怎样得来",
                "各单位之和加“汇总调整”，是公式，可以改数重算；“报表所印合计”是签字的数，二者不同时“核对”变红。",
            ),
            ("几种没有数的情况", "“0”核对过没有；“—”不适用；“未采集”还没有了解到；“未报”该单位没有报来，不按0计。"),
            ("核实数", "底色发黄、写着“11（报12）”的，核实数11，报送数12；求和用核实数。"),
            *(("提醒", note) for note in summary_notes(table)),
        ]
        for row, (name, text) in enumerate(lines, start=1):
            _text(page, row, 1, name, fill=_GREY)
            _text(page, row, 2, text, align=_LEFT)
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 18, 96

    def _differences(self) -> None:
        """List what the verifying organs found otherwise (R-17)."""
        rows = [
            (unit.unit_name, f.column, columns()[f.column].title, f.reported, f.verified, f.verified_by)
            for unit in self.table.rows
            for f in unit.figures.values()
            if _differs(f)
        ]
        page = self._page("核实差异")
        for k, head in enumerate(("单位", "栏号", "指标", "报送数", "核实数", "核实单位"), start=1):
            _text(page, 1, k, head, bold=True, fill=_GREY)
        for row, (unit, name, title, reported, verified, by) in enumerate(rows, start=2):
            for k, value in enumerate((unit, name, TOLD_AS.get(name, title), reported, verified, by), start=1):
                if isinstance(value, int):
                    _number(page, row, k, value)
                else:
                    _text(page, row, k, number_text(value) if k in {4, 5} else str(value))  # type: ignore[arg-type]
        if not rows:
            _heading(page, 2, "没有核实差异。")
        _widths(page, (20, 10, 36, 10, 10, 24))

    def _adjustments(self) -> None:
        page = self._page("汇总调整")
        for k, head in enumerate(("栏号", "指标", "增减", "单位", "原因"), start=1):
            _text(page, 1, k, head, bold=True, fill=_GREY)
        for row, change in enumerate(self.table.adjustments, start=2):
            known = columns().get(change.column)
            texts = (change.column, known.title if known else "", signed(change.delta), change.unit_name, change.reason)
            for k, text in enumerate(texts, start=1):
                _text(page, row, k, text, align=_LEFT if k == len(texts) else _CENTRE)
        if not self.table.adjustments:
            _heading(page, 2, "没有汇总调整。")
        _widths(page, (10, 36, 10, 24, 70))

    def _page(self, name: str) -> Worksheet:
        page: Worksheet = self.book.create_sheet(name.translate(_FORBIDDEN)[:31])
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = 9  # A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        footer = page.oddFooter
        assert footer is not None, "made with the sheet"
        footer.center.text = "第 &P 页　共 &N 页"
        return page


_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


def _printable(text: str) -> str:
    """Return a heading without what only a template understands."""
    return text.replace("{{ words.town }}", "镇（街道）")


def _differs(figure: Figure) -> bool:
    return figure.verified is not None and figure.verified != figure.reported


def _cell(page: Worksheet, row: int, column: int, *, bold: bool, fill: PatternFill | None, align: Alignment) -> Any:
    cell = page.cell(row=row, column=column)
    cell.border, cell.font, cell.alignment = _BORDER, Font(bold=bold, size=10), align
    if fill is not None:
        cell.fill = fill
    return cell


def _text(
    page: Worksheet,
    row: int,
    column: int,
    text: str,
    *,
    bold: bool = False,
    fill: PatternFill | None = None,
    align: Alignment = _CENTRE,
) -> None:
    """Write text that stays text, even where it begins with “=”."""
    cell = _cell(page, row, column, bold=bold, fill=fill, align=align)
    cell.value, cell.data_type = text, "s"


def _heading(page: Worksheet, row: int, text: str, *, bold: bool = False) -> None:
    """Write a line above the table; it runs on over the empty cells beside it."""
    cell = page.cell(row=row, column=1)
    cell.font, cell.alignment = Font(bold=bold, size=11 if bold else 10), Alignment(vertical="center")
    cell.value, cell.data_type = text, "s"


def _number(page: Worksheet, row: int, column: int, value: int | str | None, *, bold: bool = False) -> None:
    """Write a number or a formula."""
    _cell(page, row, column, bold=bold, fill=None, align=_CENTRE).value = value


def _colour(page: Worksheet, cells: str) -> None:
    for word, fill in ((DIFFERS, _RED), (AGREES, _GREEN)):
        rule = Rule(type="cellIs", operator="equal", formula=[f'"{word}"'], dxf=DifferentialStyle(fill=fill))
        page.conditional_formatting.add(cells, rule)


def _widths(page: Worksheet, widths: Sequence[int]) -> None:
    for k, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(k)].width = width
