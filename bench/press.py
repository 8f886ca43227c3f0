"""The press beside what a user could pick instead: docxtpl with a warm LibreOffice server, reportlab, merging.

Each figure comes from one run in which both sides do the same work. What cannot be measured here is ``null``, and
``reasons`` says why.

==========================  ==================================================================================
stack_vs_libreoffice        one record to pages, docx making included on both sides: docxtpl and unoserver
                            against ours with one stack for all, by the clock
roster_vs_longtable         rows of twenty columns: reportlab's LongTable against ours, CPU time
roster_vs_libreoffice       the same rows as docx through the warm server, by the clock
batch_size_vs_merge         size of separate files merged by pypdf against one stack
heldout_lines_equal         lines (text and page) of documents from elsewhere as LibreOffice sets them
heldout_pages_equal         their page counts
characters_lost             see `bench.characters`
==========================  ==================================================================================
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment, StrictUndefined
from pypdf import PdfReader, PdfWriter

from bench import characters, held_out
from bench.office import NoOfficeError, warm_server
from bench.samples import agreement, roster
from docgen.engine.listing import Column, ListingStyle, lay_listing
from docgen.engine.press import FontBook, Press, PrintJob
from docgen.engine.render import Picture, compile_template
from forms.marks import PageMark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SIDE = Mm(25)
_SECRET = bytes(range(32))
_OWN_HELD_OUT = Path(__file__).parent.parent / "tests" / "fixtures" / "heldout"
"""Documents from elsewhere that come with the source; tuning looks at none of them."""

_QUICK_DOCUMENTS = 50
"""Documents of a folder that a quick run compares."""

_PER_STACK = 60
"""Papers of one stack: what a village signs in a day."""


class Bench:
    """Both sides, ready to run."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.press = Press(FontBook.default())
        self.template = agreement.template()
        self.compiled = compile_template(self.template, name="委托照护协议")
        self.records = agreement.records(600 if quick else 1500)
        self.reasons: dict[str, str] = {}
        self.details: dict[str, Any] = {}

    # papers

    def stack(self, records: Sequence[Mapping[str, Any]]) -> bytes:
        """Make one stack: docx of each record, pages, marks, one PDF."""
        jobs = []
        for number, record in enumerate(records):
            picture = Picture(data=record["qr"], width=_SIDE, height=_SIDE)
            rendered = self.compiled.render_parts({**record, "qr": picture})
            rendered.pack()
            paper = self.press.lay_out_rendered(rendered, name="协议")
            count = len(paper.pages)
            mark = f"7K3M9Q{number:04d}"
            marks = tuple(PageMark(mark_id=mark, page=page, pages=count) for page in range(1, count + 1))
            jobs.append(PrintJob(paper=paper, marks=marks, secret=_SECRET, copy_label="第 1 份"))
        out = io.BytesIO()
        self.press.write(jobs, out, title="示例村")
        return out.getvalue()

    def by_docxtpl(self, record: Mapping[str, Any]) -> bytes:
        """Make a docx as docxtpl's users do."""
        template = DocxTemplate(io.BytesIO(self.template))
        image = InlineImage(template, io.BytesIO(record["qr"]), width=_SIDE, height=_SIDE)
        template.render({**record, "qr": image}, Environment(autoescape=True, undefined=StrictUndefined))
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    def stack_vs_libreoffice(self, server: Any) -> float:
        """Race one record after the other."""
        rounds, theirs_per_round = (7, 2) if self.quick else (20, 3)
        for record in self.records[:3]:
            server.convert(indata=self.by_docxtpl(record), convert_to="pdf")
        self.stack(self.records[:_PER_STACK])
        ours, theirs, packed = [], [], []
        gc.collect()
        gc.freeze()
        for i in range(rounds):
            start = (i + 1) * _PER_STACK  # records that nothing has seen yet
            for record in self.records[start : start + theirs_per_round]:
                begin = time.perf_counter()
                docx = self.by_docxtpl(record)
                between = time.perf_counter()
                server.convert(indata=docx, convert_to="pdf")
                end = time.perf_counter()
                theirs.append(end - begin)
                packed.append(end - between)
            begin = time.perf_counter()
            self.stack(self.records[start : start + _PER_STACK])
            ours.append((time.perf_counter() - begin) / _PER_STACK)
        self.details["stack_milliseconds"] = {
            "docgen": _times(ours),
            "docxtpl_and_libreoffice": _times(theirs),
            "libreoffice_alone": _times(packed),
        }
        return round(statistics.median(theirs) / statistics.median(ours), 1)

    def batch_size_vs_merge(self) -> float:
        """Compare one stack with merged single files."""
        count = 200 if self.quick else 500
        records = self.records[:count]
        whole = len(self.stack(records))
        writer = PdfWriter()
        for record in records:
            writer.append(PdfReader(io.BytesIO(self.stack([record]))))
        out = io.BytesIO()
        writer.write(out)
        self.details["batch"] = {"records": count, "stack_bytes": whole, "merged_bytes": len(out.getvalue())}
        return round(len(out.getvalue()) / whole, 1)

    # rosters

    def roster(self, rows: Sequence[Sequence[str | int]]) -> bytes:
        """Make a roster."""
        columns = [
            Column(heading=path, is_upright=path in roster.UPRIGHT, has_total=path == roster.TOTALLED)
            for path in roster.HEADINGS
        ]
        sheet = ListingStyle(width_mm=420, height_mm=297)
        paper = lay_listing(self.press.fonts, columns, rows, name="花名册", title="花名册", style=sheet)
        out = io.BytesIO()
        self.press.write([PrintJob(paper=paper)], out, title="花名册")
        return out.getvalue()

    def roster_vs_longtable(self) -> float:
        """Race reportlab's long table."""
        rows = roster.rows(1000)
        self.roster(rows[:50])
        ours = []
        for _ in range(3):
            begin = time.process_time()
            self.roster(rows)
            ours.append(time.process_time() - begin)
        begin = time.process_time()
        _by_longtable(rows)
        theirs = time.process_time() - begin
        self.details["longtable"] = {"rows": len(rows), "docgen_s": round(statistics.median(ours), 3), "s": theirs}
        return round(theirs / statistics.median(ours), 1)

    def _clock(self, rows: Sequence[Sequence[str | int]]) -> float:
        begin = time.perf_counter()
        self.roster(rows)
        return time.perf_counter() - begin

    def roster_vs_libreoffice(self, server: Any) -> float:
        """Race LibreOffice over the same rows."""
        count = 400 if self.quick else 1000
        rows = roster.rows(count)
        ours = min(self._clock(rows) for _ in range(5))
        docx = roster.docx(count)
        begin = time.perf_counter()
        server.convert(indata=docx, convert_to="pdf")
        theirs = time.perf_counter() - begin
        self.details["libreoffice_roster"] = {"rows": count, "docgen_s": round(ours, 4), "s": round(theirs, 2)}
        return round(theirs / ours, 1)


