"""Files the inbox of an office and says when it begins and when it is done; killed by test_killed_intake.

Usage: python intake_worker.py OFFICE guarded|unguarded

Unguarded, scans are read in this process: a guard's child takes a second to start, in which no kill can hit
anything worth hitting.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from archive.intake.taking import take_scan
from docgen.workspace import Workspace
from docgen.workspace.intake import filing

if __name__ == "__main__":
    if sys.argv[2] == "unguarded":
        filing.take_scan = functools.partial(take_scan, is_guarded=False)  # type: ignore[attr-defined]
    with Workspace.open(Path(sys.argv[1])) as workspace:
        print("ready", flush=True)  # noqa: T201
        workspace.filing.file_inbox()
    print("done", flush=True)  # noqa: T201
