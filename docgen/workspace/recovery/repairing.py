"""修复: what a check found damaged, put right from a backup, and checked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.backup.generations import generations
from archive.check import Level, check_archive
from archive.repair import damaged_objects, repair_objects, repair_root
from docgen.workspace.office.reports import Report, problems_json
from docgen.workspace.recovery.restoring import keys_of

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace.office.opened import Office
    from forms.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairResult(Report):
    """Outcome of one repair."""

    repaired: tuple[str, ...]
    """One line an object: what came from the backup, where the damaged copy is."""
    left: tuple[str, ...]
    """What could not be put right, and why."""
    problems: tuple[Problem, ...]
    """What a check of everything finds afterwards."""

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        return {
            "repaired": list(self.repaired),
            "left": list(self.left),
            "problems": problems_json(self.problems),
        }

    @property
    def is_whole(self) -> bool:
        """Nothing that blocks is left."""
        return not any(problem.blocking for problem in self.problems)

    @property
    def summary(self) -> str:
        """One line for a person."""
        if not self.repaired and not self.left and self.is_whole:
            return "没有发现损坏，不用修复。"
        state = "再检查一遍，档案是完整的" if self.is_whole else "再检查一遍，还有问题没有解决，见上"
        left = f"，没能修好 {len(self.left)} 件" if self.left else ""
        return f"修好 {len(self.repaired)} 件{left}；{state}。"


def repair(office: Office, backup: Path, *, identity: Path | None = None, passphrase: str = "") -> RepairResult:
    """Check every byte, put right what is damaged, check again.

    Args:
        office: The open office.
        backup: Its backup folder.
        identity: The key file that opens a sealed backup.
        passphrase: Opens the key file.

    Raises:
        NotABackupError: there is no backup there.
        BackupDamagedError, BackupKeyError: it cannot be used.
    """
    work = office.folder / "work"
    found = generations(backup)
    keys = keys_of(backup, identity, passphrase)
    roots = repair_root(office.store, work=work)
    before = check_archive(office.store, office.registry, level=Level.FIXITY)
    wanted = damaged_objects(before.problems)
    if not wanted:
        return RepairResult(repaired=tuple(map(_root_line, roots)), left=(), problems=before.problems)
    report = repair_objects(office.store, wanted, found, keys, work=work)
    after = check_archive(office.store, office.registry, level=Level.FIXITY)
    with office.registry.begin() as tx:
        for done in report.repaired:
            tx.audit.append("store.repair", actor=office.actor.name, subject=done.object_id, files=done.taken)
    lines = [
        f"{done.object_id}：从备份取回 {done.taken} 个文件"
        + (f"，损坏的一份移到“work/{done.moved}”" if done.moved else "")
        for done in report.repaired
    ]
    return RepairResult(
        repaired=(*map(_root_line, roots), *lines),
        left=tuple(f"{object_id}：{why}" for object_id, why in report.left),
        problems=after.problems,
    )


def _root_line(path: str) -> str:
    return f"库房的说明文件“{path}”已重写"
