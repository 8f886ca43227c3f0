"""装订: one child's volume as a PDF/A – cover, 卷内目录, the papers in the order of §5, 备考表.

Source: forms.md §5 (inner order), §12.3, REF-20. The volume is made for somebody and thrown away after
use; the papers stay where they are, and every binding is in the audit chain.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.dossier import timeline
from archive.intake.derive import DerivedPage, derive_pdf
from archive.intake.taking import take_scan
from archive.store import paper_object
from docgen.engine.archive_sheets import lay_out_sheet
from docgen.engine.overlay import OverlayPage
from docgen.engine.press import PrintJob
from docgen.engine.volume import VolumePart, bind_volume, page_sizes
from docgen.workspace.keeping.describing import stamp_of
from docgen.workspace.keeping.extracts import View, extract_pdf
from docgen.workspace.keeping.items import Describer
from docgen.workspace.keeping.reports import BoundVolume
from docgen.workspace.office.objects import issued_path, variant_path
from docgen.workspace.office.outgoing import new_path, write_file
from docgen.workspace.people.choosing import one_child
from forms.law.time import print_date
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from archive.description import ArchivalItem
    from archive.dossier import Dossier, DossierItem
    from archive.registry import Tx
    from docgen.workspace.office.opened import Office
    from forms.people import ChildRecord
    from forms.spec import FormSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """One item in the volume."""

    item: ArchivalItem
    pdf: bytes
    remark: str
    note: str = ""
    """On every page: what kind of copy this is."""
    lost: int = 0
    """Pages that could not be read."""


class BindingDesk:
    """Binds volumes."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def bind(self, who: str, *, recipient: str = "full") -> BoundVolume:
        """Write one child's volume into `out/`.

        Args:
            who: Name, ID number, last four or uid; must mean one child.
            recipient: ``full``: everything as signed, for this office; ``restricted``: without restricted
                forms and sensitive fields; else the recipient of copies (``school``, ``village`` …): the
                forms that have a copy for it, with what that copy leaves out.

        Raises:
            ChildNotFoundError: nobody.
            SeveralChildrenError: several.
            UnknownRecipientError: no form has a copy for it.
        """
        office = self._office
        view = View(office, recipient)
        with office.registry.begin() as tx:
            record = one_child(tx, who)
            tx.audit.append("dossier.bind", actor=office.actor.name, subject=record.uid, recipient=recipient)
        with office.registry.read() as tx:
            dossier = timeline(tx, record.uid, library=office.library, profile=office.profile, today=office.today)
            leaves, left_out = self._leaves(tx, dossier, view)
            volume, pages = self._volume(tx, dossier, leaves, left_out, view)
        path = new_path(office, f"案卷-{record.uid}-{recipient}", ".pdf")
        write_file(path, volume)
        return BoundVolume(
            path=path,
            child_uid=record.uid,
            recipient=view.title,
            items=len(leaves),
            pages=pages,
            unsigned=sum(leaf.remark == "未签" for leaf in leaves),
            left_out=len(left_out),
            lost_pages=sum(leaf.lost for leaf in leaves),
        )

    def _leaves(self, tx: Tx, dossier: Dossier, view: View) -> tuple[list[_Leaf], list[str]]:
        office = self._office
        describer = Describer(office, tx)
        specs = {spec.code: spec for spec in office.library.all()}
        leaves: list[_Leaf] = []
        left_out: list[str] = []
        for entry in dossier.items:
            if entry.version.status in {PaperStatus.VOID, PaperStatus.DRAFT} or tx.disposals.of_item(entry.paper.uid):
                continue
            spec = specs.get(entry.paper.form_code)
            item = describer.paper(entry.paper)
            if not view.sees(spec):
                left_out.append(item.form_code)
                continue
            leaves.append(self._leaf(tx, dossier.record, entry, spec=spec, item=item, view=view))
        for old in tx.old.of_child(dossier.record.uid):
            if tx.disposals.of_item(old.uid):
                continue
            item = describer.old(old)
            if view.is_full:
                leaves.append(self._old_leaf(item))
            else:
                left_out.append(item.form_code)
        return leaves, left_out

    def _leaf(
        self, tx: Tx, record: ChildRecord, entry: DossierItem, *, spec: FormSpec | None, item: ArchivalItem, view: View
    ) -> _Leaf:
        office = self._office
        object_id = paper_object(entry.paper.uid)
        number = entry.version.version
        hide = view.hidden(spec) if spec else frozenset()
        signed = _newest_signed(office, object_id, number)
        if hide and spec is not None:
            note = f"摘录：隐去部分内容，不作签署凭证。签署原件存{office.settings.unit_name}。"
            issued = variant_path(number, view.copy_key(spec), "pdf")
            if issued in entry.version.digests:  # what this recipient was given then is what it is given now
                pdf = office.store.read(object_id, issued)
            else:
                pdf = extract_pdf(office, tx, record, paper=entry.paper, version=entry.version, spec=spec, hide=hide)
            return _Leaf(item=item, pdf=pdf, remark="摘录" if signed else "摘录、未签", note=note)
        if signed:
            return _Leaf(item=item, pdf=office.store.read(object_id, signed), remark="")
        pdf = office.store.read(object_id, issued_path(number, "pdf"))
        return _Leaf(item=item, pdf=pdf, remark="未签", note="本件尚未签署")

    def _old_leaf(self, item: ArchivalItem) -> _Leaf:
        """Turn an old scan into pages of pictures: whatever else the file holds stays outside."""
        office = self._office
        with tempfile.TemporaryDirectory(prefix="bind-", dir=office.folder / "work") as name:
            spool = Path(name)
            inner = next(p for p in office.store.paths(item.object_id) if p.startswith("original."))
            copy = spool / inner
            copy.write_bytes(office.store.read(item.object_id, inner))
            taken = take_scan(copy, office.secret, spool)
            pages = [DerivedPage(source=p.spooled, read=p.read) for p in taken.pages if p.spooled is not None]
            lost = len(taken.pages) - len(pages)
            pdf = derive_pdf(pages, title="旧档") if pages else b""
        return _Leaf(item=item, pdf=pdf, remark="旧档", lost=lost)

    def _volume(
        self,
        tx: Tx,
        dossier: Dossier,
        leaves: list[_Leaf],
        left_out: list[str],
        view: View,
    ) -> tuple[bytes, int]:
        office = self._office
        record = dossier.record
        parts: list[VolumePart] = []
        rows: list[dict[str, str]] = []
        total = 0
        given = (
            ""
            if view.is_full
            else f"{view.title}　{office.settings.unit_name}　{office.actor.name}　{office.today.isoformat()}"
        )
        for leaf in leaves:
            sizes = page_sizes(leaf.pdf) if leaf.pdf else ()
            first = total + 1
            overlays = tuple(
                OverlayPage(
                    width_pt=width,
                    height_pt=height,
                    stamp=stamp_of(leaf.item) if index == 0 else None,
                    page_number=str(first + index),
                    notes=tuple(text for text in (leaf.note, given) if text),
                )
                for index, (width, height) in enumerate(sizes)
            )
            total += len(sizes)
            if sizes:
                labels = tuple(str(first + index) for index in range(len(sizes)))
                bookmark = (
                    f"{len(rows) + 1:02} {leaf.item.plain_title}{f' {leaf.item.number}' if leaf.item.number else ''}"
                )
                parts.append(VolumePart(pdf=leaf.pdf, bookmark=bookmark, overlays=overlays, page_labels=labels))
            rows.append(_list_row(leaf, len(rows) + 1, first, total))
        village = tx.units.get(record.child.village_uid)
        front = [
            ("封面", self._sheet("cover", self._cover(record, village.name, leaves, total, view))),
            ("卷内目录", self._sheet("volume_list", {"rows": rows, "note": _list_note(leaves)})),
        ]
        back = self._sheet("remarks", self._remarks(dossier, leaves, left_out, total))
        parts = [
            *(VolumePart(pdf=pdf, bookmark=name, page_labels=_labels(pdf, name)) for name, pdf in front),
            *parts,
            VolumePart(pdf=back, bookmark="备考表", page_labels=_labels(back, "备考表")),
        ]
        title = f"儿童关爱保护案卷 {record.uid}"
        return bind_volume(parts, title=title, typeface=office.press.fonts.typeface("黑体")), total

    def _sheet(self, name: str, context: dict[str, object]) -> bytes:
        out = io.BytesIO()
        self._office.press.write([PrintJob(paper=lay_out_sheet(self._office.press, name, context))], out)
        return out.getvalue()

    def _cover(
        self, record: ChildRecord, village: str, leaves: list[_Leaf], pages: int, view: View
    ) -> dict[str, object]:
        days = sorted(leaf.item.day for leaf in leaves if leaf.item.day)
        codes = [str(leaf.item.code) for leaf in leaves if leaf.item.code]
        kept = sorted({leaf.item.retention for leaf in leaves}, key=["D10", "D30", "Y"].index)
        note = "" if view.is_full else "本卷按接收方的需要编制，未包括限制利用的材料；全卷由制作单位保存。"
        return {
            "unit_name": self._office.settings.unit_name,
            "title": "农村留守儿童关爱保护档案"
            if self._office.settings.wording.key == "plan_2016"
            else "留守儿童关爱保护档案",
            "variant": view.title,
            "name": record.child.person.name,
            "uid": record.uid,
            "village": village,
            "fonds_number": self._office.settings.archive.fonds_number or "—",
            "codes": "尚未编号"
            if not codes
            else codes[0]
            if len(codes) == 1
            else f"{codes[0]} 等 {len(codes)} 个，见卷内目录",
            "span": f"{print_date(days[0])}至{print_date(days[-1])}" if days else "—",
            "count": len(leaves),
            "pages": pages,
            "retention": {"Y": "永久", "D30": "30年", "D10": "10年"}[kept[-1]] if kept else "—",
            "made_on": print_date(self._office.today),
            "note": note,
        }

    def _remarks(self, dossier: Dossier, leaves: list[_Leaf], left_out: list[str], pages: int) -> dict[str, object]:
        record = dossier.record
        unsigned = [leaf.item.plain_title for leaf in leaves if "未签" in leaf.remark]
        said = [
            f"未签署的 {len(unsigned)} 件：{'、'.join(unsigned)}。" if unsigned else "装入的材料都已签署。",
            f"按接收方的需要未装入 {len(left_out)} 件。" if left_out else "",
            f"应有而没有的：{'、'.join(m.title for m in dossier.missing)}。"
            if dossier.missing
            else "应有的材料已经齐全。",
            f"在本单位其他名册中提到的 {len(dossier.mentions)} 件，不复制入卷。" if dossier.mentions else "",
            f"旧档中有 {lost} 页读不出来，请查看原件。" if (lost := sum(leaf.lost for leaf in leaves)) else "",
        ]
        lines = [f"{'一二三四五'[n]}、{text}" for n, text in enumerate(filter(None, said))]
        return {
            "subject_word": "案卷",
            "subject": f"{record.child.person.name}　档案编号 {record.uid}",
            "count": len(leaves),
            "pages": pages,
            "lines": "\n".join(lines),
            "by": self._office.actor.name,
            "made_on": print_date(self._office.today),
        }


