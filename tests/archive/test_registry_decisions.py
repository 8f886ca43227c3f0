"""Decisions at the desk: kept for good, undone once and by name; what the desk may ask of the registry."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive.dialect import KeptRowError
from archive.registry import new_uid
from archive.registry.decisions import DecisionKind, EnclosureNumberedError, NothingToUndoError
from archive.registry.scans import DeskItemNotFoundError, PageState, ScanPage
from archive.schema_desk import desk_decisions
from archive.schema_kept import old_items, reference_classes, reference_codes
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.registry import Registry, Tx
    from archive.registry.paper_states import PaperRecord
    from archive.registry.scans import DeskItem
    from forms.people import ChildRecord

SCAN, DERIVED = "5" * 64, "d" * 64


def on_desk(tx: Tx, index: int = 0) -> DeskItem:
    tx.scans.receive(SCAN, name="0001.pdf", size=10, page_count=3, by="张敏")
    tx.scans.save_page(ScanPage(sha256=SCAN, page_index=index, state=PageState.DESK))
    return tx.scans.put_on_desk(SCAN, index, code="no-mark", message="没有标记")


def paper_out(tx: Tx, child_uid: str = "") -> PaperRecord:
    number = tx.numbers.next("洗民评估", 2026)
    paper = tx.papers.new(
        form_code="A5", issuer_uid=tx.units.owner().uid, by="张敏", number=number, child_uid=child_uid
    )
    tx.papers.new_version(
        paper.uid, values={}, mark_id=new_uid(), pages=2, digests={}, made_on=date(2026, 11, 5), made_by="张敏"
    )
    return tx.papers.get(paper.uid)


@pytest.mark.usefixtures("place")
def test_a_decision_is_kept_and_undone_once(registry: Registry) -> None:
    with registry.begin() as tx:
        item = on_desk(tx)
        paper = paper_out(tx)
        mark_id = tx.papers.version(paper.uid, 1).mark_id
        tx.desk.record(
            item, DecisionKind.ASSIGN, by="张敏", resolution="归", mark_id=mark_id, page=2, paper_uid=paper.uid
        )
    with registry.begin() as tx:
        assert tx.scans.desk() == ()
        decision = tx.desk.standing(item.id)
        assert (decision.kind, decision.page, decision.decided_by) == (DecisionKind.ASSIGN, 2, "张敏")
        assert tx.desk.assigned(mark_id) == (decision,)
        assert tx.desk.named_pages() == {(SCAN, 0): (mark_id, 2)}
        back = tx.desk.undo(decision, by="李芳")
    assert back == item
    with registry.begin() as tx:
        assert [row.id for row in tx.scans.desk()] == [item.id]
        assert tx.desk.named_pages() == {}
        (kept,) = tx.desk.all()
        assert kept.undone_by == "李芳"
        assert kept.undone_at is not None
        with pytest.raises(NothingToUndoError):
            tx.desk.standing(item.id)
        tx.desk.record(item, DecisionKind.DISCARD, by="张敏", resolution="不归", reason="废纸")
        assert tx.desk.standing(item.id).kind is DecisionKind.DISCARD
        assert len(tx.desk.all()) == 2
        with pytest.raises(DeskItemNotFoundError):
            tx.desk.item(999)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    "statement",
    [
        sa.delete(desk_decisions),
        sa.update(desk_decisions).values(page=7),
        sa.update(desk_decisions).values(reason="别的"),
        sa.update(desk_decisions).values(decided_by="别人"),
    ],
    ids=["deleted", "another page", "another reason", "another name"],
)
def test_the_database_itself_keeps_a_decision(registry: Registry, statement: sa.Update | sa.Delete) -> None:
    with registry.begin() as tx:
        tx.desk.record(on_desk(tx), DecisionKind.DISCARD, by="张敏", resolution="不归", reason="废纸")
    with pytest.raises(KeptRowError), registry.begin() as tx:
        tx.connection.execute(statement)


@pytest.mark.usefixtures("place")
def test_what_was_undone_is_not_done_again_in_its_row(registry: Registry) -> None:
    with registry.begin() as tx:
        item = on_desk(tx)
        tx.desk.record(item, DecisionKind.DISCARD, by="张敏", resolution="不归")
        tx.desk.undo(tx.desk.standing(item.id), by="张敏")
    with pytest.raises(KeptRowError), registry.begin() as tx:
        tx.connection.execute(sa.update(desk_decisions).values(undone_at=None, undone_by=None))


@pytest.mark.usefixtures("place")
def test_an_enclosure_goes_with_its_decision_unless_it_has_a_code(registry: Registry) -> None:
    def attach(tx: Tx, item: DeskItem) -> str:
        tx.scans.receive(DERIVED, name="附件.pdf", size=5, page_count=1, by="张敏")
        old = tx.old.add(DERIVED, title="证明", by="张敏", year=2026)
        tx.desk.record(item, DecisionKind.ATTACH, by="张敏", resolution="附件", old_uid=old.uid)
        return old.uid

    with registry.begin() as tx:
        item = on_desk(tx)
        uid = attach(tx, item)
        assert tx.desk.enclosures_unread() == ((uid, DERIVED),)
        tx.desk.enclosure_is_read(uid)
        assert tx.desk.enclosures_unread() == ()
        found = tx.desk.of_old(uid)
        assert found is not None
        tx.desk.undo(found, by="张敏")
        assert tx.old.by_uid(uid) is None
        assert ("item", uid) in {(row.kind, row.uid) for row in tx.outbox.take(100)}
        second = attach(tx, item)
        tx.connection.execute(sa.insert(reference_classes).values(name="C", last=1))
        tx.connection.execute(
            sa.insert(reference_codes).values(
                code="C-1", class_name="C", item=1, old_uid=second, given_at=tx.now, given_by="张敏"
            )
        )
        with pytest.raises(EnclosureNumberedError):
            tx.desk.undo(tx.desk.standing(item.id), by="张敏")
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(old_items)).scalar_one() == 1


def test_people_are_told_with_the_children_they_stand_to(registry: Registry, child: ChildRecord) -> None:
    with registry.begin() as tx:
        uid = tx.people.save(child, source="名单", on=date(2026, 3, 1)).uid
    with registry.read() as tx:
        known = {person.name: person for person in tx.desk.people()}
    assert set(known) == {"罗小山", "罗大山", "王桂花"}
    assert known["罗小山"].children == (uid,)
    assert known["罗小山"].id_number == "522730201602290019"
    assert known["罗大山"].id_number == ""
    assert all(person.children == (uid,) for person in known.values())


@pytest.mark.usefixtures("place")
def test_only_what_waits_for_signatures_is_out(registry: Registry) -> None:
    with registry.begin() as tx:
        out, void = paper_out(tx), paper_out(tx)
        tx.papers.set_status(void.uid, 1, PaperStatus.VOID)
        (found,) = tx.desk.papers_out()
    assert (found.uid, found.pages, found.number) == (out.uid, 2, str(out.document_number))
