"""季度: freezes the roster of a period, gives its table, and says who stands behind each figure.

Source: forms.md §8, C1, B1. What must stay true: a frozen roster is never changed – a correction is another
version with its reason; the roster lies in the store before the registry knows of it; a table is always counted.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archive.disk import digest_of
from archive.registry import new_uid
from archive.registry.rosters import RosterNotFoundError
from archive.store import roster_object
from docgen.workspace.quarter.contradictions import find_contradictions
from docgen.workspace.quarter.freezing import Freezer
from docgen.workspace.quarter.shelf import TableShelf
from docgen.workspace.quarter.tabling import town_table
from forms.errors import DataError, RefusedError
from forms.law.time import print_date
from forms.quarter.frozen_roster import FrozenRoster, RosterVersion
from forms.quarter.period import Period
from forms.quarter.table import TableState
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from archive.registry import Tx
    from archive.rosters.proving import Behind
    from docgen.workspace.office.opened import Office
    from docgen.workspace.quarter.contradictions import Contradiction
    from forms.people import Unit
    from forms.quarter.table import PeriodTable

ROSTER_FILE = "roster.json"
_REPORTED = frozenset({TableState.SIGNED, TableState.SENT, TableState.LOCKED})
"""A table that got so far is what the next period begins with (KA1)."""


class PeriodOpenError(RefusedError):
    """The last day of the period has not come."""

    code = "quarter.open"

    def __init__(self, period: Period) -> None:
        super().__init__(
            f"{period.label}要到{print_date(period.to_on)}才结束，现在不能冻结名册。请在截止日当天或者以后再办。"
        )


class CorrectionReasonError(RefusedError):
    """A further version needs its reason (C1 更正说明)."""

    code = "quarter.reason"

    def __init__(self, head: RosterVersion) -> None:
        super().__init__(
            f"{head.period.label}的名册已经冻结到第{head.version}版，冻结后不能改动。"
            "确需更正的，请用 --reason 写明更正原因，另出一版。"
        )


class ContradictionsError(DataError):
    """Something contradicts itself so that the figures could not be right."""

    code = "quarter.contradictions"

    def __init__(self, found: tuple[Contradiction, ...]) -> None:
        self.found = found
        first = found[0]
        super().__init__(
            f"有 {len(found)} 处矛盾没有解决，不能冻结名册。例如：{first.village} {first.message}"
            f"（{first.code}，依据：{first.basis}）请用 docgen quarter contradictions 逐条查看并更正。"
        )


class QuarterDesk:
    """The roster and the table of a period, of the unit whose office this is."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._shelf = TableShelf(office)

    def contradictions(self, period: Period) -> tuple[Contradiction, ...]:
        """Return what should be mended before freezing, by village, blocking ones first."""
        with self._office.registry.read() as tx:
            roster = self._draft(tx, period)
            return find_contradictions(self._office, tx, roster, previous=self._previous_to(tx, period))

    def draft(self, period: Period) -> FrozenRoster:
        """Return what would be frozen now, and keep nothing."""
        with self._office.registry.read() as tx:
            return self._draft(tx, period)

    def freeze(self, period: Period, *, reason: str = "") -> RosterVersion:
        """Freeze the roster as of the last day of a period.

        Args:
            period: Which.
            reason: Why there is another version; needed from the second on.

        Raises:
            PeriodOpenError: the period has not ended.
            CorrectionReasonError: there is a version, and no reason for another.
            ContradictionsError: something blocks.
        """
        office = self._office
        if office.today < period.to_on:
            raise PeriodOpenError(period)
        with office.registry.read() as tx:
            last = tx.rosters.newest(tx.units.owner().uid, period)
            if last is not None and not reason.strip():
                raise CorrectionReasonError(last)
            roster = self._draft(tx, period, reason=reason.strip())
            found = find_contradictions(office, tx, roster, previous=self._previous_to(tx, period))
        blocking = tuple(c for c in found if c.blocking)
        if blocking:
            raise ContradictionsError(blocking)
        data = roster.to_bytes()
        office.store.put(
            roster_object(roster.head.uid),
            {ROSTER_FILE: data},
            message=f"冻结名册 {roster.head.name}",
            user=office.actor.name,
            at=office.now,
        )
        frozen = FrozenRoster.from_bytes(data, digest=digest_of(data))
        with office.registry.begin() as tx:
            head = tx.rosters.add(frozen)
            tx.audit.append(
                "roster.freeze",
                actor=office.actor.name,
                subject=head.uid,
                period=period.code,
                version=head.version,
                digest=head.digest,
            )
        return head

    def table(self, period: Period, *, version: int | None = None) -> PeriodTable:
        """Return the table counted from a frozen roster, the newest unless told; of an upper level, as it was reviewed.

        Raises:
            RosterNotFoundError: nothing is frozen for the period, or not that version.
        """
        rolled_up = self._shelf.official(period, version)
        if rolled_up is not None:
            return rolled_up
        with self._office.registry.read() as tx:
            head = self._head(tx, period, version)
            return town_table(
                tx,
                head,
                self._office.profile.quarter,
                self._villages(tx),
                village_kind=UnitKind.VILLAGE,
                previous_to=self._previous_to(tx, period),
            )

    def why(
        self, period: Period, column: str, *, village: str | None = None, version: int | None = None
    ) -> tuple[Behind, ...]:
        """Return who and what one figure counts, as long as the figure; the look is in the chain of acts.

        Raises:
            RosterNotFoundError: nothing is frozen for the period.
            UnknownColumnError: the table has no such column.
            UnitNotFoundError: no such village.
        """
        office = self._office
        with office.registry.begin() as tx:
            head = self._head(tx, period, version)
            unit = tx.units.by_name(village).uid if village else ""
            found = tx.rosters.behind(head.uid, column, unit)
            tx.audit.append("quarter.view", actor=office.actor.name, subject=head.uid, column=column, rows=len(found))
        return found

    def behind_all(
        self, period: Period, names: Sequence[str], *, version: int, recipient: str
    ) -> dict[str, tuple[Behind, ...]]:
        """Return who and what each of the figures counts; the list for `recipient` is one act in the chain.

        Raises:
            RosterNotFoundError: nothing is frozen for the period.
        """
        office = self._office
        with office.registry.begin() as tx:
            head = self._head(tx, period, version)
            found = {name: tx.rosters.behind(head.uid, name) for name in names}
            tx.audit.append(
                "quarter.companion",
                actor=office.actor.name,
                subject=head.uid,
                period=period.code,
                version=version,
                recipient=recipient,
                rows=sum(map(len, found.values())),
            )
        return found

    def versions(self, period: Period | None = None) -> tuple[RosterVersion, ...]:
        """Return this office's frozen rosters, oldest period first."""
        with self._office.registry.read() as tx:
            return tx.rosters.versions(unit_uid=tx.units.owner().uid, period=period)

    def latest(self) -> Period:
        """Return the period whose roster was frozen last.

        Raises:
            RosterNotFoundError: nothing is frozen yet.
        """
        found = self.versions()
        if not found:
            raise RosterNotFoundError("任何季度")
        return max(found, key=lambda v: (v.period.to_on, v.made_at)).period

    def due(self) -> Period:
        """Return the quarter to be frozen next: the one that ends today, else the last that has ended."""
        today = self._office.today
        quarter = Period.quarter(today.year, (today.month + 2) // 3)
        return quarter if quarter.to_on == today else quarter.quarter_before()

    def _head(self, tx: Tx, period: Period, version: int | None) -> RosterVersion:
        found = tx.rosters.versions(unit_uid=tx.units.owner().uid, period=period)
        chosen = [v for v in found if version is None or v.version == version]
        if not chosen:
            raise RosterNotFoundError(period.label if version is None else f"{period.label}第{version}版")
        return chosen[-1]

    def _villages(self, tx: Tx) -> tuple[Unit, ...]:
        owner = tx.units.owner()
        return tuple(
            unit for unit in tx.units.of_kind(UnitKind.VILLAGE) if unit.parent_uid in {owner.uid, owner.parent_uid, ""}
        )

    def _opening(self, tx: Tx, period: Period) -> FrozenRoster | None:
        """Return the roster that ended on the day before: the version whose table was signed, else the newest."""
        owner = tx.units.owner()
        found = tx.rosters.ending_on(owner.uid, period.from_on - timedelta(days=1))
        signed = {
            record.roster_uid
            for before in {head.period for head in found}
            for record in tx.tables.versions(owner.uid, before)
            if any(event.state in _REPORTED for event in record.events)
        }
        reported = [head for head in found if head.uid in signed] or list(found)
        return tx.rosters.load(reported[-1].uid) if reported else None

    def _previous_to(self, tx: Tx, period: Period) -> date | None:
        ends = [v.period.to_on for v in tx.rosters.versions(unit_uid=tx.units.owner().uid)]
        return max((day for day in ends if day < period.from_on), default=None)

    def _draft(self, tx: Tx, period: Period, *, reason: str = "") -> FrozenRoster:
        office, owner = self._office, tx.units.owner()
        last = tx.rosters.newest(owner.uid, period)
        opening = self._opening(tx, period)
        head = RosterVersion(
            uid=new_uid(),
            unit_uid=owner.uid,
            unit_name=owner.name,
            level=owner.kind,
            period=period,
            version=(last.version if last else 0) + 1,
            made_at=office.now,
            made_by=office.actor.name,
            reason=reason,
            profile=office.profile.key,
            opening_uid=opening.head.uid if opening else "",
        )
        units = {v.uid: v.short or v.name for v in self._villages(tx)}
        return Freezer(tx, period, office.profile, opening, home=owner, units=units).roster(head)
