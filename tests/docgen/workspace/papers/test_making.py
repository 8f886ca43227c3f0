"""Papers made for one child and for a village: printed once, numbered without gaps, failures listed."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest
import zxingcpp

from archive.registry import Tx
from archive.store import paper_object
from docgen.workspace.office.objects import read_inputs
from docgen.workspace.papers.desk import NoChildrenError, SignedPaperError
from docgen.workspace.papers.issuing import Draft, Issued, Issuer
from docgen.workspace.papers.typed import ValuesSheetError
from docgen.workspace.people.choosing import SeveralChildrenError
from forms.errors import DiskFullError, NotFoundError, RefusedError
from forms.filling.fill import Override
from forms.marks import parse_payload
from forms.people import Unit
from forms.spec import UnknownFieldError
from forms.values.enums import PaperStatus, UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from docgen.workspace import Workspace
    from docgen.workspace.papers.reports import MakeReport
    from tests.conftest import Hands

SCREENED = {"违法及不良情形核查": "无；无；无；无"}


def serials(workspace: Workspace, series: str) -> list[int]:
    with workspace.registry.read() as tx:
        return [given.number.serial for given in tx.numbers.given(series, 2026)]


def marks_in(pdf: Path | bytes, secret: bytes) -> set[str]:
    """Return the mark ids that a stranger's reader finds on the pages of a PDF."""
    found = set()
    for page in pypdfium2.PdfDocument(pdf):
        for code in zxingcpp.read_barcodes(page.render(scale=2).to_pil()):
            mark = parse_payload(code.text, secret)
            assert mark is not None
            found.add(mark.mark_id)
    return found


def blocking_codes(report: MakeReport) -> set[str]:
    return {p.code for failed in report.failed for p in failed.problems if p.blocking}


def test_a_paper_for_one_child_is_stored_registered_printed_and_editable(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "王𬱖")
    (made,) = report.made
    assert (made.subject, made.number, made.version) == ("王𬱖", "洗民听意〔2026〕1号", 1)
    with workspace.registry.read() as tx:
        version = tx.papers.version(made.uid, 1)
        paper = tx.papers.get(made.uid)
    assert (version.status, version.prints, version.made_on) == (PaperStatus.ISSUED, 1, date(2026, 11, 23))
    assert paper.child_uid == hands.uid("王𬱖")
    stored = workspace.store.paths(paper_object(made.uid))
    assert version.digests.items() <= stored.items()
    assert {p.split(".")[-1] for p in stored} == {"json", "docx", "pdf", "txt"}
    assert report.stack is not None
    assert marks_in(report.stack, workspace.secret) == {version.mark_id}
    assert marks_in(workspace.store.read(paper_object(made.uid), "issued-v1.pdf"), workspace.secret) == {
        version.mark_id
    }
    text = workspace.store.read(paper_object(made.uid), "text-v1.txt").decode()
    assert "王𬱖" in text
    assert made.number in text
    assert report.docx_folder is not None
    assert [p.read_bytes() for p in report.docx_folder.iterdir()] == [
        workspace.store.read(paper_object(made.uid), "issued-v1.docx")
    ]
    inputs = read_inputs(workspace.store.read(paper_object(made.uid), "inputs-v1.json"))
    assert (inputs.paper_uid, inputs.mark_id, str(inputs.number)) == (made.uid, version.mark_id, made.number)
    assert dict(inputs.values) == dict(version.values)


def test_no_file_of_a_print_run_carries_a_name(hands: Hands) -> None:
    report = hands.make(["A8"], "罗小水")
    assert report.stack is not None
    assert report.docx_folder is not None
    names = [report.stack.name, report.docx_folder.name, *(p.name for p in report.docx_folder.iterdir())]
    assert not any("罗小水" in name or re.search(r"\d{17}", name) for name in names)


