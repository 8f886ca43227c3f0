"""到期事项: what is due, what is overdue, and whose it is.

Three sources, told apart by the id: duties that signed papers have opened (they have one and can be ticked
off), papers about to run out, and what the region's rhythm asks for and nobody has done (these have none and
go away when the paper is there). forms.md §10.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from docgen.workspace.duties.opening import Clock, opened_by
from docgen.workspace.office.reports import Report
from docgen.workspace.people.choosing import one_child
from forms.computed.reports import is_monthly_profile, quarter_of, visit_day
from forms.errors import NotFoundError
from forms.law.time import same_day
from forms.profiles.region import Every, UnknownOrganError
from forms.rules import RULES
from forms.rules.care_more import NOTICE_COPIES
from forms.values.blank import Blank, is_value
from forms.values.enums import PaperStatus, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.registry import Tx
    from archive.registry.duties import Duty
    from docgen.workspace.office.opened import Office
    from forms.cases.facts import PaperFact
    from forms.people import ChildRecord
    from forms.profiles.region import Rhythm
    from forms.spec import DutySpec, FormSpec

AHEAD = 30
"""Days before which what no paper has opened yet is shown."""
RECEIPT_DAYS = 7
"""Days after the first receipt of a notice by which the second is due; our rule."""
_OWN_TITLES = {"REF-06": "补做照护能力评估"}
"""Duties that no form opens: what an override obliges to."""
_OWN_FORMS = {"REF-06": "A5"}
_GONE = frozenset({PaperStatus.VOID, PaperStatus.REPLACED})
_DONE = frozenset({PaperStatus.SIGNED, PaperStatus.ARCHIVED})
_RHYTHM_FORMS = {"quarterly_forms": "C2", "annual_report": "C5a"}


class DutyNotFoundError(NotFoundError):
    """No duty of that number."""

    code = "duty.unknown"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有编号是“{number}”的到期事项。请用 docgen duty list 查看；没有编号的，办完文书会自动消去。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow(Report):
    """One thing that is due; all text, ready to print."""

    id: str
    """Empty: not ticked off by hand."""
    due_on: str
    days: int
    """Days left; negative: overdue by so many."""
    title: str
    form_code: str
    who: str
    child: str
    child_uid: str
    village: str
    paper: str
    """Number of the paper it comes from."""
    doubt: str
    """What makes the day uncertain; empty: nothing."""

    @property
    def is_overdue(self) -> bool:
        """The day is past."""
        return self.days < 0


class DutyDesk:
    """Shows what is due and ticks it off."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._clock = Clock.of(office)

    def listing(self, *, village: str = "", child: str = "", overdue: bool = False) -> tuple[DutyRow, ...]:
        """Return what is due, the most urgent first.

        Args:
            village: Only children of this village, and nothing of the office itself.
            child: Only this child.
            overdue: Only what is past its day.

        Raises:
            NotFoundError: no such village or child.
        """
        with self._office.registry.read() as tx:
            if child:
                record = one_child(tx, child)
                rows = [*self._of_child(tx, record)]
            else:
                area = tx.units.by_name(village) if village else None
                units = [area] if area else [*tx.units.of_kind(UnitKind.VILLAGE)]
                records = [r for unit in units for r in tx.people.in_village(unit.uid)]
                rows = [row for record in records for row in self._of_child(tx, record)]
                if area is None:
                    rows += self._of_office(tx)
        found = sorted((r for r in rows if r.is_overdue or not overdue), key=lambda r: (r.due_on, r.child))
        # one visit answers every paper that asks for a visit: the earliest day stands for all
        first: dict[tuple[str, str, str], DutyRow] = {}
        for row in found:
            first.setdefault((row.child_uid, row.title, row.form_code), row)
        return tuple(first.values())

    def done(self, number: str) -> DutyRow:
        """Tick a duty off; one that repeats comes again.

        Raises:
            DutyNotFoundError: no open duty of that number.
        """
        office = self._office
        with office.registry.begin() as tx:
            duty = next((d for d in tx.duties.open() if str(d.id) == number.strip()), None)
            if duty is None:
                raise DutyNotFoundError(number)
            tx.duties.done(duty.id, office.today)
            tx.audit.append("duty.done", actor=office.actor.name, subject=duty.child_uid, duty=duty.id)
            spec = self._spec_of(tx, duty)
            if spec is not None and spec.every:
                due = office.today + timedelta(days=spec.every)
                tx.duties.add(duty.kind, child_uid=duty.child_uid, due_on=due, paper_uid=duty.paper_uid)
            return self._row(tx, duty, tx.people.get(duty.child_uid))

    # what papers have opened

    def _of_child(self, tx: Tx, record: ChildRecord) -> Iterator[DutyRow]:
        mine = [d for d in tx.duties.of_child(record.uid) if d.done_on is None]
        yield from (self._row(tx, duty, record) for duty in mine)
        facts = tx.papers.facts(record.uid)
        kinds = {d.kind for d in mine}
        yield from self._unsigned(tx, record, facts, kinds)
        yield from self._receipts(tx, record, facts)
        yield from self._running_out(tx, record, facts, {d.paper_uid for d in mine if d.kind.startswith("renew")})
        if isinstance(record.child.left_on, Blank) and not kinds & {"visit", "quarterly_check"}:
            yield from self._visit(tx, record, facts)

    def _row(self, tx: Tx, duty: Duty, record: ChildRecord) -> DutyRow:
        spec = self._spec_of(tx, duty)
        number = tx.papers.get(duty.paper_uid).document_number if duty.paper_uid else None
        title = spec.title if spec else _OWN_TITLES.get(duty.kind, RULES[duty.kind].title if duty.kind in RULES else "")
        return self._shown(
            tx,
            due_on=duty.due_on,
            title=title or duty.kind,
            form_code=spec.form if spec else _OWN_FORMS.get(duty.kind, ""),
            who=spec.who if spec else "village",
            record=record,
            number=str(duty.id),
            paper=str(number or ""),
            is_certain=spec is None or not self._is_doubtful(spec, duty.due_on),
        )

    def _spec_of(self, tx: Tx, duty: Duty) -> DutySpec | None:
        """Return the declaration behind a duty: of the form that opened it, else of any that has the kind."""
        code = tx.papers.get(duty.paper_uid).form_code if duty.paper_uid else ""
        forms = sorted(self._office.library.all(), key=lambda form: form.code != code)
        return next((d for form in forms for d in form.opens if d.duty == duty.kind), None)

    def _is_doubtful(self, spec: DutySpec, due_on: date) -> bool:
        return spec.count.value == "working" and not self._office.calendar.knows(due_on)

    def _unsigned(
        self, tx: Tx, record: ChildRecord, facts: tuple[PaperFact, ...], kinds: set[str]
    ) -> Iterator[DutyRow]:
        """Yield what a paper that is made and not signed yet will open on a day that cannot wait (E1)."""
        for fact in facts:
            form = self._form(fact.form_code)
            if form is None or fact.is_done or fact.status in _GONE:
                continue
            for _, opened, start in opened_by(form, record.uid, fact.values, fact.made_on):
                if opened.threshold and opened.duty not in kinds:
                    counted = self._clock.due(opened, start)
                    yield self._shown(
                        tx,
                        due_on=counted.day,
                        title=opened.title,
                        form_code=opened.form,
                        who=opened.who,
                        record=record,
                        paper=fact.document_number,
                        is_certain=counted.is_certain,
                    )

    def _receipts(self, tx: Tx, record: ChildRecord, facts: tuple[PaperFact, ...]) -> Iterator[DutyRow]:
        """Yield the receipt of a notice that is out while the other is in (WRN-07)."""
        notice = next((p for p in facts if p.form_code == "A4" and p.is_done), None)
        if notice is None:
            return
        days = {c.recipient: c.received_on for c in tx.papers.copies(notice.uid, notice.version)}
        known = {title: days[title] for title in NOTICE_COPIES if title in days}
        received = [day for day in known.values() if day is not None]
        for title, day in known.items():
            if day is None and received:
                yield self._shown(
                    tx,
                    due_on=min(received) + timedelta(days=RECEIPT_DAYS),
                    title=f"书面告知只收到一份回执，催收{title.removesuffix('存')}的回执",
                    form_code="A4",
                    who="school" if title.startswith("学校") else "village",
                    record=record,
                    paper=notice.document_number,
                )

    def _running_out(
        self, tx: Tx, record: ChildRecord, facts: tuple[PaperFact, ...], renewed: set[str]
    ) -> Iterator[DutyRow]:
        """Yield papers whose last day is near; the newest of a form speaks for it."""
        seen: set[str] = set()
        for fact in facts:
            form = self._form(fact.form_code)
            if form is None or not form.valid_until or not fact.is_done or form.code in seen:
                continue
            seen.add(form.code)
            last = fact.values.get(form.valid_until)
            if isinstance(last, date) and (last - self._office.today).days <= AHEAD and fact.uid not in renewed:
                yield self._shown(
                    tx,
                    due_on=last,
                    title=f"{self._office.title_of(form.code)}到期，续办或者终止",
                    form_code=form.code,
                    who="village",
                    record=record,
                    paper=fact.document_number,
                )

    # what the rhythm of the region asks for

    def _visit(self, tx: Tx, record: ChildRecord, facts: tuple[PaperFact, ...]) -> Iterator[DutyRow]:
        """Yield the visit that a child has not had in this period."""
        office = self._office
        row = office.profile.form("C3")
        if row is None or not row.is_on:
            return
        first, last = _period(office.today, monthly=is_monthly_profile(office.profile))
        days = [day for p in facts if p.form_code == "C3" and p.is_done and (day := visit_day(p)) is not None]
        entered = record.child.entered_on
        if any(first <= day for day in days) or (last - office.today).days > AHEAD:
            return
        if isinstance(entered, date) and entered > last:
            return
        title = "本月入户走访" if is_monthly_profile(office.profile) else "本季度入户核查"
        yield self._shown(tx, due_on=last, title=title, form_code="C3", who="village", record=record)

    def _of_office(self, tx: Tx) -> Iterator[DutyRow]:
        """Yield what the office itself owes: the reports of the region's rhythm, the files of last year by June."""
        today = self._office.today
        papers = tx.papers.all()
        for rhythm in self._office.profile.rhythm:
            due = _next_day(rhythm, today)
            code = _RHYTHM_FORMS.get(rhythm.key, "")
            if due is None or (due - today).days > AHEAD:
                continue
            first = quarter_of(due)[0] if rhythm.every is Every.QUARTER else date(due.year, 1, 1)
            made = [p for p in papers if p.form_code == code and p.status in _DONE and p.version]
            if code and any(tx.papers.version(p.uid, p.version).made_on >= first for p in made):
                continue
            yield self._shown(tx, due_on=due, title=rhythm.title, form_code=code, who="office", record=None)
        archive = date(today.year, 6, 30)
        if 0 <= (archive - today).days <= AHEAD:
            yield self._shown(tx, due_on=archive, title="上一年度文书归档", form_code="", who="office", record=None)

    def _form(self, code: str) -> FormSpec | None:
        try:
            return self._office.library.get(code)
        except NotFoundError:
            return None  # a form the office has since removed

    def _shown(
        self,
        tx: Tx,
        *,
        due_on: date,
        title: str,
        form_code: str,
        who: str,
        record: ChildRecord | None,
        number: str = "",
        paper: str = "",
        is_certain: bool = True,
    ) -> DutyRow:
        office = self._office
        village = tx.units.get(record.child.village_uid) if record is not None else None
        owner = tx.units.owner()
        names = {
            "village": (village.short or village.name) if village else "",
            "town": office.settings.town_name,
            "office": owner.short or owner.name,
        }
        school = record.child.school if record is not None else Blank.NOT_COLLECTED
        names["school"] = str(school) if is_value(school) else ""
        doubt = "" if is_certain else f"{due_on.year}年的节假日安排还没有录入，按周一至周五推算"
        return DutyRow(
            id=number,
            due_on=due_on.isoformat(),
            days=(due_on - office.today).days,
            title=title,
            form_code=form_code,
            who=names.get(who) or self._organ(who),
            child=str(record.child.person.name) if record is not None else "",
            child_uid=record.uid if record is not None else "",
            village=names["village"],
            paper=paper,
            doubt=doubt,
        )

    def _organ(self, key: str) -> str:
        kinds = {"school": "学校", "village": "村（居）民委员会"}
        try:
            return self._office.profile.organ(key, self._office.today).name
        except UnknownOrganError:
            return kinds.get(key, key)


def _period(today: date, *, monthly: bool) -> tuple[date, date]:
    """Return the first and the last day of the month or the quarter."""
    if not monthly:
        return quarter_of(today)
    first = today.replace(day=1)
    return first, same_day(first, months=1) - timedelta(days=1)


def _next_day(rhythm: Rhythm, today: date) -> date | None:
    """Return the next day of something that recurs on a day; ``None`` where no day is named."""
    if rhythm.every is Every.QUARTER:
        return quarter_of(today)[1]
    if rhythm.every is Every.YEAR and rhythm.month and rhythm.day:
        day = date(today.year, rhythm.month, rhythm.day)
        return day if day >= today else day.replace(year=today.year + 1)
    return None
