"""A case of violence from the teacher's report to the proposal to the court: papers, duties, services, refusals."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from archive.store import paper_object
from docgen.demo.violence import BOY, BOYS_HOME, FATHER, NEPHEW, POLICE, Days, Story, people, settings
from docgen.workspace import Actor, Workspace, init_office
from docgen.workspace.cases.serving import ServiceDayError, UnknownCopyError, UnknownMethodError
from docgen.workspace.duties.effects import apply_effects
from docgen.workspace.duties.signed import mark_signed
from docgen.workspace.office.issuers import UnknownIssuerError, kind_of
from forms.cases.casefile import CaseRole
from forms.values.enums import Flag, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.workspace.papers.reports import MakeReport

CHAPTERS = ("report", "warn", "visit", "protect")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Give the story, played to its end without scanners; the tests below only look."""
    folder = tmp_path_factory.mktemp("violence") / "office"
    init_office(folder, settings())
    days = Days()
    with Workspace.open(folder, actor=Actor(name="潘文海"), clock=days) as workspace:

        def sign(report: MakeReport) -> None:
            with workspace.registry.begin() as tx:
                for made in report.made:
                    version = tx.papers.version(made.uid, made.version)
                    mark_signed(workspace, tx, tx.papers.get(made.uid), version, signed_on=workspace.today)

        lines: list[str] = []
        told = Story(workspace=workspace, days=days, sign=sign, say=lines.append)
        told.uids = people(workspace)
        before = workspace.papers.make(["A1"], children=[told.uids[NEPHEW]], dry_run=True)
        assert FATHER not in "".join(str(p) for f in before.failed for p in f.problems if "有记录" in str(p))
        told.play()
        assert not [line for line in lines if "没有生成" in line]
        yield told


def uid_of(story: Story, code: str, position: int = 0) -> str:
    return [m.uid for report in story.made for m in report.made if m.form_code == code][position]