def test_a_village_is_made_household_by_household_every_paper_on_a_front_side(
    hands: Hands, workspace: Workspace
) -> None:
    report = workspace.papers.make(["A5", "A8"], village="平山村")
    assert [m.subject for m in report.made[:4]] == ["罗小山", "罗小山", "罗小水", "罗小水"]
    assert [m.form_code for m in report.made[:4]] == ["A5", "A8", "A5", "A8"]
    assert len(report.made) == 20
    assert not report.failed
    assert serials(workspace, "洗民评估") == list(range(1, 11))
    assert [m.number for m in report.made if m.form_code == "A8"] == [f"洗民听意〔2026〕{n}号" for n in range(1, 11)]
    starts = [original[0] for paper in hands.sides(report) for original in paper]
    assert all(start % 2 == 0 for start in starts)
    assert report.stack is not None
    document = pypdfium2.PdfDocument(report.stack)
    assert len(document) == report.sheets
    with workspace.registry.read() as tx:
        wanted = [tx.papers.version(m.uid, 1).mark_id for m in report.made]
    for made, mark, originals in zip(report.made, wanted, hands.sides(report), strict=True):
        for original in originals:
            image = document[original[0]].render(scale=2).to_pil()
            codes = [parse_payload(c.text, workspace.secret) for c in zxingcpp.read_barcodes(image)]
            assert {c and (c.mark_id, c.page, c.pages) for c in codes} == {(mark, 1, made.pages)}


def test_the_second_make_prints_nothing(hands: Hands, workspace: Workspace) -> None:
    hands.make(["A8"], "罗小山", "罗小水")
    before = sorted(p.name for p in (workspace.folder / "out").iterdir())
    again = hands.make(["A8"], "罗小山", "罗小水")
    assert (again.made, again.stack, len(again.skipped)) == ((), None, 2)
    assert "--reprint" in again.skipped[0].reason
    assert sorted(p.name for p in (workspace.folder / "out").iterdir()) == before
    assert serials(workspace, "洗民听意") == [1, 2]


def test_a_roster_of_a_village_is_not_printed_twice_either(workspace: Workspace) -> None:
    first = workspace.papers.make(["B1"], village="平山村")
    again = workspace.papers.make(["B1"], village="平山村")
    other = workspace.papers.make(["B1"], village="大坝村")
    assert [len(r.made) for r in (first, again, other)] == [1, 0, 1]
    assert serials(workspace, "洗民名册") == [1, 2]


def test_a_roster_is_asked_for_by_village_and_not_by_child(hands: Hands, workspace: Workspace) -> None:
    with pytest.raises(RefusedError, match="--village"):
        hands.make(["B1"], "罗小山")
    assert serials(workspace, "洗民名册") == []


def test_a_reprint_has_the_same_number_and_marks_and_is_counted(hands: Hands, workspace: Workspace) -> None:
    (made,) = hands.make(["A5"], "罗小山").made
    report = hands.make(["A5"], "罗小山", reprint=True)
    assert (report.made[0].uid, report.made[0].number, report.made[0].version) == (made.uid, made.number, 1)
    with workspace.registry.read() as tx:
        version = tx.papers.version(made.uid, 1)
        actions = [row.action for row in tx.audit.rows(subject=made.uid)]
    assert version.prints == 2
    assert actions[-2:] == ["paper.print", "paper.reprint"]
    assert report.stack is not None
    assert marks_in(report.stack, workspace.secret) == {version.mark_id}
    assert serials(workspace, "洗民评估") == [1]
    assert workspace.store.head(paper_object(made.uid)) == 1


def test_a_revision_keeps_the_number_and_its_old_pages_go_to_the_desk(hands: Hands, workspace: Workspace) -> None:
    old = hands.make(["A8"], "罗小山")
    new = hands.make(["A8"], "罗小山", revise=True, typed={"询问地点": "平山村委会"})
    assert (new.made[0].uid, new.made[0].number, new.made[0].version) == (old.made[0].uid, old.made[0].number, 2)
    assert serials(workspace, "洗民听意") == [1]
    late = hands.file("旧版.pdf", hands.scan(old))
    assert [item.code for item in late.desk] == ["old-version"]
    assert late.filed == ()
    good = hands.file("新版.pdf", hands.scan(new, seed=2))
    assert [(p.uid, p.version) for p in good.filed] == [(old.made[0].uid, 2)]
    assert "平山村委会" in workspace.store.read(paper_object(old.made[0].uid), "text-v2.txt").decode()
    assert "平山村委会" not in workspace.store.read(paper_object(old.made[0].uid), "text-v1.txt").decode()


def test_a_stack_that_could_not_be_written_is_printed_by_the_next_make(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: Any, **__: Any) -> None:
        raise DiskFullError("out")

    with monkeypatch.context() as patch:
        patch.setattr("docgen.workspace.papers.printing.print_stack", no_room)
        with pytest.raises(DiskFullError):
            hands.make(["A8"], "罗小山", "罗小水")
    with workspace.registry.read() as tx:
        assert [tx.papers.version(p.uid, 1).prints for p in tx.papers.all()] == [0, 0]
    report = hands.make(["A8"], "罗小山", "罗小水")
    assert [m.number for m in report.made] == ["洗民听意〔2026〕1号", "洗民听意〔2026〕2号"]
    assert not report.skipped
    assert serials(workspace, "洗民听意") == [1, 2]
    assert report.stack is not None
    assert len(marks_in(report.stack, workspace.secret)) == 2


