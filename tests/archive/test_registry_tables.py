"""The register of summary tables: only ever added to, read back as it was written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from archive.dialect import KeptRowError
from archive.registry.tables import TableNotFoundError, VerifiedValue
from archive.schema_tables import TABLES
from forms.people import Unit
from forms.quarter.period import Period
from forms.quarter.table import Adjustment, TableState
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.registry import Registry, Tx
    from archive.registry.tables import TableRecord

Q3 = Period.parse("2026Q3")
DAY = date(2026, 10, 8)


def added(tx: Tx, *, version: int = 1, name: str = "龙里县洗马镇人民政府") -> TableRecord:
    unit = tx.units.save(Unit(kind=UnitKind.TOWN, name=name))
    return tx.tables.add(
        unit_uid=unit.uid,
        level=UnitKind.TOWN,
        period=Q3,
        version=version,
        digest="ab" * 64,
        made_by="罗文静",
        state=TableState.MADE,
        by="罗文静",
        day=DAY,
    )


def test_a_table_stands_where_its_last_event_says(registry: Registry) -> None:
    with registry.begin() as tx:
        first = added(tx)
        moved = tx.tables.move(first.uid, TableState.REVIEWED, by="陈立新", day=DAY, note="已核对")
    assert (first.state, moved.state) == (TableState.MADE, TableState.REVIEWED)
    last = moved.last(TableState.REVIEWED)
    assert last is not None
    assert (last.by, last.note, last.at.tzinfo) == ("陈立新", "已核对", UTC)
    assert moved.last(TableState.SIGNED) is None


def test_a_replaced_version_stays_beside_the_new_one(registry: Registry) -> None:
    with registry.begin() as tx:
        first, second = added(tx), added(tx, version=2)
        other = added(tx, name="龙里县醒狮镇人民政府")
    with registry.read() as tx:
        assert [t.uid for t in tx.tables.versions(first.unit_uid, Q3)] == [first.uid, second.uid]
        assert tx.tables.newest(first.unit_uid, Q3) == second
        assert tx.tables.newest(first.unit_uid, Period.parse("2026Q2")) is None
        assert {t.uid for t in tx.tables.all(Q3, is_own=True)} == {first.uid, second.uid, other.uid}
        assert tx.tables.all(is_own=False) == ()


def test_of_several_findings_about_a_cell_the_last_one_counts(registry: Registry) -> None:
    wrong = VerifiedValue(column="KD5", organ="龙里县教育局", reported=3, verified=5, by="莫光明", day=DAY)
    right = VerifiedValue(
        column="KD5",
        organ="龙里县教育局",
        reported=3,
        verified=4,
        reason="漏报",
        source="学籍系统",
        children=("某某",),
        by="莫光明",
        day=DAY,
    )
    blank = VerifiedValue(column="KD9", organ="龙里县教育局", reported=None, verified=0, by="莫光明", day=DAY)
    with registry.begin() as tx:
        table = added(tx)
        tx.tables.verify(table.uid, [wrong, blank])
        tx.tables.verify(table.uid, [right])
    with registry.read() as tx:
        assert tx.tables.verified(table.uid) == (right, blank)


def test_packages_and_adjustments_come_back_in_their_order(registry: Registry) -> None:
    one = Adjustment(column="KA4", delta=-1, unit_name="龙里县洗马镇人民政府", reason="两镇各报一行")
    two = Adjustment(column="KA2", delta=-1, unit_name="龙里县醒狮镇人民政府", reason="本县内迁移")
    with registry.begin() as tx:
        table = added(tx)
        tx.tables.adjust(table.uid, [one, two])
        tx.tables.add_package(
            table.uid, direction="sent", kind="table", party="龙里县民政局", party_role="county", sha256="0" * 64,
            by="罗文静", day=DAY,
        )  # fmt: skip
    with registry.read() as tx:
        assert tx.tables.adjustments(table.uid) == (one, two)
        (package,) = tx.tables.packages(table.uid)
        assert (package.party, package.day) == ("龙里县民政局", DAY)
        assert package.at <= datetime.now(UTC)
        assert tx.tables.package("0" * 64, direction="sent") == package
        assert tx.tables.package("0" * 64) is None


def test_a_table_nobody_entered_is_not_found(registry: Registry) -> None:
    with registry.read() as tx, pytest.raises(TableNotFoundError):
        tx.tables.get("NOSUCHUID0")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("verb", [sa.delete, sa.update], ids=["delete", "update"])
def test_no_row_is_ever_changed_or_deleted(
    registry: Registry, table: sa.Table, verb: Callable[[sa.Table], sa.Delete | sa.Update]
) -> None:
    with registry.begin() as tx:
        uid = added(tx).uid
        tx.tables.adjust(uid, [Adjustment(column="KA4", delta=-1, unit_name="某镇", reason="某原因")])
        tx.tables.verify(uid, [VerifiedValue(column="KD5", organ="某局", reported=1, verified=1, by="某人", day=DAY)])
        tx.tables.add_package(
            uid, direction="sent", kind="table", party="某局", party_role="county", sha256="1" * 64, by="某人", day=DAY
        )
    statement = verb(table)
    if isinstance(statement, sa.Update):
        statement = statement.values({table.c.pk: table.c.pk})
    with pytest.raises(KeptRowError), registry.begin() as tx:
        tx.connection.execute(statement)
