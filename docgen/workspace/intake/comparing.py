"""比对: a signed scan held against the paper as issued; what differs is kept with the scan and shown to a person.

It decides nothing: whether a stroke is a correction with everybody's consent or a forgery is not for a program.
Filing does not wait for it; a watch does it while nothing comes (`leisure`). What differs lies on the desk.
The result is a file of the paper's object (`compared-v<N>-<digest>.json`, pictures beside it), so it is made once
for each scan; the pictures are laid into `desk/` for looking at.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from archive.intake.differences import Change, Difference, IssuedPage, PrintedLine, compare_paper
from archive.intake.guard import ChildDiedError
from archive.intake.limits import ScanTooHeavyError
from archive.intake.presence import Place
from archive.store import paper_object
from docgen.engine.press import LaidPaper
from docgen.workspace.intake.desk_items import keep_pictures_of_changes, put_different
from docgen.workspace.office.objects import issued_path, layout_path, sha512
from docgen.workspace.office.reports import Report
from docgen.workspace.people.choosing import one_paper
from forms.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from docgen.workspace.office.opened import Office

FORMAT = 1


class NotSignedYetError(NotFoundError):
    """There is no signed scan to compare."""

    code = "compare.no-scan"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}”还没有收回签字的扫描件，无从比对。请先归档扫描件（docgen intake file）。")


@dataclass(frozen=True, slots=True)
class SignedScan:
    """A signed file of a paper."""

    uid: str
    version: int
    path: str
    """In the paper's object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow(Report):
    """One difference as a list shows it."""

    page: int
    change: str
    """``added``, ``struck``, ``gone``."""

    what: str
    x: float
    """mm from the left edge of the sheet."""

    y: float
    """mm from the top."""

    width: float
    height: float
    printed: str
    """The line of print it touches, as issued."""

    picture: str = ""
    """Where the piece can be looked at, within the office folder."""

    @property
    def place(self) -> str:
        """Say where on the page."""
        return f"距上边 {round(self.y)} 毫米、距左边 {round(self.x)} 毫米"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Report):
    """One signed scan compared."""

    uid: str
    number: str
    title: str
    version: int
    pages: int
    scan: str
    """The signed file in the paper's object."""

    differences: tuple[DifferenceRow, ...]
    is_new: bool
    """Compared just now; otherwise it had been before."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        name = f"{self.title} {self.number or self.uid}"
        if not self.differences:
            return f"{name}：{self.pages} 页与签发时一致，没有发现加写、划改或缺字。"
        return f"{name}：有 {len(self.differences)} 处与签发时不同，请对照纸质原件核对。"


def compare(office: Office, text: str) -> tuple[Comparison, ...]:
    """Compare every signed scan of a paper.

    Args:
        office: The open office.
        text: Document number or uid.

    Raises:
        PaperNotFoundError: no such paper.
        NotSignedYetError: no signed scan of it has been filed.
        ScanTooHeavyError: the scan cannot be drawn.
    """
    with office.registry.read() as tx:
        paper = one_paper(tx, text)
        jobs = list(_jobs(tx, paper))
    if not jobs:
        raise NotSignedYetError(text)
    return tuple(_compare(office, paper, version, scan) for version, scan in jobs)


def compare_all(office: Office, *, progress: Callable[[int, int], None] | None = None) -> tuple[Comparison, ...]:
    """Compare every signed scan that has not been compared; can be broken off and goes on where it was.

    Args:
        office: The open office.
        progress: Called with scans done and scans in all.
    """
    left = not_compared(office)
    results = []
    for done, scan in enumerate(left, 1):
        results.append(compare_scan(office, scan))
        if progress:
            progress(done, len(left))
    return tuple(results)


def not_compared(office: Office) -> tuple[SignedScan, ...]:
    """Return the signed scans that have not been compared, the last filed first."""
    with office.registry.read() as tx:
        return tuple(SignedScan(*found) for found in tx.papers.not_compared())


def compare_scan(office: Office, scan: SignedScan) -> Comparison:
    """Compare one signed scan.

    Raises:
        ScanTooHeavyError: it cannot be drawn.
    """
    with office.registry.read() as tx:
        paper, version = tx.papers.get(scan.uid), tx.papers.version(scan.uid, scan.version)
    return _compare(office, paper, version, scan.path)


def _jobs(tx: Tx, paper: PaperRecord) -> Iterator[tuple[VersionRecord, str]]:
    """Yield the signed scans of the newest version."""
    version = tx.papers.version(paper.uid, paper.version)
    for path in sorted(version.digests):
        if path.startswith(f"signed-v{version.version}-") and path.endswith(".pdf"):
            yield version, path


def _kept_path(scan: str) -> str:
    return f"compared-{scan.removeprefix('signed-').removesuffix('.pdf')}.json"


def _compare(office: Office, paper: PaperRecord, version: VersionRecord, scan: str) -> Comparison:
    object_id = paper_object(paper.uid)
    kept = _kept_path(scan)
    is_new = kept not in version.digests  # what a crash left in the store alone is made again
    if is_new:
        _keep(office, paper, version, scan)
    raw: dict[str, Any] = json.loads(office.store.read(object_id, kept))
    rows = tuple(
        DifferenceRow(
            **{key: row[key] for key in ("page", "change", "x", "y", "width", "height", "printed")},
            what=Change(row["change"]).label,
            picture=_show(office, object_id, kept, number, row["picture"]),
        )
        for number, row in enumerate(raw["differences"], 1)
    )
    return Comparison(
        uid=paper.uid,
        number=str(paper.document_number or ""),
        title=office.title_of(paper.form_code),
        version=version.version,
        pages=version.pages,
        scan=scan,
        differences=rows,
        is_new=is_new,
    )


def _keep(office: Office, paper: PaperRecord, version: VersionRecord, scan: str) -> None:
    """Compare and put the result into the store; store before registry."""
    object_id = paper_object(paper.uid)
    layout = LaidPaper.from_json(office.store.read(object_id, layout_path(version.version)))
    pages = [
        IssuedPage(
            places=tuple(Place(name=b.name, x=b.x, y=b.y, width=b.width, height=b.height) for b in page.boxes),
            lines=tuple(PrintedLine(text=n.text, x=n.x, y=n.y, width=n.width, height=n.height) for n in page.lines),
        )
        for page in layout.pages
    ]
    signed = office.store.read(object_id, scan)
    printed = office.store.read(object_id, issued_path(version.version, "pdf"))
    try:
        found = [(n, one) for n, of_page in enumerate(compare_paper(signed, printed, pages), 1) for one in of_page]
    except ChildDiedError as error:
        raise ScanTooHeavyError(scan) from error
    kept = _kept_path(scan)
    files = {f"{kept.removesuffix('.json')}/{k}.jpg": one.crop for k, (_, one) in enumerate(found, 1)}
    files[kept] = _as_bytes(scan, list(zip(found, files, strict=False)))
    office.store.put(
        object_id, files, message="与签发时比对", user=office.actor.name, at=office.now
    )  # fmt: skip
    item = None
    with office.registry.begin() as tx:
        tx.papers.add_files(paper.uid, version.version, {name: sha512(data) for name, data in files.items()})
        tx.audit.append("paper.compare", actor=office.actor.name, subject=paper.uid, differences=len(found))
        if found:
            evidence = json.loads(office.store.read(object_id, scan.removesuffix(".pdf") + ".json"))
            first = evidence["pages"][found[0][0] - 1]
            name = f"{office.title_of(paper.form_code)} {paper.document_number or paper.uid}"
            item = put_different(tx, (first["scan"], first["page_index"]), name, [page for page, _ in found])
    if item is not None:
        keep_pictures_of_changes(office.folder / "desk" / str(item.id), [one.crop for _, one in found])


def _as_bytes(scan: str, found: list[tuple[tuple[int, Difference], str]]) -> bytes:
    rows = []
    for (page, one), picture in found:
        row = asdict(one)
        del row["crop"]
        rows.append(row | {"page": page, "picture": picture})
    data = {"format": FORMAT, "scan": scan, "differences": rows}
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _show(office: Office, object_id: str, kept: str, number: int, picture: str) -> str:
    """Lay a picture into `desk/`; its name says nothing of anybody."""
    path: Path = office.folder / "desk" / kept.removesuffix(".json") / f"{number}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(office.store.read(object_id, picture))
    return path.relative_to(office.folder).as_posix()
