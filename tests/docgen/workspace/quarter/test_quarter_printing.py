"""Attachments and reports of a period: printed from the frozen roster, numbered once, taken back signed."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest

from docgen.cli import quarter_print
from docgen.workspace.papers.reports import MakeReport
from docgen.workspace.quarter.companion import HEADS, RECIPIENTS, companion_rows
from docgen.workspace.quarter.printing import FORMATS, NoCompanionError, QuarterPrinter, UnknownAttachmentError
from forms.cases.facts import as_rows
from forms.quarter.columns import columns
from forms.quarter.period import Period
from forms.quarter.table import Adjustment, Figure, PeriodTable, TableState, UnitRow
from forms.values.enums import PaperStatus, Schooling, UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.workspace import Workspace
    from docgen.workspace.quarter.printing import PrintedQuarter
    from tests.conftest import Hands

QUARTER = Period.parse("2026Q3")
TOLD = {f"duties.{n}.work_done": "已逐户落实。" for n in range(1, 6)}
REPORT = {**TOLD, "problems": "个别家长联系不及时。", "next_steps": "加强走访。", "contact": "罗晓芸|19900000077"}


@pytest.fixture(scope="module")
def frozen_office(
    town_office: Path, open_office: Callable[[Path], Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the office with its third quarter frozen, once for all."""
    folder = Path(shutil.copytree(town_office, tmp_path_factory.mktemp("quarter") / "office"))
    with open_office(folder) as workspace:
        workspace.quarter.freeze(QUARTER)
    return folder


@pytest.fixture
def office(frozen_office: Path, tmp_path: Path) -> Path:
    """Give a copy of it that a test may do anything to; `workspace` opens it."""
    return Path(shutil.copytree(frozen_office, tmp_path / "office"))


@pytest.fixture
def frozen(workspace: Workspace) -> Workspace:
    """Give the same, open."""
    return workspace


@pytest.fixture
def printer(frozen: Workspace) -> QuarterPrinter:
    return frozen.quarter_printer


def values(workspace: Workspace, uid: str, version: int = 1) -> Any:
    with workspace.registry.read() as tx:
        return tx.papers.version(uid, version).values


def as_made(printed: PrintedQuarter) -> MakeReport:
    """Return what was printed as the hands around the copier take it."""
    stack = next(path for path in printed.files if path.suffix == ".pdf")
    return MakeReport(
        made=printed.made, failed=(), skipped=(), stack=stack, docx_folder=None, sheets=printed.sheets
    )  # fmt: skip


def text_of(stack: Path) -> str:
    document = pypdfium2.PdfDocument(stack)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_the_table_and_the_rosters_are_printed_from_the_frozen_version(printer: QuarterPrinter) -> None:
    printed = printer.print(QUARTER, codes=("C1", "B1", "B3"))
    assert [paper.form_code for paper in printed.made] == ["C1", "B1", "B3"]
    assert printed.failed == ()
    assert len({paper.number for paper in printed.made}) == 3
    text = text_of(next(path for path in printed.files if path.suffix == ".pdf"))
    for words in ("附件3", "附件4", "附件6", "2026年第三季度", "期末在册留守儿童数", "周浩然", "平山村", "未采集"):
        assert words in text


def test_docx_pdf_and_workbook_say_the_same(printer: QuarterPrinter, frozen: Workspace) -> None:
    printed = printer.print(QUARTER, codes=("C1",))
    stack = next(path for path in printed.files if path.suffix == ".pdf")
    folder = stack.with_suffix("")
    book = openpyxl.load_workbook(next(folder.glob("*.xlsx")))
    totals = {
        sheet.cell(line, column).value: sheet.cell(at + 1, column).value
        for sheet in book
        for line in range(1, 10)
        if sheet.cell(line, 1).value == "栏号"
        for at in range(line, sheet.max_row + 1)
        if sheet.cell(at + 1, 1).value == "报表所印合计"
        for column in range(2, sheet.max_column + 1)
    }
    made = printed.made[0]
    with zipfile.ZipFile(next(folder.glob("*.docx"))) as package:
        xml = package.read("word/document.xml").decode()
    row = as_rows(values(frozen, made.uid)["rows"])[-1]
    assert row["kind"] == "合计"
    for name, value in totals.items():
        assert str(row[str(name).lower()]) == str(value), name
    assert xml.count("栏号") > 8
    assert "2026年第三季度" in text_of(stack)


