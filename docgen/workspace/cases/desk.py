"""案卷: opened for a child, its persons entered as a clerk says them, its papers in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from docgen.workspace.people.choosing import one_child
from forms.cases.casefile import CaseFile, CasePerson, CaseRole
from forms.errors import DataError
from forms.law.time import print_date
from forms.people import Carer, Parent, Person
from forms.values.blank import Blank, is_value
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, ValueParseError
from forms.values.parse import parse_bool, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archive.registry import Tx
    from docgen.workspace.office.opened import Office
    from forms.cases.facts import Facts
    from forms.people import ChildRecord

NC = Blank.NOT_COLLECTED
_LABELS = {
    "关系": "relation",
    "单位": "unit",
    "岗位": "post",
    "住址": "address",
    "同住": "lives_with_child",
    "地址保密": "address_is_secret",
    "出生日期": "birth",
}
_KIN = {"父亲": "father", "母亲": "mother", "被委托人": "carer", "受委托监护人": "carer"}
_KIN_NAMES = {"father": "父亲", "mother": "母亲", "carer": "被委托人"}


class CasePersonError(DataError):
    """A person of a case, typed in a way nobody can read."""

    code = "case.person"

    def __init__(self, text: str, why: str) -> None:
        super().__init__(
            f"“{text}”{why}。请写成“身份=姓名”，身份可以是：{'、'.join(CaseRole)}；"
            "后面可以接身份证号、电话、关系:…、单位:…、岗位:…、住址:…、同住:是，用逗号隔开。"
        )


class SeveralCasesError(DataError):
    """The child has more than one open case."""

    code = "case.several"

    def __init__(self, name: str, cases: Sequence[CaseFile]) -> None:
        listed = "；".join(f"{c.uid}（{print_date(c.opened_on)}立，{c.title or c.number or '无题'}）" for c in cases)
        super().__init__(f"{name}有 {len(cases)} 个没有结的案卷：{listed}。请用 --case 写明是哪一个。")


class CaseWantedError(DataError):
    """Papers of Part D, asked for a whole village."""

    code = "case.wanted"

    def __init__(self) -> None:
        super().__init__("这种文书按案卷办理，不能整个村一起生成。请写 --child 或者 --case。")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as it is shown."""

    uid: str
    number: str
    title: str
    child: str
    village: str
    opened_on: str
    closed_on: str
    people: tuple[tuple[str, str, str, str], ...]
    """(role, name, relation, note); the reporter's name is not among them."""
    papers: tuple[tuple[str, str, str, str, str], ...]
    """(code, number, title, made on, status)."""
    services: tuple[tuple[str, str, str, str], ...]
    """(number of the paper, copy, method, day)."""

    def as_json(self) -> dict[str, object]:
        """Return it for other programs."""
        return {name: getattr(self, name) for name in self.__slots__}


