"""汇总表的栏: every column of C1 as data, and the small closed vocabulary of what it is counted from.

Source: forms.md §8.1–8.7. Identifiers are stable; a profile's ``[quarter]`` table may give other headings,
leave blocks out and choose between the switches of §8.8, and can never change what a column counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from forms.quarter.frozen_roster import CHILD_FACTS, ELDER_FACTS, EVENT_KINDS
from forms.strict import read_toml
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forms.strict import Table


class ColumnKind(StrEnum):
    """What may be done with a figure over time: stocks are never added up (§8.8, pitfall 1)."""

    STOCK = "S"
    FLOW = "F"
    PERSON_TIMES = "P"


class Gaps(StrEnum):
    """What a gap in a partition does (§8.8, pitfall 4)."""

    COLUMN = "column"
    """A 未采集 column is printed."""
    BLOCK = "block"
    """The roster is not frozen."""


class Covers(StrEnum):
    """Groups of persons a region keeps rosters of; separate persons in separate tables."""

    CHILDREN = "children"
    ELDERS = "elders"
    WOMEN = "women"
    HARDSHIP = "hardship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a column is counted from."""

    source: str
    """``children.start children.end elders.start elders.end events persons same none``."""
    name: str = ""
    """Kind of the event, or the column this one equals."""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fact (``label`` for events) and the values that count."""

    @property
    def is_of_events(self) -> bool:
        """Counted from frozen events."""
        return self.source in {"events", "persons"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    id: str
    title: str
    kind: ColumnKind
    block: str
    verify: tuple[str, ...]
    """Keys of the organs whose verified value may stand in place of the counted one (R-17)."""
    count: Count
    ground: str = ""
    """Kind of the frozen event that names the paper behind a row."""
    unknown: str = ""
    """Column that counts those who were never asked; when that is everybody, this one is 未采集 and not 0."""
    is_gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of columns: one part of the table, verified by one organ."""

    key: str
    title: str
    verify: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """Columns that add up to another (R-02)."""

    whole: str
    parts: tuple[str, ...]
    gap: str

    @property
    def terms(self) -> tuple[str, ...]:
        """Parts and gap."""
        return (*self.parts, self.gap)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterRules:
    """What a region decides about its quarter: the ``[quarter]`` table of the profile."""

    gaps: Gaps = Gaps.COLUMN
    covers: tuple[Covers, ...] = (Covers.CHILDREN, Covers.ELDERS)
    incapable_parent_keeps: bool = True
    """National reading of R-06: KA12d = KA11b; false: an entrusted child of KA11b stands under its carer."""
    pairs_confirmation_with_deed: bool = False
    """R-08: as many A2 as A1 are expected."""
    contradictions_warn: bool = False
    """True: contradictions warn and do not refuse the freeze."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """Printed headings by column where the region departs from ours."""
    order: tuple[str, ...] = ()
    """Keys of the blocks in printed order; empty: all, A to H."""

    @classmethod
    def read(cls, table: Table) -> QuarterRules:
        """Read the ``[quarter]`` table.

        Raises:
            BadDataFileError: a key or value is unknown.
        """
        headings = table.mapping("headings")
        order = table.texts("order")
        covers = table.texts("covers")
        known = columns()
        for name in headings:
            if name not in known:
                raise table.bad("headings", f"里的“{name}”不是汇总表的栏")
        for key in order:
            if key not in {b.key for b in blocks()}:
                raise table.bad("order", f"里的“{key}”不是汇总表的部分")
        for name in covers:
            if name not in set(Covers):
                raise table.bad("covers", f"里的“{name}”没有这一类名册")
        rules = cls(
            gaps=table.choice("gaps", Gaps, Gaps.COLUMN),
            covers=tuple(Covers(name) for name in covers) or (Covers.CHILDREN, Covers.ELDERS),
            incapable_parent_keeps=table.flag("incapable_parent_keeps", default=True),
            pairs_confirmation_with_deed=table.flag("pairs_confirmation_with_deed"),
            contradictions_warn=table.flag("contradictions_warn"),
            headings=headings,
            order=order,
        )
        table.close()
        return rules

    def heading(self, column: Column) -> str:
        """Return the printed heading of a column."""
        return self.headings.get(column.id, column.title)

    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks in printed order."""
        by_key = {b.key: b for b in blocks()}
        return tuple(by_key[key] for key in self.order or by_key)

    def silent(self, column: Column) -> Blank | None:
        """Return why a column has no figure here; ``None`` where it is counted."""
        if column.count.source == "none":
            return Blank.NOT_COLLECTED
        if column.block == "H" and Covers.ELDERS not in self.covers:
            return Blank.NOT_APPLICABLE
        return None


