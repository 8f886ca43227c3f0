"""What an intake costs: processor time beside OCRmyPDF on the same stack, memory for a long one.

OCRmyPDF is asked for the same result: pages upright and straight, text to search (chi_sim), pictures not
compressed anew. It reads the text from the picture; ours takes it from the issued paper. The processor
time of both is that of the process and all its children.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdf

from archive.intake.pages import open_scan
from archive.intake.pdf_writer import PdfObjects
from bench.printed import FORMS, print_paper
from docgen.demo.scanner import Copier, InkPlace, play_scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.intake.picture import PictureStream

_SAMPLE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one program took."""

    cpu_s: float | None
    """Processor seconds of the process and its children; ``None`` where the system does not tell."""

    peak_mb: float | None
    """Most resident memory of the process and its children together, as sampled."""

    output: str


def make_stack(folder: Path, pages: int) -> tuple[Path, list[PictureStream]]:
    """Print, sign and scan a stack of about so many pages (200 dpi, colour, one in eight upside down).

    Args:
        folder: Gets ``scan.pdf`` and ``papers/``, what was issued.
        pages: Never more; whole papers.
    """
    papers = folder / "papers"
    papers.mkdir()
    streams: list[PictureStream] = []
    seed = 0
    smallest = min(FORMS, key=lambda code: len(print_paper(code, 0).marks))
    while len(streams) < pages:
        code = FORMS[seed % len(FORMS)]
        paper = print_paper(code, seed)
        if len(streams) + len(paper.marks) > pages:
            paper = print_paper(smallest, seed)
            if len(streams) + len(paper.marks) > pages:
                break
        seed += 1
        (papers / f"{paper.marks[0].mark_id}.pdf").write_bytes(paper.pdf)
        (papers / f"{paper.marks[0].mark_id}.json").write_text(paper.laid.to_json(), "utf-8")
        inks = [
            [InkPlace(name=b.name, x=b.x, y=b.y, width=b.width, height=b.height, text="罗大山") for b in page.boxes]
            for page in paper.laid.pages
        ]
        scan = play_scan(paper.pdf, inks, seed=seed, copier=Copier()).pdf
        streams += _streams(folder / "one.pdf", scan)
    random.Random(pages).shuffle(streams)
    path = folder / "scan.pdf"
    write_stack(path, streams)
    return path, streams


def _streams(path: Path, scan: bytes) -> list[PictureStream]:
    path.write_bytes(scan)
    with open_scan(path) as opened:
        return [page.stream() for page in opened.pages]


def write_stack(path: Path, streams: Sequence[PictureStream], dpi: int = 200) -> None:
    """Write pictures as a copier writes a PDF."""
    pdf = PdfObjects()
    catalog, tree, kids = pdf.reserve(), pdf.reserve(), []
    for s in streams:
        image = pdf.add_stream(
            b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace %b /Filter /DCTDecode"
            % (s.width, s.height, b"/DeviceRGB" if s.components == 3 else b"/DeviceGray"),
            s.data,
            is_encoded=True,
        )
        w, h = s.width * 72 / dpi, s.height * 72 / dpi
        content = pdf.add_stream(b"", b"q %.4f 0 0 %.4f 0 0 cm /Im0 Do Q" % (w, h))
        kids.append(
            pdf.add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.4f %.4f] /Contents %d 0 R"
                b" /Resources << /XObject << /Im0 %d 0 R >> >> >>" % (tree, w, h, content, image)
            )
        )
    pdf.put(tree, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(kids), b" ".join(b"%d 0 R" % k for k in kids)))
    pdf.put(catalog, b"<< /Type /Catalog /Pages %d 0 R >>" % tree)
    path.write_bytes(pdf.finish(catalog))


def our_cost(scan: Path, folder: Path) -> Cost:
    """Take a stack in."""
    return _cost([sys.executable, "-m", "bench.intake_worker", str(scan), str(folder)])


