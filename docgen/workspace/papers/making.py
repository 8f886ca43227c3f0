"""One `make` at work: each paper filled in, held against what is there already, issued, and all of them printed.

Whatever is wrong with one paper is noted and the next one goes on; only what would stop every further paper the same
way (no disk, no lock, no usable template) is raised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.render.errors import RenderFailedError, TemplateMarkupError
from docgen.workspace.cases.desk import facts_of_case
from docgen.workspace.papers.elders import person_of, with_person
from docgen.workspace.papers.issuing import Draft, Issued, Issuer
from docgen.workspace.papers.printing import PAPERS_PER_STACK, print_counted
from docgen.workspace.papers.reports import FailedPaper, MadePaper, MakeReport, SkippedPaper
from docgen.workspace.papers.reprinting import made_paper
from docgen.workspace.papers.typed import EMPTY, typed_for
from docgen.workspace.people.gathering import facts_of_child, facts_of_person, facts_of_village
from forms.cases.case import Case
from forms.cases.conditions import holds
from forms.cases.facts import PaperRef
from forms.errors import AppError, TemplateError
from forms.filling.fill import Filled, Override, fill
from forms.problems import Problem, blocking
from forms.spec import Subject
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from docgen.workspace.office.opened import Office
    from docgen.workspace.papers.typed import TypedRow, TypedValues
    from forms.cases.casefile import CaseFile
    from forms.cases.facts import Facts, Value
    from forms.people import ChildRecord, Person, Unit
    from forms.spec import CopySpec, FormSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the clerk asked for besides forms and children."""

    typed: Mapping[str, str]
    sheet: TypedValues
    reprint: bool
    revise: bool
    dry_run: bool
    overrides: tuple[Override, ...]
    unit: Unit
    """The one that issues."""
    cases: Mapping[str, CaseFile]
    """By child uid, for papers of Part D."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One paper to be made."""

    spec: FormSpec
    record: ChildRecord | None = None
    person: Person | None = None
    row: TypedRow | None = None
    """Of a list whose rows are papers."""


def about_persons(spec: FormSpec, adults: Sequence[Person], sheet: TypedValues) -> list[Task]:
    """Return the papers of a form about persons: those named, those of the sheet's rows, else one that is typed."""
    tasks = [Task(spec=spec, person=person) for person in adults]
    tasks += [Task(spec=spec, row=row) for row in sheet.lists.get(spec.code, ())]
    return tasks or [Task(spec=spec)]


