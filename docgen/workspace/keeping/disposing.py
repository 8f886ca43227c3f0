"""鉴定和销毁: what has been kept long enough is listed, looked at by two persons, kept longer or destroyed.

Source: 档案法 第二十一条, 第二十二条 (no destruction without the prescribed procedure; appraisal of what has
reached its retention), forms.md REF-19. Order: certificate into the store → decision into the registry
→ objects out of the store → registered as done. What is decided is carried through at the next opening
if a crash came between; docs/on-disk.md says what remains.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archive.reference_code import RETENTION_WORDS, ReferenceCode, retention_ends
from archive.registry import new_uid
from archive.registry.decisions import DecisionKind
from archive.registry.disposals import DisposedObject
from archive.registry.scans import DeskItemNotFoundError, PageState
from archive.store import disposal_object, scan_object
from docgen.engine.archive_sheets import lay_out_sheet
from docgen.engine.press import PrintJob
from docgen.engine.sheets import read_sheet
from docgen.engine.sheets.lists import ListSheet, write_lists
from docgen.workspace.keeping.destroying import carry_through
from docgen.workspace.keeping.items import Describer
from docgen.workspace.keeping.reports import Appraisal, DisposalReport
from docgen.workspace.office.objects import sha512
from docgen.workspace.office.outgoing import new_folder, new_path, write_file
from forms.errors import AppError, DataError, NotFoundError, RefusedError
from forms.law.sources import cite
from forms.law.time import print_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archive.description import ArchivalItem
    from archive.registry import Tx
    from archive.registry.codes import GivenCode
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office

HEAD = ("序号", "档号", "题名", "日期", "页数", "保管期限", "期满年份", "鉴定意见", "续存至", "理由")
WIDTHS = (6, 30, 44, 11, 7, 10, 10, 12, 12, 30)
DESTROY, KEEP = "销毁", "续存"
FOR_EVER = "永久"
BASIS = f"{cite('archives', '第二十一条')}、{cite('archives', '第二十二条').article}"
FORMAT = 1


class TwoPersonsError(RefusedError):
    """One person alone, or the same one twice."""

    code = "REF-19.two-persons"

    def __init__(self) -> None:
        super().__init__(
            f"销毁档案要由两人鉴定、监销，请写两个不同人的姓名（{cite('archives', '第二十一条')}：禁止擅自销毁档案）。"
        )


class NotDueError(RefusedError):
    """Something on the list may not be destroyed."""

    code = "REF-19"

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"清单里有 {len(faults)} 处不能照办，一件也没有销毁（{BASIS}）：{'；'.join(faults[:5])}"
            f"{'……' if len(faults) > 5 else ''}。"
        )


class AppraisalListError(DataError):
    """The list is not one that appraisal wrote."""

    code = "appraisal.list"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"“{name}”{why}。请用 docgen archive appraise 生成的清单，在“鉴定意见”一列填“销毁”或“续存”。")


class DisposalNotFoundError(NotFoundError):
    """No disposal by that number."""

    code = "disposal.not-found"

    def __init__(self, uid: str) -> None:
        super().__init__(f"没有编号为“{uid}”的销毁清册。")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """One row of the list."""

    item: ArchivalItem
    is_destroyed: bool
    until_year: int | None = None


class LateCopyError(RefusedError):
    """A desk item that cannot be destroyed as a late copy."""

    code = "disposal.not-a-late-copy"

    def __init__(self, item: int, why: str) -> None:
        super().__init__(f"待办第 {item} 项不能按已有的销毁清册销毁：{why}（{BASIS}）。")


class DisposalDesk:
    """Appraises and destroys."""

    def __init__(self, office: Office, *, finding: SearchDesk) -> None:
        self._office = office
        self._finding = finding

    def appraise(self) -> Appraisal:
        """List what has been kept to the end of its retention, as a sheet for the two who decide.

        An item of 2026 kept for 10 years is due from 2037. What was kept longer by an earlier
        appraisal comes back when that time is over; what is kept for ever never comes.
        """
        office = self._office
        with office.registry.read() as tx:
            due = list(self._due(tx))
        rows = [
            (
                str(number),
                str(item.code),
                item.title,
                item.day_digits,
                str(item.pages),
                RETENTION_WORDS[item.code.item_class.retention] if item.code else "",
                str(ends),
                "",
                "",
                "",
            )
            for number, (item, ends) in enumerate(due, start=1)
        ]
        path = None
        if rows:
            path = new_path(office, "鉴定清单", ".xlsx")
            title = f"档案鉴定清单　{office.settings.unit_name}　{print_date(office.today)}"
            sheet = ListSheet(name="鉴定清单", title=title, head=HEAD, rows=rows, widths=WIDTHS)
            write_file(path, write_lists([sheet]))
        return Appraisal(path=path, rows=tuple(rows))

    def dispose(self, path: Path, *, first: str, second: str) -> DisposalReport:
        """Carry out what two persons wrote into an appraisal list: destroy, or keep longer.

        Args:
            path: The list with 鉴定意见 filled in; rows without one are left for another time.
            first: One of the two.
            second: The other.

        Raises:
            TwoPersonsError: not two different persons.
            AppraisalListError: not such a list, or a decision nobody can read.
            NotDueError: a row may not be destroyed; then nothing at all is done.
        """
        office = self._office
        first, second = _two(first, second)
        lines = list(_read_list(path))
        with office.registry.begin() as tx:
            decisions = self._decide(tx, lines)
            gone = [d.item for d in decisions if d.is_destroyed]
            for kept in (d for d in decisions if not d.is_destroyed):
                until = kept.until_year
                tx.disposals.keep(str(kept.item.code), until_year=until, first_by=first, second_by=second)
                tx.audit.append("archive.keep-longer", actor=office.actor.name, subject=kept.item.uid, until=until or 0)
            uid, folder, held = "", None, 0
            if gone:
                uid, folder, held = self._certify(tx, gone, first=first, second=second)
        if uid:
            carry_through(office)
        self._finding.catch_up()
        undecided = sum(not line.decision for line in lines)
        return DisposalReport(
            uid=uid, destroyed=len(gone), kept=len(decisions) - len(gone), undecided=undecided, held=held, folder=folder
        )

    def dispose_copy(self, item: int, *, first: str, second: str) -> DisposalReport:
        """Destroy a scan that came in after its paper was destroyed, with a certificate of its own naming the first.

        Args:
            item: Number of the desk item.
            first: One of the two who decide.
            second: The other.

        Raises:
            TwoPersonsError: not two different persons.
            DeskItemNotFoundError: no such open item.
            LateCopyError: no copy of a destroyed paper, or other material is in the same file.
        """
        office = self._office
        first, second = _two(first, second)
        with office.registry.begin() as tx:
            rows = [row for row in tx.scans.desk() if row.id == item]
            if not rows:
                raise DeskItemNotFoundError(item)
            sha256 = rows[0].sha256
            mark_ids = {p.mark_id for p in tx.scans.pages(sha256) if p.page_index == rows[0].page_index}
            found = tx.papers.by_mark(mark_ids.pop() if mark_ids else "")
            before = tx.disposals.of_item(found[0].uid) if found else ""
            if found is None or not before:
                raise LateCopyError(item, "它不是一件已销毁文书的又一份")
            pages = tx.scans.pages(sha256)
            free, _ = tx.disposals.scans_left_without([found[1].mark_id])
            if sha256 not in free or any(page.state is PageState.FILED for page in pages):
                why = "同一个扫描文件里还有没有销毁的材料，最后一件期满时一并销毁"
                raise LateCopyError(item, f"{why}；这一项请用 docgen intake discard 写明理由了结")
            paper = replace(Describer(office, tx).paper(found[0]), object_id=scan_object(sha256), pages=len(pages))
            note = f"这是清册 {before} 所列的一件销毁以后又收到的扫描件，不再归档。"
            goes = [DisposedObject(object_id=scan_object(sha256))]
            uid, folder = self._seal(tx, [paper], goes, held=(), note=note, persons=(first, second))
            for row in tx.scans.desk():
                if row.sha256 == sha256:
                    words = f"按销毁清册 {uid} 销毁"
                    tx.desk.record(row, DecisionKind.DISCARD, by=first, resolution=words, reason=note)
            tx.scans.set_state([(page.sha256, page.page_index) for page in pages], PageState.DUPLICATE)
        carry_through(office)
        self._finding.catch_up()
        return DisposalReport(uid=uid, destroyed=1, kept=0, undecided=0, held=0, folder=folder)

    def add_signed(self, uid: str, path: Path) -> None:
        """Keep the signed scan of a certificate beside it in the store.

        Raises:
            DisposalNotFoundError: no such disposal.
        """
        office = self._office
        object_id = disposal_object(uid)
        if not office.store.exists(object_id):
            raise DisposalNotFoundError(uid)
        data = path.read_bytes()
        name = f"signed-{sha512(data)[:16]}{path.suffix.lower()}"
        office.store.put(object_id, {name: data}, message="收回签字的销毁清册", user=office.actor.name, at=office.now)
        with office.registry.begin() as tx:
            tx.audit.append("archive.disposal-signed", actor=office.actor.name, subject=uid, sha512=sha512(data)[:16])

    def _due(self, tx: Tx) -> Iterator[tuple[ArchivalItem, int]]:
        describer = Describer(self._office, tx)
        kept = tx.disposals.kept()
        for given in tx.codes.all():
            ends = self._ends(given, {code: keeping.until_year for code, keeping in kept.items()})
            if given.void_reason or ends is None or ends >= self._office.today.year or tx.disposals.of_item(given.uid):
                continue
            item = describer.by_uid(given.uid)
            if item is not None:
                yield item, ends

    def _ends(self, given: GivenCode, kept: dict[str, int | None]) -> int | None:
        """Return the last year of keeping; ``None``: for ever."""
        text = str(given.code)
        if text in kept:
            return kept[text]
        return retention_ends(given.code.item_class.year, given.code.item_class.retention)

    def _decide(self, tx: Tx, lines: Sequence[_Line]) -> list[_Decision]:
        """Turn the rows into decisions; every fault is found before anything is done."""
        due = {str(item.code): item for item, _ in self._due(tx)}
        decisions: list[_Decision] = []
        faults: list[str] = []
        seen: set[str] = set()
        year = self._office.today.year
        for line in lines:
            if not line.decision:
                continue
            item = due.get(line.code)
            if item is None:
                faults.append(f"第 {line.row} 行 {line.code} 保管期限没有届满，或者已经销毁、续存、作废")
            elif line.code in seen:
                faults.append(f"第 {line.row} 行 {line.code} 重复")
            elif line.decision == DESTROY:
                decisions.append(_Decision(item=item, is_destroyed=True))
            elif line.until != FOR_EVER and not (re.fullmatch(r"\d{4}", line.until) and int(line.until) >= year):
                faults.append(f"第 {line.row} 行“续存至”要写年份（如 {year + 10}）或者“永久”")
            else:
                until = None if line.until == FOR_EVER else int(line.until)
                decisions.append(_Decision(item=item, is_destroyed=False, until_year=until))
            seen.add(line.code)
        if faults:
            raise NotDueError(faults)
        return decisions

    def _certify(self, tx: Tx, gone: Sequence[ArchivalItem], *, first: str, second: str) -> tuple[str, Path, int]:
        """Put the certificate into the store and the decision into the registry; give the certificate out."""
        marks = [v.mark_id for item in gone if item.version for v in tx.papers.versions(item.uid)]
        free, held = tx.disposals.scans_left_without(marks)
        objects = [_object(item) for item in gone]
        objects += [DisposedObject(object_id=scan_object(sha256)) for sha256 in free]
        note = (
            f"另有 {len(held)} 份收到时的扫描件里还有未到期的材料，待其中最后一件期满时一并销毁。"
            if held
            else "收到时的扫描件随同销毁。"
        )
        uid, folder = self._seal(tx, gone, objects, held=held, note=note, persons=(first, second))
        return uid, folder, len(held)

    def _seal(
        self,
        tx: Tx,
        gone: Sequence[ArchivalItem],
        objects: Sequence[DisposedObject],
        *,
        held: Sequence[str],
        note: str,
        persons: tuple[str, str],
    ) -> tuple[str, Path]:
        """Keep and register a certificate, and lay it out to be signed; return its number and folder."""
        office = self._office
        uid = new_uid()
        files = self._certificate(uid, gone, [o.object_id for o in objects], held=held, note=note, persons=persons)
        office.store.put(disposal_object(uid), files, message="销毁清册", user=office.actor.name, at=office.now)
        tx.disposals.decide(
            uid,
            first_by=persons[0],
            second_by=persons[1],
            certificate=sha512(files["disposal.json"]),
            items=len(gone),
            objects=objects,
        )
        for item in gone:
            tx.audit.append("archive.dispose", actor=office.actor.name, subject=item.uid, disposal=uid)
        folder = new_folder(office, f"销毁清册-{uid}")
        for name in ("certificate.pdf", "certificate.xlsx"):
            write_file(folder / name.replace("certificate", "销毁清册"), files[name])
        return uid, folder

    def _certificate(
        self,
        uid: str,
        gone: Sequence[ArchivalItem],
        objects: Sequence[str],
        *,
        held: Sequence[str],
        note: str,
        persons: tuple[str, str],
    ) -> dict[str, bytes]:
        """Return the certificate for people and for programs; nobody's name but those of the two who decided."""
        office = self._office
        first, second = persons
        rows = [
            {
                "no": str(number),
                "code": str(item.code),
                "title": item.plain_title,
                "day": item.day_digits,
                "pages": str(item.pages),
                "retention": item.code.retention_words if item.code else "",
            }
            for number, item in enumerate(gone, start=1)
        ]
        context = {
            "uid": uid,
            "unit_name": office.settings.unit_name,
            "fonds_number": office.settings.archive.fonds_number,
            "basis": BASIS,
            "count": len(gone),
            "pages": sum(item.pages for item in gone),
            "decided_at": f"{office.now:%Y-%m-%d %H:%M}",
            "rows": rows,
            "held_note": note,
            "first_by": first,
            "second_by": second,
        }
        out = io.BytesIO()
        job = PrintJob(paper=lay_out_sheet(office.press, "certificate", context))
        office.press.write([job], out, title=f"档案销毁清册 {uid}")
        items = [
            {**row, "uid": item.uid, "object_id": item.object_id, "files": dict(office.store.paths(item.object_id))}
            for row, item in zip(rows, gone, strict=True)
        ]
        data = {
            "format": FORMAT,
            "uid": uid,
            "decided_at": office.now.isoformat(),
            "first_by": first,
            "second_by": second,
            "basis": BASIS,
            "items": items,
            "objects": sorted(objects),
            "scans_held": sorted(held),
        }
        sheet = ListSheet(
            name="销毁清册",
            title=f"档案销毁清册 {uid}　鉴定人、监销人：{first}、{second}",
            head=("序号", "档号", "题名", "日期", "页数", "保管期限"),
            rows=[tuple(row.values()) for row in rows],
            widths=(6, 30, 44, 11, 7, 10),
        )
        return {
            "disposal.json": (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(),
            "certificate.pdf": out.getvalue(),
            "certificate.xlsx": write_lists([sheet]),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One row of the list as typed."""

    row: int
    code: str
    decision: str
    until: str


def _read_list(path: Path) -> Iterator[_Line]:
    """Yield the rows of an appraisal list.

    Raises:
        AppraisalListError: no head, an unknown decision, or no decision at all.
    """
    count = 0
    for sheet in read_sheet(path):
        head: dict[str, int] = {}
        for row in sheet.rows:
            texts = {cell.column: cell.text.strip() for cell in row.cells}
            if not head:
                found = {text: column for column, text in texts.items() if text in HEAD}
                head = found if {"档号", "鉴定意见"} <= found.keys() else {}
                continue
            said = {name: texts.get(column, "") for name, column in head.items()}
            if not said["档号"]:
                continue
            decision = said["鉴定意见"]
            if decision not in {"", DESTROY, KEEP}:
                raise AppraisalListError(path.name, f"第 {row.number} 行的鉴定意见“{decision}”看不懂")
            count += bool(decision)
            try:
                code = str(ReferenceCode.parse(said["档号"]))
            except AppError as error:
                raise AppraisalListError(path.name, f"第 {row.number} 行：{error}") from None
            yield _Line(row=row.number, code=code, decision=decision, until=said.get("续存至", ""))
    if not count:
        raise AppraisalListError(path.name, "里没有填写鉴定意见")


def _object(item: ArchivalItem) -> DisposedObject:
    key = {"paper_uid": item.uid} if item.version else {"old_uid": item.uid}
    return DisposedObject(object_id=item.object_id, **key)


def _two(first: str, second: str) -> tuple[str, str]:
    """Return two names of different persons.

    Raises:
        TwoPersonsError: they are not.
    """
    first, second = first.strip(), second.strip()
    if not _same(first) or not _same(second) or _same(first) == _same(second):
        raise TwoPersonsError
    return first, second


def _same(name: str) -> str:
    """Return a name such that two ways of typing it are equal."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()
