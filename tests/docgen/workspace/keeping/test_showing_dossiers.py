"""One child's dossier: what is there, what is missing, what is due; every look is in the chain of acts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.workspace import Workspace
from forms.errors import NotFoundError
from forms.people import Carer, Person
from forms.values.names_and_numbers import PersonName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from tests.conftest import Hands, Town


@pytest.fixture
def kept(loop_office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace]) -> Iterator[Workspace]:
    with open_office(shutil.copytree(loop_office, tmp_path / "loop")) as opened:
        yield opened


def test_a_dossier_lists_its_papers_in_their_order(kept: Workspace, hands_of: Callable[[Workspace], Hands]) -> None:
    (view,) = kept.dossiers.show(hands_of(kept).uid("罗小山"))
    assert [(row[1][:2], row[2], row[5]) for row in view.rows] == [
        ("A5", "洗民评估〔2026〕1号", "已归档"),
        ("A8", "洗民听意〔2026〕1号", "已归档"),
        ("A1", "洗民委照〔2026〕1号", "已归档"),
    ]
    assert "10岁" in view.headline
    missing = {line.split(" ")[0] for line in view.missing}
    assert missing >= {"B2", "A2"}
    assert not missing & {"A1", "A5", "A8"}
    titles = {line.split("：")[0] for line in view.due}
    assert titles >= {"入户走访", "委托期满前续签或交还父母"}, "a duty in the words of the form that opened it"


def test_a_paper_without_its_signed_scan_is_missing(kept: Workspace) -> None:
    (view,) = kept.dossiers.show("罗小水")
    assert [row[5] for row in view.rows if row[1].startswith("A1 ")] == ["已生成待签"]
    (line,) = [line for line in view.missing if line.startswith("A1 ")]
    assert "已生成待签" in line
    assert not any("委托期满" in line for line in view.due), "an unsigned paper opens no duty"


def test_a_new_version_that_waits_is_said_beside_the_signed_one(
    kept: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    hands = hands_of(kept)
    report = hands.make(["A8"], "罗小水", revise=True)
    assert report.made[0].version == 2
    (view,) = kept.dossiers.show("罗小水")
    (row,) = [row for row in view.rows if row[1].startswith("A8 ")]
    assert row[4:6] == ("1", "已归档（第 2 版待签）")
    assert not any(line.startswith("A8 ") for line in view.missing), "the signed one still holds"


def test_a_duty_in_the_past_is_overdue(
    loop_office: Path, tmp_path: Path, hands_of: Callable[[Workspace], Hands], open_office: Callable[[Path], Workspace]
) -> None:
    folder = shutil.copytree(loop_office, tmp_path / "loop")
    with open_office(folder) as opened:
        now, uid = opened.now, hands_of(opened).uid("罗小山")
        assert not any("过期" in line for line in opened.dossiers.show(uid)[0].due)
        opened.clock = lambda: now + timedelta(days=30)
        lines = opened.dossiers.show(uid)[0].due
    assert [("过期" in line) for line in lines] == [True, True, True, False, False, False]


@pytest.mark.parametrize("way", ["name", "number", "last four", "uid"])
def test_a_dossier_opens_by_what_the_clerk_has(way: str, workspace: Workspace, hands: Hands, town: Town) -> None:
    number = str(town.record("罗小水").child.person.id_number)
    said = {"name": "罗小水", "number": number, "last four": number[-4:], "uid": hands.uid("罗小水")}[way]
    assert hands.uid("罗小水") in {view.child_uid for view in workspace.dossiers.show(said)}


def test_namesakes_are_both_shown_and_told_apart(workspace: Workspace) -> None:
    views = workspace.dossiers.show("罗小山")
    assert len({view.child_uid for view in views}) == 2
    assert ["平山村" in view.headline for view in views] == [True, False]


def test_gaps_of_both_kinds_are_told_apart(workspace: Workspace) -> None:
    (dead,) = workspace.dossiers.show("李思雨")
    assert any(line.startswith("父亲：李光明（死亡）") for line in dead.people)
    (unregistered,) = workspace.dossiers.show("杨春花")
    assert "身份证号" not in unregistered.people[0]


def test_no_dossier_shows_a_whole_identity_number(workspace: Workspace, town: Town) -> None:
    numbers = {str(r.child.person.id_number) for r in town.records}
    for child in workspace.people.listing():
        text = repr(workspace.dossiers.show(child.uid))
        assert not any(number in text for number in numbers)


def test_every_look_is_recorded_and_a_look_at_nobody_is_refused(workspace: Workspace, hands: Hands) -> None:
    uid = hands.uid("罗小水")
    workspace.dossiers.show("罗小水")
    workspace.dossiers.show(uid)
    with pytest.raises(NotFoundError):
        workspace.dossiers.show("查无此人")
    with workspace.registry.read() as tx:
        looks = [(row.action, row.actor) for row in tx.audit.rows(subject=uid)]
    assert looks == [("dossier.view", "潘文海")] * 2


def test_what_stands_in_the_chain_of_acts_names_nobody(
    kept: Workspace, town: Town, heard: Mapping[str, str], hands_of: Callable[[Workspace], Hands]
) -> None:
    hands_of(kept).make(["A8"], "吉克·阿牛", typed=heard)
    kept.dossiers.show("吉克·阿牛")
    with kept.registry.read() as tx:
        text = "".join(f"{row.action} {row.subject} {dict(row.detail)}" for row in tx.audit.rows())
    people = {str(r.child.person.name) for r in town.records} | {str(r.child.person.id_number) for r in town.records}
    assert not any(said in text for said in people)


def test_who_cared_for_a_child_on_a_day_and_who_was_thought_to(
    kept: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    uid = hands_of(kept).uid("罗小山")
    with kept.registry.read() as tx:
        record = tx.people.get(uid)
    assert isinstance(record.carer, Carer)
    before, after = str(record.carer.person.name), "吴桂芝"
    new = replace(record.carer, person=Person(name=PersonName.parse(after)))
    moved = kept.today + timedelta(days=30)
    with Workspace.open(kept.folder, clock=lambda: kept.now + timedelta(days=60)) as later:
        with later.registry.begin() as tx:
            tx.people.save(replace(record, carer=new), source="走访", on=moved)

        def carer(day: date, known_on: date | None = None) -> str:
            (view,) = later.dossiers.on(uid, day, known_on)
            return next((line for line in view.people if line.startswith("照护人")), "")

        assert before in carer(moved - timedelta(days=1))
        assert after in carer(moved)
        assert before in carer(moved, known_on=moved + timedelta(days=1)), "it was recorded only a month later"
        assert carer(kept.today - timedelta(days=4000)) == ""
        with pytest.raises(NotFoundError):
            later.dossiers.on("查无此人", moved)
