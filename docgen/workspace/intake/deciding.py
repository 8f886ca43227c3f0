"""待办的处理: a person says what a page on the desk is; every act is one step, recorded, and can be undone.

`assign`: that page of that paper. `attach`: an enclosure of a paper or of a child's dossier. `discard`:
nothing of ours; kept as received. A page whose own code says what it is is never given to another paper.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.intake.derive import DerivedPage, derive_pdf
from archive.intake.stack import StrangerReason
from archive.registry.decisions import DecisionKind
from archive.registry.scans import DeskItemNotFoundError, PageState, ScanPage
from archive.registry.withdrawals import NotWithdrawableError
from archive.store import paper_object, scan_object
from docgen.workspace.finding.indexing import OLD_TEXT
from docgen.workspace.intake import desk_items as desk_words
from docgen.workspace.intake.archiving import DONE, Decision
from docgen.workspace.intake.page_texts import page_text
from docgen.workspace.intake.reports import DeskAct, FiledScan, FilingReport
from docgen.workspace.intake.rereading import Rereader
from docgen.workspace.intake.withdrawing import withdraw
from docgen.workspace.people.choosing import one_child, one_paper
from forms.errors import DataError, RefusedError
from forms.law.sources import cite
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from archive.intake.taking import SpooledPage
    from archive.registry import Tx
    from archive.registry.decisions import DeskDecision
    from archive.registry.paper_states import PaperRecord, VersionRecord
    from archive.registry.scans import DeskItem
    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.intake.filing import FilingDesk
    from docgen.workspace.office.opened import Office

_ASSIGNABLE = {StrangerReason.NO_MARK.value, StrangerReason.FOREIGN_OFFICE.value}
"""A page that says nothing of itself, or nothing that can be believed."""

_PICTURED = {reason.value for reason in StrangerReason} - {StrangerReason.UNREADABLE.value}
"""Pages that can be looked at, so that a person can say what they are."""

FORMAT = 1


class NotAssignableError(RefusedError):
    """The item is no page that could belong to another paper."""

    code = "desk.not-assignable"

    def __init__(self, item: int, why: str) -> None:
        super().__init__(f"待办第 {item} 项不能这样归入：{why}。")


class WhichPageError(DataError):
    """The paper has several pages that it could be."""

    code = "desk.which-page"

    def __init__(self, number: str, pages: int, missing: Sequence[int]) -> None:
        self.missing = tuple(missing)
        still = f"，现在缺第 {'、'.join(map(str, missing))} 页" if missing else ""
        super().__init__(f"“{number}”有 {pages} 页{still}。请用 --page 写明这是第几页。")


class PageTakenError(RefusedError):
    """That page of the paper is there already."""

    code = "desk.page-taken"

    def __init__(self, number: str, page: int) -> None:
        super().__init__(
            f"“{number}”的第 {page} 页已经收到，等着其余的页。如果先收的一页不对，请先撤销它，或者重扫整份。"
        )


class PaperNotOutError(RefusedError):
    """The paper is void."""

    code = "desk.paper-void"

    def __init__(self, number: str) -> None:
        super().__init__(f"“{number}”已经作废，不能再归入签字的页。请核对文号。")


class WhereToError(DataError):
    """An enclosure belongs to a paper or to a child, and to one of them."""

    code = "desk.where-to"

    def __init__(self) -> None:
        super().__init__("请写明附件归到哪里：文号，或者 --child 姓名，二者选一；并用 --title 写明是什么。")


class WhyKeptError(DataError):
    """A copy of a destroyed paper is kept only for a reason."""

    code = "desk.why-kept"

    def __init__(self, item: int) -> None:
        super().__init__(
            f"待办第 {item} 项是已销毁文书的又一份。要销毁的，由两人用 docgen archive dispose-copy {item} 办理；"
            "确有理由保留的，请用 --reason 写明理由。"
        )


class DestroyedCopyError(RefusedError):
    """The scan an item was about is destroyed."""

    code = "desk.destroyed"

    def __init__(self, item: int) -> None:
        super().__init__(f"待办第 {item} 项的扫描件已经按销毁清册销毁，不能撤销（{cite('archives', '第二十一条')}）。")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """Where an enclosure goes."""

    child_uid: str
    village_uid: str
    paper_uid: str
    words: str
    """For the clerk."""


class DecidingDesk:
    """Carries out what a person decides about the desk."""

    def __init__(self, office: Office, *, filing: FilingDesk, finding: SearchDesk) -> None:
        self._office = office
        self._filing = filing
        self._finding = finding
        self._rereader = Rereader(office)

    def assign(
        self,
        item: int,
        paper: str,
        *,
        page: int = 0,
        by: str = "",
        reason: str = "",
        signed_on: date | None = None,
    ) -> FilingReport:
        """Say that a page is a page of a paper; the paper is filed when it was the last one missing.

        Args:
            item: Number of the desk item.
            paper: 文号 or uid.
            page: Which page, from 1; 0: the only one, or the only one missing.
            by: Who vouches that the paper is signed, should the scan not show it; with `reason`.
            reason: Why it counts as signed.
            signed_on: Day of the last signature.

        Raises:
            DeskItemNotFoundError: no such open item.
            NotAssignableError: the item is no page, or its own code says what it is.
            PaperNotFoundError: no such paper.
            PaperNotOutError: it is void.
            WhichPageError: `page` is needed, or not a page of it.
            PageTakenError: that page is there.
        """
        office = self._office
        with office.registry.begin() as tx:
            row = _open_item(tx, item)
            if row.code not in _ASSIGNABLE or row.page_index is None:
                raise NotAssignableError(item, _why_not(row))
            record = one_paper(tx, paper)
            version = tx.papers.version(record.uid, record.version)
            number = _named(record)
            if version.status is PaperStatus.VOID:
                raise PaperNotOutError(number)
            page = _page(tx, version, page, number)
            (before,) = [p for p in tx.scans.pages(row.sha256) if p.page_index == row.page_index]
            tx.scans.save_page(_moved(before, PageState.WAITING, version.mark_id, page))
            tx.desk.record(
                row,
                DecisionKind.ASSIGN,
                by=by or office.actor.name,
                resolution=f"归为“{number}”第 {page} 页",
                mark_id=version.mark_id,
                page=page,
                paper_uid=record.uid,
                reason=reason,
            )
            tx.audit.append("desk.assign", actor=by or office.actor.name, subject=record.uid, item=item, page=page)
        decision = Decision(by=by, reason=reason) if by.strip() and reason.strip() else None
        filed, desk = self._filing.resettle(version.mark_id, signed_on=signed_on, decision=decision)
        self._after()
        return FilingReport(scans=(FiledScan(name=f"待办第 {item} 项", pages=1, filed=filed, desk=desk),))

    def attach(
        self, items: Sequence[int], *, paper: str = "", child: str = "", title: str, made_on: date | None = None
    ) -> DeskAct:
        """Keep pages as an enclosure (附件): an identity paper, a certificate, a court order.

        Args:
            items: Numbers of desk items; their pages in this order become one document.
            paper: 文号 or uid of the paper it belongs to; or
            child: name, ID number or uid of the child in whose dossier it belongs.
            title: What it is.
            made_on: The date on it.

        Raises:
            DeskItemNotFoundError: no such open item.
            NotAssignableError: an item is no page, or has no picture.
            WhereToError: neither or both of paper and child, or no title.
        """
        office = self._office
        if bool(paper) == bool(child) or not title.strip() or not items:
            raise WhereToError
        with office.registry.read() as tx:
            rows = [_open_item(tx, item) for item in dict.fromkeys(items)]
            for row in rows:
                if row.page_index is None or row.code not in _PICTURED:
                    raise NotAssignableError(row.id, "它不是一页能看清的图像，请重新扫描")
            target = _target(tx, paper, child)
        pages = [(row.sha256, row.page_index) for row in rows if row.page_index is not None]
        pdf, text = self._enclosure(pages)
        sha256 = hashlib.sha256(pdf).hexdigest()
        files: dict[str, bytes | Path] = {
            "original.pdf": pdf,
            "description.json": _description(title, target, pages, made_on),
        }
        if text:
            files[OLD_TEXT] = text.encode()
        by = office.actor.name
        office.store.put(scan_object(sha256), files, message="归入附件", user=by, at=office.now)
        with office.registry.begin() as tx:
            tx.scans.receive(sha256, name="附件.pdf", size=len(pdf), page_count=len(pages), by=by)
            for index in range(len(pages)):
                tx.scans.save_page(ScanPage(sha256=sha256, page_index=index, state=PageState.FILED))
            old = tx.old.add(
                sha256,
                title=title.strip() + (f"（{target.words}的附件）" if target.paper_uid else ""),
                by=by,
                child_uid=target.child_uid,
                village_uid=target.village_uid,
                year=made_on.year if made_on else office.today.year,
                made_on=made_on,
                has_text=bool(text),
            )
            tx.scans.set_state(pages, PageState.FILED)
            for row in rows:
                tx.desk.record(
                    row,
                    DecisionKind.ATTACH,
                    by=by,
                    resolution=f"作为附件归入{target.words}",
                    paper_uid=target.paper_uid,
                    old_uid=old.uid,
                )
            subject = target.paper_uid or target.child_uid
            tx.audit.append("desk.attach", actor=by, subject=subject, enclosure=old.uid, pages=len(pages))
        self._after()
        return DeskAct(items=tuple(row.id for row in rows), sentence=f"已作为附件归入{target.words}，编号 {old.uid}。")

    def discard(self, item: int, *, reason: str = "") -> DeskAct:
        """Take an item off the desk because nothing of it is ours, or it has been seen to; the scan stays.

        Raises:
            DeskItemNotFoundError: no such open item.
            NotAssignableError: a paper waits for its pages, or the item is not about a scan.
            WhyKeptError: it is a copy of a destroyed paper, and no reason is given.
        """
        office = self._office
        with office.registry.begin() as tx:
            row = _open_item(tx, item)
            if row.code == desk_words.MISSING_PAGES:
                raise NotAssignableError(item, "这份文书还缺页，已到的页要等其余的页；整份重扫后会自动了结")
            if not row.sha256:
                raise NotAssignableError(item, "它说的是一份文书，不是扫描件")
            if row.code == StrangerReason.DESTROYED.value and not reason.strip():
                raise WhyKeptError(item)
            tx.scans.set_state(_pages_of(tx, row), PageState.DUPLICATE)
            is_filed = row.code == desk_words.DIFFERENT
            words = "已核对，归档的扫描件不变" if is_filed else "不归档，原扫描件保留"
            tx.desk.record(row, DecisionKind.DISCARD, by=office.actor.name, resolution=words, reason=reason)
            tx.audit.append("desk.discard", actor=office.actor.name, subject=row.sha256, item=item)
        self._after()
        outcome = "已核对，归档的扫描件不变" if is_filed else "不归档，收到的扫描件原样保留"
        return DeskAct(items=(item,), sentence=f"待办第 {item} 项已了结：{outcome}。")

    def undo(self, item: int) -> DeskAct:
        """Take back what a person decided about an item; it lies on the desk again.

        Raises:
            NothingToUndoError: nobody decided about it.
            NotWithdrawableError: the paper was filed with this page, and something rests on that.
            EnclosureNumberedError: it became an enclosure that has its 档号.
            DestroyedCopyError: the scan is destroyed.
        """
        office = self._office
        with office.registry.begin() as tx:
            decision = tx.desk.standing(item)
            if scan_object(decision.sha256) in tx.disposals.gone():
                raise DestroyedCopyError(item)
            mark_id = decision.mark_id
            if decision.kind is DecisionKind.ASSIGN:
                self._take_out(tx, decision)
            same = [decision]
            if decision.old_uid:  # the pages of one enclosure come back together
                same = [d for d in tx.desk.all() if d.old_uid == decision.old_uid and d.undone_at is None]
            for each in same:
                row = tx.desk.undo(each, by=office.actor.name)
                if decision.kind is not DecisionKind.ASSIGN:
                    tx.scans.set_state(_pages_of(tx, row), PageState.DESK)
            tx.audit.append("desk.undo", actor=office.actor.name, subject=decision.sha256, item=item)
        if mark_id:
            self._filing.resettle(mark_id)
        self._after()
        numbers = tuple(each.item for each in same)
        words = "、".join(f"第 {n} 项" for n in numbers)
        return DeskAct(items=numbers, sentence=f"已撤销，待办{words}回到桌面。")

    def _take_out(self, tx: Tx, decision: DeskDecision) -> None:
        """Take an assigned page out of its paper again; a filing it made possible is withdrawn."""
        record = tx.papers.get(decision.paper_uid)
        found = tx.papers.by_mark(decision.mark_id)
        assert found is not None, "a decision is about a registered version"
        version = found[1]
        (page,) = [p for p in tx.scans.pages(decision.sha256) if p.page_index == decision.page_index]
        if page.state is PageState.FILED and version.status in DONE:
            if version.filed_at is None or version.filed_at < decision.decided_at:
                raise NotWithdrawableError(record.uid, "这一页已并入又一份扫描件，先归档的一份仍然有效")
            if self._office.library.get(record.form_code).effects:
                raise NotWithdrawableError(record.uid, "它一签署就引起了别的登记（如人员标记、送达、结案）")
            withdraw(self._office, tx, record.uid, reason=f"待办第 {decision.item} 项归错，撤销")
        others = [
            (p.sha256, p.page_index)
            for p in tx.scans.pages_of_mark(decision.mark_id)
            if p.state in {PageState.FILED, PageState.DESK, PageState.WAITING}
        ]
        tx.scans.set_state(others, PageState.WAITING)
        tx.scans.save_page(_moved(page, PageState.DESK, "", 0))
        for row in tx.scans.desk():  # doubts about signatures of a paper that is no longer whole
            if row.code == desk_words.UNSIGNED and (row.sha256, row.page_index) in others:
                tx.scans.resolve(row.id, "其中一页撤销，重新等齐")

    def _enclosure(self, pages: Sequence[tuple[str, int]]) -> tuple[bytes, str]:
        """Return pages as one upright PDF, and what was read on them."""
        with tempfile.TemporaryDirectory(prefix="resume-", dir=self._office.folder / "work") as name:
            found = {(p.read.scan, p.read.index): p for p in self._rereader.again(pages, Path(name))}
            texts = {key: page_text(self._office.store, *key) for key in pages}
            derived = (
                DerivedPage(source=_turned(picture, texts[scan, index][1]), read=found[scan, index].read)
                for scan, index in pages
                if (picture := found[scan, index].picture) is not None
            )
            pdf = derive_pdf(derived, title="附件")
        whole = [texts[key][0] for key in pages]
        return pdf, "\f".join(whole) if any(whole) else ""

    def _after(self) -> None:
        desk_words.tidy(self._office)
        self._finding.catch_up()


def _turned(picture: SpooledPage, turns: int) -> SpooledPage:
    """Return a page as it became readable, its bytes untouched."""
    return replace(picture, form=replace(picture.form, turns=(picture.form.turns + turns) % 4))


def _open_item(tx: Tx, item: int) -> DeskItem:
    found = next((row for row in tx.scans.desk() if row.id == item), None)
    if found is None:
        raise DeskItemNotFoundError(item)
    return found


def _why_not(row: DeskItem) -> str:
    if row.code == desk_words.UNSIGNED:
        return "它已经归到一份文书，只是签名没有看到；确已签好的请用 docgen intake accept"
    if row.code == desk_words.DIFFERENT:
        return "它已经归档，只是与签发时不同；核对过了请用 docgen intake discard 了结"
    if row.code == desk_words.MISSING_PAGES:
        return "它在等一份文书其余的页，请找到缺的那一页再归入"
    if row.code in {StrangerReason.UNREADABLE.value, StrangerReason.CUT_OFF.value}:
        return "图像不完整，请重新扫描这一页"
    if row.page_index is None:
        return "它是整个文件，不是一页"
    return "页上的标记说明它是另一份文书，请重扫正确的一份；与哪份都无关的，用 docgen intake discard 了结"


def _page(tx: Tx, version: VersionRecord, page: int, number: str) -> int:
    """Return which page of the paper is meant."""
    here = {p.page for p in tx.scans.waiting(version.mark_id)}
    missing = [n for n in range(1, version.pages + 1) if n not in here]
    if not page:
        page = 1 if version.pages == 1 else missing[0] if here and len(missing) == 1 else 0
    if not 1 <= page <= version.pages:
        raise WhichPageError(number, version.pages, missing)
    if page in here:
        raise PageTakenError(number, page)
    return page


def _target(tx: Tx, paper: str, child: str) -> _Target:
    if paper:
        record = one_paper(tx, paper)
        return _Target(
            child_uid=record.child_uid,
            village_uid=record.village_uid,
            paper_uid=record.uid,
            words=f"“{_named(record)}”",
        )
    found = one_child(tx, child)
    name = found.child.person.name
    return _Target(child_uid=found.uid, village_uid=found.child.village_uid, paper_uid="", words=f"{name}的档案")


def _pages_of(tx: Tx, row: DeskItem) -> list[tuple[str, int]]:
    """Return the pages an item speaks of, whose state is for the person to decide."""
    if row.page_index is None or row.code == desk_words.DIFFERENT:
        return []
    if row.code != desk_words.UNSIGNED:
        return [(row.sha256, row.page_index)]
    pages = tx.scans.pages(row.sha256)
    mark_id = next(p.mark_id for p in pages if p.page_index == row.page_index)
    doubtful = {PageState.DESK, PageState.DUPLICATE}
    return [(p.sha256, p.page_index) for p in tx.scans.pages_of_mark(mark_id) if p.state in doubtful]


def _moved(page: ScanPage, state: PageState, mark_id: str, number: int) -> ScanPage:
    return ScanPage(
        sha256=page.sha256,
        page_index=page.page_index,
        state=state,
        mark_id=mark_id,
        page=number,
        rotation=page.rotation,
    )


def _named(record: PaperRecord) -> str:
    return str(record.document_number or record.uid)


def _description(title: str, target: _Target, pages: Sequence[tuple[str, int]], made_on: date | None) -> bytes:
    data = {
        "format": FORMAT,
        "title": title.strip(),
        "made_on": made_on.isoformat() if made_on else None,
        "year": made_on.year if made_on else None,
        "child_uid": target.child_uid,
        "village_uid": target.village_uid,
        "paper": paper_object(target.paper_uid) if target.paper_uid else None,
        "pages": [{"scan": scan, "page_index": index} for scan, index in pages],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
