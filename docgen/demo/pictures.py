"""The README's pictures, taken from the demo office: a printed page, a scan, a dossier, a search.

`python -m docgen.demo.pictures demo-office docs/pictures` after `make demo`.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.store import paper_object
from docgen.workspace import Workspace

if TYPE_CHECKING:
    from PIL import Image

    from docgen.workspace.finding.reports import SearchResult
    from docgen.workspace.keeping.reports import DossierView

DPI = 80


def main() -> None:
    """Take the pictures."""
    office, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    with Workspace.open(office) as workspace:
        papers = [row for row in workspace.papers.listing(form_code="A1") if row.status == "已归档"]
        uid, name = papers[0].uid, papers[0].subject
        paths = workspace.store.paths(paper_object(uid))
        signed = next(p for p in paths if p.startswith("signed-") and p.endswith(".pdf"))
        for path, number, file in (("issued-v1.pdf", 0, "page.png"), (signed, 1, "signed.png")):
            page = _page(workspace.store.read(paper_object(uid), path), number)
            page.save(target / file, optimize=True)
        _save(_dossier(workspace.dossiers.show(name)[0]), target / "dossier.svg", "docgen dossier show")
        found = workspace.finding.search(f"{name[-2:]} 表:责任书")
        _save(_search(found), target / "search.svg", "docgen search")


def _page(pdf: bytes, number: int) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        image: Image.Image = document[number].render(scale=DPI / 72).to_pil().convert("RGB")
        return image.quantize(64)
    finally:
        document.close()


def _save(content: list[object], target: Path, title: str) -> None:
    console = Console(record=True, width=112, file=io.StringIO())
    for item in content:
        console.print(item)
    console.save_svg(str(target), title=title)


def _dossier(view: DossierView) -> list[object]:
    table = Table("序", "表", "文号", "形成日期", "版本", "状态", "页数", "扫描件")
    for row in view.rows:
        table.add_row(*row)
    notes = [Text(f"  缺：{line}", style="yellow") for line in view.missing]
    notes += [Text(f"  到期：{line}", style="yellow") for line in view.due]
    return [Text(view.headline, style="bold"), *(Text(f"  {line}") for line in view.people), table, *notes]


def _search(result: SearchResult) -> list[object]:
    lines: list[object] = []
    for number, hit in enumerate(result.hits, start=1):
        facts = f"  {hit.subject}  {hit.number}  {hit.day}  {hit.status}"
        lines.append(Text.assemble(f"{number}. ", (hit.title, "bold"), facts))
        snippet = Text(f"   {hit.snippet}")
        for start, stop in hit.marks:
            snippet.stylize("bold red", start + 3, stop + 3)
        lines.append(snippet)
    return [*lines, Text(f"共 {result.total} 条。")]


if __name__ == "__main__":
    main()
