"""The process that makes an index anew, or tidies it, in the background; see `rebuilding`."""

from __future__ import annotations

import sys
from pathlib import Path

from archive.index import Index
from docgen.workspace.finding import rebuilding
from docgen.workspace.finding.desk import SearchDesk
from docgen.workspace.office.opened import Office
from forms.errors import AppError, OfficeBusyError


def rebuild(folder: Path) -> int:
    """Rebuild the index of an office; return the exit code."""
    try:
        with Office.open(folder) as office:
            desk = SearchDesk(office)
            try:
                desk.rebuild()
            finally:
                desk.close()
    except OfficeBusyError:
        return OfficeBusyError.exit_code
    except (AppError, OSError, ValueError, LookupError) as error:
        rebuilding.note_failure(folder / "index", error.code if isinstance(error, AppError) else type(error).__name__)
        return error.exit_code if isinstance(error, AppError) else 1
    return 0


def tidy(folder: Path) -> int:
    """Tidy the index of an office until nothing is left to join; return the exit code."""
    try:
        with Index.open(folder / "index") as index:
            while index.is_scattered and index.tidy():
                pass
    except AppError as error:
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit({"rebuild": rebuild, "tidy": tidy}[sys.argv[2]](Path(sys.argv[1])))
