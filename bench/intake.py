"""Intake as a whole: are pages found, is nothing misfiled, is every fault said, and what does it cost?

``python -m bench.intake --json`` takes about half an hour on two cores; ``--quick`` the same figures from fewer
pages in under 45 seconds. ``--grid FOLDER`` reads page images and a ``truth.json`` made elsewhere instead of
the own grid; `bench.intake_grid` says what stands in it.

identified, identified_both_signed_over
    Share of the pages whose mark was read: 150 to 300 dpi, JPEG 30 and up, ±5°, any turn, one code spoilt;
    both codes written over.
misfiled
    Pages given a mark that is not theirs, of all pages read here (``misfiled_reads``), most of them made to be
    mistaken; ``make intake-campaign`` reads 100,000.
stack_faults_reported
    Share of the missing, doubled, foreign, replaced … pages of spoilt stacks that are reported by name.
presence_wrong
    Signatures, fingerprints, seals decided wrongly, the worst of the three; colour, held-out seeds.
cpu_vs_ocrmypdf
    Processor time a page, ours by OCRmyPDF's, same stack, same run; ``null`` without it.
rss_mb
    Most resident memory of the program and its child together while it takes in a long stack (``rss_pages``).
ocr_cer
    Characters read wrongly on printed pages of others at 150 dpi.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import intake_campaign
from bench.intake_cost import cost
from bench.intake_grid import foreign_grid, identify, own_grid
from bench.intake_ocr import error_rate
from bench.intake_presence import decide
from bench.intake_stacks import foreign_outcome, own_outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is done."""

    pages: int
    """Of the grid, a condition."""
    beyond: bool
    dpi: int
    others: int
    """Papers that are out besides."""
    reads: int
    stacks: int
    papers: int
    """Signed at random."""
    cpu_sheets: int
    """Printed and signed for the comparison of processor time."""
    cpu_pages: int
    """In its stack; more than sheets: each several times."""
    cpu_pages_theirs: int
    rss_pages: int
    ocr_pages: int


FULL = Size(
    pages=25,
    beyond=True,
    dpi=300,
    others=3_000,
    reads=1_000,
    stacks=500,
    papers=200,
    cpu_sheets=100,
    cpu_pages=100,
    cpu_pages_theirs=100,
    rss_pages=2_000,
    ocr_pages=3,
)
QUICK = Size(
    pages=1,
    beyond=False,
    dpi=200,
    others=300,
    reads=20,
    stacks=6,
    papers=8,
    cpu_sheets=12,
    cpu_pages=48,
    cpu_pages_theirs=1,
    rss_pages=48,
    ocr_pages=1,
)


def measure(size: Size, grid: Path | None = None) -> dict[str, Any]:
    """Return the figures."""
    with ThreadPoolExecutor(1) as pool:  # the text is read in a process of its own
        text = pool.submit(error_rate, size.ocr_pages)
        figures = reading(size, grid)
        decisions = decide(size.papers)
        figures |= text.result()
    figures["presence_wrong"] = decisions.worst
    figures["presence"] = decisions.as_json()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        figures |= cost(
            Path(name), sheets=size.cpu_sheets, ours=size.cpu_pages, theirs=size.cpu_pages_theirs, long=size.rss_pages
        )
    first = (
        *("identified", "identified_both_signed_over", "misfiled", "stack_faults_reported"),
        *("presence_wrong", "cpu_vs_ocrmypdf", "rss_mb", "ocr_cer"),
    )
    return {key: figures[key] for key in first} | figures


def reading(size: Size, grid: Path | None) -> dict[str, Any]:
    """Return the figures that come from reading pages: identified, misfiled, faults of stacks."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        if grid is None:
            office, sheets = own_grid(
                Path(name), pages=size.pages, beyond=size.beyond, others=size.others, dpi=size.dpi
            )
            outcome = own_outcome(size.stacks)
        else:
            office, sheets, stacks = foreign_grid(grid)
            outcome = foreign_outcome(grid, office, stacks) if stacks else own_outcome(size.stacks)
        tally = identify(office, sheets())
    campaign = intake_campaign.run(size.reads, papers=size.others)
    return {
        "identified": tally.share("graded"),
        "identified_both_signed_over": tally.share("both"),
        "identified_beyond": tally.share("beyond"),
        "grid_pages": dict(tally.pages),
        "grid_conditions": tally.conditions,
        "not_identified": dict(tally.lost),
        "read_by": dict(tally.decoders),
        "misfiled": tally.misfiled + outcome.misfiled + campaign["misfiled"],
        "misfiled_reads": tally.pages.total() + outcome.pages + campaign["reads"],
        "stack_faults_reported": outcome.share,
        "stack_faults": dict(outcome.made),
        "stack_faults_missed": dict(outcome.made - outcome.reported),
        "stack_false_reports": outcome.false,
        "stacks": outcome.stacks,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    parser.add_argument("--quick", action="store_true", help="fewer pages, the same keys")
    parser.add_argument("--grid", type=Path, metavar="FOLDER", help="page images and truth.json made elsewhere")
    options = parser.parse_args()
    figures = measure(QUICK if options.quick else FULL, options.grid)
    print(json.dumps(figures, ensure_ascii=False, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
