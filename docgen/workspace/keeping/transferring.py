"""移交: a package for the archives that take over, tested before it leaves, and its receipt.

Source: forms.md §12.3, §10 (档案法实施条例 第二十条: handed over after the period laid down); RFC 8493;
DA/T 70—2018. The papers themselves stay; what is handed over is a proved copy of everything kept
about each item. Scans as received are left out, because other people's pages are in them.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from archive.bag import MANIFEST, write_bag
from archive.description import Origin
from archive.four_properties import CheckedItem, Outcome, PackageFacts, check_package, has_failed, look_at_file
from archive.package_list import PackageHead, read_list, write_list
from archive.registry import new_uid
from archive.store import transfer_object
from docgen.engine.archive_sheets import lay_out_sheet
from docgen.engine.press import PrintJob
from docgen.engine.sheets import read_bytes
from docgen.engine.sheets.lists import ListSheet, write_lists
from docgen.workspace.keeping.describing import HEAD, WIDTHS, item_row
from docgen.workspace.keeping.items import Describer
from docgen.workspace.keeping.reports import TransferReport
from docgen.workspace.office.objects import sha512
from docgen.workspace.office.outgoing import new_folder, write_file
from forms.errors import DataError, RefusedError
from forms.law.time import print_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from archive.bag import BagSummary
    from archive.description import ArchivalItem
    from archive.four_properties import PropertyResult
    from archive.registry import Tx
    from archive.registry.audit import AuditRow
    from docgen.workspace.office.opened import Office

NOTE = """这是一个档案移交包，按 BagIt 1.0（RFC 8493）组织，不用任何专门软件就能查看和校验。

data/目录.xml、data/目录.xlsx   每一件的著录，两种格式内容相同
data/四性检测报告.pdf           真实性、完整性、可用性、安全性逐项检测的结果
data/件/<档号>/                 这一件的全部文件：
    signed-v<版次>-….pdf        签署后的扫描件（PDF/A）
    issued-v<版次>.docx、.pdf   印发的正本
    inputs-v<版次>.json         填写的内容和制作情况
    text-v<版次>.txt            全文
    layout-v<版次>.json         版面
    signed-v<版次>-…/           签名、捺印、印章处的截图
    original.…                  旧档的原始扫描件
