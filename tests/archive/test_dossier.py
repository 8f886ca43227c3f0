"""One child's dossier: the order of forms.md §5, what is missing for the region, what is due."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from archive.dossier import Dossier, MissingState, timeline
from archive.registry import Registry, Tx, new_uid
from archive.registry.people import ChildNotFoundError
from forms.catalogue.library import FormLibrary
from forms.profiles.region import RegionProfile
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from forms.people import ChildRecord

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def library() -> FormLibrary:
    return FormLibrary.load()


@pytest.fixture
def uid(registry: Registry, child: ChildRecord) -> str:
    with registry.begin() as tx:
        return tx.people.save(child, source="desk", on=date(2026, 1, 1)).uid


def make(
    tx: Tx, code: str, child_uid: str, *, signed: date | None = None, made: date = date(2026, 11, 5), **values: date
) -> str:
    paper = tx.papers.new(form_code=code, issuer_uid=tx.units.owner().uid, by="张敏", child_uid=child_uid)
    tx.papers.new_version(
        paper.uid, values=values, mark_id=new_uid(), pages=1, digests={}, made_on=made, made_by="张敏"
    )
    if signed is not None:
        tx.papers.set_status(paper.uid, 1, PaperStatus.SIGNED, signed_on=signed)
    return paper.uid


def show(registry: Registry, library: FormLibrary, uid: str, today: date = TODAY) -> Dossier:
    with registry.read() as tx:
        return timeline(tx, uid, library=library, profile=RegionProfile.load("longli"), today=today)


def test_papers_stand_in_the_order_of_the_dossier_whenever_they_were_made(
    registry: Registry, library: FormLibrary, uid: str
) -> None:
    with registry.begin() as tx:
        for code in ("A4", "A2", "A1", "A8", "A5", "B2"):
            make(tx, code, uid, signed=TODAY)
    dossier = show(registry, library, uid)
    assert [item.paper.form_code for item in dossier.items] == ["B2", "A5", "A8", "A1", "A2", "A4"]
    assert dossier.missing == ()
    assert dossier.record.uid == uid
    assert all("责任" in item.title for item in dossier.items[3:5])


def test_what_the_region_demands_and_nobody_made_is_missing(registry: Registry, library: FormLibrary, uid: str) -> None:
    missing = {m.form_code: m.state for m in show(registry, library, uid).missing}
    assert {"A1", "A2", "A5", "B2"} <= set(missing)
    assert set(missing.values()) == {MissingState.NOT_MADE}


def test_a_paper_that_is_not_signed_counts_as_missing(registry: Registry, library: FormLibrary, uid: str) -> None:
    with registry.begin() as tx:
        waiting = make(tx, "A1", uid)
    (found,) = (m for m in show(registry, library, uid).missing if m.form_code == "A1")
    assert (found.state, found.paper_uid) == (MissingState.UNSIGNED, waiting)


def test_a_paper_holds_through_its_last_day_and_is_expired_on_the_next(
    registry: Registry, library: FormLibrary, uid: str
) -> None:
    with registry.begin() as tx:
        make(tx, "A1", uid, signed=date(2026, 11, 6), to_on=TODAY)
    assert "A1" not in {m.form_code for m in show(registry, library, uid, TODAY).missing}
    later = show(registry, library, uid, date(2026, 11, 22))
    assert {m.form_code: m.state for m in later.missing}["A1"] is MissingState.EXPIRED
    assert later.items[0].valid_until == TODAY


def test_a_correction_that_waits_leaves_the_signed_version_in_force(
    registry: Registry, library: FormLibrary, uid: str
) -> None:
    with registry.begin() as tx:
        paper = make(tx, "A1", uid, signed=date(2026, 11, 6))
        tx.papers.new_version(paper, values={}, mark_id=new_uid(), pages=1, digests={}, made_on=TODAY, made_by="张敏")
    dossier = show(registry, library, uid)
    (item,) = dossier.items
    assert (item.version.version, item.pending_version) == (1, 2)
    assert "A1" not in {m.form_code for m in dossier.missing}


def test_a_roster_is_referred_to_and_not_an_item(registry: Registry, library: FormLibrary, uid: str) -> None:
    with registry.begin() as tx:
        roster = make(tx, "B1", "")
        tx.papers.name_person(roster, uid, "child")
    dossier = show(registry, library, uid)
    assert dossier.items == ()
    assert [item.paper.uid for item in dossier.mentions] == [roster]


def test_what_is_due_is_listed_and_what_is_done_is_not(registry: Registry, library: FormLibrary, uid: str) -> None:
    with registry.begin() as tx:
        done = tx.duties.add("visit", child_uid=uid, due_on=date(2026, 9, 30))
        tx.duties.done(done.id, date(2026, 9, 20))
        tx.duties.add("visit", child_uid=uid, due_on=date(2026, 12, 31))
        tx.duties.add("renew", child_uid=uid, due_on=date(2026, 12, 1))
    assert [duty.kind for duty in show(registry, library, uid).due] == ["renew", "visit"]


def test_an_unknown_child_is_not_found(registry: Registry, library: FormLibrary, place: object) -> None:
    del place
    with pytest.raises(ChildNotFoundError):
        show(registry, library, "0000000000")
