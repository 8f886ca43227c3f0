"""矛盾清单: what does not agree before a roster is frozen, by village, each with the way to mend it.

Sources: forms.md §7 X-01 … X-15, §8.8. The rules of the forms are run on the record as of the last day; what only
the whole roster shows is looked for in the draft itself. What blocks is what would make the figures wrong.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from archive.rosters.asof import AsOf, SignedPapers
from archive.rosters.drafts import count_draft
from docgen.workspace.office.reports import Report
from docgen.workspace.people.gathering import facts_of_child
from docgen.workspace.quarter.tabling import figures_of
from forms.cases.casefile import CaseRole
from forms.filling.fill import fill
from forms.law.sources import cite
from forms.law.time import age_on
from forms.quarter.columns import Gaps, columns, partitions
from forms.quarter.frozen_roster import NO, UNKNOWN, YES
from forms.quarter.identities import IDENTITIES, Ledger, check_figures, out_of_step
from forms.rules import RULES
from forms.values.enums import AwayPattern, CareActual, CareQuality, Schooling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.registry import Tx
    from docgen.workspace.office.opened import Office
    from forms.law.sources import Citation
    from forms.problems import Problem
    from forms.quarter.frozen_roster import FrozenPerson, FrozenRoster

FIX = "在名单里改正后运行 docgen people import 名单.xlsx"
MEND = {
    "X-01": "docgen make A7 --child {child}",
    "X-02": "docgen make A1 --child {child}；暂时没有人照护的：docgen make D1 --child {child}",
    "X-03": "docgen make E2 --child {child}；已经返校的：docgen make E8 --child {child}",
    "X-05": "docgen make B5d --village {village}",
    "X-09": "docgen make A7 --child {child}，另行安排照护",
    "X-14": "docgen make C3 --child {child}，走访核实",
    "R-07-CARER": "docgen make A5 --child {child}",
    "R-08-PAIR": "docgen make A1 A2 --child {child}",
    "VISIT": "docgen make C3 --child {child}；全村的：docgen make C3 --village {village}",
}
_CHECKED = ("X-", "V-ID-MATCH")
_RULES_OF = "B2"
_OFFICE = (cite("office"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction(Report):
    """One thing to mend; all text, ready to print."""

    village: str
    code: str
    who: str
    message: str
    mend: str
    """A command to type, or what to do before one."""
    blocking: bool
    basis: str
    person_uid: str = ""


def find_contradictions(
    office: Office, tx: Tx, roster: FrozenRoster, *, previous: date | None
) -> tuple[Contradiction, ...]:
    """Return everything that does not agree, blocking ones first in each village.

    Args:
        office: The open office.
        tx: The state the roster was drafted from.
        roster: The draft.
        previous: Last day of the table before; ``None``: none.
    """
    finder = _Finder(office, roster)
    found = [
        *finder.by_rules(tx),
        *finder.twice(),
        *finder.by_rows(),
        *finder.flagged(tx),
        *finder.services(tx),
        *finder.gaps(),
        *finder.figures(previous),
        *finder.late(tx),
    ]
    unique = {(c.village, c.code, c.message): c for c in found}
    return tuple(sorted(unique.values(), key=lambda c: (c.village, not c.blocking, c.code, c.who, c.message)))


class _Finder:
    def __init__(self, office: Office, roster: FrozenRoster) -> None:
        self._office = office
        self._roster = roster
        self._period = roster.head.period
        self._warn = office.profile.quarter.contradictions_warn
        self._present = [p for p in roster.children if p.at_end]
        self._names = Counter(_name(p) for p in roster.children)

    def _made(
        self, code: str, message: str, *, person: FrozenPerson | None = None, unit_uid: str = "", mend: str = "",
        blocking: bool = False, sources: Iterable[Citation] = _OFFICE,
    ) -> Contradiction:  # fmt: skip
        unit = unit_uid or (person.unit_uid if person else "")
        village = self._roster.units.get(unit, "")
        who = _name(person) if person else ""
        way = mend or MEND.get(code, FIX)
        child = person.uid if person and self._names[who] > 1 else who  # a namesake is told by the number
        return Contradiction(
            village=village,
            code=code,
            who=who,
            message=message,
            mend=way.format(child=child, village=village, period=self._period.code),
            blocking=blocking and not self._warn,
            basis="、".join(str(s) for s in sources),
            person_uid=person.uid if person else "",
        )

    def by_rules(self, tx: Tx) -> Iterator[Contradiction]:
        """Run the X rules of the registration form on each child as it stood on the last day."""
        office, asof = self._office, AsOf(tx.connection, tx.now)
        spec = office.library.get(_RULES_OF)
        for row in self._present:
            record = asof.known_on(row.uid, self._period.to_on)
            if record is None:
                continue
            facts = facts_of_child(tx, record, office.settings)
            filled = fill(spec, facts, {}, today=self._period.to_on, profile=office.profile)
            for problem in filled.problems:
                if problem.code.startswith(_CHECKED) and problem.code != "X-03":
                    yield self._of_rule(problem, row)

    def _of_rule(self, problem: Problem, row: FrozenPerson) -> Contradiction:
        sources = problem.sources or RULES[problem.code].citations
        # who cares, or a carer's number, may be wrong while every figure is right
        counted = problem.code != "X-06" and (problem.code != "V-ID-MATCH" or problem.where.field.startswith("child_"))
        blocking = problem.blocking and counted
        return self._made(problem.code, problem.message, person=row, blocking=blocking, sources=sources)

    def twice(self) -> Iterator[Contradiction]:
        """The same person on two rows: by ID number, else by name, birth and parents."""
        for group, prefix in (("children", "child"), ("elders", "elder")):
            seen: dict[tuple[str, ...], FrozenPerson] = {}
            for row in getattr(self._roster, group):
                if not row.at_end:
                    continue
                number = row.details.get(f"{prefix}_id_number", UNKNOWN)
                key: tuple[str, ...] = (number,)
                if len(number) != 18:
                    names = (f"{prefix}_name", f"{prefix}_birth", "father_name", "mother_name")
                    key = tuple(row.details.get(name, UNKNOWN) for name in names)
                    if UNKNOWN in key[:2]:
                        continue
                other = seen.setdefault(key, row)
                if other is not row:
                    where = self._roster.units.get(other.unit_uid, "")
                    message = (
                        f"{_name(row)}在名册上出现两次，另一处在{where}。请核对户口簿，把其中一处按“重复登记”退出。"
                    )
                    yield self._made("ROSTER-DUPLICATE", message, person=row, blocking=True)

    def by_rows(self) -> Iterator[Contradiction]:
        """What one row says against itself, and what was not done for a child."""
        cutoff = self._period.to_on
        for row in self._present:
            facts, name = row.facts, _name(row)
            if (facts["schooling"] == Schooling.DROPPED_OUT) != (facts["dropout"] == YES):
                state = (
                    "是“辍学”，却没有未办结的辍学登记" if facts["dropout"] == NO else "不是“辍学”，辍学登记却没有办结"
                )
                message = f"{name}的就学情况{state}。请更正就学情况，或者补办辍学登记、复学确认。"
                yield self._made("X-03", message, person=row, blocking=True, sources=RULES["X-03"].citations)
            nobody = facts["care"] in {CareActual.NOBODY, CareActual.INCAPABLE_PARENT}
            if nobody and facts["quality"] not in {CareQuality.POOR, UNKNOWN}:
                message = (
                    f"{name}{facts['care']}，监护情况却是“{facts['quality']}”。按填表说明应当是“差”。请更正其中一处。"
                )
                yield self._made(
                    "R-13", message, person=row, blocking=True, sources=IDENTITIES["R-13"].citations
                )  # fmt: skip
            yield from self._pairs(row)
            birth = row.details.get("child_birth", UNKNOWN)
            if len(birth) == 10 and out_of_step(facts["schooling"], age := age_on(date.fromisoformat(birth), cutoff)):
                message = f"{name}{age}周岁，就学情况是“{facts['schooling']}”，少见。请核实。"
                yield self._made("R-14", message, person=row)
            if facts["visited"] == NO:
                message = f"{name}在{self._period.label}没有入户走访记录。请补做走访；已经走访的，请把签字的记录归档。"
                sources = (cite("minors", "第四十三条"), *_OFFICE)
                yield self._made("VISIT", message, person=row, sources=sources)

    def _pairs(self, row: FrozenPerson) -> Iterator[Contradiction]:
        """What stands behind the identities that warn, child by child."""
        facts, name, rules = row.facts, _name(row), self._office.profile.quarter
        away, care = facts["away"], facts["care"]
        if rules.incapable_parent_keeps and UNKNOWN not in {away, care}:
            alone = away == AwayPattern.ONE_AWAY
            if alone != (care == CareActual.INCAPABLE_PARENT):
                message = f"{name}的留守类型是“{away}”，实际照护是“{care}”，两处对不上。请核实后更正其中一处。"
                yield self._made("R-06", message, person=row)
        if care in {CareActual.GRANDPARENTS, CareActual.RELATIVES} and facts["carer"] != YES:
            message = f"{name}由{care}照护，没有登记被委托人。请补登记；还没有委托的，请办理委托照护。"
            yield self._made("R-07-CARER", message, person=row, sources=IDENTITIES["R-07-CARER"].citations)
        if rules.pairs_confirmation_with_deed and facts["confirmed"] != facts["deed"]:
            has, lacks = ("确认书", "责任书") if facts["confirmed"] == YES else ("责任书", "确认书")
            message = f"{name}签了{has}，没有签{lacks}。请补签，或者把签字件归档。"
            yield self._made("R-08-PAIR", message, person=row, sources=IDENTITIES["R-08-PAIR"].citations)

    def flagged(self, tx: Tx) -> Iterator[Contradiction]:
        """A carer with a recorded harm (X-09): the count is right, the care is not."""
        flags = {p.uid: p for p in tx.people.flagged()}
        carers: dict[str, str] = {}
        for uid in flags:
            carers |= {record.uid: uid for record in tx.people.children_of_carer(uid)}
        for row in self._present:
            person = flags.get(carers.get(row.uid, ""))
            if person is not None:
                message = f"{_name(row)}的被委托人{person.name}有记录：{person.flags[0].value}。请立即变更照护人。"
                yield self._made("X-09", message, person=row, sources=RULES["X-09"].citations)

    def services(self, tx: Tx) -> Iterator[Contradiction]:
        """KC11 is the number of letters whose service on the perpetrator is proven (X-11)."""
        counted = sum(event.kind == "D5.served" for event in self._roster.events)
        proven = tx.cases.proven("D5", CaseRole.PERPETRATOR, self._period.from_on, self._period.to_on)
        if counted != proven:
            message = (
                f"告诫书送达加害人有回证的{proven}份，能计入汇总表的{counted}份。请把告诫书和送达回证的签字件归档。"
            )
            yield self._made("X-11", message, mend="docgen papers outstanding", blocking=True)

    def gaps(self) -> Iterator[Contradiction]:
        """What was never collected, counted by village; it blocks where the region says so."""
        blocks = self._office.profile.quarter.gaps is Gaps.BLOCK
        for partition in partitions():
            column = columns()[partition.gap]
            (fact, values), *_ = column.count.where
            counts = Counter(row.unit_uid for row in self._present if row.facts[fact] in values)
            for unit, number in sorted(counts.items()):
                message = f"{column.title}的有{number}人，会单独列一栏，不当作零。请尽量补齐。"
                yield self._made("GAP", message, unit_uid=unit, blocking=blocks, mend=FIX)

    def figures(self, previous: date | None) -> Iterator[Contradiction]:
        """What the identities say of the draft's figures, village by village."""
        for unit, counted in count_draft(self._roster).items():
            ledger = Ledger(
                figures={name: f.reported for name, f in figures_of(counted, self._office.profile.quarter).items()},
                rules=self._office.profile.quarter,
                unit=self._roster.units.get(unit, ""),
                period=self._period,
                previous_to=previous,
            )
            for problem in check_figures(ledger):
                mend = f"docgen quarter contradictions {self._period.code}，先更正同村的各条"
                yield self._made(
                    problem.code,
                    problem.message.split("请运行")[0],
                    unit_uid=unit,
                    mend=mend if problem.code != "R-18" else "docgen quarter freeze 上一季度",
                    blocking=problem.blocking,
                    sources=problem.sources,
                )

    def late(self, tx: Tx) -> Iterator[Contradiction]:
        """Papers of the period before that were filed after its roster was frozen (pitfall 5)."""
        opening = self._roster.head.opening_uid
        if not opening:
            return
        head = tx.rosters.get(opening)
        for paper, version in SignedPapers(tx.connection).filed_after(head.made_at):
            if version.signed_on is None or version.signed_on not in head.period:
                continue
            number = str(paper.document_number or paper.form_code)
            message = f"{number}签于{head.period.label}，名册冻结后才归档，没有计入。需要计入的，请给上一期另出一版。"
            mend = f"docgen quarter freeze {head.period.code} --reason 补录已签文书"
            yield self._made("LATE", message, unit_uid=paper.village_uid, mend=mend)


def _name(person: FrozenPerson) -> str:
    return person.details.get("child_name") or person.details.get("elder_name") or UNKNOWN
