"""One complete paper into the archive: looked at, derived, stored, registered.

Store before registry; named by its pages, so that the same pages filed twice are filed once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.intake.derive import DerivedPage, derive_pdf
from archive.registry.scans import PageState, ScanPage
from archive.store import paper_object
from docgen.engine.press import LaidPaper
from docgen.workspace.duties.signed import mark_signed
from docgen.workspace.intake.layouts import text_runs
from docgen.workspace.intake.reports import FiledPaper
from docgen.workspace.intake.signatures import Doubt, aligned, doubts, look_at, required_places
from docgen.workspace.office.objects import issued_path, layout_path, sha512, signed_path
from docgen.workspace.people.gathering import facts_of_child, facts_of_village
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from archive.intake.marks import PageRead
    from archive.intake.presence import Finding
    from archive.intake.stack import AssembledPaper
    from archive.intake.taking import SpooledPage
    from archive.registry import Tx
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from docgen.workspace.office.opened import Office

    Pictures = Mapping[tuple[str, int], SpooledPage | None]

DONE = (PaperStatus.SIGNED, PaperStatus.ARCHIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word that a paper is signed although the scan does not show all of it."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """One copy whose pages are complete but whose signatures are not all found."""

    reads: tuple[PageRead, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What became of the copies of one paper."""

    filed: tuple[FiledPaper, ...]
    doubtful: tuple[Doubtful, ...]


class Archiver:
    """Puts assembled papers into the archive."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def archive(
        self, paper: AssembledPaper, pictures: Pictures, *, signed_on: date | None, decision: Decision | None = None
    ) -> Archived:
        """File every copy whose signatures are found, or all of them on a person's decision."""
        with self._office.registry.read() as tx:
            found = tx.papers.by_mark(paper.mark_id)
            assert found is not None, "sort_stack only returns papers that are registered"
            record, version = found
            required = self._required(tx, record, version)
        object_id = paper_object(record.uid)
        layout = self._office.store.read(object_id, layout_path(version.version))
        printed = self._office.store.read(object_id, issued_path(version.version, "pdf"))
        laid = LaidPaper.from_json(layout)
        filed: list[FiledPaper] = []
        doubtful: list[Doubtful] = []
        for reads in (paper.pages, *paper.copies):
            exact = aligned(laid, printed, reads, pictures)
            places = look_at(laid, printed, exact, pictures)
            missing = doubts(required, places)
            if missing and decision is None:
                doubtful.append(Doubtful(reads=reads, doubts=missing))
                continue
            pdf = self._derive(record, layout, exact, pictures)
            filed.append(
                self._file(record, version, reads, pdf=pdf, places=places, signed_on=signed_on, decision=decision)
            )
        return Archived(filed=tuple(filed), doubtful=tuple(doubtful))

    def _required(self, tx: Tx, record: PaperRecord, version: VersionRecord) -> dict[str, str]:
        if record.child_uid:
            facts = facts_of_child(tx, tx.people.get(record.child_uid), self._office.settings)
        else:
            unit = tx.units.get(record.village_uid or record.issuer_uid)
            facts = facts_of_village(tx, unit, self._office.settings)
        spec = self._office.library.get(record.form_code)
        return required_places(spec, facts, version.values, today=self._office.today, profile=self._office.profile)

    def _derive(self, record: PaperRecord, layout: bytes, reads: Sequence[PageRead], pictures: Pictures) -> bytes:
        runs = text_runs(layout)
        pages = []
        for number, read in enumerate(reads):
            picture = pictures[read.scan, read.index]
            assert picture is not None, "a page whose mark was read has a picture"
            pages.append(DerivedPage(source=picture, read=read, text=runs[number] if number < len(runs) else ()))
        return derive_pdf(pages, title=self._office.title_of(record.form_code))

    def _file(
        self,
        record: PaperRecord,
        version: VersionRecord,
        reads: Sequence[PageRead],
        *,
        pdf: bytes,
        places: Mapping[str, Finding],
        signed_on: date | None,
        decision: Decision | None,
    ) -> FiledPaper:
        office = self._office
        path = signed_path(version.version, sha512(pdf))
        with office.registry.read() as tx:
            known = tx.papers.version(record.uid, version.version)
        is_known = path in known.digests
        is_rescan = known.status in DONE
        if not is_known:
            files = {path: pdf, path.removesuffix(".pdf") + ".json": _evidence(reads, places, decision)}
            crops = {f"{path.removesuffix('.pdf')}/{name}.jpg": f.crop for name, f in places.items() if f.crop}
            files |= crops
            office.store.put(
                paper_object(record.uid), files, message="收回签字件", user=office.actor.name, at=office.now
            )
        with office.registry.begin() as tx:
            if not is_known:
                tx.papers.add_files(record.uid, version.version, {name: sha512(data) for name, data in files.items()})
                tx.audit.append("paper.file", actor=office.actor.name, subject=record.uid, version=version.version)
            if decision is not None:
                tx.audit.append("paper.accept", actor=decision.by, subject=record.uid, version=version.version)
            if tx.papers.version(record.uid, version.version).status not in DONE:
                mark_signed(office, tx, record, version, signed_on=signed_on)
            for read in reads:
                tx.scans.save_page(page_row(read, PageState.FILED))
            subject = str(tx.people.get(record.child_uid).child.person.name) if record.child_uid else ""
        return FiledPaper(
            uid=record.uid,
            form_code=record.form_code,
            title=office.title_of(record.form_code),
            number=str(record.document_number or ""),
            subject=subject,
            version=version.version,
            pages=len(reads),
            outcome=_outcome(is_known=is_known, is_rescan=is_rescan),
        )


def _outcome(*, is_known: bool, is_rescan: bool) -> str:
    if is_known:
        return "以前收过同样的页，没有变化"
    return "又一份扫描件，与先前的一并保存" if is_rescan else "归档"


def page_row(read: PageRead, state: PageState) -> ScanPage:
    """Return where a page stands, as the registry keeps it."""
    mark = read.mark
    return ScanPage(
        sha256=read.scan,
        page_index=read.index,
        state=state,
        mark_id=mark.mark_id if mark else "",
        page=mark.page if mark else 0,
        rotation=read.turns % 4 * 90,
    )


def _evidence(reads: Sequence[PageRead], places: Mapping[str, Finding], decision: Decision | None) -> bytes:
    """Say which pages of which scans a signed file was put together from, and what was seen on them."""
    data = {
        "pages": [
            {
                "scan": read.scan,
                "page_index": read.index,
                "page": read.mark.page if read.mark else 0,
                "decoders": sorted({found.decoder for found in read.marks}),
                "score": max((found.score for found in read.marks if found.score is not None), default=None),
            }
            for read in reads
        ],
        "places": {
            name: {
                "presence": finding.presence.value,
                "ink_mm2": round(finding.ink_mm2, 1),
                "red_mm2": round(finding.red_mm2, 1),
                "extent_mm": round(finding.extent_mm, 1),
            }
            for name, finding in places.items()
        },
        "decision": {"by": decision.by, "reason": decision.reason} if decision else None,
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
