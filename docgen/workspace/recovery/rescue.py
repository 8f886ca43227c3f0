"""重建登记库: an office brought back from its store alone, when the registry is gone and no backup is at hand.

The newest snapshot of the registry that can be read is loaded; what was issued, signed and read after it is
taken from the papers' own objects, in the order it was made; scans the snapshot does not know are filed again.
Filings taken back since are taken back again. What the store cannot tell since the snapshot (papers made void,
prints, receipts) is said, not guessed.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from archive.registry import ConflictError, Registry, RegistryBrokenError
from archive.snapshots import load_snapshot, newest_snapshot
from archive.store import DamagedObjectError, Store, paper_object, scan_object
from archive.store.layout import object_path
from archive.store.objects import proved
from docgen.settings import FOLDERS, SETTINGS_FILE, read_settings
from docgen.workspace.desks import Workspace
from docgen.workspace.intake.recording import parse_reading
from docgen.workspace.intake.withdrawing import Taken, withdrawn_paths
from docgen.workspace.office.objects import inputs_path, read_inputs
from docgen.workspace.office.opened import registry_url
from docgen.workspace.office.reports import Report
from forms.errors import AppError, RefusedError
from forms.people import Carer, Child, ChildRecord, Person
from forms.values.blank import Blank
from forms.values.enums import PaperStatus
from forms.values.names_and_numbers import IdNumber, PersonName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archive.registry import Tx
    from archive.snapshots import Snapshot
    from docgen.workspace.office.objects import Inputs
    from forms.cases.facts import Value

_INPUTS = re.compile(r"inputs-v(\d+)\.json")
_SIGNED = re.compile(r"signed-v(\d+)-[0-9a-f]+\.pdf")
_READING = re.compile(r"readings-v(\d+)-(\d+)\.json")


class RegistryWholeError(RefusedError):
    """There is nothing to rescue."""

    code = "rescue.whole"

    def __init__(self) -> None:
        super().__init__(
            "登记库是好的，没有重建，也没有改动它。要回到以前的样子，请用 docgen restore 恢复到另一个文件夹。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueResult(Report):
    """Outcome of one rescue."""

    snapshot_at: str
    snapshot_version: int
    issued: int
    """Versions registered from the store since the snapshot."""
    scans: int
    """Scans filed again."""
    signed: int
    """Signed files bound without their scan."""
    readings: int
    left: tuple[str, ...]
    """What is in the store and could not be registered, in words."""
    moved: str
    """Where the damaged registry was put; empty when there was none."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        left = f"有 {len(self.left)} 项没能登记，见上。" if self.left else ""
        moved = f"损坏的登记库移到了“{self.moved}”。" if self.moved else ""
        return (
            f"已由库房重建登记库：快照时间 {self.snapshot_at}，之后补登文书 {self.issued} 版、扫描件 {self.scans} 份、"
            f"签署件 {self.signed} 份、录入 {self.readings} 次。{left}{moved}"
            "快照以后的作废、打印次数、回执不在库房里，请对照纸面核实。"
        )


def rescue(folder: Path, *, progress: Callable[[int, int], None] | None = None) -> RescueResult:
    """Make the registry of an office again from its store.

    Args:
        folder: The office folder; of everything but `store/`, whatever is left.
        progress: Called with objects done and objects in all.

    Raises:
        StoreBrokenError: there is no store.
        RegistryWholeError: the registry can be opened and is sound.
        NoSnapshotError: no snapshot in the store can be read.
    """
    (folder / "work").mkdir(parents=True, exist_ok=True)
    store = Store.open(folder / "store", work=folder / "work")
    snapshot = newest_snapshot(store)
    _put_back_settings(folder, snapshot)
    url = read_settings(folder).registry_url or registry_url(folder)
    moved = _make_room(folder, url)
    load_snapshot(store, snapshot, url)
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    with Workspace.open(folder) as workspace:
        found = _Rescue(workspace).run(progress)
        workspace.finding.rebuild()
    return RescueResult(
        snapshot_at=snapshot.taken_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        snapshot_version=snapshot.version,
        issued=found.issued,
        scans=found.scans,
        signed=found.signed,
        readings=found.readings,
        left=tuple(found.left),
        moved=moved,
    )


def _put_back_settings(folder: Path, snapshot: Snapshot) -> None:
    for path, data in snapshot.settings.items():
        target = folder / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    if not (folder / SETTINGS_FILE).is_file():
        raise RegistryBrokenError(SETTINGS_FILE)


