"""The filed layout of a paper: its text for the invisible layer of a scan, its places to sign."""

from __future__ import annotations

from archive.intake.text_layer import POINTS_PER_MM, TextRun
from docgen.engine.press import LaidPaper

_BASELINE = 0.8
"""Share of a line's height above the baseline; the layer is for finding, not for looking."""


def text_runs(layout: bytes) -> tuple[tuple[TextRun, ...], ...]:
    """Return the issued text of each page as runs, in millimetres from the top left corner."""
    paper = LaidPaper.from_json(layout)
    return tuple(
        tuple(
            TextRun(
                text=line.text,
                x=line.x,
                baseline=line.y + line.height * _BASELINE,
                width=line.width,
                size=line.height * _BASELINE * POINTS_PER_MM,
            )
            for line in page.lines
            if line.text.strip() and line.width > 0
        )
        for page in paper.pages
    )
