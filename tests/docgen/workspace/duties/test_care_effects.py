"""What filing A6 and A7 changes: who is away, what is replaced, who is barred."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.workspace.duties.signed import mark_signed
from forms.values.blank import Blank
from forms.values.enums import Flag, PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands

ENDED = {"变更类型": "终止", "交还给": "李秋月|母|19900000102", "原因说明": "母亲返乡"}


@pytest.fixture
def loop(loop_office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace]) -> Iterator[Workspace]:
    """Give the office in which 罗小山 has a signed confirmation."""
    folder = shutil.copytree(loop_office, tmp_path / "loop")
    with open_office(folder) as opened:
        yield opened


def test_a_signed_filing_puts_down_where_the_parent_works(hands: Hands, workspace: Workspace) -> None:
    typed = {"外出方式": "父", "外出地点": "广东省佛山市顺德区", "外出日期": "2026-11-25", "预计返回": "2027-01-20"}
    hands.sign(hands.make(["A6"], "罗小水", typed=typed))
    with workspace.registry.read() as tx:
        record = tx.people.get(hands.uid("罗小水"))
        sibling = tx.people.get(hands.uid("罗小山"))
    for child in (record, sibling):
        assert child.father.work_place == "广东省佛山市顺德区"  # type: ignore[union-attr]
        assert str(child.father.left_on) == "2026-11-25"  # type: ignore[union-attr]
        assert child.mother.work_place == "浙江省温州市"  # type: ignore[union-attr]


def test_a_return_ends_being_away(hands: Hands, workspace: Workspace) -> None:
    typed = {"报告类别": "返乡", "外出方式": "母", "返乡日期": "2026-11-22", "外出日期": "2026-03-01"}
    hands.sign(hands.make(["A6"], "罗小水", typed=typed))
    with workspace.registry.read() as tx:
        record = tx.people.get(hands.uid("罗小水"))
    assert record.mother.away is False  # type: ignore[union-attr]
    assert record.father.away is True  # type: ignore[union-attr]


def test_an_ending_replaces_the_confirmation_and_takes_the_carer_off(
    loop: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    hands = hands_of(loop)
    hands.sign(hands.make(["A7"], "罗小山", typed={**ENDED, "原因": "父母返回"}))
    with loop.registry.read() as tx:
        uid = hands.uid("罗小山")
        record = tx.people.get(uid)
        (confirmation,) = [p for p in tx.papers.facts(uid) if p.form_code == "A1"]
        carer = tx.people.persons("王桂花")[0]
    assert record.carer is Blank.NOT_APPLICABLE
    assert confirmation.status is PaperStatus.REPLACED
    assert carer.flags == ()


def test_neglect_bars_the_carer_everywhere_and_opens_a_review(
    loop: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    hands = hands_of(loop)
    typed = {**ENDED, "原因": "被委托人怠于履行", "原因说明": "多日不做饭，儿童独自在家"}
    hands.sign(hands.make(["A7"], "罗小山", typed=typed))
    with loop.registry.read() as tx:
        carer = tx.people.persons("王桂花")[0]
        reviews = [d.kind for d in tx.duties.of_child(hands.uid("罗小水"))]
    assert carer.flags == (Flag.NEGLECT,)
    assert "review_care" in reviews
    refused = hands.make(["A1"], "罗䶮", typed={"违法及不良情形核查": "无；无；无；无"})
    assert "REF-01" in {p.code for p in refused.failed[0].problems}


def test_the_second_receipt_of_a_notice_is_asked_for_when_one_is_in(
    loop: Workspace, hands_of: Callable[[Workspace], Hands]
) -> None:
    """WRN-07, from the receipts on record: nothing before the first is in, nothing after the second."""
    hands = hands_of(loop)
    uid = hands.make(["A4"], "罗小山").made[0].uid
    with loop.registry.begin() as tx:
        mark_signed(loop, tx, tx.papers.get(uid), tx.papers.version(uid, 1), signed_on=loop.today)

    def asked() -> list[tuple[str, str]]:
        rows = loop.duties.listing(child=hands.uid("罗小山"))
        return [(r.title, r.due_on) for r in rows if "只收到一份回执" in r.title]

    assert asked() == []
    loop.serving.serve(uid, recipient="学校", on=loop.today, method="直接送达")
    due = (loop.today + timedelta(days=7)).isoformat()
    assert asked() == [("书面告知只收到一份回执，催收村（居）民委员会的回执", due)]
    warned = hands.make(["C3"], "罗小山", typed={"走访方式": "入户"}, dry_run=True)
    found = [*(m.problems for m in warned.made), *(f.problems for f in warned.failed)]
    assert "WRN-07" in {p.code for problems in found for p in problems}
    loop.serving.serve(uid, recipient="村（居）民委员会", on=loop.today, method="直接送达")
    assert asked() == []
