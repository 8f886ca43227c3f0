"""归档编号: papers of a year get their 档号, the lists that go with them are written.

Source: DA/T 22—2015 §5.4–§5.5, §6.4; forms.md §12.3. Nothing is numbered twice: a second run gives
codes to what has come since and writes the lists anew.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.reference_code import ReferenceCode
from docgen.engine.archive_sheets import lay_out_sheet
from docgen.engine.overlay import OverlayPage, StampText, write_overlay
from docgen.engine.press import PrintJob
from docgen.engine.sheets.lists import ListSheet, write_lists
from docgen.workspace.keeping.items import Describer
from docgen.workspace.keeping.reports import AccessionReport, ItemRow
from docgen.workspace.office.outgoing import new_folder, write_file
from forms.errors import DataError
from forms.law.time import print_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from archive.description import ArchivalItem
    from archive.reference_code import ItemClass
    from archive.registry import Tx
    from archive.registry.codes import GivenCode
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office

HEAD = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")
WIDTHS = (6, 30, 22, 26, 44, 11, 8, 7, 14)
A4_PT = (595.28, 841.89)
UNSET = "期限待定"


class NoFondsNumberError(DataError):
    """The office has no 全宗号 yet."""

    code = "archive.no-fonds-number"

    def __init__(self) -> None:
        super().__init__(
            "还没有全宗号，不能编档号。请向县档案馆问清，写进 office.toml 的 [archive] 一节（fonds_number）后再试。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One class with its items in the order of their codes."""

    item_class: ItemClass
    items: tuple[ArchivalItem, ...]
    void: tuple[GivenCode, ...]

    @property
    def pages(self) -> int:
        """Pages of all items."""
        return sum(item.pages for item in self.items)


class DescribingDesk:
    """Numbers items and writes what goes with them."""

    def __init__(self, office: Office, *, finding: SearchDesk) -> None:
        self._office = office
        self._finding = finding

    def accession(self, year: int, *, progress: Callable[[int, int], None] | None = None) -> AccessionReport:
        """Give a 档号 to every archived paper and placed old scan of a year that has none; write the lists.

        Args:
            year: 年度, by the date of the paper.
            progress: Called with items done and items in all.

        Raises:
            NoFondsNumberError: the scheme is not complete.
            ClassFullError: a class has used its four digits; what was numbered before stays numbered.
        """
        office = self._office
        if not office.settings.archive.fonds_number:
            raise NoFondsNumberError
        given: list[ReferenceCode] = []
        with office.registry.begin() as tx:
            describer = Describer(office, tx)
            waiting = sorted(self._waiting(tx, describer, year), key=_filing_order)
            for done, item in enumerate(waiting):
                if progress:
                    progress(done, len(waiting))
                key = {"paper_uid": item.uid} if item.version else {"old_uid": item.uid}
                code = tx.codes.give(describer.item_class(item), by=office.actor.name, **key)
                given.append(code)
            if given:
                tx.audit.append("archive.accession", actor=office.actor.name, subject=str(year), items=len(given))
        report = self.catalogue(year, stamps=given)
        self._finding.catch_up()
        return report

    def catalogue(self, year: int, *, stamps: Iterable[ReferenceCode] = ()) -> AccessionReport:
        """Write 归档文件目录, 备考表 and 归档章 of a year into `out/`.

        Args:
            year: 年度.
            stamps: Codes whose 归档章 is to be printed; the lists always hold everything.
        """
        office = self._office
        wanted = set(stamps)
        with office.registry.read() as tx:
            classes = self._classes(tx, year)
            waiting = len(tx.codes.unplaced_old(year))
        items = [item for one in classes for item in one.items]
        folder = None
        if items:
            folder = new_folder(office, f"归档-{year}")
            write_file(folder / "归档文件目录.xlsx", write_lists([_sheet(one) for one in classes]))
            write_file(folder / "归档文件目录.pdf", self._print([self._list(one) for one in classes], "归档文件目录"))
            write_file(folder / "备考表.pdf", self._print([self._remarks(one) for one in classes], "备考表"))
            stamped = [item for item in items if item.code in wanted]
            if stamped:
                write_file(folder / "归档章.pdf", self._stamps(stamped))
        return AccessionReport(
            year=year,
            given=len(wanted),
            total=len(items),
            unset=tuple(sorted({item.form_code for item in items if not item.retention_is_set})),
            unplaced=waiting,
            rows=tuple(item_row(item, number) for number, item in enumerate(items, start=1)),
            void=tuple(str(code.code) for one in classes for code in one.void),
            folder=folder,
        )

    def void(self, code: str, *, reason: str) -> ItemRow:
        """Withdraw a 档号 for good; its item may be numbered again.

        Raises:
            ValueParseError: not a 档号.
            CodeNotGivenError: it was never given.
            CodeVoidError: it is void already.
        """
        office = self._office
        with office.registry.begin() as tx:
            given = tx.codes.void(ReferenceCode.parse(code), reason)
            tx.audit.append("archive.void-code", actor=office.actor.name, subject=given.uid, item=given.code.item)
            item = Describer(office, tx).by_uid(given.uid)
            assert item is not None
            row = item_row(item, 1)
        self._finding.catch_up()
        return row

    def _waiting(self, tx: Tx, describer: Describer, year: int) -> Iterable[ArchivalItem]:
        for uid in tx.codes.without(year):
            item = describer.by_uid(uid)
            if item is not None:
                yield item

    def _classes(self, tx: Tx, year: int) -> list[Catalogue]:
        describer = Describer(self._office, tx)
        found: dict[ItemClass, tuple[list[ArchivalItem], list[GivenCode]]] = {}
        for given in tx.codes.of_year(year):
            items, void = found.setdefault(given.code.item_class, ([], []))
            item = None if given.void_reason else describer.by_uid(given.uid)
            if item is None:
                void.append(given)
            else:
                items.append(item)
        return [Catalogue(item_class=key, items=tuple(items), void=tuple(void)) for key, (items, void) in found.items()]

    def _list(self, one: Catalogue) -> PrintJob:
        rows = [_context_row(item, number) for number, item in enumerate(one.items, start=1)]
        notes = []
        if not all(item.retention_is_set for item in one.items):
            notes.append(f"备注为“{UNSET}”的，本单位的保管期限表尚未批准，暂按系统建议的期限编号。")
        context = {
            "title": "归档文件目录",
            "fonds_name": self._office.settings.unit_name,
            "fonds_number": one.item_class.fonds_number,
            "year": one.item_class.year,
            "retention": one.items[0].code.retention_words if one.items and one.items[0].code else "",
            "office_code": one.item_class.office_code or "—",
            "count": len(one.items),
            "pages": one.pages,
            "rows": rows,
            "note": "".join(notes),
        }
        return PrintJob(paper=lay_out_sheet(self._office.press, "item_list", context))

    def _remarks(self, one: Catalogue) -> PrintJob:
        lines = [f"一、件号自 0001 连续编至 {_last(one):04}。"]
        lines.append(
            "二、作废的档号保留不用：" + "；".join(f"{v.code}（{v.void_reason}）" for v in one.void) + "。"
            if one.void
            else "二、没有作废的档号。"
        )
        unset = sorted({item.form_code for item in one.items if not item.retention_is_set})
        lines.append(
            f"三、{'、'.join(unset)} 的保管期限尚未经本单位批准，暂按系统建议的期限编号。"
            if unset
            else "三、保管期限按本单位批准的保管期限表。"
        )
        restricted = sum(item.restricted for item in one.items)
        lines.append(f"四、限制利用的 {restricted} 件。" if restricted else "四、没有限制利用的材料。")
        context = {
            "subject_word": "目录",
            "subject": str(one.item_class),
            "count": len(one.items),
            "pages": one.pages,
            "lines": "\n".join(lines),
            "by": self._office.actor.name,
            "made_on": print_date(self._office.today),
        }
        return PrintJob(paper=lay_out_sheet(self._office.press, "remarks", context))

    def _print(self, jobs: Sequence[PrintJob], title: str) -> bytes:
        out = io.BytesIO()
        self._office.press.write(jobs, out, title=title)
        return out.getvalue()

    def _stamps(self, items: Sequence[ArchivalItem]) -> bytes:
        """Return one sheet for each item with nothing but the stamp, to be printed onto the paper's first page."""
        out = io.BytesIO()
        width, height = A4_PT
        pages = [OverlayPage(width_pt=width, height_pt=height, stamp=stamp_of(item)) for item in items]
        write_overlay(pages, out, typeface=self._office.press.fonts.typeface("黑体"), title="归档章")
        return out.getvalue()


