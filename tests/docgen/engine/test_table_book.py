"""The workbook adds up by itself: its formulas give the printed totals, and its checks are the identities of §8.8."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from docgen.engine.table_book import AGREES, DIFFERS, equations, write_table
from forms.quarter.columns import QuarterRules, columns
from forms.quarter.identities import IDENTITIES, Ledger
from forms.quarter.period import Period
from forms.quarter.table import Adjustment, Figure, PeriodTable, TableState, UnitRow
from forms.values.blank import Blank
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

TOWNS = ("冠山街道", "龙山镇", "洗马镇")
RULES = QuarterRules()


def row(name: str, figures: dict[str, Figure], **changes: Any) -> UnitRow:
    return UnitRow(unit_uid=name, unit_name=name, level=UnitKind.TOWN, figures=figures, **changes)


def plain(values: dict[str, int | Blank]) -> dict[str, Figure]:
    return {name: Figure(column=name, reported=value) for name, value in values.items()}


def table(*rows: UnitRow, total: dict[str, int | Blank], adjustments: tuple[Adjustment, ...] = ()) -> PeriodTable:
    return PeriodTable(
        unit_uid="c",
        unit_name="龙里县",
        level=UnitKind.COUNTY,
        period=Period.parse("2026Q3"),
        version=1,
        roster_version="",
        made_on=date(2026, 10, 25),
        rows=rows,
        total=UnitRow(unit_uid="c", unit_name="合计", level=UnitKind.COUNTY, figures=plain(total)),
        adjustments=adjustments,
    )


def numbered(start: int) -> dict[str, int | Blank]:
    return {name: start + k % 7 for k, name in enumerate(columns())}


def summed(*parts: dict[str, int | Blank]) -> dict[str, int | Blank]:
    numbers = {name: [value for part in parts if isinstance(value := part[name], int)] for name in columns()}
    return {name: sum(values) for name, values in numbers.items()}


def book(made: PeriodTable) -> Workbook:
    return load_workbook(io.BytesIO(write_table(made, title="汇总表", unit="龙里县民政局")))


class Calculator:
    """Computes the formulas the workbook uses: sums of a stretch of a column, and the two kinds of checks."""

    def __init__(self, opened: Workbook) -> None:
        self.book = opened

    def value(self, sheet: str, place: str) -> Any:
        found = self.book[sheet][place].value
        return self.formula(sheet, found[1:]) if isinstance(found, str) and found.startswith("=") else found

    def formula(self, sheet: str, text: str) -> Any:
        if stretch := re.fullmatch(r"SUM\(([A-Z]+)(\d+):[A-Z]+(\d+)\)", text):
            cells = [f"{stretch[1]}{n}" for n in range(int(stretch[2]), int(stretch[3]) + 1)]
            return sum(v for v in (self.value(sheet, cell) for cell in cells) if isinstance(v, int))
        if same := re.fullmatch(rf'IF\(([A-Z]+\d+)=([A-Z]+\d+),"{AGREES}","{DIFFERS}"\)', text):
            return AGREES if self.value(sheet, same[1]) == self.value(sheet, same[2]) else DIFFERS
        check = re.fullmatch(rf'IF\((.+?)<(\d+),"—",IF\((.+?)(<=|=)(.+),"{AGREES}","{DIFFERS}"\)\)', text)
        assert check is not None, text
        met = [found for k in (3, 5) for found in re.finditer(r"'(.+?)'!([A-Z]+\d+)", check[k])]
        values: dict[str, Any] = {found[0]: self.value(found[1], found[2]) for found in met}
        if not all(isinstance(v, int) for v in values.values()):
            return "—"
        assert check[1].count("ISNUMBER") == int(check[2]) == len(values)
        left, right = (self._sum(check[k], values) for k in (3, 5))
        return AGREES if (left == right if check[4] == "=" else left <= right) else DIFFERS

    @staticmethod
    def _sum(text: str, cells: dict[str, int]) -> int:
        parts = re.findall(r"([+-]?)('.+?'![A-Z]+\d+)", text)
        return sum(-cells[place] if sign == "-" else cells[place] for sign, place in parts)

    def columns(self) -> dict[str, tuple[str, str]]:
        """Return sheet and letter of every column by its identifier."""
        return {
            str(cell.value): (sheet.title, str(cell.column_letter))
            for sheet in self.book
            for line in sheet.iter_rows(max_row=12)
            if line and line[0].value == "栏号"
            for cell in line[1:]
            if cell.value in columns()
        }

    def line(self, sheet: str, label: str) -> int:
        return next(n for n, cell in enumerate(self.book[sheet]["A"], start=1) if cell.value == label)


def test_every_column_stands_in_the_workbook_once() -> None:
    first = numbered(3)
    calculator = Calculator(book(table(row("龙山镇", plain(first)), total=first)))
    assert set(calculator.columns()) == set(columns())


def test_totals_are_formulas_that_give_what_is_printed() -> None:
    one, two = numbered(3), numbered(10)
    change = Adjustment(column="KA4", delta=-1, unit_name="龙山镇", reason="同一儿童在两镇登记")
    total = summed(one, two)
    total["KA4"] = int(total["KA4"]) - 1
    made = table(
        row("冠山街道", plain(one)),
        row("龙山镇", plain(two)),
        row("洗马镇", {}, state=TableState.NOT_REPORTED),
        total=total,
        adjustments=(change,),
    )
    calculator = Calculator(book(made))
    for name, (sheet, letter) in calculator.columns().items():
        total_row, printed, check = (calculator.line(sheet, label) for label in ("合计", "报表所印合计", "核对"))
        assert str(calculator.book[sheet][f"{letter}{total_row}"].value).startswith("=SUM(")
        assert calculator.value(sheet, f"{letter}{total_row}") == total[name]
        assert calculator.value(sheet, f"{letter}{printed}") == total[name]
        assert calculator.value(sheet, f"{letter}{check}") == AGREES
        assert calculator.book[sheet][f"{letter}{calculator.line(sheet, '洗马镇')}"].value == "未报"


def test_a_total_that_was_printed_wrongly_is_told() -> None:
    one = numbered(3)
    calculator = Calculator(book(table(row("龙山镇", plain(one)), total={**one, "KD5": 99})))
    sheet, letter = calculator.columns()["KD5"]
    assert calculator.value(sheet, f"{letter}{calculator.line(sheet, '核对')}") == DIFFERS


def test_the_four_kinds_of_nothing_are_four_cells() -> None:
    values = numbered(3) | {"KD1": 0, "KE6": Blank.NOT_COLLECTED, "KH5": Blank.NOT_APPLICABLE}
    opened = book(table(row("龙山镇", plain(values)), row("洗马镇", {}, state=TableState.NOT_REPORTED), total=values))
    calculator = Calculator(opened)
    places = calculator.columns()
    shown = {
        name: opened[places[name][0]][f"{places[name][1]}{calculator.line(places[name][0], '龙山镇')}"].value
        for name in ("KD1", "KE6", "KH5")
    }
    assert shown == {"KD1": 0, "KE6": "未采集", "KH5": "—"}


def test_a_verified_value_counts_and_the_reported_one_is_shown_beside_it() -> None:
    values = numbered(3)
    figures = plain(values) | {"KD5": Figure(column="KD5", reported=12, verified=11, verified_by="龙里县教育局")}
    opened = book(table(row("龙山镇", figures), total=values | {"KD5": 11}))
    calculator = Calculator(opened)
    sheet, letter = calculator.columns()["KD5"]
    cell = opened[sheet][f"{letter}{calculator.line(sheet, '龙山镇')}"]
    assert (cell.value, cell.number_format) == (11, '0"（报12）"')
    assert calculator.value(sheet, f"{letter}{calculator.line(sheet, '核对')}") == AGREES
    listed = [[c.value for c in line] for line in opened["核实差异"].iter_rows(min_row=2) if line[0].value]
    assert listed == [["龙山镇", "KD5", "期末失学辍学", 12, 11, "龙里县教育局"]]


def test_a_name_that_looks_like_a_formula_stays_a_name() -> None:
    values = numbered(3)
    opened = book(table(row("=1+1", plain(values)), total=values))
    cells = [c for sheet in opened for line in sheet.iter_rows() for c in line if c.value == "=1+1"]
    assert cells
    assert {c.data_type for c in cells} == {"s"}


def test_the_line_above_a_table_runs_on_and_an_empty_list_says_so() -> None:
    made = book(table(row("洗马镇", plain(numbered(1))), total=numbered(1)))
    for page in made.worksheets[1:-3]:
        assert not page["A1"].alignment.wrap_text, page.title
        assert not page["A1"].border.top.style, page.title
        assert page["B1"].value is None, page.title
    assert made["核实差异"]["A2"].value == "没有核实差异。"
    assert made["汇总调整"]["A2"].value == "没有汇总调整。"


def test_equal_tables_are_equal_files() -> None:
    made = table(row("龙山镇", plain(numbered(3))), total=numbered(3))
    assert write_table(made, title="表", unit="县") == write_table(made, title="表", unit="县")


_CHECKED = sorted({name for equation in equations(RULES) for name in equation.names})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=len(_CHECKED), max_size=len(_CHECKED)))
def test_the_equations_of_the_workbook_are_the_identities_of_the_table(numbers: list[int]) -> None:
    figures = dict(zip(_CHECKED, numbers, strict=True))
    violated = set()
    for e in equations(RULES):
        right = sum(figures[n] for n in e.plus) - sum(figures[n] for n in e.minus)
        left = sum(figures[n] for n in e.left)
        if not (left == right if e.sign == "=" else left <= right):
            violated.add(e.code)
    ledger = Ledger(figures=figures, rules=RULES)
    told = {code for code, identity in IDENTITIES.items() if any(True for _ in identity.check(ledger))}
    assert violated == told - {"R-16", "R-17"}


def test_each_unit_and_the_total_are_checked_and_what_is_wrong_says_so() -> None:
    good: dict[str, int | Blank] = dict.fromkeys(columns(), 0)
    bad: dict[str, int | Blank] = good | {"KA4": 5}
    opened = book(table(row("冠山街道", plain(good)), row("龙山镇", plain(bad)), total=bad))
    calculator, page = Calculator(opened), opened["勾稽核对"]
    first = next(line for line in page.iter_rows(min_row=3) if line[0].value == "R-01")
    shown = [calculator.value("勾稽核对", cell.coordinate) for cell in first[2:5]]
    assert shown == [AGREES, DIFFERS, DIFFERS]
    assert len(list(page.iter_rows(min_row=3))) == len(equations(RULES))


@pytest.mark.oracle
def test_libreoffice_computes_every_formula_as_we_do(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    one, two = numbered(3), numbered(10)
    total = summed(one, two) | {"KD5": 1}
    made = table(row("冠山街道", plain(one)), row("龙山镇", plain(two)), total=total)
    path = tmp_path / "table.xlsx"
    path.write_bytes(write_table(made, title="表", unit="县"))
    if program is not None:
        kind = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(tmp_path), str(path)]
        subprocess.run(command, capture_output=True, timeout=180, check=False)
    sheets = {file.stem.removeprefix("table-"): file for file in tmp_path.glob("table-*.csv")}
    if not sheets:
        if os.environ.get("DOCGEN_ORACLES"):
            pytest.fail("LibreOffice Calc is missing: apt-get install libreoffice-calc-nogui")
        pytest.skip("LibreOffice Calc is not installed here")
    calculator = Calculator(load_workbook(path))
    formulas, wrong = 0, set()
    for name, file in sheets.items():
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
        for line in calculator.book[name].iter_rows():
            for cell in line:
                if isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type == "f":
                    shown = rows[cell.row - 1][cell.column - 1]
                    assert shown == str(calculator.value(name, cell.coordinate)), (name, cell.coordinate)
                    formulas += 1
                    if shown == DIFFERS:
                        wrong.add(str(calculator.book[name].cell(cell.row, 1).value))
    assert formulas > 2 * len(columns())
    assert {"核对", "R-11"} <= wrong