def test_one_that_fails_does_not_stop_the_others_and_leaves_no_gap(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, calls = Issuer._single, []

    def second_fails(self: Issuer, *args: Any) -> bytes:
        calls.append(args)
        if len(calls) == 2:
            raise RefusedError("第二份出了问题。")
        return honest(self, *args)

    monkeypatch.setattr(Issuer, "_single", second_fails)
    report = hands.make(["A8"], "罗小山", "罗小水", "王𬱖")
    assert [m.subject for m in report.made] == ["罗小山", "王𬱖"]
    assert [(f.subject, f.problems[0].code, str(f.problems[0])) for f in report.failed] == [
        ("罗小水", "refused", "第二份出了问题。")
    ]
    assert serials(workspace, "洗民听意") == [1, 2]
    assert workspace.checking.check().problems == ()


def test_a_refusal_after_the_store_was_written_never_lends_its_number_to_the_next(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, calls = Tx.__init__, []

    def refuse_first(self: Any, *args: Any) -> None:
        honest(self, *args)
        keep = self.papers.set_copies

        def set_copies(*what: Any) -> None:
            calls.append(what)
            if len(calls) == 1:
                raise RefusedError("登记没有成功。")
            keep(*what)

        self.papers.set_copies = set_copies

    monkeypatch.setattr(Tx, "__init__", refuse_first)
    report = hands.make(["A8"], "罗小山", "罗小水")
    assert [(m.subject, m.number) for m in report.made] == [("罗小水", "洗民听意〔2026〕2号")]
    listed = {row.number: row.subject for row in workspace.papers.listing()}
    assert listed == {"洗民听意〔2026〕1号": "罗小山", "洗民听意〔2026〕2号": "罗小水"}
    assert workspace.checking.check().problems == ()
    assert [m.number for m in hands.make(["A8"], "罗小山").made] == ["洗民听意〔2026〕1号"]


def test_a_confirmation_without_assessment_and_hearing_is_refused_by_rule(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A1"], "罗小山")
    assert not report.made
    assert {"REF-05", "REF-06"} <= blocking_codes(report)
    assert serials(workspace, "洗民委照") == []
    assert report.stack is None


def test_an_unsigned_assessment_does_not_count(hands: Hands, assessed: Mapping[str, str]) -> None:
    hands.make(["A5"], "罗小山", typed=assessed)
    refusal = hands.make(["A1"], "罗小山").failed[0].problems
    told = [str(p) for p in refusal if p.code == "REF-06"]
    assert told
    assert "签字扫描件还没有归档" in told[0]


def test_the_town_head_may_let_an_urgent_case_pass_and_it_is_recorded(
    hands: Hands, workspace: Workspace, heard: Mapping[str, str]
) -> None:
    hands.sign(hands.make(["A8"], "罗小山", typed=heard))
    allowed = Override(code="REF-06", by="罗建国", reason="父母今晚的火车，评估15日内补做。")
    report = hands.make(["A1"], "罗小山", typed=SCREENED, overrides=[allowed])
    assert not blocking_codes(report)
    (made,) = report.made
    with workspace.registry.read() as tx:
        (row,) = [r for r in tx.audit.rows(subject=made.uid) if r.action == "paper.override"]
        duties = {d.kind: d.due_on for d in tx.duties.of_child(hands.uid("罗小山"))}
    assert (row.actor, row.detail) == ("罗建国", {"code": "REF-06"})
    assert duties["REF-06"] == date(2026, 12, 8)
    due = workspace.dossiers.show(hands.uid("罗小山"))[0].due
    assert "放行 REF-06 以后的补办：2026年12月8日" in due
    inputs = read_inputs(workspace.store.read(paper_object(made.uid), "inputs-v1.json"))
    assert any("罗建国" in note and "火车" in note for note in inputs.notes)
    assert "火车" not in workspace.store.read(paper_object(made.uid), "text-v1.txt").decode()


@pytest.mark.parametrize(
    ("code", "by", "reason"), [("REF-06", "潘文海", "急"), ("REF-06", "罗建国", ""), ("REF-05", "罗建国", "急")]
)
def test_who_may_not_override_or_gives_no_reason_is_refused(code: str, by: str, reason: str, hands: Hands) -> None:
    report = hands.make(["A1"], "罗小山", typed=SCREENED, overrides=[Override(code=code, by=by, reason=reason)])
    assert not report.made
    assert "override.refused" in blocking_codes(report)


def test_a_dry_run_numbers_and_writes_nothing(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8", "A1"], "罗小山", dry_run=True)
    assert [(m.form_code, m.number) for m in report.made] == [("A8", "")]
    assert [f.form_code for f in report.failed] == ["A1"]
    assert report.stack is None
    assert serials(workspace, "洗民听意") == []
    assert list(workspace.store.objects()) == []
    assert list((workspace.folder / "out").iterdir()) == []


def write_sheet(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_values_come_from_a_sheet_by_name_and_number(hands: Hands, workspace: Workspace, tmp_path: Path) -> None:
    number = str(next(r.masked_id for r in workspace.people.listing() if r.name == "罗小水"))
    assert number
    sheet = write_sheet(
        tmp_path / "走访.xlsx",
        [
            ["听取意见情况"],
            ["序号", "儿童姓名", "询问地点", "态度"],
            [1, "罗小水", "村委会会议室", "同意"],
            [2, "王𬱖", "家中堂屋", "不同意"],
        ],
    )
    report = hands.make(["A8"], "罗小水", "王𬱖", values_sheets=[sheet])
    texts = [workspace.store.read(paper_object(m.uid), "text-v1.txt").decode() for m in report.made]
    assert ["村委会会议室" in text for text in texts] == [True, False]
    assert ["家中堂屋" in text for text in texts] == [False, True]
    with workspace.registry.read() as tx:
        assert str(tx.papers.version(report.made[1].uid, 1).values["preference"]) == "不同意"


@pytest.mark.parametrize(
    "rows",
    [
        [["儿童姓名", "没有这一栏"], ["罗小水", "甲"]],
        [["儿童姓名", "询问地点"], ["查无此人", "甲"]],
        [["公民身份号码", "询问地点"], ["522799201602290000", "甲"]],
        [["甲", "乙"], ["丙", "丁"]],
    ],
)
def test_a_sheet_that_cannot_be_placed_makes_nothing(
    rows: list[list[object]], hands: Hands, workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(ValuesSheetError):
        hands.make(["A8"], "罗小水", values_sheets=[write_sheet(tmp_path / "v.xlsx", rows)])
    assert serials(workspace, "洗民听意") == []


def test_a_value_typed_stands_before_the_sheet(hands: Hands, workspace: Workspace, tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path / "v.xlsx", [["姓名", "询问地点"], ["罗小水", "村委会"]])
    report = hands.make(["A8"], "罗小水", values_sheets=[sheet], typed={"asked_place": "学校"})
    with workspace.registry.read() as tx:
        assert tx.papers.version(report.made[0].uid, 1).values["asked_place"] == "学校"


def test_a_field_that_no_form_has_is_named(hands: Hands, workspace: Workspace) -> None:
    with pytest.raises(UnknownFieldError, match="血型"):
        hands.make(["A8"], "罗小水", typed={"血型": "A"})
    assert serials(workspace, "洗民听意") == []


def test_two_forms_may_be_made_with_a_value_that_only_one_of_them_has(hands: Hands) -> None:
    report = hands.make(["A5", "A8"], "罗小水", typed={"询问地点": "学校"})
    assert [m.form_code for m in report.made] == ["A5", "A8"]


def test_nobody_somebody_twice_and_nowhere(hands: Hands, workspace: Workspace) -> None:
    with pytest.raises(SeveralChildrenError) as told:
        workspace.papers.make(["A8"], children=["罗小山"])
    assert len(told.value.candidates) == 2
    assert all(uid in str(told.value) for uid in (r.uid for r in workspace.people.listing() if r.name == "罗小山"))
    for children, village in (((), "没有的村"), (("查无此人",), None)):
        with pytest.raises(NotFoundError):
            workspace.papers.make(["A8"], children=children, village=village)
    with pytest.raises(NotFoundError):
        hands.make(["Z9"], "罗小水")
    assert list(workspace.store.objects()) == []


def test_a_child_named_twice_in_one_command_gets_one_paper(hands: Hands) -> None:
    report = hands.make(["A8"], "罗小水", "罗小水")
    assert len(report.made) == 1


def test_a_form_named_twice_in_one_command_is_made_once(hands: Hands) -> None:
    report = hands.make(["A8", "a8"], "罗小水")
    assert len(report.made) == 1


def test_a_village_without_children_says_so(workspace: Workspace) -> None:
    with workspace.registry.begin() as tx:
        tx.units.save(Unit(kind=UnitKind.VILLAGE, name="洗马镇空村村民委员会", short="空村"))
    with pytest.raises(NoChildrenError):
        workspace.papers.make(["A8"], village="空村")


def test_twins_siblings_and_the_unregistered_child_all_get_their_own_words(hands: Hands, workspace: Workspace) -> None:
    names = ("张大龙", "张小龙", "杨春花", "吉克·阿牛", "陈㛃", "罗䶮", "李思雨")
    report = hands.make(["B2"], *names)
    assert [m.subject for m in report.made] == list(names)
    texts = {m.subject: workspace.store.read(paper_object(m.uid), "text-v1.txt").decode() for m in report.made}
    for name in names:
        assert name in texts[name]
    assert "522799" not in texts["杨春花"].split("杨正明")[0]
    with workspace.registry.read() as tx:
        numbers = {str(tx.people.get(hands.uid(n)).child.person.id_number) for n in ("张大龙", "张小龙")}
    assert len(numbers) == 2
    assert all(any(number in texts[n] for number in numbers) for n in ("张大龙", "张小龙"))


def test_a_void_number_is_never_given_again(hands: Hands, workspace: Workspace) -> None:
    (first,) = hands.make(["A8"], "罗小山").made
    row = workspace.papers.void(first.number, reason="填错了人")
    assert row.status == "作废"
    (second,) = hands.make(["A8"], "罗小山").made
    assert second.number == "洗民听意〔2026〕2号"
    assert second.uid != first.uid
    with pytest.raises(RefusedError):
        workspace.papers.void(first.number, reason="再来一次")
    with workspace.registry.read() as tx:
        given = tx.numbers.given("洗民听意", 2026)
    assert [(g.number.serial, g.void_reason) for g in given] == [(1, "填错了人"), (2, "")]


def test_a_page_of_a_void_paper_goes_to_the_desk(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    workspace.papers.void(report.made[0].number, reason="填错了人")
    filed = hands.file("误签.pdf", hands.scan(report))
    assert [i.code for i in filed.desk] == ["void"]
    assert filed.filed == ()


def test_a_signed_paper_cannot_be_voided(hands: Hands, workspace: Workspace) -> None:
    (made,) = hands.sign(hands.make(["A8"], "罗小山"))
    for name in (made.number, made.uid):
        with pytest.raises(SignedPaperError):
            workspace.papers.void(name, reason="后悔了")
    assert workspace.papers.listing()[0].status == PaperStatus.ARCHIVED.value


def test_what_is_out_is_listed_until_it_comes_back(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山", "罗小水")
    assert [r.subject for r in workspace.papers.outstanding(village="平山村")] == ["罗小山", "罗小水"]
    assert workspace.papers.outstanding(village="大坝村") == ()
    hands.file("一份.pdf", hands.scan(report, hands.sides(report)[0][0]))
    assert [r.subject for r in workspace.papers.outstanding()] == ["罗小水"]
    assert {r.subject: r.status for r in workspace.papers.listing(form_code="a8")} == {
        "罗小山": PaperStatus.ARCHIVED.value,
        "罗小水": PaperStatus.ISSUED.value,
    }
    assert [r.subject for r in workspace.papers.listing(status=PaperStatus.ISSUED.value)] == ["罗小水"]


def test_inputs_of_a_future_program_are_not_misread() -> None:
    with pytest.raises(ValueError, match="unknown format"):
        read_inputs(io.BytesIO(b'{"format": 99, "number": ""}').read())


def test_a_paper_that_another_window_has_just_made_is_not_made_twice(
    hands: Hands, workspace: Workspace, open_office: Callable[[Path], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Issuer.issue

    def after_the_other_window(issuer: Issuer, draft: Draft) -> Issued:
        monkeypatch.setattr(Issuer, "issue", honest)
        with open_office(workspace.folder) as other:
            assert len(other.papers.make(["A8"], children=[hands.uid("罗小山")]).made) == 1
        return honest(issuer, draft)

    monkeypatch.setattr(Issuer, "issue", after_the_other_window)
    report = hands.make(["A8"], "罗小山")
    assert report.made == ()
    assert [p.code for p in report.failed[0].problems] == ["paper.made-meanwhile"]
    with workspace.registry.read() as tx:
        assert [(p.form_code, p.version) for p in tx.papers.all()] == [("A8", 1)]