@cache
def blocks() -> tuple[Block, ...]:
    """Return every block with its columns, in the order of §8."""
    return _read()[0]


@cache
def columns() -> dict[str, Column]:
    """Return every column by identifier, in the order of §8."""
    return {column.id: column for block in blocks() for column in block.columns}


@cache
def partitions() -> tuple[Partition, ...]:
    """Return the partitions of R-02."""
    return _read()[1]


def unknown_of(column: Column) -> str:
    """Return the column that counts those a column was never asked of; empty: the question does not arise."""
    column = resolve(column)
    gap = next((p.gap for p in partitions() if column.id in p.parts), "")
    return column.unknown or gap


def resolve(column: Column) -> Column:
    """Return the column that a column is the same as, or the column itself."""
    return resolve(columns()[column.count.name]) if column.count.source == "same" else column


_FACTS = {
    "children.start": CHILD_FACTS,
    "children.end": CHILD_FACTS,
    "elders.start": ELDER_FACTS,
    "elders.end": ELDER_FACTS,
    "events": ("label",),
    "persons": ("label",),
}
"""What may be counted, and by which facts."""


@cache
def _read() -> tuple[tuple[Block, ...], tuple[Partition, ...]]:
    table = read_toml(files("forms.quarter").joinpath("columns.toml"))
    found = tuple(_block(t) for t in table.tables("block"))
    parts = tuple(_partition(t) for t in table.tables("partition"))
    table.close()
    return found, parts


def _block(t: Table) -> Block:
    key, verify = t.text("key"), t.texts("verify")
    block = Block(
        key=key,
        title=t.text("title"),
        verify=verify,
        columns=tuple(_column(c, key, verify) for c in t.tables("columns")),
    )
    t.close()
    return block


def _column(t: Table, block: str, verify: tuple[str, ...]) -> Column:
    column = Column(
        id=t.text("id"),
        title=t.text("title"),
        kind=t.choice("kind", ColumnKind),
        block=block,
        verify=t.texts("verify") or verify,
        count=_count(t),
        ground=t.text("ground", ""),
        unknown=t.text("unknown", ""),
        is_gap=t.flag("gap"),
    )
    t.close()
    return column


def _count(t: Table) -> Count:
    said = t.text("count")
    head, *rest = said.split(" ")
    if head == "none" or re.fullmatch(r"K[A-H]\d+\w*", head):
        return Count(source="none") if head == "none" else Count(source="same", name=head)
    name = rest.pop(0) if head in {"events", "persons"} and rest else ""
    where = tuple((fact, tuple(values.split("|"))) for fact, _, values in (part.partition("=") for part in rest))
    facts = _FACTS.get(head)
    needs_kind = head in {"events", "persons"}
    if facts is None or (needs_kind and name not in EVENT_KINDS) or any(fact not in facts for fact, _ in where):
        raise t.bad("count", f"写的是“{said}”，不是认识的数法")
    return Count(source=head, name=name, where=where)


def _partition(t: Table) -> Partition:
    partition = Partition(whole=t.text("whole"), parts=t.texts("parts"), gap=t.text("gap"))
    t.close()
    return partition
