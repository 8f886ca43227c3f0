"""What the desks report back: plain frozen records that a command line or a page can show.

`as_json()` gives what `--json` prints: identifiers in English, values as stored.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forms.problems import Problem


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Base: turns itself into JSON."""

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        result = _plain(asdict(self))
        assert isinstance(result, dict)
        return result


def problems_json(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Return findings as `--json` prints them."""
    return [
        {"code": p.code, "message": p.message, "blocking": p.blocking, "field": p.where.field,
         "sources": [str(s) for s in p.sources], "override": p.override}
        for p in problems
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow(Report):
    """One paper as a list shows it; all text, ready to print."""

    uid: str
    number: str
    form_code: str
    title: str
    subject: str
    village: str
    made_on: str
    version: str
    prints: str
    status: str
    days: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePaper(Report):
    """A paper that was made or printed again."""

    uid: str
    form_code: str
    title: str
    number: str
    subject: str
    version: int
    pages: int
    copies: int
    problems: tuple[Problem, ...] = ()
    """Warnings that did not stop it."""
    fallbacks: str = ""
    """Characters drawn from another font than the template asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPaper(Report):
    """A paper that was not made, and why."""

    form_code: str
    subject: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedPaper(Report):
    """A paper that exists already."""

    form_code: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeReport(Report):
    """Outcome of one `make`."""

    made: tuple[MadePaper, ...]
    failed: tuple[FailedPaper, ...]
    skipped: tuple[SkippedPaper, ...]
    stack: Path | None
    """The PDF to print, in signing order."""
    docx_folder: Path | None
    sheets: int
    """Pages in all stacks, blank back sides included."""
    more_stacks: tuple[tuple[Path, Path], ...] = ()
    """Of a large batch: the further PDFs to print, each with its folder of docx files."""
    dry_run: bool = False

    @property
    def summary(self) -> str:
        """One line for a person."""
        verb = "可以生成" if self.dry_run else "生成"
        parts = [f"{verb} {len(self.made)} 份"]
        if self.stack:
            parts.append(f"共 {self.sheets} 页（含各联）")
        if self.failed:
            parts.append(f"没有生成 {len(self.failed)} 份，原因见上")
        if self.skipped:
            parts.append(f"跳过 {len(self.skipped)} 份")
        return "，".join(parts) + "。"

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values, findings with their citations in words."""
        made = [{**_plain({k: getattr(m, k) for k in m.__slots__ if k != "problems"}),
                 "problems": problems_json(m.problems)} for m in self.made]  # fmt: skip
        failed = [
            {"form_code": f.form_code, "subject": f.subject, "problems": problems_json(f.problems)} for f in self.failed
        ]
        return {
            "made": made,
            "failed": failed,
            "skipped": [s.as_json() for s in self.skipped],
            "stack": _plain(self.stack),
            "docx_folder": _plain(self.docx_folder),
            "more_stacks": [
                {"stack": _plain(stack), "docx_folder": _plain(folder)} for stack, folder in self.more_stacks
            ],
            "sheets": self.sheets,
            "dry_run": self.dry_run,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledPaper(Report):
    """A complete signed paper that went into the archive."""

    uid: str
    form_code: str
    title: str
    number: str
    subject: str
    version: int
    pages: int
    outcome: str
    """归档, 已有相同的扫描件, 新的扫描件（原件保留）."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskItem(Report):
    """Pages that wait for a person, and why."""

    uid: str
    received: str
    scan: str
    pages: str
    code: str
    reason: str
    picture: str = ""
    """The page's picture in the office folder, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Report):
    """What a page on the desk may be; for a person to choose from."""

    kind: str
    """文书 or 儿童."""
    key: str
    """文号 or uid, to be typed after a command."""
    words: str
    page: int
    """Of the paper, from 1; 0: not known."""
    weight: int
    """The more, the likelier."""
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView(Report):
    """One item of the desk, with all that helps to decide."""

    item: DeskItem
    crops: tuple[str, ...]
    """Pictures of the places to sign that are in doubt, in the office folder."""
    text: str
    """What was read on the page; empty: not read yet, or nothing."""
    is_read: bool
    is_foreign: bool
    """It may be anybody's; reading it can help."""
    candidates: tuple[Candidate, ...]
    commands: tuple[str, ...]
    """What may be done, ready to be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAct(Report):
    """What a person did about items of the desk."""

    items: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedReport(Report):
    """Outcome of reading what stands on pages that are not ours."""

    pages: int
    with_text: int
    enclosures: int
    """Enclosures that can be found by their words now."""
    left: int

    @property
    def summary(self) -> str:
        """One line for a person."""
        if not self.pages and not self.enclosures:
            return "没有要识别的页。"
        parts = [f"识别了 {self.pages} 页，其中 {self.with_text} 页有文字"]
        if self.enclosures:
            parts.append(f"{self.enclosures} 份附件可以按内容检索了")
        if self.left:
            parts.append(f"还有 {self.left} 页，下次接着读")
        return "，".join(parts) + "。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedItem(Report):
    """An item that a person has decided about; all text, ready to print."""

    uid: str
    decided: str
    by: str
    scan: str
    pages: str
    resolution: str
    reason: str
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledScan(Report):
    """Outcome for one file."""

    name: str
    pages: int = 0
    notes: tuple[str, ...] = ()
    """What a person should know about the state of the file."""
    filed: tuple[FiledPaper, ...] = ()
    desk: tuple[DeskItem, ...] = ()
    blanks: int = 0
    known: bool = False
    """The same bytes were taken in before; nothing changed."""
    error: str = ""
    error_code: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingReport(Report):
    """Outcome of one filing."""

    scans: tuple[FiledScan, ...]

    @property
    def filed(self) -> tuple[FiledPaper, ...]:
        """Return all papers filed, over all files."""
        return tuple(p for s in self.scans for p in s.filed)

    @property
    def desk(self) -> tuple[DeskItem, ...]:
        """Return everything that went to the desk."""
        return tuple(d for s in self.scans for d in s.desk)

    @property
    def exit_code(self) -> int:
        """0: all filed; the code of the first unreadable file; 3: something waits on the desk."""
        return next((s.exit_code for s in self.scans if s.exit_code), 3 if self.desk else 0)

    @property
    def summary(self) -> str:
        """One line for a person."""
        pages = sum(s.pages for s in self.scans)
        known = sum(s.known for s in self.scans)
        bad = sum(bool(s.error) for s in self.scans)
        parts = [f"读了 {len(self.scans)} 个文件 {pages} 页", f"归档 {len(self.filed)} 份"]
        if known:
            parts.append(f"{known} 个文件以前收过，没有变化")
        if self.desk:
            parts.append(f"{len(self.desk)} 项放在待办桌面（docgen intake desk 查看）")
        if bad:
            parts.append(f"{bad} 个文件打不开，原因见上")
        return "，".join(parts) + "。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView(Report):
    """One child's dossier, ready to show."""

    child_uid: str
    headline: str
    people: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """序, 表, 文号, 形成日期, 版本, 状态, 页数, 扫描件."""
    missing: tuple[str, ...]
    due: tuple[str, ...]
    read: tuple[str, ...] = ()
    """What was read from the signed papers and typed in."""
    unread: tuple[str, ...] = ()
    """What the pen wrote on them and nobody has typed in yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPaper(Report):
    """One hit."""

    key: str
    kind: str
    """``paper`` or ``child``."""
    form_code: str
    title: str
    number: str
    subject: str
    child_uid: str
    village: str
    day: str
    status: str
    score: float
    is_near: bool
    """The name is merely similar."""
    snippet: str
    marks: tuple[tuple[int, int], ...]
    """Start and stop of each met place in `snippet`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult(Report):
    """Outcome of one search."""

    query: str
    total: int
    hits: tuple[FoundPaper, ...]
    facets: dict[str, dict[str, int]]
    notice: str = ""
    """Said when the index could not be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport(Report):
    """Outcome of a check of the whole office."""

    level: str
    objects: int
    files: int
    problems: tuple[Problem, ...]

    @property
    def is_broken(self) -> bool:
        """Something that blocks was found."""
        return any(p.blocking for p in self.problems)

    @property
    def summary(self) -> str:
        """One line for a person."""
        found = f"发现 {len(self.problems)} 处问题，见上" if self.problems else "没有发现问题"
        level = {"structure": "结构", "completeness": "完整", "fixity": "逐字节校验"}[self.level]
        return f"核查（{level}）：{self.objects} 件档案、{self.files} 个文件，{found}。"

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        return {
            "level": self.level,
            "objects": self.objects,
            "files": self.files,
            "problems": problems_json(self.problems),
        }
