"""One file of people on its way into the registry: who is new, who is known, what stays out and why.

Two rows are made one child only when the same-person check is sure; a doubt keeps the row out until a
clerk has written 同一人 or 另一人 into 处理意见. Within one file the first row that speaks of somebody
counts; what a later row says differently about the same adult is shown and not taken, because a list
that contradicts itself must not depend on the order of its rows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from archive.registry import new_uid
from docgen.engine.sheets import Finding
from docgen.workspace.people.households import Households, Kept, adults, same_in_place, with_adult
from docgen.workspace.people.import_report import ColumnReport, ImportReport, Outcome, RowReport, SheetReport
from docgen.workspace.people.villages import VillageFinder
from forms.lists.headings import label
from forms.lists.matching import Likeness, Match, find_same
from forms.lists.row_cells import Remark
from forms.lists.rows import RowKind, village_in
from forms.problems import Problem, Where
from forms.values.blank import Blank, is_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from archive.registry import Tx
    from archive.registry.people import Change
    from forms.lists.row_reader import Draft
    from forms.lists.sheet import Sheet
    from forms.lists.village import VillageList
    from forms.people import ChildRecord, Person, Unit

_SAME = re.compile(r"同一人|是同一|同一个|迁入")
_OTHER = re.compile(r"另一人|不是同一|不同的?人|新建|另一个")
_PLACE = {"father": "父亲", "mother": "母亲", "carer": "受委托人"}
_ADULT_FIELDS = ("birth", "id_number", "address", "ethnicity", "health", "education", "occupation", "gender")


class _Line:
    """One row of people while it is being taken."""

    def __init__(self, found: VillageList, draft: Draft) -> None:
        self.found = found
        self.draft = draft
        self.remarks = list(draft.remarks)

    @property
    def place(self) -> str:
        return f"工作表“{self.found.sheet}”第 {self.draft.row} 行"

    @property
    def is_blocked(self) -> bool:
        return any(r.problem.blocking for r in self.remarks)

    def say(self, field: str, code: str, message: str, *, blocking: bool = False) -> None:
        column = self.found.heading.column(field) if self.found.heading else None
        where = Where(sheet=self.found.sheet, row=self.draft.row, column=label(field), field=field)
        problem = Problem(code=code, message=message, where=where, blocking=blocking)
        self.remarks.append(Remark(column=column.number if column else 0, problem=problem))

    def report(self, outcome: Outcome, *, uid: str = "", changes: tuple[Change, ...] = ()) -> RowReport:
        record = self.draft.record
        return RowReport(
            sheet=self.found.sheet, row=self.draft.row, kind=RowKind.PERSON, outcome=outcome, uid=uid, changes=changes,
            name=str(record.child.person.name) if record else "", problems=tuple(r.problem for r in self.remarks),
        )  # fmt: skip


class Import:
    """One file; used once, inside one transaction."""

    def __init__(
        self, tx: Tx, *, today: date, source: str, village: str, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._tx = tx
        self._today = today
        self._source = source
        self._village_option = village.strip()
        self._progress = progress
        self._villages = VillageFinder(tx)
        self._kept: dict[str, Kept] = {}
        """Village uid to the children it keeps, kept up to date."""
        self._households: dict[str, Households] = {}
        self._taken: dict[str, str] = {}
        """Child uid to where this file spoke of it first."""
        self._said: dict[str, tuple[Person, str]] = {}
        """Adult uid to what earlier rows of this file said, and where first."""
        self.findings: list[Finding] = []
        """What goes into the copy, in the order of rows."""

    def take(self, file: str, sheets: Sequence[Sheet], lists: Sequence[VillageList], *, dry_run: bool) -> ImportReport:
        """Write every row that can be taken; return what became of each."""
        total = sum(len(found.rows) for found in lists)
        rows: list[RowReport] = []
        reports = []
        for sheet, found in zip(sheets, lists, strict=True):
            for listed in found.rows:
                if listed.draft is None or sheet.hidden:
                    kind = RowKind.NOTE if listed.draft else listed.kind
                    row = RowReport(sheet=found.sheet, row=listed.number, kind=kind, outcome=Outcome.NOT_A_PERSON)
                else:
                    row = self._row(_Line(found, listed.draft))
                rows.append(row)
                if self._progress:
                    self._progress(len(rows), total)
            reports.append(self._sheet(sheet, found))
        return ImportReport(
            file=file,
            dry_run=dry_run,
            sheets=tuple(reports),
            rows=tuple(rows),
            new_villages=tuple(self._villages.added),
        )

    def _sheet(self, sheet: Sheet, found: VillageList) -> SheetReport:
        problems = list(found.problems)
        if sheet.hidden and not sheet.is_empty:
            problems = [
                _about(sheet.name, "sheet.hidden", f"工作表“{sheet.name}”是隐藏的，没有导入。要导入请先取消隐藏。")
            ]
        elif found.village and self._village_option and village_in(self._village_option) != found.village:
            message = f"标题写的是“{found.village}”，按您指明的“{self._village_option}”导入。请确认没有选错文件。"
            problems.insert(0, _about(sheet.name, "village.differs", message))
        heading = found.heading
        return SheetReport(
            name=sheet.name,
            village=self._village_option or found.village,
            heading_rows=(heading.first_row, heading.last_row) if heading else None,
            columns=tuple(
                ColumnReport(
                    letter=c.letter, heading=c.heading, field=c.field, label=label(c.field) if c.field else "",
                    by_context=c.by_context,
                )
                for c in (heading.columns if heading else ())
            ),
            problems=tuple(problems),
        )  # fmt: skip

    # one row

    def _row(self, line: _Line) -> RowReport:
        draft = line.draft
        village = self._village_of(line)
        if draft.record is None or village is None or line.is_blocked:
            return self._rejected(line)
        record = replace(draft.record, child=replace(draft.record.child, village_uid=village.uid))
        match = self._match(record)
        refusal = self._refusal(match, draft)
        if refusal:
            line.say("child_name", *refusal, blocking=True)
            return self._rejected(line)
        record = self._settle(line, record, match)
        saved = self._tx.people.save(record, source=self._source, on=self._today)
        kept = match.record
        same = saved.outcome == "unchanged" and kept is not None and kept.uid == saved.uid
        self._remember(kept if same and kept else self._tx.people.get(saved.uid), record, line.place)
        self._taken[saved.uid] = line.place
        self._note(line, "（本行已导入，提示）")
        outcome = {"created": Outcome.NEW, "changed": Outcome.CHANGED, "unchanged": Outcome.UNCHANGED}[saved.outcome]
        return line.report(outcome, uid=saved.uid, changes=saved.changes)

    def _rejected(self, line: _Line) -> RowReport:
        self._note(line)
        return line.report(Outcome.REJECTED)

    def _note(self, line: _Line, before: str = "") -> None:
        self.findings += [
            Finding(sheet=line.found.sheet, row=line.draft.row, column=r.column, message=before + r.problem.message)
            for r in line.remarks
        ]

    def _village_of(self, line: _Line) -> Unit | None:
        said = line.draft.village or self._village_option or line.found.village
        if not said:
            message = "名单的标题和这一行都没有写村名。请在标题里写明村名，或导入时指明（--village 村名）。"
            line.say("village", "village.missing", message, blocking=True)
            return None
        unit = self._villages.find(said)
        if unit is None:
            message = f"没有登记过“{said}”，也看不出它是哪个村（社区）。请写全称，例如“平山村”。"
            line.say("village", "village.unknown", message, blocking=True)
        return unit

    # who is who

    def _in_village(self, uid: str) -> Kept:
        if uid not in self._kept:
            records = self._tx.people.in_village(uid)
            self._kept[uid] = Kept(records)
            self._households[uid] = Households(records)
        return self._kept[uid]

    def _match(self, record: ChildRecord) -> Match:
        person = record.child.person
        here = self._in_village(record.child.village_uid).alike(person)
        match = find_same(record, here)
        if match.likeness is Likeness.SURE:
            return match
        known = {r.uid: r for r in here}
        if is_value(person.id_number) and (owner := self._tx.people.by_id_number(person.id_number)):
            known.setdefault(owner.uid, owner)
        for other in self._tx.people.by_name(person.name):
            known.setdefault(other.uid, other)
        return find_same(record, known.values())

    def _refusal(self, match: Match, draft: Draft) -> tuple[str, str] | None:
        """Return code and reason when the row must stay out for whom it is about."""
        kept = match.record
        if kept is not None and kept.uid in self._taken:
            if match.likeness is Likeness.SURE:
                place = self._taken[kept.uid]
                return (
                    "duplicate.in-list",
                    f"与{place}是同一人（{match.reason}），只导入了那一行。内容不同的请合并到那一行，再删去这一行。",
                )
            if _SAME.search(draft.decision):
                return "duplicate.in-list", f"与{self._taken[kept.uid]}是同一人。请合并到那一行，再删去这一行。"
        if match.likeness is not Likeness.LIKELY or kept is None or _SAME.search(draft.decision):
            return None
        if _OTHER.search(draft.decision) and not _same_number(draft.record, kept):
            return None
        village = self._tx.units.get(kept.child.village_uid)
        way = "确认是同一人的，请在“处理意见”一栏写“同一人”；不是的写“另一人”，再导入一次。"
        who = f"{village.short or village.name}的“{kept.child.person.name}”"
        return "match.likely", f"可能与已登记的{who}是同一人：{match.reason}。{way}"

    def _settle(self, line: _Line, record: ChildRecord, match: Match) -> ChildRecord:
        """Fill in the uids of everybody known, and take out what contradicts somebody else's record."""
        person = record.child.person
        doubtful = match.likeness is Likeness.LIKELY and not _SAME.search(line.draft.decision)
        kept = None if doubtful else match.record
        if kept and kept.child.person.name != person.name and match.likeness is Likeness.SURE:
            formal = kept.child.person.name
            line.say("child_name", "name.alias", f"“{person.name}”是已登记的“{formal}”的曾用名或小名，姓名没有改动。")
            aliases = tuple(a for a in dict.fromkeys([*person.aliases, str(person.name)]) if a != str(formal))
            person = replace(person, name=formal, aliases=aliases)
        if kept and is_value(kept.child.left_on):
            line.say("child_name", "child.left", "此人已办理退出，名单里仍有。请核对是否重新成为留守儿童。")
        person = replace(person, uid=kept.uid if kept else new_uid())
        record = replace(record, child=replace(record.child, person=person))
        for role, part in list(adults(record)):
            adult = self._guard_number(line, role, part.person, person)
            known = same_in_place(kept, role, adult) or self._households[record.child.village_uid].known(adult, record)
            adult = self._agree(line, role, replace(adult, uid=known.uid) if known else adult)
            record = with_adult(record, role, _with_all_phones(adult, known) if known else adult)
        return record

    def _guard_number(self, line: _Line, role: str, adult: Person, child: Person) -> Person:
        """Take an ID number out of an adult that is the child's own or somebody else's."""
        if not is_value(adult.id_number):
            return adult
        owner = child if adult.id_number == child.id_number else self._tx.people.person_by_id_number(adult.id_number)
        if owner is None or (owner is not child and owner.name == adult.name):
            return adult
        message = (
            f"这个公民身份号码是“{owner.name}”的，没有登记为{_PLACE[role]}“{adult.name}”的号码。请对照户口簿核对。"
        )
        line.say(f"{role}_id_number", "id-number.of-another", message)
        return replace(adult, id_number=Blank.NOT_COLLECTED, id_type=Blank.NOT_COLLECTED, birth=Blank.NOT_COLLECTED)

    def _agree(self, line: _Line, role: str, adult: Person) -> Person:
        """Hold an adult to what earlier rows of this file said; telephones are put together."""
        if adult.uid not in self._said:
            return adult
        earlier, place = self._said[adult.uid]
        if is_value(earlier.phones) and is_value(adult.phones):
            adult = replace(adult, phones=tuple(dict.fromkeys([*earlier.phones, *adult.phones])))
        for attribute in _ADULT_FIELDS:
            first, now = getattr(earlier, attribute), getattr(adult, attribute)
            if is_value(first) and is_value(now) and first != now:
                message = f"“{adult.name}”的这一项在{place}写的是“{first}”，两处不同，按{place}登记。请核对。"
                line.say(f"{role}_{attribute}", "adult.differs", message)
                adult = replace(adult, **{attribute: first})
        return adult

    def _remember(self, saved: ChildRecord, said: ChildRecord, place: str) -> None:
        village = saved.child.village_uid
        for kept in self._kept.values():
            kept.remove(saved.uid)
        self._in_village(village).add(saved)
        self._households[village].add(saved)
        spoken = dict(adults(said))
        for role, part in adults(saved):
            if role in spoken:
                self._said.setdefault(part.person.uid, (spoken[role].person, place))
                first, where = self._said[part.person.uid]
                phones = spoken[role].person.phones
                if is_value(phones):
                    self._said[part.person.uid] = (replace(first, phones=phones), where)


def _with_all_phones(adult: Person, known: Person) -> Person:
    """A list that gives one of the numbers known does not take the others back."""
    if is_value(adult.phones) and is_value(known.phones) and set(adult.phones) <= set(known.phones):
        return replace(adult, phones=known.phones)
    return adult


def _same_number(record: ChildRecord | None, kept: ChildRecord) -> bool:
    number = record.child.person.id_number if record else Blank.NOT_COLLECTED
    return is_value(number) and number == kept.child.person.id_number


def _about(sheet: str, code: str, message: str) -> Problem:
    return Problem(code=code, message=message, where=Where(sheet=sheet), blocking=False)
