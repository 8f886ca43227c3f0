"""核查: the proof that an office folder is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.check import Level, check_archive
from archive.index import IndexDamagedError
from docgen.settings import FOLDERS
from docgen.workspace.reports import CheckReport
from forms.problems import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.workspace.core import Workspace


class CheckDesk:
    """Checks the office."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def check(self, level: str = "fixity") -> CheckReport:
        """Check folders, store, registry, their agreement, and the index.

        Args:
            level: ``structure``, ``completeness`` or ``fixity``.
        """
        report = check_archive(self._ws.store, self._ws.registry, level=Level[level.upper()])
        problems = (*self._folders(), *report.problems, *self._index())
        return CheckReport(level=level, objects=report.objects, files=report.files, problems=problems)

    def _folders(self) -> Iterator[Problem]:
        for name in FOLDERS:
            if not (self._ws.folder / name).is_dir():
                yield Problem(
                    code="office.folder-missing",
                    message=f"办公文件夹里缺少“{name}”。里面如果有过文件，请从备份中恢复；没有的话新建一个空的即可。",
                    where=Where(subject=name),
                    blocking=name == "store",
                )

    def _index(self) -> Iterator[Problem]:
        """The index is a cache: its damage is worth a word and never more."""
        folder = self._ws.folder / "index"
        if not folder.is_dir() or not any(folder.iterdir()):
            return
        try:
            self._ws.finding.check()
        except IndexDamagedError as error:
            yield Problem(code=error.code, message=str(error), where=Where(subject="index"), blocking=False)