class CaseDesk:
    """Opens, shows and closes cases."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def open(
        self, child: str, *, people: Sequence[str] = (), number: str = "", title: str = "", on: date | None = None
    ) -> CaseView:
        """Open a case about a child.

        Raises:
            ChildNotFoundError: nobody of that name.
            CasePersonError: a person that cannot be read.
        """
        with self._office.registry.begin() as tx:
            record = one_child(tx, child)
            uid = self._open(tx, record, number=number, title=title, on=on)
            self._enter(tx, uid, record, people)
        return self.show(uid)

    def put_people(self, case: str, people: Sequence[str]) -> CaseView:
        """Enter persons into a case, or change what it says of them."""
        with self._office.registry.begin() as tx:
            found = tx.cases.get(case)
            self._enter(tx, found.uid, tx.people.get(found.child_uid), people)
        return self.show(found.uid)

    def show(self, case: str) -> CaseView:
        """Show a case; who looked is in the audit chain.

        Raises:
            CaseNotFoundError: none of that uid or number.
        """
        with self._office.registry.begin() as tx:
            found = tx.cases.get(case)
            tx.audit.append("case.view", actor=self._office.actor.name, subject=found.uid)
            return self._view(tx, found)

    def listing(self, *, child: str = "", open_only: bool = False) -> tuple[CaseView, ...]:
        """Return the cases, in order of opening."""
        with self._office.registry.read() as tx:
            found = tx.cases.of_child(one_child(tx, child).uid) if child else tx.cases.all(open_only=open_only)
            return tuple(self._view(tx, c) for c in found if not open_only or c.closed_on is None)

    def close(self, case: str, *, on: date | None = None) -> CaseView:
        """Close a case; its papers stay where they are."""
        with self._office.registry.begin() as tx:
            found = tx.cases.get(case)
            tx.cases.close(found.uid, on or self._office.today)
            tx.audit.append("case.close", actor=self._office.actor.name, subject=found.uid)
        return self.show(found.uid)

    def for_papers(
        self, children: Sequence[str], case: str, people: Sequence[str], *, dry_run: bool
    ) -> Mapping[str, CaseFile]:
        """Return the case for each child's papers, opened now where there is none.

        Raises:
            SeveralCasesError: a child has several open cases and none was named.
            CaseWantedError: neither child nor case was named.
        """
        if not children and not case:
            raise CaseWantedError
        files: dict[str, CaseFile] = {}
        with self._office.registry.read() if dry_run else self._office.registry.begin() as tx:
            if case:
                named = tx.cases.get(case)
                records = [tx.people.get(named.child_uid)]
            else:
                records = [one_child(tx, text) for text in children]
            for record in records:
                found = named if case else self._present(tx, record)
                if dry_run:
                    files[record.uid] = self._imagined(found, record, people)
                    continue
                uid = found.uid if found else self._open(tx, record)
                self._enter(tx, uid, record, people)
                files[record.uid] = tx.cases.get(uid)
        return files

    def _present(self, tx: Tx, record: ChildRecord) -> CaseFile | None:
        open_cases = [c for c in tx.cases.of_child(record.uid) if c.closed_on is None]
        if len(open_cases) > 1:
            raise SeveralCasesError(str(record.child.person.name), open_cases)
        return open_cases[0] if open_cases else None

    def _imagined(self, found: CaseFile | None, record: ChildRecord, people: Sequence[str]) -> CaseFile:
        """Return the case as it would be, for a dry run."""
        base = found or CaseFile(
            uid="",
            child_uid=record.uid,
            village_uid=record.child.village_uid,
            opened_on=self._office.today,
            people=(CasePerson(role=CaseRole.VICTIM, person=record.child.person),),
        )
        return replace(base, people=(*base.people, *(read_person(text, record) for text in people)))

    def _open(self, tx: Tx, record: ChildRecord, *, number: str = "", title: str = "", on: date | None = None) -> str:
        uid = tx.cases.open(
            child_uid=record.uid,
            village_uid=record.child.village_uid,
            on=on or self._office.today,
            by=self._office.actor.name,
            number=number,
            title=title,
        )
        tx.audit.append("case.open", actor=self._office.actor.name, subject=uid)
        return uid

    def _enter(self, tx: Tx, uid: str, record: ChildRecord, people: Sequence[str]) -> None:
        for text in people:
            tx.cases.put_person(uid, read_person(text, record), on=self._office.today)

    def _view(self, tx: Tx, case: CaseFile) -> CaseView:
        child = tx.people.get(case.child_uid).child.person
        village = tx.units.get(case.village_uid) if case.village_uid else None
        papers = [tx.papers.get(uid) for uid in case.papers]
        numbers = {p.uid: str(p.document_number or p.uid) for p in papers}
        return CaseView(
            uid=case.uid,
            number=case.number,
            title=case.title,
            child=str(child.name),
            village=(village.short or village.name) if village else "",
            opened_on=case.opened_on.isoformat(),
            closed_on=case.closed_on.isoformat() if case.closed_on else "",
            people=tuple(_member(p) for p in case.people),
            papers=tuple(
                (
                    p.form_code,
                    str(p.document_number or ""),
                    self._office.title_of(p.form_code),
                    tx.papers.version(p.uid, p.version).made_on.isoformat() if p.version else "",
                    p.status.value,
                )
                for p in papers
            ),
            services=tuple(
                (numbers.get(s.paper_uid, ""), s.recipient, s.method, s.served_on.isoformat()) for s in case.services
            ),
        )


def facts_of_case(facts: Facts, case: CaseFile) -> Facts:
    """Return a child's facts for a paper of one case: papers of other cases are left out."""
    mine = set(case.papers)
    codes = CASE_FORMS
    papers = tuple(p for p in facts.papers if p.uid in mine or p.form_code not in codes)
    return replace(facts, case=case, papers=papers)