def test_a_roster_has_a_workbook_that_says_what_the_paper_says(printer: QuarterPrinter, frozen: Workspace) -> None:
    printed = printer.print(QUARTER, codes=("B1", "B3"), formats=("xlsx",))
    books = {path.name[:2]: openpyxl.load_workbook(path).worksheets[0] for path in printed.files}
    assert set(books) == {"B1", "B3"}
    rows = as_rows(values(frozen, printed.made[0].uid)["rows"])
    page = books["B1"]
    titles = [cell.value for cell in page[2]]
    names = [page.cell(line, titles.index("姓名") + 1) for line in range(3, len(rows) + 3)]
    assert [cell.value for cell in names] == [str(row["child_name"]) for row in rows]
    assert {cell.data_type for cell in names} == {"s"}
    total = page.cell(len(rows) + 3, titles.index("姓名") + 1).value
    assert total == f"=COUNTA({names[0].coordinate}:{names[-1].coordinate})"
    assert "未采集" in {cell.value for line in page.iter_rows(min_row=3) for cell in line}


def test_the_same_version_printed_again_keeps_its_number_and_its_marks(
    printer: QuarterPrinter, frozen: Workspace
) -> None:
    first, second = (printer.print(QUARTER, codes=("C1", "B1")) for _ in range(2))
    assert [(m.uid, m.number, m.version) for m in first.made] == [(m.uid, m.number, m.version) for m in second.made]
    with frozen.registry.read() as tx:
        assert tx.papers.version(first.made[0].uid, 1).prints == 2


def test_a_corrected_roster_gives_a_new_version_that_says_why(printer: QuarterPrinter, frozen: Workspace) -> None:
    first = printer.print(QUARTER, codes=("C1",)).made[0]
    frozen.quarter.freeze(QUARTER, reason="平山村补报一人。")
    second = printer.print(QUARTER, codes=("C1",)).made[0]
    assert (second.uid, second.number, second.version) == (first.uid, first.number, 2)
    assert values(frozen, second.uid, 2)["correction"] == "平山村补报一人。"
    assert values(frozen, first.uid, 1)["table_version"] == 1


def test_the_roster_is_the_frozen_one_whatever_the_register_says_now(
    printer: QuarterPrinter, frozen: Workspace
) -> None:
    ws = frozen
    before = printer.print(QUARTER, codes=("B1",)).made[0]
    with ws.registry.begin() as tx:
        uid = next(row.uid for row in ws.people.listing() if row.name == "周浩然")
        record = tx.people.get(uid)
        changed = replace(record, child=replace(record.child, schooling=Schooling.DROPPED_OUT))
        tx.people.save(changed, source="测试", on=ws.today)
    again = printer.print(QUARTER, codes=("B1",)).made[0]
    assert again.version == before.version
    rows = {str(row["child_name"]): row for row in as_rows(values(ws, again.uid)["rows"])}
    assert rows["周浩然"]["schooling"] == "小学"
    assert [row["no"] for row in as_rows(values(ws, again.uid)["rows"])] == list(range(1, 13))


def test_who_filled_in_does_not_review(printer: QuarterPrinter, frozen: Workspace) -> None:
    name = frozen.settings.filler.name
    printed = printer.print(QUARTER, codes=("C1",), typed={"复核人": name})
    assert printed.made == ()
    assert printed.files == ()
    assert "C1-NAMES" in {p.code for p in printed.failed[0].problems}