def _make_room(folder: Path, url: str) -> str:
    """Move a damaged registry out of the way; return where to."""
    try:
        with Registry.open(url) as registry, registry.read() as tx:
            if tx.is_sound():
                raise RegistryWholeError
    except RegistryBrokenError:
        pass
    if url != registry_url(folder):
        return ""  # a server's database is emptied by who runs the server; loading refuses one that is not
    strays = sorted(folder.glob("registry.db*"))
    if not strays:
        return ""
    place = Path(tempfile.mkdtemp(prefix="registry-", dir=_damaged(folder)))
    for stray in strays:
        stray.rename(place / stray.name)
    return place.relative_to(folder).as_posix()


def _damaged(folder: Path) -> Path:
    place = folder / "work" / "damaged"
    place.mkdir(parents=True, exist_ok=True)
    return place


class _Rescue:
    """Registers what the store has and the registry does not."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self.issued = self.scans = self.signed = self.readings = 0
        self.left: list[str] = []

    def run(self, progress: Callable[[int, int], None] | None) -> _Rescue:
        """Versions first, then scans, then what was signed or read and no scan brought back."""
        ws = self._ws
        with ws.registry.begin() as tx:
            for inputs in self._unregistered(tx):
                self._issue(tx, inputs)
            tx.audit.append("registry.rescue", actor=ws.actor.name, versions=self.issued)
        scans, papers = self._strangers()
        for done, object_id in enumerate(scans, start=1):
            self._file(object_id)
            if progress:
                progress(done, len(scans))
        for object_id in papers:
            with ws.registry.begin() as tx:
                self._sign(tx, object_id)
        return self

    def _unregistered(self, tx: Tx) -> list[Inputs]:
        """Return the versions the registry does not know, as they were made; of two with one number the later."""
        found: list[tuple[str, int, Inputs]] = []
        for object_id in self._ws.store.objects():
            if not object_id.startswith(paper_object("")):
                continue
            uid = object_id.removeprefix(paper_object(""))
            record = tx.papers.by_uid(uid)
            inventory = proved(self._ws.store.root / object_path(object_id))
            if inventory is None:
                self.left.append(f"文书 {uid}：清单已损坏，打不开")
                continue
            for path in inventory.state:
                match = _INPUTS.fullmatch(path)
                if match and int(match[1]) > (record.version if record else 0):
                    made = next(v.created for v in inventory.versions if path in v.state)
                    found += [(made, int(match[1]), inputs) for inputs in self._read(uid, int(match[1]))]
        found.sort(key=lambda entry: (entry[0], entry[2].number.serial if entry[2].number else 0, entry[1]))
        last = {str(inputs.number): inputs.paper_uid for _, _, inputs in found if inputs.number is not None}
        kept = []
        for _, _, inputs in found:
            if inputs.number is not None and last[str(inputs.number)] != inputs.paper_uid:
                self.left.append(f"文书 {inputs.paper_uid}：文号“{inputs.number}”后来给了别的文书，没有打印过，不作数")
            else:
                kept.append(inputs)
        return kept

    def _read(self, uid: str, version: int) -> Iterator[Inputs]:
        try:
            yield read_inputs(self._ws.store.read(paper_object(uid), inputs_path(version)))
        except (DamagedObjectError, ValueError, KeyError, TypeError):
            self.left.append(f"文书 {uid} 第 {version} 版：填写内容已损坏")

    def _issue(self, tx: Tx, inputs: Inputs) -> None:
        try:
            with tx.savepoint():
                if inputs.child_uid:
                    self._know_child(tx, inputs)
                inputs.register(tx, self._ws.store, is_recovered=True)
        except (AppError, ConflictError):
            number = inputs.number or inputs.paper_uid
            self.left.append(f"文书 {number} 第 {inputs.version} 版：涉及的人、单位或文书不在登记库里")
            return
        self.issued += 1

    def _know_child(self, tx: Tx, inputs: Inputs) -> None:
        """Enter a child, and the carer, that came after the snapshot, as far as the paper says who they are."""
        values = inputs.values
        child = tx.people.person(inputs.child_uid)
        carer = tx.people.person(inputs.carer_uid) if inputs.carer_uid else None
        if child is not None and (carer is not None or not inputs.carer_uid):
            return
        name = values.get("child_name")
        if not isinstance(name, PersonName):
            return
        around: Carer | Blank = Blank.NOT_COLLECTED
        carer_name = values.get("carer_name")
        if inputs.carer_uid and isinstance(carer_name, PersonName):
            around = Carer(person=carer or _person(inputs.carer_uid, carer_name, values, "carer"))
        record = ChildRecord(
            child=Child(
                person=child or _person(inputs.child_uid, name, values, "child"), village_uid=inputs.village_uid
            ),
            carer=around,
        )
        tx.people.save(record, source=f"paper:{inputs.paper_uid}", on=inputs.made_on)

    def _strangers(self) -> tuple[list[str], list[str]]:
        """Return the scans nobody registered, and all papers."""
        with self._ws.registry.read() as tx:
            known = {scan_object(stack.sha256) for stack in tx.scans.stacks()}
        scans, papers = [], []
        for object_id in self._ws.store.objects():
            if object_id.startswith(scan_object("")) and object_id not in known:
                scans.append(object_id)
            elif object_id.startswith(paper_object("")):
                papers.append(object_id)
        return scans, papers

    def _file(self, object_id: str) -> None:
        """File a scan again from the bytes as they were received."""
        store = self._ws.store
        with tempfile.TemporaryDirectory(prefix="rescue-", dir=self._ws.folder / "work") as spool:
            try:
                inner = next(iter(store.paths(object_id)))
                copy = Path(spool) / inner
                copy.write_bytes(store.read(object_id, inner))
                report = self._ws.filing.file([copy])
            except AppError as error:
                self.left.append(f"扫描件 {object_id}：{error}")
                return
        self.left += [f"扫描件 {object_id}：{scan.error}" for scan in report.scans if scan.error]
        self.scans += sum(not scan.error for scan in report.scans)

    def _sign(self, tx: Tx, object_id: str) -> None:
        uid = object_id.removeprefix(paper_object(""))
        record = tx.papers.by_uid(uid)
        if record is None:
            return
        state = self._ws.store.paths(object_id) if proved(self._ws.store.root / object_path(object_id)) else {}
        for number, path in enumerate(withdrawn_paths(state)):
            if number >= len(tx.withdrawals.of(uid)):
                self._withdraw(tx, uid, path, state)
        for path in sorted(state):
            match = _SIGNED.fullmatch(path)
            if match and int(match[1]) <= record.version:
                self._bind(tx, uid, int(match[1]), path, state)
        for path in sorted(state, key=_by_number):
            match = _READING.fullmatch(path)
            if match and int(match[1]) <= record.version:
                self._record(tx, uid, int(match[1]), int(match[2]), path)

    def _bind(self, tx: Tx, uid: str, version: int, path: str, state: Mapping[str, str]) -> None:
        known = tx.papers.version(uid, version)
        if path in known.digests:
            return
        files = {name: state[name] for name in (path, path.removesuffix(".pdf") + ".json") if name in state}
        tx.papers.add_files(uid, version, files)
        if known.filed_at is None and known.status is PaperStatus.ISSUED:
            tx.papers.set_status(uid, version, PaperStatus.ARCHIVED)
        tx.audit.append("paper.recover", actor=self._ws.actor.name, subject=uid, version=version)
        self.signed += 1

    def _withdraw(self, tx: Tx, uid: str, path: str, state: Mapping[str, str]) -> None:
        """File what was filed, then take it back, as was done."""
        try:
            taken = Taken.parse(self._ws.store.read(paper_object(uid), path))
            with tx.savepoint():
                for signed in taken.signed:
                    if signed in state:
                        self._bind(tx, uid, taken.version, signed, state)
                tx.withdrawals.withdraw(uid, by=taken.by, reason=taken.reason)
        except (AppError, ConflictError, ValueError, KeyError, TypeError):
            self.left.append(f"文书 {uid}：归档后又撤回过，没能补登撤回，请对照纸面核实")

    def _record(self, tx: Tx, uid: str, version: int, number: int, path: str) -> None:
        if number <= len(tx.papers.version(uid, version).readings):
            return
        try:
            reading = parse_reading(self._ws.store.read(paper_object(uid), path))
            with tx.savepoint():
                reading.register(tx, self._ws.store, uid)
        except (AppError, ConflictError, ValueError, KeyError, TypeError):
            self.left.append(f"文书 {uid} 第 {version} 版：第 {number} 次录入没能补登")
            return
        self.readings += 1


def _by_number(path: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", path))


def _person(uid: str, name: PersonName, values: Mapping[str, Value], role: str) -> Person:
    number = values.get(f"{role}_id_number", Blank.NOT_COLLECTED)
    birth = values.get(f"{role}_birth", Blank.NOT_COLLECTED)
    return Person(
        uid=uid,
        name=name,
        id_number=number if isinstance(number, IdNumber) else Blank.NOT_COLLECTED,
        birth=birth if isinstance(birth, date) else Blank.NOT_COLLECTED,
    )
