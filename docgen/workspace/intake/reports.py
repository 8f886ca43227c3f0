"""What the intake and its desk report back."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.workspace.office.reports import Report


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
