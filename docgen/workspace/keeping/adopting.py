"""旧档: scans from before this program taken over, by what their names say; what is unclear goes to the desk.

Source: issue “Bulk in”, forms.md §12.2. First a dry run that only reads names; then file by file: bytes
into the store, a batch of them into the registry. A run that was broken off is simply started again:
what the registry knows by its SHA-256 is passed over. The files themselves stay where they are.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from archive.intake.old_scans import look_at, unfit
from archive.old_names import read_path
from archive.store import scan_object
from docgen.workspace.finding.indexing import OLD_TEXT
from docgen.workspace.keeping.old_folder import files_below, read_file
from docgen.workspace.keeping.reports import AdoptionReport
from docgen.workspace.office.outgoing import new_path
from docgen.workspace.people.choosing import one_child
from forms.errors import NotFoundError
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from archive.intake.old_scans import OldScan
    from archive.old_names import NameReading
    from archive.registry import Tx
    from archive.registry.old_items import NamedChild
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.keeping.old_folder import OldFile
    from docgen.workspace.office.opened import Office

BATCH = 100
"""Files registered in one transaction."""

LOOKED_AT = 2000
"""Files looked at by one child process; it goes on while this one waits for the disk."""

TOGETHER = 25
"""Files forced to the disk together."""

KEPT_NAMES = 10_000
"""Names of children remembered during a run."""

UNPLACED = "old-unplaced"
FORMAT = 1
HEAD = ("文件", "结果", "儿童", "村（居）", "年份", "日期", "说明")
_T = TypeVar("_T")


class NoFolderError(NotFoundError):
    """The folder to be taken over is not there."""

    code = "adopt.no-folder"

    def __init__(self, name: str) -> None:
        super().__init__(f"没有找到文件夹“{name}”。请检查移动硬盘或网络盘是否接好。")


class Verdict(StrEnum):
    """What becomes of a file."""

    CHILD = "归到儿童"
    VILLAGE = "归到村（居）"
    UNCLEAR = "待认定"
    KNOWN = "以前收过"
    UNREADABLE = "读不出来"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    """Whose a file is, as far as its path tells."""

    verdict: Verdict
    child_uid: str = ""
    village_uid: str = ""
    why: str = ""


_Row = tuple[tuple[str, ...], Verdict]
"""What the report says of a file, and the verdict it counts under."""


class AdoptionDesk:
    """Takes old scans over."""

    def __init__(self, office: Office, *, finding: SearchDesk) -> None:
        self._office = office
        self._finding = finding

    def adopt(
        self, folder: Path, *, dry_run: bool = True, progress: Callable[[int, int], None] | None = None
    ) -> AdoptionReport:
        """Take over every scan below a folder.

        Args:
            folder: Scans named by child, identity number or document number, in folders by village or year.
            dry_run: Only read the names and say what would happen; nothing is stored.
            progress: Called with files done and 0 (how many there are is not known before).

        Raises:
            NoFolderError: no such folder, or it went away meanwhile; what was registered stays.
            DiskFullError: the same; start again after making room.
        """
        if not folder.is_dir():
            raise NoFolderError(folder.name)
        run = _Run(self._office, folder)
        closed: list[Path] = []
        path = new_path(self._office, "旧档预查" if dry_run else "旧档收存", ".csv")
        counts: Counter[Verdict] = Counter()
        done = 0
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            sheet = csv.writer(file)
            sheet.writerow(HEAD)
            for block in _batches(files_below(folder, closed), LOOKED_AT):
                for rows in run.preview(block) if dry_run else run.take(block):
                    for row, verdict in rows:
                        sheet.writerow(row)
                        counts[verdict] += 1
                    done += len(rows)
                    if progress:
                        progress(done, 0)
            if not folder.is_dir():
                raise NoFolderError(folder.name)
            for each in closed:
                row, verdict = _unopened(folder, each)
                sheet.writerow(row)
                counts[verdict] += 1
        if not dry_run:
            self._finding.catch_up()
        return AdoptionReport(
            dry_run=dry_run,
            files=done,
            children=counts[Verdict.CHILD],
            villages=counts[Verdict.VILLAGE],
            unclear=counts[Verdict.UNCLEAR],
            known=counts[Verdict.KNOWN],
            unreadable=counts[Verdict.UNREADABLE],
            path=path,
        )

    def place(self, uid: str, who: str) -> str:
        """Say whose an old scan is; takes it off the desk. Returns the child's uid.

        Raises:
            OldItemNotFoundError: no such old scan.
            ChildNotFoundError: nobody.
            SeveralChildrenError: several.
        """
        office = self._office
        with office.registry.begin() as tx:
            old = tx.old.get(uid)
            record = one_child(tx, who)
            tx.old.place(uid, child_uid=record.uid, village_uid=record.child.village_uid)
            for item in tx.scans.desk():
                if item.sha256 == old.sha256 and item.code == UNPLACED:
                    tx.scans.resolve(item.id, "已认定")
            tx.audit.append("archive.place", actor=office.actor.name, subject=uid, child=record.uid)
        self._finding.catch_up()
        return record.uid


class _Run:
    """One folder being taken over."""

    def __init__(self, office: Office, folder: Path) -> None:
        self._office = office
        self._folder = folder
        with office.registry.read() as tx:
            units = tx.units.of_kind(UnitKind.VILLAGE)
        self._villages = {unit.short or unit.name: unit.uid for unit in units}
        self._names: dict[str, str] = {}
        self._words = tuple({word for spec in office.library.all() for word in (*spec.titles.values(), *spec.aliases)})

    def preview(self, block: Sequence[Path]) -> Iterator[list[_Row]]:
        """Say what would become of each file; only names and first bytes are looked at."""
        with self._office.registry.read() as tx:
            for batch in _batches(iter(block), BATCH):
                yield [self._foreseen(tx, path) for path in batch]

    def take(self, block: Sequence[Path]) -> Iterator[list[_Row]]:
        """Store and register each file that is not registered yet; a batch is registered before it is told."""
        files = {path: read_file(path) for path in block}
        first = {file.sha256: path for path, file in reversed(files.items())}
        with self._office.registry.read() as tx:
            new = {
                path
                for path, file in files.items()
                if file.sha256
                and first[file.sha256] == path
                and not tx.old.by_digest(file.sha256)
                and not tx.scans.stack(file.sha256)
            }
        seen = look_at([path for path in block if path in new])
        for batch in _batches(iter(block), BATCH):
            readings = {path: self._read(path) for path in batch}
            with self._office.registry.read() as tx:
                matches = {path: self._match(tx, readings[path]) for path in batch if path in new}
            scans = {scan.path: _steady(scan, files[scan.path]) for scan in itertools.islice(seen, len(matches))}
            objects = {
                scan_object(files[path].sha256): self._kept(path, scan, readings[path], matches[path])
                for path, scan in scans.items()
                if scan.kind is not None
            }
            for some in _batches(iter(objects.items()), TOGETHER):
                self._office.store.put_all(
                    dict(some), message="收存旧档", user=self._office.actor.name, at=self._office.now
                )
            with self._office.registry.begin() as tx:
                rows = [
                    self._register(tx, files[path], scans.get(path), reading=readings[path], match=matches.get(path))
                    for path in batch
                ]
            yield rows

    def _foreseen(self, tx: Tx, path: Path) -> _Row:
        reading, fault = self._read(path), unfit(path)
        match = _Match(verdict=Verdict.UNREADABLE, why=fault) if fault else self._match(tx, reading)
        return self._row(tx, path, reading, match)

    def _read(self, path: Path) -> NameReading:
        relative = path.relative_to(self._folder.parent)
        return read_path(relative, villages=tuple(self._villages), words=self._words, today=self._office.today)

    def _match(self, tx: Tx, reading: NameReading) -> _Match:
        """Hold what a path says against the registry; the surest sign counts, and two persons are nobody."""
        village_uid = self._villages.get(reading.village, "")
        if reading.id_number is not None:
            child = tx.old.child_numbered(str(reading.id_number))
            if child is not None:
                return _sure(child)
            return _Match(verdict=Verdict.UNCLEAR, village_uid=village_uid, why="证件号码不在登记库里")
        child_uid = self._by_number(tx, reading)
        if child_uid:
            record = tx.people.get(child_uid)
            return _Match(verdict=Verdict.CHILD, child_uid=child_uid, village_uid=record.child.village_uid)
        for names in (reading.names, *reading.folder_names):
            found = tx.old.children_called(names) if names else {}
            if found:
                return _by_name(found, village_uid, reading)
        if reading.is_roster and village_uid:
            return _Match(verdict=Verdict.VILLAGE, village_uid=village_uid)
        return _Match(verdict=Verdict.UNCLEAR, village_uid=village_uid, why="文件名里没有登记过的姓名或号码")

    def _by_number(self, tx: Tx, reading: NameReading) -> str:
        paper = tx.papers.by_number(reading.number) if reading.number else None
        if paper is None and reading.code is not None:
            try:
                paper = tx.papers.by_uid(tx.codes.get(reading.code).uid)
            except NotFoundError:
                return ""
        return paper.child_uid if paper else ""

    def _kept(self, path: Path, scan: OldScan, reading: NameReading, match: _Match) -> dict[str, bytes | Path]:
        """Return bytes, text and description for the store; the same file again gives the same object."""
        files: dict[str, bytes | Path] = {
            f"original.{scan.kind}": path,
            "description.json": _description(path.relative_to(self._folder), reading, match),
        }
        if scan.text:
            files[OLD_TEXT] = scan.text.encode()
        return files

    def _register(
        self, tx: Tx, file: OldFile, scan: OldScan | None, *, reading: NameReading, match: _Match | None
    ) -> _Row:
        by, path, sha256 = self._office.actor.name, file.path, file.sha256
        if scan is None or match is None:
            verdict = Verdict.KNOWN if sha256 else Verdict.UNREADABLE
            return self._row(tx, path, reading, _Match(verdict=verdict))
        if scan.kind is None:
            return self._row(tx, path, reading, _Match(verdict=Verdict.UNREADABLE, why=scan.fault))
        tx.scans.receive(sha256, name=path.name, size=file.size, page_count=scan.pages, by=by)
        is_placed = match.verdict is not Verdict.UNCLEAR
        old = tx.old.add(
            sha256,
            title=reading.title,
            by=by,
            child_uid=match.child_uid,
            village_uid=match.village_uid if is_placed else "",
            year=reading.year,
            made_on=reading.day,
            has_text=bool(scan.text),
        )
        tx.audit.append("archive.adopt", actor=by, subject=old.uid, sha256=sha256[:16], pages=scan.pages)
        if not is_placed:
            message = f"旧档 {old.uid}：{match.why}。请看原件，用 docgen archive place {old.uid} 姓名 认定。"
            tx.scans.put_on_desk(sha256, None, code=UNPLACED, message=message)
        return self._row(tx, path, reading, match)

    def _name(self, tx: Tx, child_uid: str) -> str:
        if child_uid not in self._names:
            if len(self._names) >= KEPT_NAMES:
                self._names.clear()
            self._names[child_uid] = str(tx.people.get(child_uid).child.person.name)
        return self._names[child_uid]

    def _row(self, tx: Tx, path: Path, reading: NameReading, match: _Match) -> _Row:
        name = self._name(tx, match.child_uid) if match.child_uid else ""
        village = next((short for short, uid in self._villages.items() if uid == match.village_uid), "")
        day = reading.day.isoformat() if reading.day else ""
        texts = (
            path.relative_to(self._folder).as_posix(),
            match.verdict.value,
            name,
            village,
            str(reading.year or ""),
            day,
            match.why,
        )
        return tuple(f"'{text}" if text[:1] in "=+-@" and text else text for text in texts), match.verdict


def _steady(scan: OldScan, file: OldFile) -> OldScan:
    """Return what was seen of a file, or that it is no longer what was seen."""
    return scan if file.is_unchanged() else replace(scan, kind=None, fault="正在被改动或者拿走了，请再收一次")


def _sure(child: NamedChild) -> _Match:
    return _Match(verdict=Verdict.CHILD, child_uid=child.uid, village_uid=child.village_uid)


def _by_name(found: dict[str, tuple[NamedChild, ...]], village_uid: str, reading: NameReading) -> _Match:
    """Choose among the children that the names in a path may mean."""
    names = [name for name in found if not any(name != other and name in other for other in found)]
    if len(names) > 1:
        return _Match(verdict=Verdict.UNCLEAR, village_uid=village_uid, why=f"有 {len(names)} 个登记过的姓名")
    (name,) = names
    children = found[name]
    if village_uid and any(child.village_uid == village_uid for child in children):
        children = tuple(child for child in children if child.village_uid == village_uid)
    elif village_uid:
        return _Match(verdict=Verdict.UNCLEAR, village_uid=village_uid, why="姓名登记在别的村（居）")
    if len(children) > 1:
        return _Match(verdict=Verdict.UNCLEAR, village_uid=village_uid, why=f"有 {len(children)} 个同名的儿童")
    if reading.year and children[0].birth and reading.year < children[0].birth.year:
        return _Match(
            verdict=Verdict.UNCLEAR, village_uid=village_uid, why="年份早于这名儿童的出生年份，可能是同名的人"
        )
    return _sure(children[0])


def _unopened(folder: Path, path: Path) -> _Row:
    relative = path.relative_to(folder).as_posix()
    verdict = Verdict.UNREADABLE
    return (relative, verdict.value, *[""] * (len(HEAD) - 3), "文件夹打不开，里面的文件没有收"), verdict


def _description(relative: Path, reading: NameReading, match: _Match) -> bytes:
    data = {
        "format": FORMAT,
        "path": relative.as_posix(),
        "title": reading.title,
        "year": reading.year,
        "made_on": reading.day.isoformat() if reading.day else None,
        "child_uid": match.child_uid,
        "village_uid": match.village_uid,
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _batches(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while batch := list(itertools.islice(items, size)):
        yield batch
