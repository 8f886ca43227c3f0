"""人员: people come in from villages' lists, and are shown.

Sheet -> drafts -> same-person check -> registry, one transaction a file, so that an import is whole or
did not happen. What must stay true: the same file again changes nothing; every row of the file is in
the report; a row that was not taken stands in the copy under `out/` with the reason beside the cell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from docgen.engine.sheets import load_file, read_bytes, write_rejected
from docgen.workspace.office.reports import Report
from docgen.workspace.people.importing import Import
from forms.errors import DataError, UnreadableSheetError
from forms.law.time import print_date
from forms.lists.headings import field_named
from forms.lists.village import read_village_list
from forms.values.blank import is_value
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from archive.registry import Registry
    from docgen.workspace.people.import_report import ImportReport
    from forms.people import ChildRecord

    Progress = Callable[[int, int], None]


class RegisterOffice(Protocol):
    """What the desk needs of an open office."""

    @property
    def folder(self) -> Path:
        """The office folder; the copy goes into its `out/`."""

    @property
    def registry(self) -> Registry:
        """Where people are kept."""

    @property
    def today(self) -> date:
        """The day on which ages count."""

    @property
    def actor(self) -> Actor:
        """Who does it."""


class Actor(Protocol):
    """Who is at the desk."""

    @property
    def name(self) -> str:
        """For the record of acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChild(Report):
    """One child as a list shows it; all text, ready to print."""

    uid: str
    name: str
    gender: str
    birth: str
    masked_id: str
    village: str
    carer: str
    relation: str


class ListFromTheFutureError(DataError):
    """A list cannot show a day that has not come."""

    code = "people.import-day"

    def __init__(self, name: str, day: date) -> None:
        super().__init__(f"“{name}”反映的日期写成了{print_date(day)}，还没有到，没有导入。请改正 --on 后面的日期。")


class _NothingWritten(Exception):  # noqa: N818  not an error: it ends a rehearsal
    """Rolls a dry run back."""


class PeopleDesk:
    """Imports lists and shows who is kept."""

    def __init__(self, office: RegisterOffice) -> None:
        self._office = office

    def import_sheet(
        self,
        path: Path,
        *,
        village: str | None = None,
        columns: Mapping[str, str] | None = None,
        on: date | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Take in a village's list.

        Args:
            path: .xlsx, .csv or .tsv.
            village: The village of all rows that do not name theirs; needed only when the title does not either.
            columns: Column letter → what it is, for headings that are not understood: ``{"C": "儿童性别"}``.
            on: The day whose state the list shows, today unless told; what it says holds from that day on.
            dry_run: Report what would happen and write nothing, no copy either.
            progress: Called with rows done and rows in all.

        Raises:
            UnknownColumnFieldError: `columns` names what no list holds.
            UnreadableSheetError: no sheet, or no sheet with a heading in it.
            SheetInUseError: the copy of an earlier import is open in a spreadsheet program.
        """
        told = {letter.strip().upper(): field_named(name) for letter, name in (columns or {}).items()}
        data = load_file(path)
        sheets = read_bytes(data, name=path.name)
        day = on or self._office.today
        if day > self._office.today:
            raise ListFromTheFutureError(path.name, day)
        lists = [read_village_list(s, today=day, told=told) for s in sheets]
        if not any(found.heading for found, s in zip(lists, sheets, strict=True) if not s.hidden):
            raise UnreadableSheetError(
                path.name,
                why="里没有找到名单的表头",
                way_out="表头里要有“姓名”这一列，以及身份证号、出生日期、父亲、母亲等至少两列；隐藏的工作表请先取消隐藏。",
            )
        digest = hashlib.sha256(data).hexdigest()
        report: ImportReport | None = None
        try:
            with self._office.registry.begin() as tx:
                run = Import(tx, today=day, source=f"sheet:{digest}", village=village or "", progress=progress)
                report = run.take(path.name, sheets, lists, dry_run=dry_run)
                if dry_run:
                    raise _NothingWritten  # noqa: TRY301  rolling back is the point
                target = self._office.folder / "out" / f"未导入-{digest[:10]}.xlsx"
                if run.findings:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    heads = {found.sheet: found.heading.last_row for found in lists if found.heading}
                    write_rejected(target, data, sheets, run.findings, header_rows=heads)
                    report = replace(report, rejected_file=target)
                tx.audit.append(
                    "people.import", actor=self._office.actor.name, subject=f"sheet:{digest}",
                    **{outcome.name.lower(): number for outcome, number in report.counts.items()},
                )  # fmt: skip
        except _NothingWritten:
            pass
        assert report is not None
        return report

    def listing(self, village: str | None = None) -> tuple[ListedChild, ...]:
        """Return the children kept, in the order of entry; ID numbers masked (PIPL 28).

        Raises:
            UnitNotFoundError: no such village.
        """
        with self._office.registry.read() as tx:
            names = {u.uid: u.short or u.name for u in tx.units.of_kind(UnitKind.VILLAGE)}
            records = tx.people.in_village(tx.units.by_name(village).uid) if village else tx.people.all()
        return tuple(_listed(r, names.get(r.child.village_uid, "")) for r in records)


def _listed(record: ChildRecord, village: str) -> ListedChild:
    person, carer = record.child.person, record.carer
    return ListedChild(
        uid=record.uid,
        name=str(person.name),
        gender=str(person.gender) if is_value(person.gender) else "",
        birth=print_date(person.birth) if is_value(person.birth) else "",
        masked_id=person.id_number.masked if is_value(person.id_number) else "",
        village=village,
        carer=str(carer.person.name) if is_value(carer) else "",
        relation=str(carer.relation) if is_value(carer) and is_value(carer.relation) else "",
    )
