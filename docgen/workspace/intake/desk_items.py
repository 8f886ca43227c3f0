"""待办桌面: what could not be placed, in words for the clerk."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from archive.intake.pictures import PageImage, draw_pages
from docgen.workspace.intake.reports import DeskItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from archive.intake.marks import PageRead
    from archive.intake.stack import AssembledPaper, SortedStack
    from archive.intake.taking import SpooledPage
    from archive.registry import Tx
    from archive.registry.scans import DeskItem as DeskRow
    from docgen.workspace.intake.archiving import Doubtful
    from docgen.workspace.office.opened import Office

MISSING_PAGES = "missing-pages"
UNSIGNED = "unsigned"
QUARANTINED = "quarantined"
ACTIVE = "active-content"
DIFFERENT = "differs-from-issued"

PICTURE = "page.jpg"
"""Name of a page's picture in the folder of its desk item: a number, nothing of a person."""

_AT_ONCE = 50
"""Pictures drawn while a stack is filed; further ones when somebody looks at the item."""


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
        "（docgen intake accept）。",
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


def put_active(tx: Tx, sha256: str, found: Sequence[str]) -> DeskRow:
    """Say that a file would act by itself when opened; its pages were read all the same."""
    what = "、".join(found)
    return tx.scans.put_on_desk(
        sha256,
        None,
        code=ACTIVE,
        message=f"文件里有{what}，扫描仪不会生成这种文件。原文件已隔离保存，请不要打开；各页图像已照常处理，不含这些内容。"
        "请查明文件的来处，然后用 docgen intake discard 了结这一项。",
    )


def put_quarantined(tx: Tx, sha256: str) -> DeskRow:
    """Say that a file could not be read without harm."""
    return tx.scans.put_on_desk(
        sha256,
        None,
        code=QUARANTINED,
        message="读这个文件的程序中途崩溃或者超出了限度，已经停止。原文件一字不动，隔离保存，请不要打开。"
        "请用扫描仪重新扫描纸质原件放进 inbox，然后用 docgen intake discard 了结这一项。",
    )


def put_different(tx: Tx, page: tuple[str, int], name: str, pages: Sequence[int]) -> DeskRow:
    """Say that a signed scan differs from what was issued; it is filed, a person looks at it.

    Args:
        tx: The transaction that keeps the comparison.
        page: File and place in it of the first page that differs.
        name: Title and number of the paper.
        pages: Page of the paper of each difference, from 1.
    """
    where = "、".join(f"第 {n} 页" for n in sorted(set(pages)))
    return tx.scans.put_on_desk(
        *page,
        code=DIFFERENT,
        message=f"《{name}》的签字件有 {len(pages)} 处与签发时不同（{where}）：加写、划改或者缺字。它已经归档。"
        "请对照纸质原件看清楚，核对过了用 docgen intake discard 了结；当事人没有同意的改动，请重新打印、重签。",
    )


def keep_pictures_of_changes(folder: Path, pictures: Sequence[bytes]) -> None:
    """Lay the pieces that differ beside the item, in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures, 1):
        (folder / f"{number:02}.jpg").write_bytes(picture)


def doubled(stack: SortedStack) -> Iterator[str]:
    """Name the pages that were scanned more often than their paper has originals."""
    for paper in stack.papers:
        numbers = sorted({read.mark.page for read in paper.repeated if read.mark})
        if numbers:
            what = "、".join(f"第 {n} 页" for n in numbers)
            yield f"《{paper.issued.title}》{what}重复扫描，已选用清楚的一张，其余留在原扫描件里。"


def keep_pictures(
    desk: Path,
    items: Sequence[tuple[int, PageRead]],
    pictures: Mapping[tuple[str, int], SpooledPage | None],
    most: int = _AT_ONCE,
) -> None:
    """Draw the pages of desk items for the person who decides; never a reason to fail.

    Args:
        desk: The office's folder for the desk.
        items: Numbers of items, each with its page.
        pictures: The pictures of the pages.
        most: How many are drawn; the rest is drawn when it is looked at.
    """
    images = []
    for number, read in items[:most]:
        source = pictures.get((read.scan, read.index))
        if source is not None:
            folder = desk / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            images.append(PageImage(source=source, target=folder / PICTURE, turns=read.turns))
    for _ in draw_pages(images):
        pass


def tidy(office: Office) -> None:
    """Take away the pictures of what lies on the desk no longer: they can be drawn again at any time."""
    folder = office.folder / "desk"
    drawn = [path for path in folder.glob("[0-9]*") if path.is_dir()]
    if not drawn:
        return
    with office.registry.read() as tx:
        here = {str(item.id) for item in tx.scans.desk()}
    for path in drawn:
        if path.name not in here:
            shutil.rmtree(path, ignore_errors=True)


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
