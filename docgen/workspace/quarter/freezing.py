"""冻结: the roster of a town as of the last day of a period, with the period's events, as one value.

Source: forms.md §8, B1, B3, pitfalls 2–5, X-15. What must stay true: every stock at the end is the stock at the
beginning with the changes in between, child by child, so that R-01, R-10 and R-11 hold for whatever the register
says; what is counted from papers is counted from signed ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from archive.rosters.asof import AsOf, SignedPapers, changes
from docgen.workspace.quarter.cells import child_details, counted, yes
from docgen.workspace.quarter.others import elders, hardship, women
from docgen.workspace.quarter.paper_events import paper_events
from docgen.workspace.quarter.roll import MOVED, RETURNED, Change, Roll, spells, walk
from docgen.workspace.quarter.signed_papers import PaperShelf
from forms.quarter.columns import Covers
from forms.quarter.frozen_roster import UNKNOWN, FrozenEvent, FrozenPerson, FrozenRoster
from forms.values.blank import is_value
from forms.values.enums import Relief

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.registry import Tx
    from docgen.workspace.quarter.signed_papers import Signed
    from forms.people import Unit
    from forms.profiles.region import RegionProfile
    from forms.quarter.frozen_roster import RosterVersion
    from forms.quarter.period import Period

_ONE_DAY = timedelta(days=1)
_RELIEF = {Relief.TEMPORARY.value: "relief.temporary", Relief.MEDICAL.value: "relief.medical"}


@dataclass(slots=True)
class _Child:
    """One child while it is being frozen."""

    uid: str
    name: str
    roll: Roll
    start: str | None
    changes: tuple[Change, ...] = ()
    events: list[FrozenEvent] = field(default_factory=list)
    """Its own, found before those of the papers."""

    @property
    def end(self) -> str | None:
        return self.changes[-1].new if self.changes else self.start

    @property
    def unit(self) -> str:
        """Where it counts: at the end, else where it was last."""
        places = [self.start, *(c.new for c in self.changes)]
        return next((p for p in reversed(places) if p is not None), "")


class Freezer:
    """Makes the roster of one period; one use."""

    def __init__(
        self,
        tx: Tx,
        period: Period,
        profile: RegionProfile,
        opening: FrozenRoster | None,
        *,
        home: Unit,
        units: dict[str, str],
    ) -> None:
        """`opening` is the roster of the period before; `units` the villages that are shown even when empty."""
        self._home = home
        self._period = period
        self._profile = profile
        self._tx = tx
        self._opening = opening
        self._before = period.from_on - _ONE_DAY
        self._asof = AsOf(tx.connection, tx.now)
        signed = SignedPapers(tx.connection)
        self._shelf = PaperShelf(signed)
        self._served = tuple(signed.served("D5"))
        self._names = signed.names()
        self._of_cases = signed.victims()
        self._units = dict(units)
        self._opened = {p.uid: p for p in opening.children if p.at_end} if opening else {}
        self._events: list[FrozenEvent] = []

    def roster(self, head: RosterVersion) -> FrozenRoster:
        """Return the whole roster under a head."""
        children = [c for uid in self._asof.children() if (c := self._child(uid)) is not None]
        rows = tuple(self._row(child) for child in children)
        on_roll = {row.uid: row.unit_uid for row in rows}
        self._events += paper_events(
            self._shelf, self._period, served=self._served, names=self._names, on_roll=on_roll,
            place=self._place, victims=self._victims,
        )  # fmt: skip
        self._events = [e if e.unit_uid else replace(e, unit_uid=self._home.uid) for e in self._events]
        covers = self._profile.quarter.covers
        aged: list[FrozenPerson] = []
        if Covers.ELDERS in covers:
            aged, more = elders(
                self._asof,
                self._shelf,
                self._period,
                opening=self._opening,
                names=self._names,
                home=self._home.uid,
            )
            self._events += more
        mothers = women(self._asof, self._period, rows) if Covers.WOMEN in covers else []
        needy = hardship(self._asof, self._period) if Covers.HARDSHIP in covers else []
        people = (*rows, *aged, *mothers, *needy)
        named = {p.unit_uid for p in people} | {p.start_unit_uid for p in people} | {e.unit_uid for e in self._events}
        for uid in sorted(named - self._units.keys() - {""}):
            unit = self._tx.units.get(uid)
            self._units[uid] = unit.short or unit.name
        return FrozenRoster(
            head=head,
            units=self._units,
            children=tuple(sorted(rows, key=lambda p: (p.unit_uid, p.uid))),
            elders=tuple(sorted(aged, key=lambda p: (p.unit_uid, p.uid))),
            women=tuple(sorted(mothers, key=lambda p: (p.unit_uid, p.uid))),
            hardship=tuple(sorted(needy, key=lambda p: (p.unit_uid, p.uid))),
            events=tuple(sorted(self._events, key=lambda e: (e.kind, e.on, e.unit_uid, e.person_uid, e.paper_uid))),
        )

    # children

    def _child(self, uid: str) -> _Child | None:
        """Return a child that was on the roll on any day of the period or the day before."""
        said = self._asof.statements(uid, "child")
        first = min(valid_from for valid_from, _ in said)
        birth = next((s["birth"] for _, s in reversed(self._asof.statements(uid, "person")) if s and s["birth"]), None)
        roll = Roll(
            spells(said, birth, self._profile.definition.under_age),
            lambda day: self._asof.state(uid, "child", max(day, first)),
        )
        opened = self._opened.get(uid)
        start = (opened.unit_uid if opened else None) if self._opening else roll.place(self._before)
        child = _Child(uid=uid, name=self._names.get(uid, UNKNOWN), roll=roll, start=start)
        child.changes = tuple(self._walk(roll.place, start, {*roll.days(), *changes(said)}))
        if child.start is None and not child.changes:
            return None
        self._moves(child, "enter", "leave", lambda c: roll.reason(c.on))
        return child

    def _walk(self, place: Any, start: str | None, days: set[date]) -> Iterator[Change]:
        return walk(place, start=start, days=days, first=self._period.from_on, last=self._period.to_on)

    def _moves(self, child: _Child, enter: str, leave: str, reason: Any) -> None:
        for change in child.changes:
            inner = change.old is not None and change.new is not None
            if change.old is not None:
                label = MOVED if inner else reason(change)
                self._add(leave, child, change.on, unit=change.old, label=label, inner=inner)
                if label == RETURNED:
                    self._add("returned", child, change.on, label=label)
            if change.new is not None:
                self._add(enter, child, change.on, unit=change.new, label=MOVED if inner else "", inner=inner)

    def _add(
        self, kind: str, child: _Child, on: date, *, unit: str = "", label: str = "", paper: Signed | None = None,
        inner: bool = False,
    ) -> None:  # fmt: skip
        self._events.append(
            FrozenEvent(
                kind=kind,
                label=label,
                unit_uid=unit or child.unit,
                person_uid=child.uid,
                person_name=child.name,
                on=on,
                paper_uid=paper.uid if paper else "",
                paper=paper.number if paper else "",
                inner=inner,
            )
        )

    def _row(self, child: _Child) -> FrozenPerson:
        last = self._period.to_on if child.end else max((c.on for c in child.changes), default=self._period.to_on)
        day = self._period.to_on if child.end else max(last - _ONE_DAY, self._before)
        record = self._asof.known_on(child.uid, day)
        assert record is not None
        opened = self._opened.get(child.uid)
        carer = record.carer.person.uid if is_value(record.carer) else ""
        confirmed = self._shelf.in_force(child.uid, carer, day, "A1") if carer else None
        deed = self._shelf.in_force(child.uid, carer, day, "A2", "A3") if carer else None
        visits = [p for p in self._shelf.of_child(child.uid, "C3") if p.text("mode") == "入户"]
        seen = [p for p in visits if p.on in self._period]
        for kind, paper in (("A1.in_force", confirmed), ("A2.in_force", deed)):
            if paper is not None and child.end:
                self._add(kind, child, paper.signed_on, paper=paper)
        stocks = self._hukou(child, opened) | self._dropout(child, opened) | self._custody(child, opened)
        self._reliefs(child)
        past = [p.on for p in visits if p.on <= self._period.to_on]
        return FrozenPerson(
            uid=child.uid,
            unit_uid=child.unit,
            start_unit_uid=child.start or "",
            at_start=child.start is not None,
            at_end=child.end is not None,
            facts=counted(record, day)
            | {
                "confirmed": yes(found=confirmed is not None),
                "deed": yes(found=deed is not None),
                "visited": yes(found=bool(seen)),
            }
            | stocks,
            details=child_details(
                record,
                confirmed_on=confirmed.signed_on if confirmed else None,
                last_visit=max(past) if past else None,
            ),
        )

    # stocks with a beginning, changes and an end of their own

    def _hukou(self, child: _Child, opened: FrozenPerson | None) -> dict[str, str]:
        def none(day: date) -> str | None:
            place = child.roll.place(day)
            return place if place is not None and child.roll.state(day)["hukou_registered"] is False else None

        had = opened.facts["hukou"] == "否" if opened else bool(child.start and none(self._before))
        start = child.start if had else None
        days = {*child.roll.days(), *changes(self._asof.statements(child.uid, "child"))}
        for change in self._walk(none, start, days):
            inner = change.old is not None and change.new is not None
            if change.old is not None:
                registered = child.roll.place(change.on) and child.roll.state(change.on)["hukou_registered"] is True
                kind = "hukou.done" if registered and not inner else "hukou.other"
                self._add(kind, child, change.on, unit=change.old, inner=inner)
            if change.new is not None:
                self._add("hukou.found", child, change.on, unit=change.new, inner=inner)
        return {"hukou_before": "否" if had else "是"}

    def _dropout(self, child: _Child, opened: FrozenPerson | None) -> dict[str, str]:
        closings = self._shelf.of_child(child.uid, "E8")
        chain = sorted([*self._openings(child.uid), *((p.on, p) for p in closings)], key=lambda entry: entry[0])

        def standing(day: date) -> Signed | None:
            found: Signed | None = None
            for on, paper in chain:
                if on <= day:
                    found = paper if paper.form == "E2" else None
            return found

        def place(day: date) -> str | None:
            return child.roll.place(day) if standing(day) else None

        had = opened.facts["dropout"] == "是" if opened else bool(child.start and place(self._before))
        start = child.start if had else None
        days = {*child.roll.days(), *(on for on, _ in chain), *changes(self._asof.statements(child.uid, "child"))}
        for change in self._walk(place, start, days):
            inner = change.old is not None and change.new is not None
            if change.old is not None:
                closing = next((p for p in reversed(closings) if p.on <= change.on), None)
                closing = None if inner or child.roll.place(change.on) is None else closing
                label = closing.text("kind") if closing else MOVED if inner else "退出名册"
                kind = "E8" if label == "复学" else "E8.other"
                self._add(kind, child, change.on, unit=change.old, label=label, paper=closing, inner=inner)
            if change.new is not None:
                self._add("E2", child, change.on, unit=change.new, paper=standing(change.on), inner=inner)
        registration = standing(self._period.to_on) if child.end else None
        if registration is not None:
            self._add("E2.open", child, registration.on, paper=registration)
        marked = registration.day("marked_on") if registration else None
        return {
            "dropout_before": yes(found=had),
            "dropout": yes(found=registration is not None),
            "marked": yes(found=marked is not None and marked <= self._period.to_on),
        }

    def _openings(self, child_uid: str) -> list[tuple[date, Signed]]:
        """Return the registrations of a dropout, each with the day from which the child is one.

        A suspected one (疑似辍学) is a dropout once the school has reported it in writing (E5), as in the register.
        """
        found: list[tuple[date, Signed]] = []
        reports = self._shelf.of_child(child_uid, "E5")
        for paper in self._shelf.of_child(child_uid, "E2"):
            if paper.text("kind") != "疑似辍学":
                found.append((paper.on, paper))
            elif (report := next((r for r in reports if r.on >= paper.on), None)) is not None:
                found.append((report.on, paper))
        return found

    def _custody(self, child: _Child, opened: FrozenPerson | None) -> dict[str, str]:
        """Count a child escorted once a period however often (KC5), and end what began or went on (R-10)."""
        papers = [p for p in self._shelf.of("D11") if child.uid in (p.child_uid, *self._victims(p.uid))]
        papers.sort(key=lambda p: p.on)

        def standing(day: date) -> Signed | None:
            open_ones = [p for p in papers if p.on <= day and ((back := p.day("return.on")) is None or day < back)]
            return open_ones[-1] if open_ones else None

        def place(day: date) -> str | None:
            return child.roll.place(day) if standing(day) else None

        had = opened.facts["custody"] == "是" if opened else bool(child.start and place(self._before))
        escorted = [p for p in papers if p.on in self._period and child.roll.place(p.on)]
        if escorted:
            label = escorted[0].text("receiver_kind") or UNKNOWN
            self._add("D11", child, escorted[0].on, label=label, paper=escorted[0])
        now = standing(self._period.to_on) if child.end else None
        if now is not None and not had and not escorted:  # came on to the roll, or was filed late, while it lasts
            self._add("D11", child, self._period.from_on, label=now.text("receiver_kind") or UNKNOWN, paper=now)
            escorted = [now]
        ended = int(had) + int(bool(escorted)) - int(now is not None)
        moved = had and child.start != child.unit
        if moved and not ended and now is not None:  # from one village's stock into another's
            label = now.text("receiver_kind") or UNKNOWN
            self._add("D11.ended", child, self._period.to_on, unit=child.start or "", paper=now, inner=True)
            self._add("D11", child, self._period.to_on, label=label, paper=now, inner=True)
        back = next((p for p in reversed(papers) if p.day("return.on")), None)
        on = back.day("return.on") if back else None
        day = on if on is not None and on in self._period else self._period.to_on
        for number in range(ended):
            unit = child.start or "" if moved and number == 0 else ""
            self._add("D11.ended", child, day, unit=unit, paper=back)
        if now is not None:
            self._add("D11.open", child, now.on, paper=now)
        return {"custody_before": yes(found=had), "custody": yes(found=now is not None)}

    def _reliefs(self, child: _Child) -> None:
        """A kind of relief given anew in the period is one person-time (KF6, KF7)."""
        before = self._asof.state(child.uid, "child", self._before)
        known = set(before["relief"] or ()) if before else None
        for day in changes(self._asof.statements(child.uid, "child")):
            if day not in self._period:
                continue
            state = self._asof.state(child.uid, "child", day)
            now = set(state["relief"] or ()) if state else set()
            for name, kind in _RELIEF.items():
                if known is not None and name in now - known and child.roll.place(day):
                    self._add(kind, child, day)
            known = now

    # for papers about children who are on no roll

    def _place(self, child_uid: str, day: date) -> str:
        state = self._asof.state(child_uid, "child", day)
        said = self._asof.statements(child_uid, "child")
        state = state or next((s for _, s in said if s is not None), None)
        return str(state["village_uid"]) if state else ""

    def _victims(self, paper_uid: str) -> tuple[str, ...]:
        return self._of_cases.get(paper_uid, ())
