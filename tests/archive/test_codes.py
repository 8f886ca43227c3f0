"""Codes in the registry: once, in order, void ones kept; old items and disposals beside them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from archive.check import check_agreement
from archive.dialect import KeptRowError
from archive.reference_code import ItemClass
from archive.registry.codes import CodeNotGivenError, CodeVoidError, HasCodeError
from archive.registry.disposals import DisposedObject
from archive.registry.transfers import ReceiptExistsError, TransferNotFoundError
from archive.schema import versions
from archive.schema_kept import disposals, reference_classes
from archive.store import disposal_object, paper_object
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.registry import Registry, Tx
    from archive.store import Store
    from forms.people import ChildRecord

CLASS = ItemClass(fonds_number="0194", category_code="WS", year=2026, retention="D30", office_code="SSB")
SHA = "a" * 64


@pytest.fixture
def child_uid(registry: Registry, child: ChildRecord) -> str:
    with registry.begin() as tx:
        return tx.people.save(child, source="名单", on=date(2026, 3, 10)).uid


def archived(tx: Tx, place: Any, child_uid: str, mark: str, *, day: date = date(2026, 11, 5)) -> str:
    """Register a paper that came back signed."""
    paper = tx.papers.new(form_code="A1", issuer_uid=place.town.uid, by="张敏", child_uid=child_uid)
    tx.papers.new_version(
        paper.uid,
        values={"child_name": "罗小山"},
        mark_id=mark,
        pages=2,
        digests={f"signed-v1-{mark}.pdf": "0" * 128},
        made_on=day,
        made_by="张敏",
    )
    tx.papers.set_status(paper.uid, 1, PaperStatus.ARCHIVED, signed_on=day)
    return paper.uid


def test_items_are_numbered_on_without_a_gap_and_voided_ones_stay(
    registry: Registry, place: Any, child_uid: str
) -> None:
    with registry.begin() as tx:
        one, two = (archived(tx, place, child_uid, mark) for mark in ("0000000001", "0000000002"))
        first = tx.codes.give(CLASS, by="张敏", paper_uid=one)
        second = tx.codes.give(CLASS, by="张敏", paper_uid=two)
        assert (str(first), second.item) == ("0194-WS·2026-D30-SSB-0001", 2)
        with pytest.raises(HasCodeError):
            tx.codes.give(CLASS, by="张敏", paper_uid=one)
        tx.codes.void(first, "重复")
        assert tx.papers.get(one).reference_code == ""
        with pytest.raises(CodeVoidError):
            tx.codes.void(first, "重复")
        again = tx.codes.give(CLASS, by="张敏", paper_uid=one)
        assert again.item == 3
        with pytest.raises(CodeNotGivenError):
            tx.codes.get(again.next())
        assert [(g.code.item, g.void_reason) for g in tx.codes.of_year(2026)] == [(1, "重复"), (2, ""), (3, "")]
        assert tx.codes.of_year(2025) == ()


def test_a_code_that_was_rolled_back_was_never_given(registry: Registry, place: Any, child_uid: str) -> None:
    with registry.begin() as tx:
        uid = archived(tx, place, child_uid, "0000000001")

    def give_twice() -> None:
        with registry.begin() as tx:
            tx.codes.give(CLASS, by="张敏", paper_uid=uid)
            tx.codes.give(CLASS, by="张敏", paper_uid=uid)

    with pytest.raises(HasCodeError):
        give_twice()
    with registry.begin() as tx:
        assert tx.codes.give(CLASS, by="张敏", paper_uid=uid).item == 1


def test_the_year_is_that_of_the_signature(registry: Registry, place: Any, child_uid: str) -> None:
    with registry.begin() as tx:
        late = archived(tx, place, child_uid, "0000000001", day=date(2026, 12, 31))
        early = archived(tx, place, child_uid, "0000000002", day=date(2027, 1, 1))
        draft = tx.papers.new(form_code="A1", issuer_uid=place.town.uid, by="张敏", child_uid=child_uid)
        assert tx.codes.without(2026) == (late,)
        assert tx.codes.without(2027) == (early,)
        assert draft.uid not in (*tx.codes.without(2026), *tx.codes.without(2027))
        tx.codes.give(CLASS, by="张敏", paper_uid=late)
        assert tx.codes.without(2026) == ()


def test_a_full_class_gives_nothing_more(registry: Registry, place: Any, child_uid: str) -> None:
    from archive.reference_code import ClassFullError

    with registry.begin() as tx:
        uid = archived(tx, place, child_uid, "0000000001")
        tx.connection.execute(sa.insert(reference_classes).values(name=str(CLASS), last=9999))
        with pytest.raises(ClassFullError):
            tx.codes.give(CLASS, by="张敏", paper_uid=uid)


def test_what_a_destroyed_paper_said_is_forgotten_and_nothing_else_may_be(
    registry: Registry, store: Store, place: Any, child_uid: str
) -> None:
    with registry.begin() as tx:
        gone, kept = (archived(tx, place, child_uid, mark) for mark in ("0000000001", "0000000002"))
    with pytest.raises(KeptRowError), registry.begin() as tx:
        tx.connection.execute(sa.update(versions).where(versions.c.paper_uid == kept).values(values={}))
    certificate = {"disposal.json": b"{}"}
    store.put(disposal_object("0000000009"), certificate, message="m", user="u", at=tx.now)
    digest = store.paths(disposal_object("0000000009"))["disposal.json"]
    with registry.begin() as tx:
        objects = [DisposedObject(object_id=paper_object(gone), paper_uid=gone)]
        tx.disposals.decide("0000000009", first_by="甲", second_by="乙", certificate=digest, items=1, objects=objects)
        assert tx.papers.version(gone, 1).values == {}
        assert tx.papers.version(kept, 1).values == {"child_name": "罗小山"}
        assert tx.disposals.of_item(gone) == "0000000009"
        assert tx.disposals.unfinished()[0].items == 1
        assert gone not in tx.codes.without(2026)
        codes = {p.code for p in check_agreement(store, tx) if paper_object(gone) in p.where.subject}
        assert codes == set()
        tx.disposals.finish("0000000009")
    with pytest.raises(KeptRowError), registry.begin() as tx:
        tx.connection.execute(sa.update(disposals).values(second_by="丙"))
    with pytest.raises(KeptRowError), registry.begin() as tx:
        tx.connection.execute(sa.delete(disposals))


def test_one_person_cannot_be_two_in_the_database_either(registry: Registry, place: Any, child_uid: str) -> None:
    with registry.begin() as tx:
        uid = archived(tx, place, child_uid, "0000000001")
    with pytest.raises(sa.exc.IntegrityError), registry.begin() as tx:
        tx.disposals.decide(
            "0000000009",
            first_by="甲",
            second_by="甲",
            certificate="0" * 128,
            items=1,
            objects=[DisposedObject(object_id=paper_object(uid), paper_uid=uid)],
        )


def test_a_disposal_without_its_certificate_and_one_that_left_its_object_are_found(
    registry: Registry, store: Store, place: Any, child_uid: str
) -> None:
    with registry.begin() as tx:
        uid = archived(tx, place, child_uid, "0000000001")
        store.put(paper_object(uid), {"signed-v1-0000000001.pdf": b"x"}, message="m", user="u", at=tx.now)
        objects = [DisposedObject(object_id=paper_object(uid), paper_uid=uid)]
        tx.disposals.decide(
            "0000000009", first_by="甲", second_by="乙", certificate="0" * 128, items=1, objects=objects
        )
        assert [p.code for p in check_agreement(store, tx)] == ["agreement.certificate"]
        tx.disposals.finish("0000000009")
        assert [p.code for p in check_agreement(store, tx)] == ["agreement.certificate", "agreement.destroyed"]
        assert store.purge(paper_object(uid))
        assert [p.code for p in check_agreement(store, tx)] == ["agreement.certificate"]


def test_a_receipt_comes_once(registry: Registry, place: Any, child_uid: str) -> None:
    with registry.begin() as tx:
        uid = archived(tx, place, child_uid, "0000000001")
        code = str(tx.codes.give(CLASS, by="张敏", paper_uid=uid))
        made = tx.transfers.add("0000000008", by="张敏", receiver="县档案馆", size=1, manifest="0" * 128, codes=[code])
        assert (made.items, made.received_on) == (1, None)
        assert tx.transfers.received_codes() == frozenset()
        tx.transfers.receive("0000000008", on=date(2027, 6, 1), receipt="1" * 128)
        assert tx.transfers.received_codes() == {code}
        assert tx.transfers.codes("0000000008") == (code,)
        with pytest.raises(ReceiptExistsError):
            tx.transfers.receive("0000000008", on=date(2027, 6, 1), receipt="1" * 128)
        with pytest.raises(TransferNotFoundError):
            tx.transfers.get("0000000007")


def test_an_old_file_is_registered_once_and_placed_later(registry: Registry, place: Any, child_uid: str) -> None:
    with registry.begin() as tx:
        tx.scans.receive(SHA, name="罗小山.pdf", size=1, page_count=3, by="张敏")
        one = tx.old.add(SHA, title="罗小山", by="张敏", year=2019)
        assert tx.old.add(SHA, title="别的", by="张敏", year=2020) == one
        assert tx.codes.unplaced_old(2019) == (one.uid,)
        assert tx.codes.without(2019) == ()
        tx.old.place(one.uid, child_uid=child_uid, village_uid=place.village.uid)
        assert tx.codes.without(2019) == (one.uid,)
        assert [old.uid for old in tx.old.of_child(child_uid)] == [one.uid]
        code = tx.codes.give(CLASS, by="张敏", old_uid=one.uid)
        assert tx.old.get(one.uid).reference_code == str(code)
        assert {name: [c.uid for c in found] for name, found in tx.old.children_called(["罗小山", "罗小"]).items()} == {
            "罗小山": [child_uid]
        }
        numbered = tx.old.child_numbered("522730201602290019")
        assert numbered is not None
        assert numbered.uid == child_uid
        assert tx.old.child_numbered("522730195803050021") is None


def test_a_scan_goes_only_when_every_page_of_it_goes(registry: Registry, place: Any, child_uid: str) -> None:
    from archive.registry.scans import PageState, ScanPage

    with registry.begin() as tx:
        one, two = (archived(tx, place, child_uid, mark) for mark in ("0000000001", "0000000002"))
        tx.scans.receive(SHA, name="a.pdf", size=1, page_count=3, by="张敏")
        for index, mark in enumerate(("0000000001", "0000000002")):
            tx.scans.save_page(ScanPage(sha256=SHA, page_index=index, state=PageState.FILED, mark_id=mark, page=1))
        tx.scans.save_page(ScanPage(sha256=SHA, page_index=2, state=PageState.BLANK))
        assert tx.disposals.scans_left_without(["0000000001"]) == ((), (SHA,))
        assert tx.disposals.scans_left_without(["0000000001", "0000000002"]) == ((SHA,), ())
        tx.disposals.decide(
            "0000000009",
            first_by="甲",
            second_by="乙",
            certificate="0" * 128,
            items=1,
            objects=[DisposedObject(object_id=paper_object(one), paper_uid=one)],
        )
        assert two
        assert tx.disposals.scans_left_without(["0000000002"]) == ((SHA,), ())
