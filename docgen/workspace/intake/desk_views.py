"""待办的一项 as a person sees it: reason, picture, what was read, candidates, and the commands that settle it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.intake.stack import StrangerReason
from archive.registry.decisions import DecisionKind
from archive.registry.scans import DeskItemNotFoundError
from docgen.workspace.intake import desk_items as desk_words
from docgen.workspace.intake.page_texts import page_text, read_pages
from docgen.workspace.intake.reports import DecidedItem, DeskView
from docgen.workspace.intake.rereading import Rereader
from docgen.workspace.intake.suggesting import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.registry import Tx
    from archive.registry.decisions import DeskDecision
    from archive.registry.scans import DeskItem as DeskRow
    from docgen.workspace.intake.reports import Candidate
    from docgen.workspace.office.opened import Office

_UNDONE = "（已撤销）"


def view(office: Office, number: int) -> DeskView:
    """Return one open item with its picture drawn; every look is in the audit chain (invariant 11).

    Raises:
        DeskItemNotFoundError: no such open item.
    """
    with office.registry.begin() as tx:
        row = next((row for row in tx.scans.desk() if row.id == number), None)
        if row is None:
            raise DeskItemNotFoundError(number)
        tx.audit.append("desk.view", actor=office.actor.name, subject=row.sha256 or row.paper_uid, item=number)
    with office.registry.read() as tx:
        item = desk_words.shown(tx, row)
        is_page = row.page_index is not None and bool(row.sha256)
        is_read = is_page and row.page_index in read_pages(office.store, row.sha256)
        text = page_text(office.store, row.sha256, row.page_index or 0)[0] if is_read else ""
        found = suggest(office, tx, row) if row.code in _OPEN_TO_ALL else ()
        commands = tuple(_commands(tx, row, found))
    if is_page and row.code != StrangerReason.UNREADABLE.value:
        item = replace(item, picture=_picture(office, row))
    folder = office.folder / "desk" / str(row.id)
    crops = tuple(f"desk/{row.id}/{p.name}" for p in sorted(folder.glob("*.jpg")) if p.name != desk_words.PICTURE)
    return DeskView(
        item=item,
        crops=crops,
        text=text,
        is_read=is_read,
        is_foreign=row.code in _OPEN_TO_ALL,
        candidates=found,
        commands=commands,
    )


def decided(office: Office) -> tuple[DecidedItem, ...]:
    """Return what persons have decided about the desk, the newest first."""
    with office.registry.read() as tx:
        return tuple(_decided(tx))[::-1]


_OPEN_TO_ALL = {StrangerReason.NO_MARK.value, StrangerReason.FOREIGN_OFFICE.value}
"""Pages that may be anybody's."""


def _commands(tx: Tx, row: DeskRow, found: tuple[Candidate, ...]) -> Iterator[str]:
    """Yield what may be typed, the likeliest first."""
    paper = next((c for c in found if c.kind == "文书" and c.page), None)
    child = next((c for c in found if c.kind == "儿童"), None)
    assign = f"docgen intake assign {row.id} " + (f"{paper.key} --page {paper.page}" if paper else "文号 --page 页")
    attach = f"docgen intake attach {row.id} --child {child.key if child else '姓名'} --title 题名"
    if row.code in _OPEN_TO_ALL:
        yield from (assign, attach) if paper else (attach, assign)
    elif row.code in {reason.value for reason in StrangerReason} - {StrangerReason.UNREADABLE.value}:
        yield attach
    if row.code == desk_words.UNSIGNED:
        yield f"docgen intake accept {row.id} --by 姓名 --reason 理由"
    if row.code == desk_words.DIFFERENT:
        mark_id = next((p.mark_id for p in tx.scans.pages(row.sha256) if p.page_index == row.page_index), "")
        known = tx.papers.by_mark(mark_id) if mark_id else None
        if known is not None:
            yield f"docgen intake differences {known[0].document_number or known[0].uid}"
    if row.code != desk_words.MISSING_PAGES and row.sha256:
        yield f"docgen intake discard {row.id}"


def _picture(office: Office, row: DeskRow) -> str:
    """Draw the page if it is not drawn yet; return its path in the office folder."""
    folder = office.folder / "desk"
    path = folder / str(row.id) / desk_words.PICTURE
    if not path.exists() and row.page_index is not None:
        with tempfile.TemporaryDirectory(prefix="resume-", dir=office.folder / "work") as name:
            pages = Rereader(office).again([(row.sha256, row.page_index)], Path(name))
            pictures = {(p.read.scan, p.read.index): p.picture for p in pages}
            desk_words.keep_pictures(folder, [(row.id, p.read) for p in pages], pictures)
    return path.relative_to(office.folder).as_posix() if path.exists() else ""


def _decided(tx: Tx) -> Iterator[DecidedItem]:
    for decision in tx.desk.all():
        row = tx.desk.item(decision.item)
        item = desk_words.shown(tx, row)
        yield DecidedItem(
            uid=item.uid,
            decided=decision.decided_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            by=decision.decided_by,
            scan=item.scan,
            pages=item.pages,
            resolution=_resolution(tx, row.code, decision) + (_UNDONE if decision.undone_at else ""),
            reason=decision.reason,
            is_undone=decision.undone_at is not None,
        )


def _resolution(tx: Tx, code: str, decision: DeskDecision) -> str:
    paper = tx.papers.by_uid(decision.paper_uid) if decision.paper_uid else None
    name = str(paper.document_number or paper.uid) if paper else ""
    if decision.kind is DecisionKind.ASSIGN:
        return f"归为 {name} 第 {decision.page} 页"
    if decision.kind is DecisionKind.ATTACH:
        return f"作为附件归入 {name}" if name else "作为附件归入儿童档案"
    return "已核对改动" if code == desk_words.DIFFERENT else "不归档"
