"""What the desks report back: plain frozen records that a command line or a page can show.

`as_json()` gives what `--json` prints: identifiers in English, values as stored.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forms.problems import Problem


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: paths as text, tuples as lists."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Base: turns itself into JSON."""

    def as_json(self) -> dict[str, Any]:
        """Return a mapping of plain values."""
        result = plain(asdict(self))
        assert isinstance(result, dict)
        return result


def problems_json(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    """Return findings as `--json` prints them."""
    return [
        {"code": p.code, "message": p.message, "blocking": p.blocking, "field": p.where.field,
         "sources": [str(s) for s in p.sources], "override": p.override}
        for p in problems
    ]  # fmt: skip
