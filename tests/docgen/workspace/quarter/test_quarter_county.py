"""What the county makes of the tables of its towns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from archive.registry.tables import TableNotFoundError
from docgen.workspace.quarter.keys import PublicKey, Role
from docgen.workspace.quarter.package import open_package
from docgen.workspace.quarter.recipients import MATCH
from docgen.workspace.quarter.rolling_up import NothingReportedError, RollUpError
from docgen.workspace.quarter.sending import (
    ChangedTableError,
    NoReasonError,
    NotSignedError,
    TableBrokenError,
)
from docgen.workspace.quarter.shelf import TableShelf
from docgen.workspace.quarter.table_desk import StillOpenError
from forms.problems import Problem
from forms.quarter.frozen_roster import FrozenRoster
from forms.quarter.period import Period
from forms.quarter.table import Figure, TableState

if TYPE_CHECKING:
    from archive.registry import Tx
    from archive.registry.tables import TableRecord
    from forms.quarter.table import PeriodTable

from tests.docgen.workspace.quarter.sample_offices import Q3, XIMA, XINGSHI, Offices


def test_a_town_that_has_not_reported_is_not_a_zero(offices: Offices) -> None:
    above = offices.desk("县民政局")
    with pytest.raises(NothingReportedError):
        above.roll_up(Q3)
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above.adopt(Q3)
    rolled = above.roll_up(Q3)
    late = rolled.table.rows[1]
    assert (late.state, dict(late.figures), rolled.missing) == (
        TableState.NOT_REPORTED,
        {},
        ("龙里县醒狮镇人民政府",),
    )
    assert [p.code for p in rolled.table.problems if "醒狮" in p.message] == ["table.unreported"]
    above.review(Q3)
    offices.sign("县民政局")
    with pytest.raises(StillOpenError):
        above.lock(Q3)
    assert above.lock(Q3, reason="醒狮镇遭灾，推迟报送").state is TableState.LOCKED


def test_a_child_on_two_rolls_is_counted_once_and_the_adjustment_says_so(offices: Offices) -> None:
    for town in (XIMA, XINGSHI):
        offices.deliver(town)
        offices.verified(town)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    rolled = above.roll_up(Q3)
    assert [row.figures["KA4"].reported for row in rolled.table.rows] == [3, 3]
    assert rolled.table.total.figures["KA4"].reported == 5
    assert rolled.table.total.figures["KA2"].reported == 0, "it was in the county before"
    (double,) = rolled.doubles
    assert (double.kept_by, double.is_move, double.by_number) == ("龙里县醒狮镇人民政府", False, True)
    assert "公民身份号码相同" in double.reason
    assert double.name
    assert not any(double.name in a.reason for a in rolled.table.adjustments), "no names in a table (forms.md §13)"


def test_a_locked_county_table_goes_to_the_prefecture_without_a_name(offices: Offices) -> None:
    for town in (XIMA, XINGSHI):
        offices.deliver(town)
        offices.verified(town)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    above.review(Q3)
    offices.sign("县民政局")
    key = PublicKey(unit="黔南布依族苗族自治州民政局", role=Role.PREFECTURE, key=bytes(32))
    above.add_partner(key, fingerprint=key.fingerprint)
    with pytest.raises(NotSignedError):
        above.pack(Q3, Role.PREFECTURE)
    above.lock(Q3)
    assert {s.record.state for s in above.states(Q3)} == {TableState.LOCKED}
    sent = above.pack(Q3, Role.PREFECTURE)
    package = open_package(sent.path.read_bytes(), above.shelf.partners, name="x", own=above.shelf.key.public)
    text = package.files["roster.json"].decode()
    roster = FrozenRoster.from_bytes(package.files["roster.json"])
    assert len([p for p in roster.children if p.at_end]) == 5
    assert {key for p in roster.children for key in p.details} == {MATCH}
    for name in ("小山", "小水", "522799"):
        assert name not in text
    assert len(offices["县民政局"].quarter.why(Q3, "KA4")) == 5, "the county can still say who"


def test_what_arrives_after_the_review_is_not_locked_unseen(offices: Offices) -> None:
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    above.review(Q3)
    offices.sign("县民政局")
    offices.deliver(XINGSHI)
    with pytest.raises(StillOpenError):
        offices.desk("县民政局").lock(Q3, reason="急")
    offices.verified(XINGSHI)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    with pytest.raises(ChangedTableError):
        above.lock(Q3)
    above.return_table(Q3, reason="补入醒狮镇")
    with pytest.raises(NoReasonError):
        above.review(Q3)
    assert above.review(Q3, reason="补入醒狮镇").version == 2
    assert above.shown(above.own(Q3, 1)).total.figures["KA4"].reported == 3


def test_a_stock_that_does_not_go_on_from_the_last_locked_table_is_told(offices: Offices) -> None:
    above = offices.desk("县民政局")
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above.adopt(Q3)
    offices.desk("县民政局").review(Q3)
    offices.sign("县民政局")
    above.lock(Q3, reason="醒狮镇推迟报送")
    offices.period = Period.quarter(2026, 4)
    offices.days.today = date(2026, 12, 31)
    for town in (XIMA, XINGSHI):
        offices.desk(town, "潘文海")
        offices[town].quarter.freeze(offices.period)
        offices.desk(town).review(offices.period)
        offices.sign(town)
        offices.deliver(town)
        offices.verified(town)
    above = offices.desk("县民政局")
    above.adopt(offices.period)
    rolled = above.roll_up(offices.period)
    (told,) = (p for p in rolled.table.problems if p.code == "table.opening")
    assert "期初在册 5 人，上期锁定的期末在册是 3 人" in told.message
    assert not told.blocking


def test_a_table_whose_identities_do_not_hold_is_not_reviewed(offices: Offices) -> None:
    offices.desk(XIMA).return_table(Q3, reason="重来")
    offices.desk(XIMA, "潘文海")
    offices[XIMA].quarter.freeze(Q3, reason="重来")
    table = offices[XIMA].quarter.table(Q3)
    broken = replace(table, problems=(Problem(code="R-01", message="KA4 不等于 KA1+KA2-KA3。", blocking=True),))
    with pytest.raises(TableBrokenError):
        offices.desk(XIMA)._sender.review(broken, made_by="潘文海")


def test_rows_that_do_not_give_the_total_are_never_shown(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    read = TableShelf.with_verified

    def one_more(shelf: TableShelf, tx: Tx, record: TableRecord) -> PeriodTable:
        table = read(shelf, tx, record)
        figures = {**table.total.figures, "KA4": Figure(column="KA4", reported=99)}
        return replace(table, total=replace(table.total, figures=figures))

    monkeypatch.setattr(TableShelf, "with_verified", one_more)
    with pytest.raises(RollUpError):
        above.roll_up(Q3)


def test_a_table_that_is_gone_from_the_store_is_found_by_the_check(offices: Offices) -> None:
    record = offices.desk(XIMA).own(Q3)
    assert offices[XIMA].store.purge(f"urn:docgen:table:{record.uid}")
    codes = [p.code for p in offices[XIMA].checking.check().problems]
    assert codes == ["agreement.table-missing"]


def test_a_unit_that_is_not_named_must_be_the_only_one(offices: Offices) -> None:
    for town in (XIMA, XINGSHI):
        offices.desk("县教育局").receive(offices.pack(town, Role.EDUCATION))
    with pytest.raises(TableNotFoundError):
        offices.desk("县教育局").of_unit("", Q3)