def stamp_of(item: ArchivalItem) -> StampText | None:
    """Return what an item's 归档章 says; ``None`` while it has no 档号."""
    if item.code is None:
        return None
    return StampText(
        fonds_number=item.code.item_class.fonds_number,
        year=str(item.code.item_class.year),
        item=f"{item.code.item:04}",
        office_code=item.code.item_class.office_code,
        retention=item.code.retention_words,
        pages=str(item.pages),
    )


def item_row(item: ArchivalItem, number: int) -> ItemRow:
    """Return an item as a list shows it."""
    return ItemRow(uid=item.uid, **_context_row(item, number))


def _context_row(item: ArchivalItem, number: int) -> dict[str, str]:
    remarks = [UNSET] if not item.retention_is_set else []
    remarks += ["限制利用"] if item.restricted else []
    return {
        "no": str(number),
        "code": str(item.code or ""),
        "number": item.number,
        "responsible": item.responsible,
        "title": item.title,
        "day": item.day_digits,
        "secrecy": "",
        "pages": str(item.pages),
        "remark": "\n".join(remarks),
    }


def _sheet(one: Catalogue) -> ListSheet:
    return ListSheet(
        name=f"{one.item_class.year}-{one.item_class.retention}-{one.item_class.office_code}".rstrip("-"),
        title=f"归档文件目录　{one.item_class}　共 {len(one.items)} 件 {one.pages} 页",
        head=HEAD,
        rows=[tuple(_context_row(item, number).values()) for number, item in enumerate(one.items, start=1)],
        widths=WIDTHS,
    )


def _last(one: Catalogue) -> int:
    numbers = [item.code.item for item in one.items if item.code] + [void.code.item for void in one.void]
    return max(numbers, default=0)


def _filing_order(item: ArchivalItem) -> tuple[object, ...]:
    """One child's papers stand together, in the order of the dossier; what is a village's own stands first."""
    return (item.village_uid, item.child_uid, item.order or 999, item.day_digits, item.uid)
