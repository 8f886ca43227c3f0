"""What a check of the office reports back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.workspace.office.reports import Report, problems_json

if TYPE_CHECKING:
    from forms.problems import Problem


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