def _newest_signed(office: Office, object_id: str, version: int) -> str:
    """Return the logical path of the signed scan filed last for a version; empty when there is none."""
    seen: list[str] = []
    for number in range(1, office.store.head(object_id) + 1):
        for path in sorted(office.store.paths(object_id, number)):
            if path.startswith(f"signed-v{version}-") and path.endswith(".pdf") and path not in seen:
                seen.append(path)
    return seen[-1] if seen else ""


def _list_row(leaf: _Leaf, number: int, first: int, last: int) -> dict[str, str]:
    item = leaf.item
    return {
        "no": str(number),
        "code": "\n".join(text for text in (str(item.code or ""), item.number) if text),
        "responsible": item.responsible,
        "title": item.plain_title if item.version or not item.title.startswith("[") else item.title,
        "day": item.day_digits,
        "page": "—" if last < first else str(first) if first == last else f"{first}–{last}",
        "remark": leaf.remark,
    }


def _list_note(leaves: list[_Leaf]) -> str:
    return "注明“未签”的尚未签署，不能作为已经办理的凭证。" if any("未签" in leaf.remark for leaf in leaves) else ""


def _labels(pdf: bytes, name: str) -> tuple[str, ...]:
    count = len(page_sizes(pdf))
    return (name,) if count == 1 else tuple(f"{name}{n}" for n in range(1, count + 1))
