"""待办桌面: what could not be placed, in words for the clerk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.workspace.reports import DeskItem

if TYPE_CHECKING:
    from pathlib import Path

    from archive.intake.stack import AssembledPaper
    from archive.registry import Tx
    from archive.registry.scans import DeskItem as DeskRow
    from docgen.workspace.archiving import Doubtful

MISSING_PAGES = "missing-pages"
UNSIGNED = "unsigned"


def put_unsigned(tx: Tx, paper: AssembledPaper, copy: Doubtful) -> DeskRow:
    """Lay a complete paper before a person whose signatures are not all found (REF-22)."""
    resolve_unsigned(tx, paper, resolution="又扫描了一次")
    what = "、".join(str(doubt) for doubt in copy.doubts)
    first = copy.reads[0]
    return tx.scans.put_on_desk(
        first.scan,
        first.index,
        code=UNSIGNED,
        message=f"《{paper.issued.title}》页已齐，但{what}。请补签后重扫；确已签好的，由负责人确认后归档"
        "（docgen archive accept）。",
    )


def resolve_unsigned(tx: Tx, paper: AssembledPaper, *, resolution: str = "签名已齐") -> None:
    """Take what was said of a paper's signatures off the desk."""
    _resolve(tx, paper, UNSIGNED, resolution)


def keep_crops(folder: Path, copy: Doubtful) -> None:
    """Lay the pictures of the doubtful places beside the item, for the person who decides."""
    folder.mkdir(parents=True, exist_ok=True)
    for doubt in copy.doubts:
        if doubt.finding.crop:
            (folder / f"{doubt.finding.name}.jpg").write_bytes(doubt.finding.crop)


def put_missing(tx: Tx, paper: AssembledPaper) -> DeskRow:
    """Lay an incomplete paper before a person: which pages are still to come."""
    resolve_missing(tx, paper, resolution="收到了其中几页")
    missing = "、".join(f"第 {n} 页" for n in paper.missing)
    first = paper.pages[0]
    return tx.scans.put_on_desk(
        first.scan,
        first.index,
        code=MISSING_PAGES,
        message=f"《{paper.issued.title}》共 {paper.issued.pages} 页，还缺{missing}。请补扫缺的页；补齐后自动归档。",
    )


def resolve_missing(tx: Tx, paper: AssembledPaper, *, resolution: str = "页已收齐") -> None:
    """Take what was said of missing pages off the desk; the paper is complete, or said anew."""
    _resolve(tx, paper, MISSING_PAGES, resolution)


def _resolve(tx: Tx, paper: AssembledPaper, code: str, resolution: str) -> None:
    pages = {(row.sha256, row.page_index) for row in tx.scans.pages_of_mark(paper.mark_id)}
    pages |= {(read.scan, read.index) for read in paper.pages}
    for item in tx.scans.desk():
        if item.code == code and (item.sha256, item.page_index) in pages:
            tx.scans.resolve(item.id, resolution)


def shown(tx: Tx, item: DeskRow) -> DeskItem:
    """Return a desk item ready to print."""
    if item.paper_uid:
        scan, pages = f"文书 {item.paper_uid}", "—"
    else:
        stack = tx.scans.stack(item.sha256)
        scan = stack.name if stack else item.sha256[:12]
        pages = "整个文件" if item.page_index is None else f"第 {item.page_index + 1} 页"
    return DeskItem(
        uid=str(item.id),
        received=item.put_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        scan=scan,
        pages=pages,
        code=item.code,
        reason=item.message,
    )
