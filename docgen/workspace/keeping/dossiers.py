"""一人一档: one child's papers in order, what is missing, what is due – in words for a screen."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from archive.description import OLD_FORM
from archive.dossier import timeline
from archive.registry.disposals import GONE
from docgen.workspace.intake.recording import reading_lines, unread_line
from docgen.workspace.keeping.reports import DossierView, PastView
from forms.law.time import age_on, print_date
from forms.rules import RULES
from forms.values.blank import Blank, is_value
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from datetime import date

    from archive.dossier import Dossier, DossierItem
    from archive.registry import Tx
    from archive.registry.duties import Duty
    from archive.registry.old_items import OldItem
    from docgen.workspace.office.opened import Office
    from forms.people import ChildRecord, Person

ENCLOSURE = "附件"
"""What a person has put into a dossier from the desk."""


class DossierDesk:
    """Shows dossiers; every look is in the audit chain (invariant 11)."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def show(self, who: str) -> tuple[DossierView, ...]:
        """Return the dossiers of the children that a name, ID number, last four or uid means.

        Raises:
            ChildNotFoundError: nobody.
        """
        office = self._office
        with office.registry.begin() as tx:
            records = tx.people.find(who) or (tx.people.get(who),)
            views = []
            for record in records:
                dossier = timeline(tx, record.uid, library=office.library, profile=office.profile, today=office.today)
                tx.audit.append("dossier.view", actor=office.actor.name, subject=record.uid)
                views.append(self._view(tx, dossier))
        return tuple(views)

    def on(self, who: str, day: date, known_on: date | None = None) -> tuple[PastView, ...]:
        """Return who stood around a child on a day: parents, and who cared for it.

        Args:
            who: Name, ID number, last four or uid; every child it means.
            day: The day the facts held.
            known_on: As it was recorded at the end of this day, later corrections left out; by default all that
                is known now.

        Raises:
            ChildNotFoundError: nobody.
        """
        office = self._office
        known_at = None if known_on is None else datetime.combine(known_on, time.max, tzinfo=office.now.tzinfo)
        as_known = f"（按 {known_on} 当天登记的）" if known_on else ""
        views = []
        with office.registry.begin() as tx:
            for record in tx.people.find(who) or (tx.people.get(who),):
                past = tx.people.history.record_on(record.uid, day, known_at)
                tx.audit.append("dossier.view", actor=office.actor.name, subject=record.uid)
                name = f"{record.child.person.name}　{day}{as_known}　档案编号 {record.uid}"
                views.append(PastView(child_uid=record.uid, headline=name, people=tuple(_lines(past) if past else ())))
        return tuple(views)

    def _view(self, tx: Tx, dossier: Dossier) -> DossierView:
        record = dossier.record
        person = record.child.person
        village = tx.units.get(record.child.village_uid)
        age = f"，{age_on(person.birth, self._office.today)}岁" if is_value(person.birth) else ""
        headline = f"{person.name}（{person.gender if is_value(person.gender) else '性别未采集'}{age}）"
        rows = [self._row(tx, item, n) for n, item in enumerate(dossier.items, start=1)]
        rows += [self._row(tx, item, n) for n, item in enumerate(dossier.mentions, start=len(rows) + 1)]
        rows += [_old_row(tx, old, n) for n, old in enumerate(tx.old.of_child(record.uid), start=len(rows) + 1)]
        due = [self._due(tx, duty) for duty in dossier.due]
        own = [(item.paper, item.version) for item in dossier.items]
        return DossierView(
            read=tuple(line for paper, version in own for line in reading_lines(self._office, paper, version)),
            unread=tuple(filter(None, (unread_line(self._office, paper, version) for paper, version in own))),
            child_uid=record.uid,
            headline=f"{headline}　{village.short or village.name}　档案编号 {record.uid}",
            people=tuple(_lines(record)),
            rows=tuple(rows),
            missing=tuple(f"{m.form_code} {m.title}（{m.state.value}）" for m in dossier.missing),
            due=tuple(due),
        )

    def _row(self, tx: Tx, item: DossierItem, number: int) -> tuple[str, ...]:
        version = item.version
        scans = sum(path.startswith("signed-") and path.endswith(".pdf") for path in version.digests)
        status = GONE if tx.disposals.of_item(item.paper.uid) else version.status.value
        if item.pending_version:
            status += f"（第 {item.pending_version} 版待签）"
        return (
            str(number),
            f"{item.paper.form_code} {item.title}",
            str(item.paper.document_number or ""),
            item.day.isoformat(),
            str(version.version),
            status,
            str(version.pages),
            f"{scans} 份" if scans else "—",
        )

    def _due(self, tx: Tx, duty: Duty) -> str:
        """Say a duty in the words of the form that opened it: a visit means one thing here and another there."""
        code = tx.papers.get(duty.paper_uid).form_code if duty.paper_uid else ""
        forms = sorted(self._office.library.all(), key=lambda spec: spec.code != code)
        titles = (d.title for spec in forms for d in spec.opens if d.duty == duty.kind)
        fallback = f"放行 {duty.kind} 以后的补办" if duty.kind in RULES else duty.kind
        late = "（已过期）" if duty.due_on < self._office.today else ""
        return f"{next(titles, fallback)}：{print_date(duty.due_on)}{late}"


def _old_row(tx: Tx, old: OldItem, number: int) -> tuple[str, ...]:
    """Return an old scan or an enclosure as a row: what its name told, no version, no form."""
    kind = OLD_FORM if tx.desk.of_old(old.uid) is None else ENCLOSURE
    stack = tx.scans.stack(old.sha256)
    day = old.made_on.isoformat() if old.made_on else str(old.year or "")
    status = GONE if tx.disposals.of_item(old.uid) else PaperStatus.ARCHIVED.value
    pages = str(stack.page_count) if stack else ""
    return (str(number), f"{kind} {old.title}", old.reference_code, day, "—", status, pages, "1 份")


def _lines(record: ChildRecord) -> list[str]:
    lines = [f"本人：{_about(record.child.person) or '没有登记证件号码和电话'}"]
    for title, part in (("父亲", record.father), ("母亲", record.mother)):
        if not isinstance(part, Blank):
            place = f"，在{part.work_place}务工" if is_value(part.work_place) else ""
            lines.append(f"{title}：{part.person.name}（{part.person.status.value}）{_about(part.person)}{place}")
        else:
            lines.append(f"{title}：{part.value}")
    if not isinstance(record.carer, Blank):
        relation = f"（{record.carer.relation}）" if is_value(record.carer.relation) else ""
        lines.append(f"照护人：{record.carer.person.name}{relation}{_about(record.carer.person)}")
    else:
        lines.append(f"照护人：{record.carer.value}")
    return lines


def _about(person: Person) -> str:
    parts = []
    if is_value(person.id_number):
        parts.append(f"身份证号 {person.id_number.masked}")
    if is_value(person.phones) and person.phones:
        parts.append(f"电话 {'、'.join(map(str, person.phones))}")
    return "，".join(parts)
