"""What the pen wrote is typed in after signing, counts for later papers, and never changes what was issued."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.registry.paper_states import UnsignedVersionError
from archive.store import digest_of, paper_object
from docgen.cli.root import run
from docgen.workspace.intake.recording import NothingReadError, parse_reading, readings_path
from docgen.workspace.office.objects import inputs_path, signed_path
from forms.spec import UnknownFieldError
from forms.values.enums import AssessmentResult, PaperStatus, SignMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docgen.workspace import Workspace
    from docgen.workspace.papers.reports import MakeReport
    from tests.conftest import Hands

DAY = date(2026, 11, 23)


def sign(workspace: Workspace, report: MakeReport, signed_on: date | None = None) -> str:
    """File a signed scan of the only paper of a report, as intake does; return its uid."""
    (made,) = report.made
    data = b"%PDF signed " + made.uid.encode()
    files = {signed_path(made.version, digest_of(data)): data}
    workspace.store.put(paper_object(made.uid), files, message="收回签字件", user="潘文海", at=workspace.now)
    with workspace.registry.begin() as tx:
        tx.papers.add_files(made.uid, made.version, {path: digest_of(d) for path, d in files.items()})
        tx.papers.set_status(made.uid, made.version, PaperStatus.ARCHIVED, signed_on=signed_on)
    return made.uid


@pytest.fixture
def by_pen(assessed: Mapping[str, str]) -> Mapping[str, str]:
    """What is left to the pen on an A5 of which everything else was typed."""
    return {name: text for name, text in assessed.items() if name != "核查人"}


@pytest.fixture(scope="module")
def pen_office(
    town_office: Path,
    tmp_path_factory: pytest.TempPathFactory,
    open_office: Callable[[Path], Workspace],
    hands_of: Callable[[Workspace], Hands],
    heard: Mapping[str, str],
) -> Path:
    """An office with an A5 that was printed empty, filled in by pen, signed and filed; and a signed A8."""
    folder = Path(shutil.copytree(town_office, tmp_path_factory.mktemp("pen") / "office"))
    with open_office(folder) as opened:
        hands = hands_of(opened)
        sign(opened, hands.make(["A5"], "罗小山"))
        sign(opened, hands.make(["A8"], "罗小山", typed=heard), DAY)
    return folder


@pytest.fixture
def office(pen_office: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may do anything to."""
    return Path(shutil.copytree(pen_office, tmp_path / "office"))


@pytest.fixture
def a5(workspace: Workspace) -> str:
    """The uid of that A5."""
    return next(row.uid for row in workspace.papers.listing() if row.form_code == "A5")


def test_a_paper_filled_by_pen_unlocks_the_next_one_once_it_is_read(
    a5: str, hands: Hands, workspace: Workspace, by_pen: Mapping[str, str]
) -> None:
    before = hands.make(["A1"], "罗小山")
    assert {p.code for p in before.failed[0].problems if p.blocking} >= {"REF-06"}

    report = workspace.recording.record(a5, typed=by_pen, signed_on=DAY)
    assert report.is_kept, report.problems
    assert report.reading == 1

    after = hands.make(["A1"], "罗小山")
    assert after.failed == ()
    with workspace.registry.read() as tx:
        values = tx.papers.version(after.made[0].uid, 1).values
        assert values["assessment_result"] is AssessmentResult.PASSED
    assert workspace.checking.check().problems == ()


def test_the_issued_inputs_never_change_and_each_reading_is_kept(
    a5: str, workspace: Workspace, by_pen: Mapping[str, str]
) -> None:
    issued = workspace.store.read(paper_object(a5), inputs_path(1))
    workspace.recording.record(a5, typed=by_pen, signed_on=DAY)
    report = workspace.recording.record(a5, typed={"结论": "不合格"}, signed_on=DAY)
    assert report.reading == 2
    assert workspace.store.read(paper_object(a5), inputs_path(1)) == issued
    first, second = (parse_reading(workspace.store.read(paper_object(a5), readings_path(1, n))) for n in (1, 2))
    assert first.values["result"] is AssessmentResult.PASSED
    assert (second.values["result"], second.read_by) == (AssessmentResult.FAILED, "潘文海")
    with workspace.registry.read() as tx:
        version = tx.papers.version(a5, 1)
        assert [r.number for r in version.readings] == [1, 2]
        assert version.known["result"] is AssessmentResult.FAILED
        assert version.signed_on == DAY
        assert "result" not in version.values or version.values["result"] != AssessmentResult.FAILED
        assert set(version.digests) >= {readings_path(1, 1), readings_path(1, 2)}
        acts = [row for row in tx.audit.rows(subject=a5) if row.action == "paper.read"]
        assert [row.detail["reading"] for row in acts] == [1, 2]