def their_cost(scan: Path, folder: Path, pages: int) -> Cost | None:
    """Let OCRmyPDF do the first pages of the same stack; ``None`` when it is not installed."""
    tool = shutil.which("ocrmypdf")
    if tool is None:
        return None
    part = folder / "part.pdf"
    with pypdf.PdfWriter() as writer:
        writer.append(scan, pages=(0, pages))
        writer.write(part)
    return _cost(
        [
            *(tool, "--language", "chi_sim", "--rotate-pages", "--deskew", "--optimize", "0"),
            *("--output-type", "pdf", "--jobs", "2", "--quiet", str(part), str(folder / "theirs.pdf")),
        ]
    )


def version_of(tool: str) -> str:
    """Return what a program says of its version."""
    done = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0]


def _cost(command: Sequence[str]) -> Cost:
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    before = _children_s()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    peak = _Peak(process.pid)
    output, _ = process.communicate()
    used = peak.stop()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    after = _children_s()
    cpu = None if before is None or after is None else round(after - before, 2)
    return Cost(cpu_s=cpu, peak_mb=used, output=output)


def _children_s() -> float | None:
    """Processor seconds of all children that have ended, theirs included."""
    if sys.platform == "win32":
        return None
    times = os.times()
    return times.children_user + times.children_system


class _Peak:
    """Watches how much memory a process and its children hold; Linux only."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float | None:
        """Return the most, in MB."""
        self._over.set()
        self._thread.join()
        return round(self._peak / 1024, 1) if self._peak else None

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_S):
            self._peak = max(self._peak, _resident_kb(self._pid))


def _resident_kb(pid: int) -> int:
    total = 0
    with contextlib.suppress(OSError, ValueError):
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
        # a process that is just ending has no such line any more
        total = sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_resident_kb(int(child)) for child in (task / "children").read_text("ascii").split())
    return total


def cost(folder: Path, *, sheets: int, ours: int, theirs: int, long: int) -> dict[str, Any]:
    """Compare processor time a page, and watch the memory of a long stack.

    Args:
        folder: An empty folder.
        sheets: Sheets printed and signed.
        ours: Pages of the stack; more than there are sheets: every sheet several times, as papers in several
            originals come back. Each is read, looked at and derived by itself.
        theirs: Its first pages that OCRmyPDF gets; all of them in the full bench.
        long: Pages of the long stack: copies of the same sheets.
    """
    scan, streams = make_stack(folder, sheets)
    copies = max(1, ours // len(streams))
    if copies > 1:
        write_stack(scan, streams * copies)
    pages = len(streams) * copies
    mine = our_cost(scan, folder)
    result = {"cpu_sheets": len(streams)} | _processor(folder, scan, mine, pages, theirs)
    if long == pages:  # the stack is the long one
        return result | _memory(scan, mine, pages)
    scan = folder / "long.pdf"
    write_stack(scan, (streams * (long // len(streams) + 1))[:long])
    return result | _memory(scan, our_cost(scan, folder), long)


def _processor(folder: Path, scan: Path, mine: Cost, ours: int, theirs: int) -> dict[str, Any]:
    done = json.loads(mine.output)
    assert done["left"] == 0, done
    assert done["pages"] == ours, done
    count = min(theirs, ours)
    other = their_cost(scan, folder, count)
    ms = None if mine.cpu_s is None else round(1000 * mine.cpu_s / ours, 1)
    result: dict[str, Any] = {"cpu_vs_ocrmypdf": None, "cpu_pages": ours, "cpu_ms_per_page": ms}
    if other is None:
        return {**result, "cpu_note": "ocrmypdf is not installed (apt-get install ocrmypdf tesseract-ocr-chi-sim)"}
    if other.cpu_s is None or ms is None:
        return {**result, "cpu_note": "this system does not tell the processor time of children"}
    per_page = 1000 * other.cpu_s / count
    return {
        **result,
        "cpu_vs_ocrmypdf": round(ms / per_page, 5),
        "cpu_ours_is_one_in": round(per_page / ms, 1),
        "cpu_pages_ocrmypdf": count,
        "cpu_ms_per_page_ocrmypdf": round(per_page),
        "ocrmypdf": version_of("ocrmypdf"),
    }


def _memory(scan: Path, taken: Cost, pages: int) -> dict[str, Any]:
    return {
        "rss_mb": taken.peak_mb,
        "rss_pages": pages,
        "rss_file_mb": round(scan.stat().st_size / 1024**2),
    }
