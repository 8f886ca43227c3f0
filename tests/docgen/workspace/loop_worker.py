"""A clerk who makes and files papers as fast as the machine can and says so after each; killed by test_killed_loop.

Usage: python loop_worker.py OFFICE WAITING guarded|unguarded

WAITING holds scans; they are put into the inbox one by one, as a copier does. Unguarded, scans are read
in this process: a guard's child takes a second to start, in which no kill can hit anything worth hitting.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from archive.intake.taking import take_scan
from docgen.workspace import Workspace
from docgen.workspace.intake import filing


def say(*words: object) -> None:
    """Acknowledge: the line is out before the next thing begins."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def main(office: Path, waiting: Path) -> None:
    """Make a paper, file a scan, and so on until nothing is left, or until killed."""
    with Workspace.open(office) as workspace:
        printed = {row.subject for row in workspace.papers.listing() if int(row.prints)}
        children = [child for child in workspace.people.listing(village="大坝村") if child.name not in printed]
        say("ready")
        scans = sorted(waiting.iterdir())
        while children or scans or any((office / "inbox").iterdir()):
            if scans:
                scan = scans.pop(0)
                scan.replace(office / "inbox" / scan.name)
            report = workspace.filing.file_inbox()
            for filed in report.filed:
                say("filed", filed.uid)
            if children:
                made = workspace.papers.make(["A8"], children=[children.pop(0).uid])
                for paper in made.made:
                    say("made", paper.uid, paper.number)
        say("done")


if __name__ == "__main__":
    if sys.argv[3] == "unguarded":
        filing.take_scan = functools.partial(take_scan, is_guarded=False)  # type: ignore[attr-defined]
    main(Path(sys.argv[1]), Path(sys.argv[2]))
