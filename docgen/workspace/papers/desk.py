"""文书: made for one child or a village, printed once, listed, voided.

What must stay true: nothing is printed twice by accident. A paper that was printed is skipped
unless `reprint` asks for the same paper again or `revise` for a new version; one that was issued
but never reached a print stack (a crash between) is printed without being asked twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.workspace.office.issuers import issuer_unit
from docgen.workspace.own_forms.checking import check_template
from docgen.workspace.papers.form_set import refuse_unused
from docgen.workspace.papers.issuing import Issuer
from docgen.workspace.papers.journal import recover
from docgen.workspace.papers.making import Choice, Making, Task, about_persons
from docgen.workspace.papers.outstanding import outstanding, paper_row
from docgen.workspace.papers.reprinting import reprint
from docgen.workspace.papers.typed import check_names, read_values_sheets
from docgen.workspace.people.choosing import one_child, one_paper, one_person
from docgen.workspace.people.gathering import facts_of_village
from forms.errors import NotFoundError, RefusedError
from forms.spec import Subject
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from archive.registry import Tx
    from docgen.workspace.cases.desk import CaseDesk
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office
    from docgen.workspace.papers.reports import MakeReport, PaperRow
    from forms.filling.fill import Override
    from forms.people import ChildRecord
    from forms.problems import Problem
    from forms.spec import FormSpec


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
        tasks = [Task(spec=s, record=r) for r in records for s in specs if s.subject in single]
        tasks += [Task(spec=s) for s in specs if s.subject is Subject.UNIT]
        for spec in specs:
            if spec.subject is Subject.PERSON:
                tasks += about_persons(spec, adults, sheet)
        choice = Choice(
            typed=typed or {},
            sheet=sheet,
            reprint=reprint,
            revise=revise,
            dry_run=dry_run,
            overrides=tuple(overrides),
            unit=unit,
            cases=files,
        )
        run = Making(self._office, self._issuer, choice, label=area.short or area.name if area else "")
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
        return check_template(self._office, path, self._office.library.get(form_code))

    def _records(self, tx: Tx, children: Sequence[str], village: str | None) -> tuple[ChildRecord, ...]:
        if village:
            found = facts_of_village(tx, tx.units.by_name(village), self._office.settings).roster
            if not found:
                raise NoChildrenError(village)
            return found
        return tuple({record.uid: record for record in (one_child(tx, text) for text in children)}.values())


def _of_case(specs: Sequence[FormSpec]) -> bool:
    return any(spec.subject is Subject.CASE for spec in specs)