def test_a_signed_table_comes_back_from_the_copier(printer: QuarterPrinter, frozen: Workspace, hands: Hands) -> None:
    printed = printer.print(QUARTER, codes=("C1",), formats=("pdf",))
    hands.sign(as_made(printed))
    with frozen.registry.read() as tx:
        made = printed.made[0]
        assert tx.papers.version(made.uid, made.version).status in {PaperStatus.SIGNED, PaperStatus.ARCHIVED}


def test_only_the_kinds_of_file_asked_for_are_left(printer: QuarterPrinter, frozen: Workspace) -> None:
    out = frozen.folder / "out"
    for kind in FORMATS:
        printer.print(QUARTER, codes=("C1",), formats=(kind,))
        assert {path.suffix.lstrip(".") for path in out.rglob("*") if path.is_file()} == {kind}
        shutil.rmtree(out)


def test_attachments_are_named_by_their_numbers(printer: QuarterPrinter) -> None:
    assert printer.chosen("") == printer.chosen("3-7") == ("C1", "B1", "B2", "B3", "B4")
    assert printer.chosen("4，3") == ("B1", "C1")
    for wrong in ("2", "3-9", "三", "7-3"):
        with pytest.raises(UnknownAttachmentError):
            printer.chosen(wrong)


def test_registration_forms_are_printed_once_for_each_child(printer: QuarterPrinter) -> None:
    first, second = (printer.print(QUARTER, codes=("B2",)) for _ in range(2))
    assert first.people is not None
    assert second.people is not None
    assert len(first.people.made) + len(first.people.failed) == 12
    assert len(second.people.skipped) == len(first.people.made) > 0


def test_behind_every_figure_stand_as_many_lines_as_it_says(frozen: Workspace) -> None:
    table = frozen.quarter.table(QUARTER)
    rows = companion_rows(frozen, frozen.quarter, table)
    lines = Counter(row[0] for row in rows)
    for name, figure in table.total.figures.items():
        assert lines[name] == (figure.reported if isinstance(figure.reported, int) else 0), name
    assert all(len(row) == len(HEADS) for row in rows)


@pytest.mark.parametrize("recipient", sorted(RECIPIENTS))
def test_names_are_shown_only_to_whom_they_concern(frozen: Workspace, recipient: str) -> None:
    table = frozen.quarter.table(QUARTER)
    shown = {
        row[0][1] for row in companion_rows(frozen, frozen.quarter, table, recipient) if row[3] not in {"（略）", "—"}
    }
    assert shown <= set(RECIPIENTS[recipient][1])
    if recipient == "office":
        assert "A" in shown


def test_the_companion_is_one_act_in_the_audit_chain(printer: QuarterPrinter, frozen: Workspace) -> None:
    printed = printer.print(QUARTER, codes=("C1",), companion="police")
    assert any("来源名单" in path.name for path in printed.files)
    with frozen.registry.read() as tx:
        acts = Counter(entry.action for entry in tx.audit.rows())
    assert acts["quarter.companion"] == 1
    assert acts["quarter.view"] == 0


def test_a_report_takes_its_figures_and_charts_from_the_table(printer: QuarterPrinter, frozen: Workspace) -> None:
    printed = printer.report(QUARTER, typed=REPORT)
    assert printed.failed == ()
    known = values(frozen, printed.made[0].uid)
    figures = {row["cell"]: row["amount"] for row in as_rows(known["figures"])}
    assert figures["KA4"] == 12
    assert len(as_rows(known["charts"])) >= 3
    folder = next(path for path in printed.files if path.is_dir())
    with zipfile.ZipFile(io.BytesIO(next(folder.glob("*.docx")).read_bytes())) as package:
        pictures = [name for name in package.namelist() if name.startswith("word/media/")]
    assert len(pictures) == len(as_rows(known["charts"]))
    text = text_of(next(path for path in printed.files if path.suffix == ".pdf"))
    assert "图1" in text
    assert "期末在册留守儿童数" in text


def test_a_report_whose_words_tell_another_number_is_refused(printer: QuarterPrinter) -> None:
    typed = {**REPORT, "duties.1.work_done": "全镇期末在册留守儿童数为13名。"}
    printed = printer.report(QUARTER, typed=typed)
    assert printed.made == ()
    assert "WRN-16" in {p.code for p in printed.failed[0].problems if p.blocking}