def test_the_dossier_shows_what_was_read_and_what_is_still_to_be_read(
    a5: str, workspace: Workspace, by_pen: Mapping[str, str]
) -> None:
    (view,) = (v for v in workspace.dossiers.show("罗小山") if v.unread)
    assert view.read == ()
    assert "结论" in view.unread[0]
    workspace.recording.record(a5, typed=by_pen, signed_on=DAY)
    (view,) = (v for v in workspace.dossiers.show("罗小山") if v.read)
    assert "结论 合格" in view.read[0]
    assert "2026年11月23日" in view.read[0]
    assert not any("结论、" in line for line in view.unread)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"结论": "很好"}, "enum.unknown"),
        ({"入户日期": "去年"}, "date.form"),
        ({"儿童姓名": "别人"}, "reading.printed"),
        ({"screening.9.result": "无"}, "table.row"),
        ({"道德品质及违法记录核查.2.核查结果": "不知道"}, "enum.unknown"),
    ],
)
def test_what_the_field_cannot_hold_is_refused_and_nothing_is_kept(
    typed: dict[str, str], code: str, a5: str, workspace: Workspace
) -> None:
    report = workspace.recording.record(a5, typed=typed)
    assert not report.is_kept
    assert code in {p.code for p in report.problems if p.blocking}
    assert not [p for p in workspace.store.paths(paper_object(a5)) if p.startswith("readings")]
    with workspace.registry.read() as tx:
        assert tx.papers.version(a5, 1).readings == ()


@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2020, 1, 1)])
def test_a_day_of_signing_that_cannot_be_is_refused(day: date, a5: str, workspace: Workspace) -> None:
    report = workspace.recording.record(a5, signed_on=day)
    assert [p.code for p in report.problems] == ["reading.signed-on"]
    assert not report.is_kept


def test_a_paper_without_its_scan_cannot_be_read(hands: Hands, workspace: Workspace) -> None:
    (made,) = hands.make(["A5"], "罗小水").made
    with pytest.raises(UnsignedVersionError):
        workspace.recording.record(made.uid, typed={"结论": "合格"})


def test_a_fingerprint_needs_its_witness_and_its_reader(a5: str, workspace: Workspace) -> None:
    spec = workspace.library.get("A5")
    role = spec.signers[0].role
    refused = workspace.recording.record(a5, signatures=[(role, "捺印")])
    assert [p.code for p in refused.problems if p.blocking] == ["REF-25"]
    kept = workspace.recording.record(a5, signatures=[(role, "捺印；见证:罗文静；说明：罗文静宣读")])
    assert kept.is_kept
    with workspace.registry.read() as tx:
        (signature,) = tx.papers.version(a5, 1).signatures
    assert (signature.mode, signature.witnesses, signature.note) == (SignMode.FINGERPRINT, ("罗文静",), "罗文静宣读")


@pytest.mark.parametrize(("role", "text", "code"), [
    ("nobody", "签名", "signature.role"), ("", "签名；乱写", "signature.form"), ("", "画押", "enum.unknown"),
])  # fmt: skip
def test_a_signature_that_cannot_be_understood_is_named(
    role: str, text: str, code: str, a5: str, workspace: Workspace
) -> None:
    place = role or workspace.library.get("A5").signers[0].title
    report = workspace.recording.record(a5, signatures=[(place, text)])
    assert [p.code for p in report.problems] == [code]


def test_an_unknown_field_or_nothing_at_all_is_refused(a5: str, workspace: Workspace) -> None:
    with pytest.raises(UnknownFieldError):
        workspace.recording.record(a5, typed={"没有这一栏": "1"})
    with pytest.raises(NothingReadError):
        workspace.recording.record(a5)


def test_what_a_rule_would_have_refused_is_taken_down_with_a_warning(
    a5: str, workspace: Workspace, by_pen: Mapping[str, str]
) -> None:
    """The paper is signed: it says what it says; the next paper that rests on it is refused instead."""
    report = workspace.recording.record(a5, typed={**by_pen, "道德品质及违法记录核查": "有；无；无；无"}, signed_on=DAY)
    assert report.is_kept
    assert {p.code for p in report.problems} & {"REF-01", "A5-RESULT"}


def test_a_reading_that_was_cut_off_before_the_registry_is_simply_done_again(
    a5: str, workspace: Workspace, by_pen: Mapping[str, str]
) -> None:
    workspace.store.put(
        paper_object(a5), {readings_path(1, 1): b"{}"}, message="录入签署内容", user="潘文海", at=workspace.now
    )
    assert workspace.recording.record(a5, typed=by_pen, signed_on=DAY).reading == 1
    assert workspace.checking.check().problems == ()


def test_the_command_records_and_says_what_is_left(
    a5: str, office: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.close()
    line = ["--office", str(office), "papers", "record", a5]
    assert run([*line, "--set", "结论=很好"]) == 3
    assert "没有录入" in capsys.readouterr().err
    assert run([*line, "--set", "结论=合格", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["reading"], said["fields"]) == (1, ["结论"])
    assert run([*line, "--set", "结论"]) == 2


def test_an_office_opened_again_knows_what_was_read(
    a5: str, workspace: Workspace, open_office: Callable[[Path], Workspace]
) -> None:
    workspace.recording.record(a5, typed={"结论": "合格"})
    workspace.close()
    with open_office(workspace.folder) as again, again.registry.read() as tx:
        fact = next(f for f in tx.papers.facts(tx.papers.get(a5).child_uid) if f.uid == a5)
        assert fact.values["result"] is AssessmentResult.PASSED
