"""核查: the proof that an office folder is whole, when it was last given, and a report of it to keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from archive.check import Level, check_archive
from archive.foreign import check_root
from archive.index import Index, IndexDamagedError
from docgen.settings import FOLDERS
from docgen.workspace.safety.reports import CheckReport
from forms.problems import Problem, Where

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.workspace.finding.desk import SearchDesk
    from docgen.workspace.office.opened import Office

NOTE = "check"
LEVELS = {"structure": "结构", "completeness": "完整", "fixity": "逐字节校验"}


class CheckDesk:
    """Checks the office."""

    def __init__(self, office: Office, *, finding: SearchDesk) -> None:
        self._office = office
        self._finding = finding

    def check(self, level: str = "fixity") -> CheckReport:
        """Check folders, store, registry, their agreement, and the index against the registry both ways.

        Args:
            level: ``structure``, ``completeness`` or ``fixity``.
        """
        report = check_archive(self._office.store, self._office.registry, level=Level[level.upper()])
        problems = (*self._folders(), *report.problems, *self._index())
        return CheckReport(level=level, objects=report.objects, files=report.files, problems=problems)

    def run(self, level: str = "") -> tuple[CheckReport, Path]:
        """Check, note when it was done, and write a report to `out/`; return the report and its file.

        Args:
            level: As for `check`; by default what office.toml says.
        """
        office = self._office
        started = office.now
        report = self.check(level or office.settings.check_level)
        with office.registry.begin() as tx:
            blocking = sum(problem.blocking for problem in report.problems)
            tx.notes.put(NOTE, {"at": started.isoformat(), "level": report.level, "problems": len(report.problems)})
            tx.audit.append(
                "office.check", actor=office.actor.name, level=report.level, objects=report.objects, problems=blocking
            )
            acts = tx.audit.head()
        path = office.folder / "out" / f"核查-{started:%Y%m%d-%H%M%S}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(_written(office, report, started, acts), "utf-8", newline="\r\n")
        return report, path

    def last(self) -> datetime | None:
        """Return when the office was last checked by `run`."""
        with self._office.registry.read() as tx:
            at = tx.notes.get(NOTE).get("at")
        return datetime.fromisoformat(at) if at else None

    def due_on(self) -> datetime | None:
        """Return when the next check is due; ``None``: it never was checked and is due now."""
        last = self.last()
        return last + timedelta(days=self._office.settings.check_days) if last else None

    def _folders(self) -> Iterator[Problem]:
        for name in FOLDERS:
            if not (self._office.folder / name).is_dir():
                yield Problem(
                    code="office.folder-missing",
                    message=f"办公文件夹里缺少“{name}”。里面如果有过文件，请从备份中恢复；没有的话新建一个空的即可。",
                    where=Where(subject=name),
                    blocking=name == "store",
                )

    def _index(self) -> Iterator[Problem]:
        """The index is a cache: its damage is worth a word and never more."""
        folder = self._office.folder / "index"
        if not folder.is_dir() or not any(folder.iterdir()):
            return
        try:
            self._finding.check()
            yield from self._both_ways(folder)
        except IndexDamagedError as error:
            yield Problem(code=error.code, message=str(error), where=Where(subject="index"), blocking=False)

    def _both_ways(self, folder: Path) -> Iterator[Problem]:
        """Compare what the index holds with what the registry says it should, but for what is still owed."""
        with self._office.registry.read() as tx, Index.open(folder) as index:
            wanted = tx.index_keys()
            held = set(index.keys())
            owed = {row.uid for row in tx.outbox.take(10**9)} | tx.disposals.gone_uids()
        for code, found, what in (
            ("index.missing", wanted - held - owed, "登记库里有，索引里没有"),
            ("index.stray", held - wanted - owed, "索引里有，登记库里没有"),
        ):
            if found:
                yield Problem(
                    code=code,
                    message=f"{what}的有 {len(found)} 条，检索可能不全。请用 docgen index rebuild 重建索引。",
                    where=Where(subject="、".join(sorted(found)[:5])),
                    blocking=False,
                )


def check_elsewhere(root: Path, level: str = "fixity") -> CheckReport:
    """Check somebody else's OCFL storage root or object by the specification.

    Raises:
        NotAStorageRootError: there is no such folder.
    """
    report = check_root(root, level=Level[level.upper()])
    return CheckReport(level=level, objects=report.objects, files=report.files, problems=report.problems)


def _written(office: Office, report: CheckReport, started: datetime, acts: tuple[int, str]) -> str:
    """Return the report as a page of text that can be printed and signed."""
    lines = [
        "档案核查报告",
        "",
        f"单位：{office.settings.unit_name}",
        f"核查时间：{started:%Y-%m-%d %H:%M} 至 {office.now:%H:%M}",
        f"核查人：{office.actor.name}",
        f"核查范围：{LEVELS[report.level]}，{report.objects} 件档案，{report.files} 个文件，登记库，索引",
        f"操作记录：第 {acts[0]} 条，校验值 {acts[1]}",
        "",
        f"结论：{'不完整，有必须处理的问题' if report.is_broken else '完整'}。",
        "",
    ]
    for number, problem in enumerate(sorted(report.problems, key=lambda p: not p.blocking), start=1):
        kind = "必须处理" if problem.blocking else "提醒"
        lines += [f"{number}．〔{kind}〕{problem.code}　{problem.message}", f"　　位置：{problem.where.subject}"]
    if not report.problems:
        lines.append("没有发现问题。")
    else:
        lines += ["", "损坏或缺失的文件用 docgen archive repair --from 备份文件夹 修复，修复后再核查一次。"]
    return "\n".join([*lines, "", "核查人签名：　　　　　　　　　　日期：", ""])
