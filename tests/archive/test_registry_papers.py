"""Papers and their versions: what may follow what, what a signature closes, what is found how."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.registry import Registry, Tx, decode_values, encode_values, new_uid
from archive.registry.paper_states import MOVES, IllegalMoveError, PaperNotFoundError, SignedVersionError
from forms.cases.facts import PaperRef
from forms.marks import ALPHABET
from forms.values import enums
from forms.values.blank import Blank
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import DocumentNumber, IdNumber, PersonName, Phone, RegionCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.registry.paper_states import PaperRecord, VersionRecord
    from forms.cases.facts import Value
    from forms.people import ChildRecord

MADE = date(2026, 11, 5)
SIGNED = date(2026, 11, 6)
S = PaperStatus


@pytest.fixture
def uid(registry: Registry, child: ChildRecord) -> str:
    with registry.begin() as tx:
        return tx.people.save(child, source="desk", on=date(2026, 1, 1)).uid


def make(tx: Tx, child_uid: str, form_code: str = "A1", number: DocumentNumber | None = None) -> PaperRecord:
    village = tx.people.get(child_uid).child.village_uid
    carer = tx.people.get(child_uid).carer
    return tx.papers.new(
        form_code=form_code,
        issuer_uid=tx.units.owner().uid,
        by="张敏",
        child_uid=child_uid,
        carer_uid="" if isinstance(carer, Blank) else carer.person.uid,
        village_uid=village,
        number=number,
    )


def issue(tx: Tx, paper_uid: str, *, made: date = MADE, **values: Value) -> VersionRecord:
    return tx.papers.new_version(
        paper_uid,
        values=values,
        mark_id=new_uid(),
        pages=2,
        digests={"issued-v1.pdf": "0" * 128},
        made_on=made,
        made_by="张敏",
    )


def test_a_uid_is_ten_characters_of_base32_and_never_the_same() -> None:
    uids = {new_uid() for _ in range(2000)}
    assert len(uids) == 2000
    assert all(len(uid) == 10 and set(uid) <= set(ALPHABET) for uid in uids)


def test_a_paper_is_found_by_uid_mark_and_number(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        number = tx.numbers.next("洗民委照", 2026)
        paper = make(tx, uid, number=number)
        version = issue(tx, paper.uid, child_name=PersonName("罗小山"))
    with registry.read() as tx:
        found = tx.papers.by_number(number)
        assert found == tx.papers.get(paper.uid) == tx.papers.by_uid(paper.uid)
        assert found is not None
        assert (found.document_number, found.version, found.status) == (number, 1, S.ISSUED)
        assert tx.papers.by_mark(version.mark_id) == (found, version)
        assert version.values == {"child_name": PersonName("罗小山")}
        assert tx.papers.by_mark("0000000000") is None
        assert tx.papers.by_uid("0000000000") is None
        assert tx.papers.by_number(DocumentNumber(series="洗", year=2026, serial=9)) is None
        assert tx.papers.marks() == (version.mark_id,)
        with pytest.raises(PaperNotFoundError):
            tx.papers.get("0000000000")
        with pytest.raises(PaperNotFoundError):
            tx.papers.version(paper.uid, 2)


def test_a_new_version_replaces_an_unsigned_one(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        issue(tx, paper.uid)
        issue(tx, paper.uid)
        assert [v.status for v in tx.papers.versions(paper.uid)] == [S.REPLACED, S.ISSUED]


def test_a_signed_version_stands_until_the_correction_is_signed(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        issue(tx, paper.uid, reason=enums.EntrustReason.WORK)
        tx.papers.set_status(paper.uid, 1, S.SIGNED, signed_on=SIGNED)
        issue(tx, paper.uid, reason=enums.EntrustReason.ILLNESS)
        now = tx.papers.get(paper.uid)
        assert (now.status, now.version, now.signed_version, now.is_done) == (S.ISSUED, 2, 1, True)
        facts = tx.papers.facts(uid)
        assert [(f.version, f.is_done) for f in facts] == [(2, False), (1, True)]
        assert facts[1].values == {"reason": enums.EntrustReason.WORK}
        assert facts[1].signed_on == SIGNED
        tx.papers.set_status(paper.uid, 2, S.SIGNED, signed_on=SIGNED)
        assert [v.status for v in tx.papers.versions(paper.uid)] == [S.REPLACED, S.SIGNED]
        assert [(f.version, f.is_done) for f in tx.papers.facts(uid)] == [(2, True)]


@pytest.mark.parametrize("old", [S.ISSUED, S.SIGNED, S.ARCHIVED, S.VOID, S.REPLACED])
@pytest.mark.parametrize("new", list(S))
def test_only_legal_moves_are_made(registry: Registry, uid: str, old: PaperStatus, new: PaperStatus) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        issue(tx, paper.uid)
        if old is not S.ISSUED:
            tx.papers.set_status(paper.uid, 1, old, signed_on=SIGNED)
        if new is old or new in MOVES[old]:
            assert tx.papers.set_status(paper.uid, 1, new).status is new
            assert tx.papers.get(paper.uid).status is new
        else:
            done = old in {S.SIGNED, S.ARCHIVED}
            with pytest.raises(SignedVersionError if done else IllegalMoveError):
                tx.papers.set_status(paper.uid, 1, new)
            assert tx.papers.version(paper.uid, 1).status is old


def test_a_file_of_a_version_is_never_bound_to_other_bytes(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        issue(tx, paper.uid)
        tx.papers.add_files(paper.uid, 1, {"signed-v1-1.pdf": "a" * 128})
        tx.papers.add_files(paper.uid, 1, {"signed-v1-1.pdf": "a" * 128, "signed-v1-2.pdf": "b" * 128})
        with pytest.raises(SignedVersionError):
            tx.papers.add_files(paper.uid, 1, {"signed-v1-1.pdf": "c" * 128})
        assert set(tx.papers.version(paper.uid, 1).digests) == {"issued-v1.pdf", "signed-v1-1.pdf", "signed-v1-2.pdf"}


def test_a_void_paper_gets_no_version(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        issue(tx, paper.uid)
        tx.papers.set_status(paper.uid, 1, S.VOID)
        with pytest.raises(IllegalMoveError):
            issue(tx, paper.uid)


def test_printing_is_counted(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        issue(tx, paper.uid)
        assert [tx.papers.count_print(paper.uid, 1) for _ in range(3)] == [1, 2, 3]
        assert tx.papers.version(paper.uid, 1).prints == 3
        with pytest.raises(PaperNotFoundError):
            tx.papers.count_print(paper.uid, 2)


def test_what_is_out_for_signature_is_listed_with_its_days(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        papers = [make(tx, uid, code) for code in ("A1", "A2", "A5")]
        for paper, day in zip(papers, (3, 1, 2), strict=True):
            issue(tx, paper.uid, made=date(2026, 11, day))
        tx.papers.set_status(papers[2].uid, 1, S.SIGNED)
        village = papers[0].village_uid
    with registry.read() as tx:
        out = tx.papers.outstanding(date(2026, 11, 11))
        assert [(o.paper.form_code, o.days) for o in out] == [("A2", 10), ("A1", 8)]
        assert [o.paper.form_code for o in tx.papers.outstanding(MADE, village_uid=village, form_code="A1")] == ["A1"]
        assert tx.papers.outstanding(MADE, village_uid="0000000000") == ()
        assert [p.form_code for p in tx.papers.in_village(village)] == ["A1", "A2", "A5"]
        assert [p.form_code for p in tx.papers.in_village(village, "A5", S.SIGNED)] == ["A5"]


def test_the_latest_paper_of_a_form_counts_for_its_carer_only(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        first, second = make(tx, uid, "A5"), make(tx, uid, "A5")
        for paper in (first, second):
            issue(tx, paper.uid)
        assert tx.papers.latest("A5", uid) == tx.papers.get(second.uid)
        tx.papers.set_status(second.uid, 1, S.VOID)
        assert tx.papers.latest("A5", uid, first.carer_uid) == tx.papers.get(first.uid)
        assert tx.papers.latest("A5", uid, "0000000000") is None
        assert tx.papers.latest("A1", uid) is None


def test_links_people_copies_and_receipts_are_kept(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        assessment, paper = make(tx, uid, "A5"), make(tx, uid)
        issue(tx, paper.uid)
        tx.papers.link(paper.uid, assessment.uid, "rests_on")
        tx.papers.set_copies(paper.uid, 1, ("委托人", "被委托人", "平山村"))
        tx.papers.receive_copy(paper.uid, 1, 1, on=SIGNED)
        tx.papers.receive_copy(paper.uid, 1, 2, on=SIGNED, refused_reason="本人不在")
    with registry.read() as tx:
        assert tx.papers.links(paper.uid) == (("rests_on", assessment.uid),)
        assert tx.papers.links_to(assessment.uid) == (("rests_on", paper.uid),)
        assert set(tx.papers.people(paper.uid)) == {(uid, "child"), (paper.carer_uid, "carer")}
        copies = tx.papers.copies(paper.uid, 1)
        assert [(c.number, c.recipient, c.received_on, c.refused_reason) for c in copies] == [
            (1, "委托人", SIGNED, ""),
            (2, "被委托人", SIGNED, "本人不在"),
            (3, "平山村", None, ""),
        ]


def test_a_reference_code_is_given_once(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        issue(tx, paper.uid)
        tx.papers.set_reference_code(paper.uid, "0194-WS·2026-D30-SSB-0001")
        tx.papers.set_reference_code(paper.uid, "0194-WS·2026-D30-SSB-0001")
        with pytest.raises(SignedVersionError):
            tx.papers.set_reference_code(paper.uid, "0194-WS·2026-D30-SSB-0002")


def test_every_change_of_a_paper_is_owed_to_the_index(registry: Registry, uid: str) -> None:
    def owed(tx: Tx) -> list[tuple[str, str]]:
        rows = tx.outbox.take(100)
        tx.outbox.done([row.id for row in rows])
        return [(row.kind, row.uid) for row in rows]

    with registry.begin() as tx:
        assert owed(tx) == [("child", uid)]
        paper = make(tx, uid)
        issue(tx, paper.uid)
        assert owed(tx) == [("paper", paper.uid)]
        tx.papers.set_status(paper.uid, 1, S.SIGNED, signed_on=SIGNED)
        assert tx.outbox.count() == 1
        assert owed(tx) == [("paper", paper.uid)]
        tx.papers.set_status(paper.uid, 1, S.SIGNED)
        assert tx.outbox.count() == 0


def test_the_database_refuses_a_mark_twice_and_a_paper_of_nobody(registry: Registry, uid: str) -> None:
    with registry.begin() as tx:
        paper = make(tx, uid)
        mark = issue(tx, paper.uid).mark_id
    with pytest.raises(sa.exc.DBAPIError), registry.begin() as tx:
        tx.papers.new_version(paper.uid, values={}, mark_id=mark, pages=1, digests={}, made_on=MADE, made_by="张敏")
    with pytest.raises(sa.exc.DBAPIError), registry.begin() as tx:
        tx.papers.new(form_code="A1", issuer_uid="0000000000", by="张敏")
    with registry.read() as tx:
        assert tx.papers.get(paper.uid).version == 1


texts = st.text(st.characters(codec="utf-8"), max_size=12)
scalars = st.one_of(
    texts,
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(fold=0)),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.builds(PaperRef, uid=texts, form_code=texts, document_number=texts, signed_on=st.none() | st.dates()),
    st.sampled_from([*Blank, *enums.Relation, *enums.Schooling, *PaperStatus]),
    st.sampled_from(
        [
            IdNumber.parse("522730201602290019"),
            PersonName("阿依古丽·买买提"),
            Phone("0854-5631234"),
            RegionCode("522730"),
            DocumentNumber(series="洗民委照", year=2026, serial=3),
        ]
    ),
)
rows = st.dictionaries(texts, scalars, max_size=3)
values = st.dictionaries(
    texts,
    st.one_of(
        scalars, st.lists(scalars, max_size=3).map(tuple), st.lists(rows, min_size=1, max_size=3).map(tuple), rows
    ),
    max_size=4,
)


@given(filled=values)
def test_any_value_of_a_form_comes_back_from_json_with_its_type(filled: Mapping[str, Value]) -> None:
    back = decode_values(encode_values(filled))
    assert back == filled
    assert repr(back) == repr(filled)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filled=values)
def test_any_value_of_a_form_comes_back_from_the_registry(
    registry: Registry, child: ChildRecord, filled: Mapping[str, Value]
) -> None:
    with registry.begin() as tx:
        uid = tx.people.save(child, source="desk", on=MADE).uid
        paper = make(tx, uid)
        issued = tx.papers.new_version(
            paper.uid, values=filled, mark_id=new_uid(), pages=1, digests={}, made_on=MADE, made_by="张敏"
        )
        assert issued.values == filled


@pytest.mark.parametrize("data", [{"type": "enum.Nothing", "value": "男"}, {"type": "date"}, {"a": 1}])
def test_a_type_of_value_from_a_newer_program_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="unknown type"):
        decode_values({"field": data})


def test_a_value_no_form_has_is_refused() -> None:
    with pytest.raises(TypeError):
        encode_values({"field": 1.5})  # type: ignore[dict-item]


def test_signed_scans_that_nobody_has_compared_are_told_once_and_only_of_the_newest_version(
    registry: Registry, uid: str
) -> None:
    with registry.begin() as tx:
        first, second = make(tx, uid, "A1"), make(tx, uid, "A2")
        for paper in (first, second):
            issue(tx, paper.uid)
            tx.papers.add_files(paper.uid, 1, {"signed-v1-ab.pdf": "1" * 128, "signed-v1-ab.json": "2" * 128})
        wanted = {(paper.uid, 1, "signed-v1-ab.pdf") for paper in (first, second)}
        assert set(tx.papers.not_compared()) == wanted
        tx.papers.add_files(first.uid, 1, {"compared-v1-ab.json": "3" * 128})
        assert [found[0] for found in tx.papers.not_compared()] == [second.uid]
        tx.papers.add_files(first.uid, 1, {"signed-v1-cd.pdf": "4" * 128})
        assert (first.uid, 1, "signed-v1-cd.pdf") in tx.papers.not_compared()
        issue(tx, second.uid)
        assert [found[0] for found in tx.papers.not_compared()] == [first.uid]