CASE_FORMS = frozenset(f"D{n}" for n in range(1, 16)) | {"D13P"}
"""Forms whose papers belong to one case."""


def read_person(text: str, record: ChildRecord) -> CasePerson:
    """Read ``加害人=石大山，叔叔…``; parents and carer are meant by their word or name.

    Raises:
        CasePersonError: says what cannot be read.
    """
    head, mark, tail = text.partition("=")
    role = next((r for r in CaseRole if r.value == head.strip()), None)
    parts = [p.strip() for p in re.split(r"[，,]", tail) if p.strip()]
    if role is None or not mark or not parts:
        raise CasePersonError(text, "看不出是谁")
    entry = _known(parts[0], role, record)
    try:
        entry = entry or CasePerson(role=role, person=Person(name=PersonName.parse(parts[0])))
        for part in parts[1:]:
            entry = _with(entry, part, text)
    except ValueParseError as error:
        raise CasePersonError(text, f"里有读不懂的一项：{str(error).rstrip('。')}") from None
    return entry


def _known(said: str, role: CaseRole, record: ChildRecord) -> CasePerson | None:
    for key in ("father", "mother", "carer"):
        kin: Parent | Carer | Blank = getattr(record, key)
        if isinstance(kin, Blank):
            continue
        if _KIN.get(said) == key or said in {str(kin.person.name), kin.person.uid}:
            if isinstance(kin, Carer):
                relation = str(kin.relation) if is_value(kin.relation) else _KIN_NAMES[key]
                return CasePerson(
                    role=role, person=kin.person, relation=relation, lives_with_child=kin.lives_with_child
                )
            home = Blank.NOT_COLLECTED if isinstance(kin.away, Blank) else not kin.away
            unit = kin.employer
            return CasePerson(role=role, person=kin.person, relation=_KIN_NAMES[key], unit=unit, lives_with_child=home)
    child = record.child.person
    if said in {str(child.name), child.uid}:
        return CasePerson(role=role, person=child)
    return None


def _with(entry: CasePerson, part: str, text: str) -> CasePerson:
    label, mark, value = re.sub("：", ":", part, count=1).partition(":")
    if mark:
        name = _LABELS.get(label.strip())
        if name is None:
            raise CasePersonError(text, f"里的“{label}”不认识")
        if name == "lives_with_child":
            return replace(entry, lives_with_child=parse_bool(value))
        if name == "address_is_secret":
            return replace(entry, address_is_secret=parse_bool(value) is True)
        if name == "address":
            return replace(entry, person=replace(entry.person, address=value.strip()))
        if name == "birth":
            return replace(entry, person=replace(entry.person, birth=parse_date(value)))
        said: dict[str, Any] = {name: value.strip()}
        return replace(entry, **said)
    if re.fullmatch(r"\d{17}[\dXx]|\d{15}", part):
        number = IdNumber.parse(part)
        return replace(entry, person=replace(entry.person, id_number=number, birth=number.birth))
    if re.fullmatch(r"[\d\-]{7,17}", part):
        return replace(entry, person=replace(entry.person, phones=(Phone.parse(part),)))
    raise CasePersonError(text, f"里的“{part}”看不出是什么")


def _member(entry: CasePerson) -> tuple[str, str, str, str]:
    hidden = entry.role is CaseRole.REPORTER
    notes = [str(entry.unit) if is_value(entry.unit) and not hidden else ""]
    notes += [f"有记录：{flag.value}" for flag in entry.person.flags]
    relation = str(entry.relation) if is_value(entry.relation) else ""
    name = "（保密）" if hidden else str(entry.person.name)
    return (entry.role.value, name, relation, "；".join(n for n in notes if n))
