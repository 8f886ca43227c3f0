"""What making papers reports back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.workspace.office.reports import Report, plain, problems_json

if TYPE_CHECKING:
    from pathlib import Path

    from forms.problems import Problem


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
        made = [{**plain({k: getattr(m, k) for k in m.__slots__ if k != "problems"}),
                 "problems": problems_json(m.problems)} for m in self.made]  # fmt: skip
        failed = [
            {"form_code": f.form_code, "subject": f.subject, "problems": problems_json(f.problems)} for f in self.failed
        ]
        return {
            "made": made,
            "failed": failed,
            "skipped": [s.as_json() for s in self.skipped],
            "stack": plain(self.stack),
            "docx_folder": plain(self.docx_folder),
            "more_stacks": [
                {"stack": plain(stack), "docx_folder": plain(folder)} for stack, folder in self.more_stacks
            ],
            "sheets": self.sheets,
            "dry_run": self.dry_run,
        }
