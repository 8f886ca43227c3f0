"""季度报表打印: attachments 3 to 7 and the reports of a period, each an ordinary paper of the catalogue.

Source: forms.md §6 B1–B4, C1, C2, C5, §9.3. What must stay true: a roster and a table are printed from the frozen
version and from nothing else; the same version printed again keeps its number and its marks, another version is a
new version of the same paper; no figure is typed.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.engine.table_book import write_table
from docgen.workspace.office.outgoing import write_file
from docgen.workspace.office.reports import Report, problems_json
from docgen.workspace.papers.issuing import Draft, Issuer
from docgen.workspace.papers.printing import print_stack
from docgen.workspace.papers.reports import FailedPaper
from docgen.workspace.papers.reprinting import made_paper
from docgen.workspace.papers.typed import check_names, read_values_sheets, typed_for
from docgen.workspace.people.gathering import facts_of_village
from docgen.workspace.quarter.companion import companion_sheet
from docgen.workspace.quarter.frozen_rows import frozen_values
from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.roster_book import roster_book
from forms.cases.case import Case
from forms.errors import AppError, NotFoundError, RefusedError
from forms.filling.fill import fill
from forms.problems import blocking
from forms.rules import RULES
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office
    from docgen.workspace.papers.desk import PaperDesk
    from docgen.workspace.papers.issuing import Issued
    from docgen.workspace.papers.reports import MadePaper, MakeReport
    from docgen.workspace.quarter.desk import QuarterDesk
    from docgen.workspace.quarter.table_desk import TableDesk
    from forms.cases.facts import Facts, Value
    from forms.problems import Problem
    from forms.quarter.frozen_roster import FrozenRoster
    from forms.quarter.period import Period
    from forms.quarter.table import PeriodTable
    from forms.spec import FormSpec

FORMATS = ("pdf", "docx", "xlsx")
ATTACHMENTS: Mapping[int, str] = {3: "C1", 4: "B1", 5: "B2", 6: "B3", 7: "B4"}
"""Forms by the number the plan of 龙里 gives them; a region that numbers them otherwise says so in its profile."""
_SUMMED = ("C1", "B1", "B3")
"""Papers about the whole unit; the others are one for each person."""
_ROSTERS = frozenset({"B1", "B3"})
_QUARTERS = 8
"""As many quarters as a chart of the change shows."""
_ABOUT = ("period_from", "period_to")
_NOT_COMPARED = frozenset({"fill_date", "signed_on"})


class UnknownAttachmentError(AppError):
    """No attachment of that number is printed here."""

    code = "quarter.attachment"
    exit_code = 2

    def __init__(self, text: str, known: Sequence[int]) -> None:
        shown = "、".join(str(number) for number in known)
        super().__init__(f"没有“{text}”这个附件。可以打印的是附件 {shown}，写成 3-7 或者 3,4。")


class NoCompanionError(RefusedError):
    """The companion names people, which this office's table cannot show."""

    code = "quarter.companion"

    def __init__(self) -> None:
        super().__init__(
            "这张表由下级的表汇总，本单位没有逐人的名册，不能附数据来源名单。"
            "请向报送的镇（街道）查询（个人信息保护法 第六条）。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedQuarter(Report):
    """What one printing gave."""

    made: tuple[MadePaper, ...]
    failed: tuple[FailedPaper, ...]
    files: tuple[Path, ...]
    """In `out/`: the stack to print, workbooks, the companion."""
    sheets: int
    """Pages in the stack, blank back sides included."""
    people: MakeReport | None = None
    """Registration forms of single persons, printed as a stack of their own."""

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        return {
            "made": [
                {"form_code": m.form_code, "number": m.number, "version": m.version, "pages": m.pages}
                for m in self.made
            ],
            "failed": [{"form_code": f.form_code, "problems": problems_json(f.problems)} for f in self.failed],
            "files": [str(path) for path in self.files],
            "sheets": self.sheets,
            "people": self.people.as_json() if self.people else None,
        }


class QuarterPrinter:
    """Prints what a period's table and rosters give."""

    def __init__(
        self, office: Office, *, papers: PaperDesk, quarter: QuarterDesk, tables: TableDesk, finding: SearchDesk
    ) -> None:
        self._office = office
        self._papers = papers
        self._quarter = quarter
        self._tables = tables
        self._finding = finding
        self._issuer = Issuer(office)

    def attachments(self) -> dict[int, str]:
        """Return the forms of attachments 3 to 7 by number, as the region numbers them."""
        numbered = {
            row.attachment: code
            for code in ATTACHMENTS.values()
            if (row := self._office.profile.form(code)) is not None and row.attachment
        }
        return dict(sorted(numbered.items())) or dict(ATTACHMENTS)

    def chosen(self, text: str) -> tuple[str, ...]:
        """Return the forms named by ``3-7`` or ``3,5``; all of them for an empty text.

        Raises:
            UnknownAttachmentError: there is none of that number.
        """
        known = self.attachments()
        found: list[str] = []
        for part in text.replace("，", ",").replace("、", ",").replace("—", "-").split(","):
            if not part.strip():
                continue
            first, _, last = part.partition("-")
            try:
                numbers = range(int(first), int(last or first) + 1)
            except ValueError:
                raise UnknownAttachmentError(part.strip(), tuple(known)) from None
            if not numbers or any(number not in known for number in numbers):
                raise UnknownAttachmentError(part.strip(), tuple(known))
            found += [known[number] for number in numbers]
        return tuple(dict.fromkeys(found)) or tuple(known.values())

    def print(
        self,
        period: Period,
        *,
        codes: Sequence[str] = (),
        formats: Sequence[str] = FORMATS,
        companion: str = "",
        typed: Mapping[str, str] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> PrintedQuarter:
        """Print attachments of a period.

        Args:
            period: Which; its roster is frozen.
            codes: Forms, see `chosen`; empty: all.
            formats: Which files to keep of `FORMATS`.
            companion: For whom to print the list of the people behind every figure, one of `RECIPIENTS`; empty: not
                at all.
            typed: Names and corrections typed for the papers.
            progress: Called with print jobs done and in all.

        Raises:
            RosterNotFoundError: nothing is frozen for the period.
        """
        codes = tuple(codes) or tuple(self.attachments().values())
        table = self.table(period)
        with self._office.registry.read() as tx:
            roster = tx.rosters.load(table.roster_version) if self._counts else None
        if companion and roster is None:
            raise NoCompanionError
        run = _Run(self._office, self._issuer, table, roster, typed or {})
        for code in codes:
            if code in _SUMMED and (code == "C1" or roster is not None):
                run.one(code)
        printed = self._finish(run, formats, progress, companion=companion)
        if roster is None:
            return printed
        children = [person.uid for person in roster.children if person.at_end]
        elders = [person.uid for person in roster.elders if person.at_end]
        people = self._people("B2" if "B2" in codes else "", children, "B4" if "B4" in codes else "", elders)
        return replace(printed, people=people)

    def report(
        self,
        period: Period,
        *,
        code: str = "C2",
        formats: Sequence[str] = ("pdf", "docx"),
        typed: Mapping[str, str] | None = None,
        values_sheets: Sequence[Path] = (),
        progress: Callable[[int, int], None] | None = None,
    ) -> PrintedQuarter:
        """Print the report of a period: C2, or C5 for a campaign; its figures are those of the table.

        A duty may be typed by its heading: ``控辍保学责任``.

        Raises:
            RosterNotFoundError: nothing is frozen for the period.
        """
        table = self.table(period)
        spec = self._office.library.get(code)
        typed = self._by_heading(typed or {})
        check_names([spec], typed)
        listed = read_values_sheets(values_sheets, [spec], ()).lists.get(spec.code, ())
        texts = {**(listed[0].texts if listed else {}), **typed_for(spec, typed)}
        run = _Run(self._office, self._issuer, table, None, texts, earlier=self._earlier(period))
        run.one(spec.code)
        return self._finish(run, formats, progress)

    @property
    def _counts(self) -> bool:
        """Tell whether the office counts people itself and does not add up the tables of others."""
        return self._tables.shelf.role is Role.TOWN

    def table(self, period: Period) -> PeriodTable:
        """Return the office's own table: as reviewed, with verified values beside the reported ones, else as it stands.

        Raises:
            RosterNotFoundError: nothing is frozen for the period.
            RefusedError: no unit below has a table that may be added up.
        """
        office = self._office
        with office.registry.read() as tx:
            record = tx.tables.newest(tx.units.owner().uid, period)
        if not self._counts:
            return self._tables.shown(record) if record else self._tables.table(period)
        counted = self._quarter.table(period)
        return self._tables.shown(record) if record and record.version == counted.version else counted

    def _by_heading(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return what was typed, the text of a duty told by its heading put into its row (C2)."""
        rows = {heading: f"duties.{n}.work_done" for n, heading in enumerate(self._office.profile.five_duties, start=1)}
        return {rows.get(name.strip(), name): text for name, text in typed.items()}

    def _earlier(self, period: Period) -> tuple[PeriodTable, ...]:
        """Return the tables of the quarters before, as far as there are any, oldest first."""
        found: list[PeriodTable] = []
        before = period
        for _ in range(_QUARTERS - 1):
            before = before.quarter_before()
            with suppress(NotFoundError, RefusedError):
                found.append(self.table(before))
        return tuple(reversed(found))

    def _people(self, child_form: str, children: list[str], elder_form: str, elders: list[str]) -> MakeReport | None:
        """Print the registration forms that were not printed yet."""
        desk = self._papers
        made = desk.make([child_form], children=children) if child_form and children else None
        other = desk.make([elder_form], persons=elders) if elder_form and elders else None
        if made is None or other is None:
            return made or other
        return replace(
            made,
            made=(*made.made, *other.made),
            failed=(*made.failed, *other.failed),
            skipped=(*made.skipped, *other.skipped),
            stack=made.stack or other.stack,
            docx_folder=made.docx_folder or other.docx_folder,
            more_stacks=(*made.more_stacks, *_more(other, is_second=made.stack is not None)),
            sheets=made.sheets + other.sheets,
        )

    def _finish(
        self,
        run: _Run,
        formats: Sequence[str],
        progress: Callable[[int, int], None] | None,
        *,
        companion: str = "",
    ) -> PrintedQuarter:
        """Write the stack and the workbook; count the printing."""
        office, table = self._office, run.table
        files: list[Path] = []
        sheets = 0
        if run.issued:
            stack, folder, sheets = print_stack(office, run.issued, table.period.code, progress)
            with office.registry.begin() as tx:
                for issued in run.issued:
                    tx.papers.count_print(issued.record.uid, issued.version)
                    tx.audit.append(
                        "paper.print", actor=office.actor.name, subject=issued.record.uid, version=issued.version
                    )
            files.append(stack)
            if "xlsx" in formats and any(i.record.form_code == "C1" for i in run.issued):
                data = write_table(
                    table, office.profile.quarter, title=office.title_of("C1"), unit=office.settings.unit_name
                )
                files.append(write_file(folder / f"C1-{table.period.code}-v{table.version}.xlsx", data))
            if "xlsx" in formats:
                files += self._roster_books(run, folder)
            if companion:
                files.append(companion_sheet(office, self._quarter, table, folder, recipient=companion))
            if "pdf" not in formats:
                stack.unlink()
                files.remove(stack)
            if "docx" in formats:
                files.append(folder)
            else:
                _without_docx(folder)
            self._finding.catch_up()
        return PrintedQuarter(made=tuple(run.made), failed=tuple(run.failed), files=tuple(files), sheets=sheets)

    def _roster_books(self, run: _Run, folder: Path) -> list[Path]:
        """Write a workbook beside each printed roster."""
        office, period = self._office, run.table.period
        return [
            write_file(
                folder / f"{code}-{period.code}-v{run.table.version}.xlsx",
                roster_book(
                    office.library.get(code),
                    values,
                    period,
                    title=office.title_of(code),
                    unit=office.settings.unit_name,
                ),
            )
            for code, values in run.rosters.items()
        ]


def _without_docx(folder: Path) -> None:
    for path in folder.glob("*.docx"):
        path.unlink()
    if not any(folder.iterdir()):
        shutil.rmtree(folder)


class _Run:
    """Papers of one period on their way."""

    def __init__(
        self,
        office: Office,
        issuer: Issuer,
        table: PeriodTable,
        roster: FrozenRoster | None,
        typed: Mapping[str, str],
        *,
        earlier: tuple[PeriodTable, ...] = (),
    ) -> None:
        self._office = office
        self._issuer = issuer
        self._roster = roster
        self._typed = typed
        self._earlier = earlier
        self.table = table
        self.issued: list[Issued] = []
        self.made: list[MadePaper] = []
        self.failed: list[FailedPaper] = []
        self.rosters: dict[str, Mapping[str, Value]] = {}
        """What the printed rosters say, by form."""

    def one(self, code: str) -> None:
        """Make or print again one paper about the unit."""
        office = self._office
        spec = office.library.get(code)
        with office.registry.read() as tx:
            facts = facts_of_village(tx, tx.units.owner(), office.settings)
            town = facts.office if self._roster is not None else facts.town
            roster = () if code in _SUMMED else facts.roster  # a report names none of them
            facts = replace(facts, town=town, roster=roster, period_table=self.table, earlier_tables=self._earlier)
        values, problems = self._filled(spec, facts)
        if blocking(problems):
            self.failed.append(FailedPaper(form_code=code, subject=self.table.unit_name, problems=problems))
            return
        with office.registry.read() as tx:
            known = self._known(tx, spec, facts, values)
            before = tx.papers.version(known.uid, known.version).values if known else {}
        if known is not None and _same(before, values):
            issued = self._issuer.again(known)
        else:
            issued = self._issuer.issue(self._draft(spec, facts, values, known))
        if code in _ROSTERS:
            self.rosters[code] = values
        self.issued.append(issued)
        self.made.append(made_paper(issued, self.table.unit_name, problems, office))

    def _filled(self, spec: FormSpec, facts: Facts) -> tuple[Mapping[str, Value], tuple[Problem, ...]]:
        office, period = self._office, self.table.period
        own = {"cutoff_on": period.to_on.isoformat(), "period": period.label}
        own |= {"period_from": period.from_on.isoformat(), "period_to": period.to_on.isoformat()}
        asked = {name: text for name, text in own.items() if _is_open(spec, name)}
        typed = {**asked, **typed_for(spec, self._typed)}
        filled = fill(
            spec, facts, typed, today=office.today, profile=office.profile, missing_glyphs=office.missing_glyphs
        )
        if spec.code not in _ROSTERS or self._roster is None:
            return filled.values, filled.problems
        case = Case(
            spec=spec,
            facts=facts,
            values={},
            today=period.to_on,
            profile=office.profile,
            missing_glyphs=office.missing_glyphs,
        )
        villages = [row.unit_uid for row in self.table.rows]
        values = frozen_values(spec, filled.values, self._roster, villages, case)
        judged = replace(case, values=values)
        found = [problem for code in spec.rules for problem in RULES[code].run(judged)]
        required = [p for p in filled.problems if p.code.startswith("field.") and p.where.field != "rows"]
        return values, tuple(dict.fromkeys((*required, *found)))

    def _known(self, tx: Tx, spec: FormSpec, facts: Facts, values: Mapping[str, Value]) -> PaperRecord | None:
        """Return the paper of this period that is in force: the newest."""
        names = _ABOUT if spec.find_field("period_from") is not None else ("period", "cutoff_on")
        gone = {PaperStatus.VOID, PaperStatus.REPLACED}
        found = [
            paper
            for paper in tx.papers.in_village(facts.village.uid, spec.code)
            if paper.version and paper.status not in gone
        ]
        for paper in reversed(found):
            kept = tx.papers.version(paper.uid, paper.version).values
            if all(kept.get(name) == values.get(name) for name in names):
                return paper
        return None

    def _draft(self, spec: FormSpec, facts: Facts, values: Mapping[str, Value], known: PaperRecord | None) -> Draft:
        wanted = self._office.profile.copies.get(spec.code)
        chosen = spec.copies_for(wanted) if wanted else spec
        state = (known.uid, known.version) if known else None

        def is_made(tx: Tx) -> bool:
            now = self._known(tx, spec, facts, values)
            return ((now.uid, now.version) if now else None) != state

        return Draft(
            spec=spec,
            facts=facts,
            values=values,
            copies=tuple(c for c in chosen.copies if c.original),
            sent=tuple(c for c in chosen.copies if not c.original and c.hide),
            made_on=self._office.today,
            replaces=known,
            is_made=is_made,
        )


def _is_open(spec: FormSpec, name: str) -> bool:
    """Tell whether a form lets the period be said."""
    field = spec.find_field(name)
    return field is not None and not field.prefill


def _same(before: Mapping[str, Value], now: Mapping[str, Value]) -> bool:
    """Tell whether a paper would say the same again; readings of the signed one do not count."""
    return all(before.get(name) == value for name, value in now.items() if name not in _NOT_COMPARED)


def _more(report: MakeReport, *, is_second: bool) -> tuple[tuple[Path, Path], ...]:
    """Return the stacks of a report that are not its first; all of them where another report comes before it."""
    if is_second and report.stack is not None and report.docx_folder is not None:
        return (report.stack, report.docx_folder), *report.more_stacks
    return report.more_stacks