def test_a_report_names_no_child(printer: QuarterPrinter) -> None:
    printed = printer.report(QUARTER, typed={**REPORT, "强制报告责任": "周浩然已落实照护。"})
    assert "C2-NAMES" in {p.code for p in printed.failed[0].problems}


def _county_table() -> PeriodTable:
    """Return a county's table: one town disputed, one that has not reported, a child counted once."""

    def town(name: str, number: int, **changes: Any) -> UnitRow:
        figures = {c: Figure(column=c, reported=number) for c in columns()}
        figures["KD5"] = Figure(column="KD5", reported=number, verified=number + 1, verified_by="龙里县教育局")
        known: dict[str, Any] = {"state": TableState.ADOPTED, "figures": figures}
        return UnitRow(unit_uid=name, unit_name=f"龙里县{name}人民政府", level=UnitKind.TOWN, **{**known, **changes})

    total = {c: Figure(column=c, reported=7) for c in columns()}
    total |= {"KA4": Figure(column="KA4", reported=6), "KD5": Figure(column="KD5", reported=7, verified=9)}
    return PeriodTable(
        unit_uid="county",
        unit_name="龙里县民政局",
        level=UnitKind.COUNTY,
        period=QUARTER,
        version=1,
        roster_version="",
        made_on=date(2026, 10, 20),
        rows=(town("洗马镇", 3), town("醒狮镇", 4), town("松林镇", 0, state=TableState.NOT_REPORTED, figures={})),
        total=UnitRow(unit_uid="county", unit_name="合计", level=UnitKind.COUNTY, figures=total),
        adjustments=(Adjustment(column="KA4", delta=-1, unit_name="洗马镇、醒狮镇", reason="同一儿童两镇都在册"),),
    )


class CountyPrinter(QuarterPrinter):
    """The printer of an office that adds up what others counted."""

    _counts = False

    def table(self, period: Period) -> PeriodTable:
        assert period == QUARTER
        return _county_table()


def _county(workspace: Workspace) -> CountyPrinter:
    return CountyPrinter(
        workspace,
        papers=workspace.papers,
        quarter=workspace.quarter,
        tables=workspace.tables,
        finding=workspace.finding,
    )


def test_a_county_prints_who_is_missing_what_differs_and_what_was_counted_once(workspace: Workspace) -> None:
    printed = _county(workspace).print(QUARTER)
    assert [paper.form_code for paper in printed.made] == ["C1"]
    row = {row["unit"]: row for row in as_rows(values(workspace, printed.made[0].uid)["rows"])}
    assert row["松林镇"]["ka4"] == "未报"
    assert row["洗马镇"]["kd5"] == "4（报3）"
    assert (row["汇总调整"]["ka4"], row["合计"]["ka4"]) == ("-1", "6")
    text = text_of(next(path for path in printed.files if path.suffix == ".pdf"))
    for words in ("龙里县松林镇人民政府没有报送", "同一儿童两镇都在册", "未报", "个数有异议"):
        assert words in text


def test_a_county_has_no_list_of_people_to_give(workspace: Workspace) -> None:
    with pytest.raises(NoCompanionError):
        _county(workspace).print(QUARTER, companion="office")


def test_the_command_offers_what_the_desk_knows() -> None:
    assert quarter_print.FORMATS == FORMATS
    assert set(quarter_print.RECIPIENTS) == set(RECIPIENTS)


def test_a_refusal_names_the_rows_that_are_not_filled_in(printer: QuarterPrinter) -> None:
    left_out = {"duties.2.work_done", "duties.5.work_done"}
    typed = {name: words for name, words in REPORT.items() if name not in left_out}
    (failed,) = printer.report(QUARTER, typed=typed).failed
    (refusal,) = [str(p.message) for p in failed.problems if p.blocking]
    assert "“五项责任第2、5行（工作开展情况）”没有填写" in refusal
