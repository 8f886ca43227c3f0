"""文书: made for one child or a village, printed once, listed, voided.

What must stay true: nothing is printed twice by accident. A paper that was printed is skipped
unless `reprint` asks for the same paper again or `revise` for a new version; one that was issued
but never reached a print stack (a crash between) is printed without being asked twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.render.errors import RenderFailedError, TemplateMarkupError
from docgen.workspace.cases.desk import facts_of_case
from docgen.workspace.office.issuers import issuer_unit
from docgen.workspace.papers.elders import person_of, with_person
from docgen.workspace.papers.form_set import refuse_unused
from docgen.workspace.papers.issuing import Draft, Issued, Issuer
from docgen.workspace.papers.journal import recover
from docgen.workspace.papers.outstanding import outstanding, paper_row
from docgen.workspace.papers.printing import PAPERS_PER_STACK, print_counted
from docgen.workspace.papers.reports import FailedPaper, MadePaper, MakeReport, PaperRow, SkippedPaper
from docgen.workspace.papers.reprinting import made_paper, reprint
from docgen.workspace.papers.typed import EMPTY, check_names, read_values_sheets, typed_for
from docgen.workspace.people.choosing import one_child, one_paper, one_person
from docgen.workspace.people.gathering import facts_of_child, facts_of_person, facts_of_village
from forms.case import Case
from forms.conditions import holds
from forms.enums import PaperStatus
from forms.errors import AppError, NotFoundError, RefusedError, TemplateError
from forms.facts import PaperRef
from forms.fill import Filled, Override, fill
from forms.problems import Problem, blocking
from forms.spec import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from docgen.workspace.cases.desk import CaseDesk
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office
    from docgen.workspace.papers.typed import TypedRow, TypedValues
    from forms.casefile import CaseFile
    from forms.facts import Facts, Value
    from forms.people import ChildRecord, Person, Unit
    from forms.spec import CopySpec, FormSpec


class SignedPaperError(RefusedError):
    """A signed paper cannot be voided."""

    code = "paper.void-signed"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"“{number}”已经签字归档，不能作废。内容有误请用 --revise 出新版本，旧版本仍然保留（档案法 第二十一条）。"
        )


class NoChildrenError(NotFoundError):
    """The village has no child on the roll."""

    code = "village.empty"

    def __init__(self, village: str) -> None:
        super().__init__(f"“{village}”没有在册的儿童。请先用 docgen people import 导入名单。")


class VillageFormError(RefusedError):
    """A form of a whole village was asked for a child."""

    code = "form.wants-village"

    def __init__(self, form_code: str) -> None:
        super().__init__(f"{form_code} 是整个村的表，不能按孩子办理。请改用 --village 村名。")


class PaperDesk:
    """Makes papers."""

    def __init__(self, office: Office, *, cases: CaseDesk, finding: SearchDesk) -> None:
        self._office = office
        self._cases = cases
        self._finding = finding
        self._issuer = Issuer(office)

    def make(
        self,
        codes: Sequence[str],
        *,
        children: Sequence[str] = (),
        village: str | None = None,
        case: str = "",
        people: Sequence[str] = (),
        issuer: str = "",
        persons: Sequence[str] = (),
        typed: Mapping[str, str] | None = None,
        values_sheets: Sequence[Path] = (),
        reprint: bool = False,
        revise: bool = False,
        dry_run: bool = False,
        overrides: Sequence[Override] = (),
        progress: Callable[[int, int], None] | None = None,
    ) -> MakeReport:
        """Make papers and one print stack in signing order: household by household, form by form.

        Args:
            codes: Form codes in the order of signing.
            children: Names, ID numbers or uids; one of these or `village`.
            village: Every child on the roll of a village.
            case: Uid or number of the case that papers of Part D belong to; empty: the child's open
                case, or a new one when it has none.
            people: Persons to enter into that case first, ``加害人=石大山``.
            issuer: The unit that issues, one of ``[issuers]`` in office.toml; empty: the office itself.
            persons: Names, ID numbers or uids of whom papers about a person are about (B4, B6); with `village`
                alone the person is typed or stands in the sheet.
            typed: Field identifier or title → text, for every paper made.
            values_sheets: Sheets with one row a child; their columns are fields.
            reprint: Print again what was printed; number, version and marks stay.
            revise: Make a new version of what exists; pages of the old one are no longer taken.
            dry_run: Check only; nothing is numbered or written.
            overrides: A second person's decisions, where a rule allows one.
            progress: Called with papers done and papers in all.

        Raises:
            NotFoundError: no such form, child or village.
            VillageFormError: a form of a whole village, asked for by child.
            FormOffError: a form the region's plan does not ask for and the office has not taken on.
            DataError: a field nobody knows; the sheet has a column or row nobody can place.
        """
        specs = list({spec.code: spec for spec in map(self._office.library.get, codes)}.values())
        for spec in specs:
            if spec.subject is Subject.UNIT and not village:
                raise VillageFormError(spec.code)
        refuse_unused(specs, self._office.profile, self._office.settings)
        check_names(specs, typed or {})
        recover(self._office)  # what a failure left unregistered must be seen before it is made a second time
        unit = issuer_unit(self._office.registry, self._office.settings, issuer)
        files = self._cases.for_papers(children, case, people, dry_run=dry_run) if _of_case(specs) else {}
        children = [*children, *(uid for uid in files if not children)]
        with self._office.registry.read() as tx:
            adults = [one_person(tx, text) for text in persons]
            records = self._records(
                tx, children, village if any(s.subject is not Subject.PERSON for s in specs) else ""
            )
            area = tx.units.by_name(village) if village else None
        sheet = read_values_sheets(values_sheets, specs, records)
        single = {Subject.CHILD, Subject.CASE}
        tasks = [_Task(spec=s, record=r) for r in records for s in specs if s.subject in single]
        tasks += [_Task(spec=s) for s in specs if s.subject is Subject.UNIT]
        for spec in specs:
            if spec.subject is Subject.PERSON:
                tasks += _about_persons(spec, adults, sheet)
        choice = _Choice(
            typed=typed or {},
            sheet=sheet,
            reprint=reprint,
            revise=revise,
            dry_run=dry_run,
            overrides=tuple(overrides),
            unit=unit,
            cases=files,
        )
        run = _Run(self._office, self._issuer, choice, label=area.short or area.name if area else "")
        for done, task in enumerate(tasks):
            if progress:
                progress(done, len(tasks))
            if done and task.record is not tasks[done - 1].record:  # the papers of one child stay together
                run.print_full(progress)
            run.one(task, area.uid if area else "")
        report = run.finish(progress)
        self._finding.catch_up()
        return report

    def listing(
        self, *, village: str | None = None, form_code: str | None = None, status: str | None = None
    ) -> tuple[PaperRow, ...]:
        """Return the papers made, in the order of making."""
        with self._office.registry.read() as tx:
            papers = tx.papers.in_village(tx.units.by_name(village).uid) if village else tx.papers.all()
            rows = [paper_row(self._office, tx, p, tx.papers.version(p.uid, p.version)) for p in papers if p.version]
        wanted = self._office.library.get(form_code).code if form_code else ""
        return tuple(r for r in rows if (not wanted or r.form_code == wanted) and (not status or status in r.status))

    def outstanding(self, *, village: str | None = None, days: int = 0) -> tuple[PaperRow, ...]:
        """Return what was printed and has not come back, by village and then the oldest first.

        Args:
            village: Only of one village.
            days: Only what has been out for at least so many days.
        """
        return outstanding(self._office, village=village, days=days)

    def reprint(self, numbers: Sequence[str], progress: Callable[[int, int], None] | None = None) -> MakeReport:
        """Print papers again by their numbers: same version, same marks; only the event is recorded.

        Raises:
            PaperNotFoundError: no such paper; nothing is printed.
            NotReprintableError: one is void or has come back signed; nothing is printed.
        """
        return reprint(self._office, self._issuer, numbers, progress)

    def void(self, number: str, *, reason: str) -> PaperRow:
        """Withdraw an unsigned paper; its number stays void.

        Raises:
            NotFoundError: no paper of that number or uid.
            SignedPaperError: it is signed.
        """
        with self._office.registry.begin() as tx:
            record = one_paper(tx, number)
            if record.signed_version:
                raise SignedPaperError(number)
            tx.papers.set_status(record.uid, record.version, PaperStatus.VOID)
            if record.document_number is not None:
                tx.numbers.void(record.document_number, reason)
            tx.audit.append("paper.void", actor=self._office.actor.name, subject=record.uid, version=record.version)
            return paper_row(self._office, tx, tx.papers.get(record.uid), tx.papers.version(record.uid, record.version))

    def check_template(self, path: Path, form_code: str) -> tuple[Problem, ...]:
        """Check an office's own template against its form and the press."""
        from docgen.workspace.own_forms.checking import check_template

        return check_template(self._office, path, self._office.library.get(form_code))

    def _records(self, tx: Tx, children: Sequence[str], village: str | None) -> tuple[ChildRecord, ...]:
        if village:
            found = facts_of_village(tx, tx.units.by_name(village), self._office.settings).roster
            if not found:
                raise NoChildrenError(village)
            return found
        return tuple({record.uid: record for record in (one_child(tx, text) for text in children)}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
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
class _Task:
    """One paper to be made."""

    spec: FormSpec
    record: ChildRecord | None = None
    person: Person | None = None
    row: TypedRow | None = None
    """Of a list whose rows are papers."""


def _about_persons(spec: FormSpec, adults: Sequence[Person], sheet: TypedValues) -> list[_Task]:
    """Return the papers of a form about persons: those named, those of the sheet's rows, else one that is typed."""
    tasks = [_Task(spec=spec, person=person) for person in adults]
    tasks += [_Task(spec=spec, row=row) for row in sheet.lists.get(spec.code, ())]
    return tasks or [_Task(spec=spec)]


class _Run:
    """One `make`: collects what was made, what failed and what was left alone."""

    def __init__(self, office: Office, issuer: Issuer, choice: _Choice, *, label: str) -> None:
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

    def one(self, task: _Task, village_uid: str) -> None:
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

    def _row_of(self, task: _Task) -> TypedRow:
        """Return what the sheet says for a paper."""
        if task.row is not None:
            return task.row
        if task.record is not None:
            return self._choice.sheet.of(task.spec.code, task.record.uid)
        listed = self._choice.sheet.lists.get(task.spec.code, ())
        return listed[0] if task.spec.subject is Subject.UNIT and listed else EMPTY

    def _facts_of_person(self, tx: Tx, task: _Task, village_uid: str) -> tuple[Facts, str]:
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


def _of_case(specs: Sequence[FormSpec]) -> bool:
    return any(spec.subject is Subject.CASE for spec in specs)


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