def text_of_pdf(data: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def xml_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return "".join(package.read(n).decode("utf-8", "replace") for n in package.namelist())


def test_every_paper_of_the_chain_is_made_by_the_unit_that_may_make_it(story: Story) -> None:
    made = [m for report in story.made for m in report.made]
    assert [m.form_code for m in made] == [
        *("D1", "D2", "A8", "D11"),
        *("D5", "D6", "D6", "D7"),
        *("D8", "D8"),
        *("D10", "D13", "D13a", "D14"),
    ]
    numbers = {m.form_code: m.number for m in made}
    assert numbers["D1"].startswith("洗小强报〔2026〕1号")
    assert numbers["D5"] == "洗公告诫〔2026〕1号"
    assert numbers["D14"] == "洗民建议〔2026〕1号"


def test_what_the_papers_open_is_closed_by_those_that_answer(story: Story) -> None:
    with story.workspace.registry.read() as tx:
        duties = tx.duties.of_child(story.uids[BOY])
    done = {d.kind: d.done_on for d in duties if d.done_on}
    assert done["police_reply"] == date(2026, 11, 23)
    assert done["arrange_safety"] == date(2026, 11, 23)
    assert done["serve_perpetrator"] == done["serve_victim"] == done["notify_village"] == date(2026, 11, 24)
    assert done["case_assessment"] == done["support_plan"] == date(2026, 12, 2)
    assert done["revocation"] == date(2026, 12, 2)
    open_ = {d.kind for d in duties if not d.done_on}
    assert {"dv_visit", "review_care", "protection_renewal", "revocation_outcome"} <= open_
    assert not open_ & {"police_reply", "serve_perpetrator", "serve_victim", "case_assessment"}


def test_visits_follow_within_a_week_and_then_monthly(story: Story) -> None:
    with story.workspace.registry.read() as tx:
        visits = [d for d in tx.duties.of_child(story.uids[BOY]) if d.kind == "dv_visit"]
    assert visits[0].due_on == date(2026, 12, 1)
    assert visits[0].done_on == date(2026, 11, 30)
    assert date(2026, 12, 30) in {v.due_on for v in visits}


def test_the_letter_is_served_on_both_and_counted_once(story: Story) -> None:
    with story.workspace.registry.read() as tx:
        services = tx.cases.served(uid_of(story, "D5"))
        assert {(s.role, s.served_on) for s in services} == {
            (CaseRole.PERPETRATOR, date(2026, 11, 24)),
            (CaseRole.VICTIM, date(2026, 11, 24)),
        }
        assert all(s.receipt_uid for s in services)
        first, last = date(2026, 10, 1), date(2026, 12, 31)
        assert tx.cases.proven("D5", CaseRole.PERPETRATOR, first, last) == 1
        assert tx.cases.proven("D5", CaseRole.PERPETRATOR, date(2027, 1, 1), date(2027, 3, 31)) == 0
        received = {c.recipient: c.received_on for c in tx.papers.copies(uid_of(story, "D5"), 1)}
    assert received["加害人收执"] == received["受害人收执"] == date(2026, 11, 24)


def test_the_man_is_flagged_and_refused_for_every_other_child_at_once(story: Story) -> None:
    with story.workspace.registry.read() as tx:
        carer = tx.people.get(story.uids[NEPHEW]).carer
        assert set(carer.person.flags) == {Flag.VIOLENCE_LETTER, Flag.PROTECTION_ORDER}  # type: ignore[union-attr]
        others = [d for d in tx.duties.of_child(story.uids[NEPHEW]) if d.kind == "review_care"]
    report = story.workspace.papers.make(["A1", "A2", "A4"], children=[story.uids[NEPHEW]], dry_run=True)
    refused = {f.form_code: {p.code for p in f.problems if p.blocking} for f in report.failed}
    assert "REF-01" in refused["A1"] & refused["A2"]
    assert "REF-29" in refused["A4"]
    assert others[0].due_on == date(2026, 11, 27)


def test_he_cannot_take_the_child_either(story: Story) -> None:
    report = story.workspace.papers.make(
        ["D11"],
        children=[story.uids[BOY]],
        issuer=POLICE,
        typed={"receiver": FATHER, "ground": "家庭暴力", "receiver_kind": "近亲属"},
        dry_run=True,
    )
    assert "REF-16" in {p.code for p in report.failed[0].problems}


def test_effects_happen_once_however_often_the_paper_is_filed(story: Story) -> None:
    workspace, uid = story.workspace, uid_of(story, "D5")
    with workspace.registry.begin() as tx:
        before = (len(tx.duties.of_child(story.uids[NEPHEW])), tx.audit.head()[0])
        paper = tx.papers.get(uid)
        values = tx.papers.version(uid, 1).values
        day = workspace.today
        apply_effects(tx, workspace.library, paper, values, signed_on=day, today=day, actor="潘文海")
        assert len(tx.duties.of_child(story.uids[NEPHEW])) == before[0]
        assert tx.audit.head()[0] == before[1]


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_perpetrators_copy_shows_neither_address_nor_number_of_the_victim(story: Story, kind: str) -> None:
    workspace, uid = story.workspace, uid_of(story, "D5")
    data = workspace.store.read(paper_object(uid), f"issued-v1-perpetrator.{kind}")
    text = (text_of_pdf(data) if kind == "pdf" else xml_of(data)).replace("\n", "").replace("\r", "")
    with workspace.registry.read() as tx:
        boy = tx.people.get(story.uids[BOY]).child.person
    assert FATHER in text
    assert BOYS_HOME not in text
    assert "安置点" not in text
    assert str(boy.id_number) not in text
    assert "岑玉梅" not in text, "who received the victim's copy is no business of his"
    whole = workspace.store.read(paper_object(uid), f"issued-v1.{kind}")
    assert "安置点" in (text_of_pdf(whole) if kind == "pdf" else xml_of(whole)), "the police keep the whole"


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_reporter_stands_on_the_police_copy_and_on_no_other(story: Story, kind: str) -> None:
    workspace, uid = story.workspace, uid_of(story, "D1")
    paths = [p for p in workspace.store.paths(paper_object(uid)) if p.endswith(kind)]
    shown = set()
    for path in paths:
        data = workspace.store.read(paper_object(uid), path)
        text = text_of_pdf(data) if kind == "pdf" else xml_of(data)
        if "吴秋月" in text or "19900009009" in text:
            shown.add(path)
    assert shown == {f"issued-v1-police.{kind}"}
    assert len(paths) == 4
    assert "吴秋月" not in workspace.store.read(paper_object(uid), "text-v1.txt").decode()


def test_the_village_notice_names_no_number_no_injury_and_no_reporter(story: Story) -> None:
    workspace, uid = story.workspace, uid_of(story, "D7")
    text = workspace.store.read(paper_object(uid), "text-v1.txt").decode()
    assert FATHER in text
    assert "洗公告诫〔2026〕1号" in text
    for hidden in ("522799", "青紫", "衣架", "吴秋月"):
        assert hidden not in text


def test_the_letter_says_what_article_sixteen_demands(story: Story) -> None:
    text = story.workspace.store.read(paper_object(uid_of(story, "D5")), "text-v1.txt").decode().replace("\n", "")
    with story.workspace.registry.read() as tx:
        number = str(tx.people.get(story.uids[BOY]).father.person.id_number)  # type: ignore[union-attr]
    for needed in (FATHER, number, "衣架", "禁止对受害人及其相关近亲属实施任何形式的家庭暴力", POLICE):
        assert needed in text
    assert "复议" not in text


def test_every_paper_is_in_the_dossier_and_in_the_case(story: Story) -> None:
    case = story.workspace.cases.listing(child=story.uids[BOY])[0]
    assert case.number == "洗公受案字〔2026〕21号"
    made = [m for report in story.made for m in report.made]
    assert len(case.papers) == sum(m.form_code != "A8" for m in made)
    (view,) = story.workspace.dossiers.show(story.uids[BOY])
    codes = [row[1] for row in view.rows]
    assert len(codes) >= len(made)
    with story.workspace.registry.read() as tx:
        named = {role for _, role in tx.papers.people(uid_of(story, "D5"))}
    assert {"child", "perpetrator", "victim"} <= named


def test_a_case_is_shown_without_its_reporter(story: Story) -> None:
    view = story.workspace.cases.listing(child=story.uids[BOY])[0]
    shown = story.workspace.cases.show(view.uid)
    assert "吴秋月" not in str(shown.as_json())
    assert ("报告人", "（保密）", "", "") in shown.people


def test_a_unit_not_named_in_the_settings_issues_nothing_here(story: Story) -> None:
    with pytest.raises(UnknownIssuerError):
        story.workspace.papers.make(["D5"], children=[story.uids[BOY]], issuer="龙里县公安局谷脚派出所")
    report = story.workspace.papers.make(["D5"], children=[story.uids[BOY]], typed={"perpetrator_name": "某人"})
    assert "REF-11" in {p.code for p in report.failed[0].problems}


def test_kinds_of_units_follow_from_their_names() -> None:
    kinds = {
        POLICE: UnitKind.POLICE,
        "龙里县教育局": UnitKind.EDUCATION,
        "龙里县民政局": UnitKind.COUNTY,
        "洗马镇中心小学": UnitKind.SCHOOL,
        "洗马镇平山村村民委员会": UnitKind.VILLAGE,
        "龙里县洗马镇人民政府": UnitKind.TOWN,
    }
    assert {name: kind_of(name) for name in kinds} == kinds


def test_service_noted_by_hand_names_the_copy_the_way_and_a_possible_day(story: Story) -> None:
    serve = story.workspace.serving.serve
    number, day = "洗公交接〔2026〕1号", date(2026, 11, 23)
    with pytest.raises(UnknownMethodError):
        serve(number, recipient="1", on=day, method="托人带去")
    with pytest.raises(UnknownCopyError):
        serve(number, recipient="存", on=day, method="直接送达")
    with pytest.raises(ServiceDayError):
        serve(number, recipient="接收方", on=date(2026, 11, 22), method="直接送达")
    assert "接收方存" in serve(number, recipient="接收方", on=day, method="直接送达")
    with story.workspace.registry.read() as tx:
        (service,) = tx.cases.served(uid_of(story, "D11"))
    assert (service.served_on, service.receipt_uid) == (day, "")