manifest-sha512.txt             每个文件的 SHA-512；可用 sha512sum -c 或 bagit.py --validate 校验
"""


class NotNumberedError(DataError):
    """Something on the list has no 档号 yet."""

    code = "transfer.not-numbered"

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(
            f"有 {len(titles)} 件还没有档号（{'、'.join(titles[:3])}{'……' if len(titles) > 3 else ''}），不能移交。"
            "请先用 docgen archive accession 编号。"
        )


class NothingToTransferError(DataError):
    """Nothing fits."""

    code = "transfer.empty"

    def __init__(self) -> None:
        super().__init__("没有可移交的档案：这一年没有编过档号的件，或者都已经移交并收到回执。")


class PackageFailedError(RefusedError):
    """The package did not pass its own test; nothing was given out."""

    code = "transfer.failed"

    def __init__(self, results: Sequence[PropertyResult]) -> None:
        self.results = tuple(results)
        shown = "；".join(f"{r.property.value}·{r.name}（{r.detail}）" for r in results[:3])
        super().__init__(f"四性检测有 {len(results)} 项不合格，没有生成移交包：{shown}。请先解决，再重新移交。")


class TransferDesk:
    """Makes packages and takes receipts."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def make(
        self,
        to: Path,
        *,
        years: Sequence[int] = (),
        papers: Sequence[str] = (),
        receiver: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> TransferReport:
        """Write a package.

        Args:
            to: An existing folder; the package becomes a folder in it.
            years: 年度; everything numbered in them that no archives has confirmed to hold.
            papers: 档号, 文号 or uids.
            receiver: Who takes over; the county archives by default.
            progress: Called with items done and items in all.

        Raises:
            NothingToTransferError: nothing fits.
            NotNumberedError: something has no 档号.
            PackageFailedError: the four-property test failed.
            BagInvalidError: what was written does not read back.
        """
        office = self._office
        uid = new_uid()
        receiver = receiver or "县（区）档案馆"
        with office.registry.read() as tx:
            items = self._items(tx, years, papers)
            history = {item.uid: tuple(tx.audit.rows(subject=item.uid)) for item in items}
            checked = []
            for done, item in enumerate(items):
                if progress:
                    progress(done, len(items) * 2)
                checked.append(self._check(tx, item, history[item.uid]))
            gaps = self._gaps(tx, years, items)
            audit_faults = len(tx.audit.verify())
        head = PackageHead(
            uid=uid,
            unit_name=office.settings.unit_name,
            fonds_number=office.settings.archive.fonds_number,
            receiver=receiver,
            made_at=office.now.isoformat(timespec="seconds"),
            made_by=office.actor.name,
        )
        listing = write_list(head, checked, history)
        sheet = _sheet(items)
        results = check_package(
            PackageFacts(
                items=tuple(checked),
                listed=len(read_bytes(sheet, name="目录.xlsx")[0].rows) - 2,
                parsed=read_list(listing),
                gaps=gaps,
                whole_year=bool(years) and not papers,
                audit_faults=audit_faults,
                today=office.today,
            )
        )
        if has_failed(results):
            raise PackageFailedError([r for r in results if r.outcome is Outcome.FAILED])
        own = {
            "说明.txt": NOTE.encode(),
            "目录.xml": listing,
            "目录.xlsx": sheet,
            "四性检测报告.pdf": self._report(uid, results, len(items)),
            "四性检测报告.json": _report_json(uid, results),
        }

        def payload() -> Iterator[tuple[str, bytes]]:
            yield from own.items()
            for done, one in enumerate(checked):
                if progress:
                    progress(len(checked) + done, len(checked) * 2)
                for file in one.files:
                    yield f"件/{one.item.code}/{file.path}", office.store.read(one.item.object_id, file.path)

        name = "-".join(filter(None, ["移交", head.fonds_number, *map(str, years), uid]))
        bag = write_bag(
            to / name,
            payload(),
            {
                "Source-Organization": head.unit_name,
                "External-Identifier": uid,
                "External-Description": f"留守儿童关爱保护档案 {len(items)} 件",
                "Bagging-Date": office.today.isoformat(),
                "Contact-Name": head.made_by,
            },
        )
        return self._register(bag, uid, receiver, items=items, own=own, years=years)

    def receive(self, uid: str, receipt: Path, *, on: date | None = None) -> None:
        """Keep the receipt of the archives that took a package over.

        Args:
            uid: Of the package.
            receipt: The signed form, scanned.
            on: Day of taking over; today by default.

        Raises:
            TransferNotFoundError: no such package.
            ReceiptExistsError: its receipt is in.
            UnreadableScanError: the file cannot be read.
        """
        office = self._office
        data = _read(receipt)
        with office.registry.begin() as tx:
            tx.transfers.receive(uid, on=on or office.today, receipt=sha512(data))
            name = f"receipt-{sha512(data)[:16]}{receipt.suffix.lower()}"
            office.store.put(
                transfer_object(uid), {name: data}, message="收到接收回执", user=office.actor.name, at=office.now
            )
            tx.audit.append("archive.transfer-received", actor=office.actor.name, subject=uid, sha512=sha512(data)[:16])

    def _items(self, tx: Tx, years: Sequence[int], papers: Sequence[str]) -> list[ArchivalItem]:
        describer = Describer(self._office, tx)
        found = {item.uid: item for item in (describer.find(text) for text in papers)}
        unnumbered = [item.title for item in found.values() if item.code is None]
        if unnumbered:
            raise NotNumberedError(unnumbered)
        received = tx.transfers.received_codes()
        for year in years:
            for given in tx.codes.of_year(year):
                item = None if given.void_reason or str(given.code) in received else describer.by_uid(given.uid)
                if item is not None and not tx.disposals.of_item(item.uid):
                    found[item.uid] = item
        if not found:
            raise NothingToTransferError
        return sorted(found.values(), key=lambda item: str(item.code))

    def _check(self, tx: Tx, item: ArchivalItem, history: Sequence[AuditRow]) -> CheckedItem:
        """Read every file of an item once, as it will be packed; bytes that are not what was stored stop it."""
        store = self._office.store
        paths = store.paths(item.object_id)
        recorded = {}
        if item.origin is Origin.PAPER:
            recorded = {p: d for v in tx.papers.versions(item.uid) for p, d in v.digests.items()}
        files = tuple(look_at_file(path, store.read(item.object_id, path), paths[path]) for path in sorted(paths))
        return CheckedItem(item=item, files=files, recorded=recorded, history=tuple(row.action for row in history))

    def _gaps(self, tx: Tx, years: Sequence[int], items: Sequence[ArchivalItem]) -> tuple[str, ...]:
        """Return the codes of the classes that are neither here, nor void, destroyed or handed over before."""
        here = {str(item.code) for item in items}
        received = tx.transfers.received_codes()
        missing: list[str] = []
        for year in years:
            classes: dict[str, list[int]] = {}
            for given in tx.codes.of_year(year):
                classes.setdefault(str(given.code.item_class), []).append(given.code.item)
                accounted = given.void_reason or tx.disposals.of_item(given.uid) or str(given.code) in received
                if str(given.code) not in here and not accounted:
                    missing.append(str(given.code))
            for name, numbers in classes.items():
                missing += [f"{name}-{n:04}" for n in range(1, max(numbers)) if n not in set(numbers)]
        return tuple(missing)

    def _report(self, uid: str, results: Sequence[PropertyResult], count: int) -> bytes:
        context = {
            "uid": uid,
            "unit_name": self._office.settings.unit_name,
            "count": f"{count} 件",
            "tested_at": f"{self._office.now:%Y-%m-%d %H:%M}",
            "verdict": _verdict(results),
            "rows": [
                {"property": r.property.value, "name": r.name, "outcome": r.outcome.value, "detail": r.detail}
                for r in results
            ],
        }
        return self._print("properties", context, f"四性检测报告 {uid}")

    def _register(
        self,
        bag: BagSummary,
        uid: str,
        receiver: str,
        *,
        items: Sequence[ArchivalItem],
        own: dict[str, bytes],
        years: Sequence[int],
    ) -> TransferReport:
        """Keep what the package was, and write the form both sides sign."""
        office = self._office
        what = f"{'、'.join(map(str, years))}年度" if years else "选定的"
        form = self._print(
            "handover",
            {
                "uid": uid,
                "content": f"{what}留守儿童关爱保护档案",
                "count": len(items),
                "size": bag.size,
                "files": bag.files,
                "manifest": "\n".join(bag.proof[at : at + 32] for at in range(0, 128, 32)),
                "verdict": "合格",
                "unit_name": office.settings.unit_name,
                "receiver": receiver,
                "by": office.actor.name,
                "made_on": print_date(office.today),
            },
            f"移交与接收登记表 {uid}",
        )
        kept = {
            "list.xml": own["目录.xml"],
            "list.xlsx": own["目录.xlsx"],
            "properties.pdf": own["四性检测报告.pdf"],
            "properties.json": own["四性检测报告.json"],
            "handover.pdf": form,
            MANIFEST: (bag.folder / MANIFEST).read_bytes(),
        }
        with office.registry.begin() as tx:
            office.store.put(transfer_object(uid), kept, message="生成移交包", user=office.actor.name, at=office.now)
            codes = [str(item.code) for item in items]
            tx.transfers.add(
                uid, by=office.actor.name, receiver=receiver, size=bag.size, manifest=bag.proof, codes=codes
            )
            tx.audit.append("archive.transfer", actor=office.actor.name, subject=uid, items=len(items))
        folder = new_folder(office, f"移交-{uid}")
        write_file(folder / "移交与接收登记表.pdf", form)
        return TransferReport(
            uid=uid,
            folder=bag.folder,
            form=folder / "移交与接收登记表.pdf",
            items=len(items),
            files=bag.files,
            size=bag.size,
        )

    def _print(self, name: str, context: Mapping[str, object], title: str) -> bytes:
        out = io.BytesIO()
        self._office.press.write([PrintJob(paper=lay_out_sheet(self._office.press, name, context))], out, title=title)
        return out.getvalue()


def _verdict(results: Sequence[PropertyResult]) -> str:
    counts = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    word = "不合格" if counts[Outcome.FAILED] else "合格"
    return f"{word}（{'，'.join(f'{outcome.value} {count} 项' for outcome, count in counts.items())}）"


def _report_json(uid: str, results: Sequence[PropertyResult]) -> bytes:
    rows = [{"property": r.property, "name": r.name, "outcome": r.outcome, "detail": r.detail} for r in results]
    return (json.dumps({"uid": uid, "results": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def _sheet(items: Sequence[ArchivalItem]) -> bytes:
    rows = [tuple(item_row(item, number).as_json().values())[1:] for number, item in enumerate(items, start=1)]
    return write_lists([ListSheet(name="移交目录", title="档案移交目录", head=HEAD, rows=rows, widths=WIDTHS)])


def _read(path: Path) -> bytes:
    from archive.intake.limits import NotAScanError, ScanInUseError

    if not path.is_file() or not path.stat().st_size:
        raise NotAScanError(path.name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ScanInUseError(path.name) from error
