"""The intake of one file as the program does it, in a process of its own so that its cost can be told.

``python -m bench.intake_worker SCAN.pdf FOLDER``: guarded child, codes, sorting, signatures, and one searchable
PDF a paper into FOLDER/out. FOLDER/papers holds what was issued: ``<mark id>.pdf`` and ``<mark id>.json`` (layout).
Prints JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path


def intake(scan: Path, folder: Path) -> dict[str, int]:
    """Take a scan in; return how many papers and pages were derived and how many pages were left over."""
    # the guarded child imports this module again; like the program's own it shall not bring everything with it
    from archive.intake.derive import DerivedPage, derive_pdf
    from archive.intake.presence import PageInk, Place, draw_printed
    from archive.intake.stack import IssuedPaper, sort_stack
    from archive.intake.taking import take_scan
    from bench.printed import SECRET
    from docgen.engine.press import LaidPaper
    from docgen.workspace.intake.layouts import text_runs

    issued = {}
    for path in (folder / "papers").glob("*.json"):
        pages = len(LaidPaper.from_json(path.read_bytes()).pages)
        issued[path.stem] = IssuedPaper(mark_id=path.stem, pages=pages)
    target = folder / "out"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as spool:
        taken = take_scan(scan, SECRET, Path(spool), issued=[(p.mark_id, p.pages) for p in issued.values()])
        spooled = {page.read.index: page.spooled for page in taken.pages}
        stack = sort_stack(taken.reads, issued.get)
        papers = pages = places = 0
        for paper in stack.papers:
            layout = (folder / "papers" / f"{paper.mark_id}.json").read_bytes()
            printed = (folder / "papers" / f"{paper.mark_id}.pdf").read_bytes()
            laid, runs = LaidPaper.from_json(layout), text_runs(layout)
            for copy in (paper.pages, *paper.copies):
                derived = []
                for number, read in enumerate(copy):
                    picture = spooled[read.index]
                    assert picture is not None, "a page whose mark was read has a picture"
                    derived.append(DerivedPage(source=picture, read=read, text=runs[number]))
                    if boxes := laid.pages[number].boxes:
                        ink = PageInk(picture.load(), read.registration, draw_printed(printed, number))
                        for box in boxes:
                            ink.look(Place(name=box.name, x=box.x, y=box.y, width=box.width, height=box.height))
                            places += 1
                (target / f"{paper.mark_id}-{papers}.pdf").write_bytes(derive_pdf(derived))
                papers += 1
                pages += len(copy)
    return {"papers": papers, "pages": pages, "places": places, "left": len(taken.pages) - pages}


if __name__ == "__main__":
    print(json.dumps(intake(Path(sys.argv[1]), Path(sys.argv[2]))))