class Making:
    """One `make`: collects what was made, what failed and what was left alone."""

    def __init__(self, office: Office, issuer: Issuer, choice: Choice, *, label: str) -> None:
        self._office = office
        self._issuer = issuer
        self._choice = choice
        self._label = label
        self._stacks: list[tuple[Path, Path, int]] = []
        self._issued: list[Issued] = []
        self._made: list[MadePaper] = []
        self._failed: list[FailedPaper] = []
        self._skipped: list[SkippedPaper] = []
        self._row = EMPTY
        """What the sheet says for the paper at hand."""

    def one(self, task: Task, village_uid: str) -> None:
        """Make one paper; whatever is wrong with it is noted and the next one goes on."""
        spec, record = task.spec, task.record
        self._row = self._row_of(task)
        subject = str(record.child.person.name) if record else ""
        with self._office.registry.read() as tx:
            if record is not None:
                facts = facts_of_child(tx, record, self._office.settings)
                if spec.subject is Subject.CASE:
                    facts = facts_of_case(facts, self._choice.cases[record.uid])
            elif spec.subject is Subject.PERSON:
                facts, subject = self._facts_of_person(tx, task, village_uid)
            else:
                unit = tx.units.get(village_uid)
                facts = facts_of_village(tx, unit, self._office.settings)
                subject = unit.short or unit.name
            facts = replace(facts, office=self._choice.unit)
            existing = self._existing(tx, spec, facts)
            version = tx.papers.version(existing.uid, existing.version) if existing and existing.version else None
        if existing and version:
            if self._choice.reprint or (
                version.prints == 0 and version.status is PaperStatus.ISSUED and not self._choice.revise
            ):
                self._issued.append(self._issuer.again(existing))
                self._made.append(made_paper(self._issued[-1], subject, (), self._office))
                return
            if not self._choice.revise:
                self._skipped.append(_skipped(spec, subject, version))
                return
        seen = _state_of(existing)
        self._fill_and_issue(
            spec,
            facts,
            subject,
            replaces=existing if self._choice.revise else None,
            is_made=lambda tx: _state_of(self._existing(tx, spec, facts)) != seen,
        )

    def _row_of(self, task: Task) -> TypedRow:
        """Return what the sheet says for a paper."""
        if task.row is not None:
            return task.row
        if task.record is not None:
            return self._choice.sheet.of(task.spec.code, task.record.uid)
        listed = self._choice.sheet.lists.get(task.spec.code, ())
        return listed[0] if task.spec.subject is Subject.UNIT and listed else EMPTY

    def _facts_of_person(self, tx: Tx, task: Task, village_uid: str) -> tuple[Facts, str]:
        """Return what is known about whom a paper is about; the register knows somebody typed by number or birth."""
        unit = tx.units.get(village_uid) if village_uid else None
        person = task.person
        if person is None:
            facts = facts_of_village(tx, unit or tx.units.owner(), self._office.settings)
            said = person_of(task.spec, self._fill(task.spec, facts).values)
            known = tx.people.known(said) if said is not None else None
            if known is None:
                return facts, str(said.name) if said is not None else ""
            person = known
        return facts_of_person(tx, person, self._office.settings, unit), str(person.name)

    def _existing(self, tx: Tx, spec: FormSpec, facts: Facts) -> PaperRecord | None:
        """Return the paper that this one would be again: a roster of last quarter, another visit are others."""
        same_by = spec.same_by
        if spec.subject is Subject.PERSON:
            about = {p.uid for p in facts.papers if p.form_code == spec.code} if facts.person is not None else set()
            papers = tuple(tx.papers.get(uid) for uid in about)
        elif facts.record is None:
            papers = tx.papers.in_village(facts.village.uid, spec.code)
            same_by = same_by or ("period",)
        elif not same_by and facts.case is None:
            return tx.papers.latest(spec.code, facts.record.uid)
        else:
            papers = tuple(p for p in tx.papers.of_child(facts.record.uid) if p.form_code == spec.code)
            if facts.case is not None:
                papers = tuple(p for p in papers if p.uid in facts.case.papers)
        gone = {PaperStatus.VOID, PaperStatus.REPLACED}
        papers = tuple(p for p in papers if p.version and p.status not in gone)
        wanted = self._fill(spec, facts).values if papers and same_by else {}
        same = [p for p in papers if _agree(wanted, tx.papers.version(p.uid, p.version).values, same_by)]
        return same[-1] if same else None

    def _fill(self, spec: FormSpec, facts: Facts) -> Filled:
        typed = {**self._row.texts, **typed_for(spec, self._choice.typed)}
        filled = fill(
            spec,
            replace(facts, calendar=self._office.calendar),
            typed,
            today=self._office.today,
            profile=self._office.profile,
            missing_glyphs=self._office.missing_glyphs,
            overrides=self._choice.overrides,
        )
        faults = self._row.located(filled.problems)
        return replace(filled, problems=(*self._row.faults, *faults))

    def _fill_and_issue(
        self,
        spec: FormSpec,
        facts: Facts,
        subject: str,
        *,
        replaces: PaperRecord | None,
        is_made: Callable[[Tx], bool],
    ) -> None:
        filled = self._fill(spec, facts)
        if blocking(filled.problems):
            self._failed.append(FailedPaper(form_code=spec.code, subject=subject, problems=filled.problems))
            return
        copies = self._copies(spec, facts, filled)
        draft = Draft(
            spec=spec,
            facts=facts,
            values=filled.values,
            copies=tuple(c for c in copies if c.original),
            sent=tuple(c for c in copies if not c.original and c.hide),
            made_on=self._office.today,
            replaces=replaces,
            is_made=is_made,
            overridden=filled.overridden,
            followups=filled.followups,
        )
        if self._choice.dry_run:
            self._made.append(_would_make(draft, subject, filled.problems, self._office))
            return
        try:
            issued = self._issuer.issue(self._entered(draft))
        except AppError as error:
            if error.exit_code in {1, 16, 19} or _blames_template(error):
                raise  # no disk, no lock, no usable template: the next paper would fail the same way
            problem = Problem(code=error.code, message=str(error))
            self._failed.append(FailedPaper(form_code=spec.code, subject=subject, problems=(problem,)))
            return
        self._issued.append(issued)
        self._made.append(made_paper(issued, subject, filled.problems, self._office))

    def _entered(self, draft: Draft) -> Draft:
        """Return the draft with whom it is about entered into the register, if it is about a person."""
        if draft.spec.subject is not Subject.PERSON:
            return draft
        with self._office.registry.begin() as tx:
            return with_person(tx, draft, self._office.today)

    def _copies(self, spec: FormSpec, facts: Facts, filled: Filled) -> tuple[CopySpec, ...]:
        wanted = self._office.profile.copies.get(spec.code)
        if wanted:
            spec = spec.copies_for(wanted)
        case = Case(
            spec=spec, facts=facts, values=filled.values, today=self._office.today, profile=self._office.profile
        )
        # unknown prints the copy: a recipient too many is put right at the desk, one too few is a lost paper
        return tuple(c for c in spec.copies if holds(c.when, filled.values, case) is not False)

    def print_full(self, progress: Callable[[int, int], None] | None) -> None:
        """Print what was issued, once it is a whole stack."""
        if len(self._issued) >= PAPERS_PER_STACK:
            self._print(f"{self._label}第{len(self._stacks) + 1}册", progress)

    def _print(self, label: str, progress: Callable[[int, int], None] | None) -> None:
        again = self._choice.reprint
        self._stacks.append(print_counted(self._office, self._issued, label, again=again, progress=progress))
        self._issued.clear()

    def finish(self, progress: Callable[[int, int], None] | None) -> MakeReport:
        """Print the rest."""
        if self._issued:
            number = f"第{len(self._stacks) + 1}册" if self._stacks else ""
            self._print(f"{self._label}{number}", progress)
        first = self._stacks[0] if self._stacks else (None, None, 0)
        return MakeReport(
            made=tuple(self._made),
            failed=tuple(self._failed),
            skipped=tuple(self._skipped),
            stack=first[0],
            docx_folder=first[1],
            more_stacks=tuple((stack, folder) for stack, folder, _ in self._stacks[1:]),
            sheets=sum(sheets for _, _, sheets in self._stacks),
            dry_run=self._choice.dry_run,
        )