def _by_longtable(rows: Sequence[Sequence[str | int]]) -> bytes:
    """Make the roster as reportlab's manual says: a LongTable of Paragraphs that wrap Chinese."""
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    look = ParagraphStyle("cell", fontName="STSong-Light", fontSize=8, leading=10, wordWrap="CJK", alignment=1)
    heads = [[path[min(level, len(path) - 1)] for path in roster.HEADINGS] for level in range(3)]
    cells = [[Paragraph(str(text), look) for text in row] for row in [*heads, *rows]]
    width = 1120 / len(roster.HEADINGS)
    spans = [("SPAN", (5, 0), (8, 0)), ("SPAN", (5, 1), (6, 1)), ("SPAN", (7, 1), (8, 1)), ("SPAN", (9, 0), (11, 0))]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *spans])
    table = LongTable(cells, colWidths=[width] * len(roster.HEADINGS), repeatRows=3, style=style)
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=(1190.5, 841.9), leftMargin=35, rightMargin=35).build([table])
    return out.getvalue()


def _times(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(seconds) * 1000, 2),
        "best": round(min(seconds) * 1000, 2),
        "papers": len(seconds),
    }


def measure(*, quick: bool, folder: Path | None) -> dict[str, Any]:
    """Measure everything that can be measured here."""
    bench = Bench(quick=quick)
    keys = (
        *("stack_vs_libreoffice", "roster_vs_longtable", "roster_vs_libreoffice", "batch_size_vs_merge"),
        *("heldout_lines_equal", "heldout_pages_equal", "characters_lost"),
    )
    figures: dict[str, Any] = dict.fromkeys(keys)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            server = stack.enter_context(warm_server(work))
        except NoOfficeError as error:
            for key in ("stack_vs_libreoffice", "roster_vs_libreoffice"):
                bench.reasons[key] = str(error)
        else:
            figures["stack_vs_libreoffice"] = bench.stack_vs_libreoffice(server)
            figures["roster_vs_libreoffice"] = bench.roster_vs_libreoffice(server)
    figures["roster_vs_longtable"] = bench.roster_vs_longtable()
    figures["batch_size_vs_merge"] = bench.batch_size_vs_merge()
    try:
        found = _held_out(bench.press, folder, quick=quick)
    except (NoOfficeError, held_out.NoDocumentsError) as error:
        bench.reasons["heldout_lines_equal"] = bench.reasons["heldout_pages_equal"] = str(error)
    else:
        figures["heldout_lines_equal"] = found["held_out"]["lines_equal"]
        figures["heldout_pages_equal"] = found["held_out"]["pages_equal"]
        bench.details["heldout"] = found
    tally = characters.run(bench.press, share=0.01 if quick else 1.0)
    figures["characters_lost"] = len(tally.lost)
    bench.details["characters"] = tally.as_json()
    return {**figures, "reasons": bench.reasons, "details": bench.details}


def _held_out(press: Press, folder: Path | None, *, quick: bool) -> dict[str, Any]:
    """Compare the documents of a folder, or those that were gathered, or those that come with the source."""
    if folder is not None or any(held_out.DEFAULT.rglob("*.docx")):
        return held_out.measure(press, folder, limit=_QUICK_DOCUMENTS if quick else None)
    files = {path.stem: path.read_bytes() for path in sorted(_OWN_HELD_OUT.glob("*.docx"))}
    families = held_out.families_of(files.values(), press.fonts)
    return {"held_out": held_out.compare(press, files, families=families).as_json()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="within 45 seconds: fewer rounds, shorter rosters")
    parser.add_argument(
        "--heldout",
        type=Path,
        metavar="FOLDER",
        help="docx files from elsewhere (default: build/heldout, else those that come with the source)",
    )
    options = parser.parse_args()
    figures = measure(quick=options.quick, folder=options.heldout)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    for key, value in figures.items():
        print(f"{key}: {value}")


if __name__ == "__main__":
    main()