def _agree(one: Mapping[str, Value], other: Mapping[str, Value], names: Sequence[str]) -> bool:
    """Tell whether two papers hold the same in these fields; a paper referred to is known by its uid."""

    def key(value: Value | None) -> object:
        return value.uid if isinstance(value, PaperRef) else value

    return all(key(one.get(name)) == key(other.get(name)) for name in names)


def _blames_template(error: AppError) -> bool:
    """Tell a template that cannot be used at all from one that fails on the values of one child."""
    return isinstance(error, TemplateError) and not isinstance(error, RenderFailedError | TemplateMarkupError)


def _state_of(paper: PaperRecord | None) -> tuple[str, int] | None:
    return (paper.uid, paper.version) if paper else None


def _skipped(spec: FormSpec, subject: str, version: VersionRecord) -> SkippedPaper:
    how = f"第 {version.version} 版已经打印过 {version.prints} 次（{version.status.value}）"
    way = "再打印一次用 --reprint，内容有变用 --revise"
    return SkippedPaper(form_code=spec.code, subject=subject, reason=f"{how}。{way}。")


def _would_make(draft: Draft, subject: str, problems: tuple[Problem, ...], office: Office) -> MadePaper:
    return MadePaper(
        uid="",
        form_code=draft.spec.code,
        title=office.title_of(draft.spec.code),
        number="",
        subject=subject,
        version=draft.replaces.version + 1 if draft.replaces else 1,
        pages=0,
        copies=len(draft.copies),
        problems=problems,
    )
