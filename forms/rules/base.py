"""What a rule is: a code, its citations, and a pure function from a case to findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.problems import Problem, Where
from forms.profiles.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from forms.cases.case import Case
    from forms.law.sources import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a rule found; the rule adds code, citations and the place's printed title."""

    message: str
    """What is wrong, for whom, and what to do, in the present law's words. Ends with 。"""
    field: str = ""
    """Identifier of the field it is about; empty for the whole paper."""
    row: int = 0
    """Row of a roster, from 1."""
    override: str = ""
    """Who may let it pass and how; empty: nobody."""
    blocking: bool | None = None
    """Departs from the rule's own when given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of law or of the office."""

    code: str
    title: str
    """What it guards, in one Chinese sentence, for the manual."""
    citations: tuple[Citation, ...]
    check: Callable[[Case], Iterator[Finding]]
    blocking: bool = True
    """False: it warns."""

    def run(self, case: Case) -> Iterator[Problem]:
        """Yield the problems of a case."""
        for finding in self.check(case):
            field = case.spec.find_field(finding.field)
            yield Problem(
                code=self.code,
                message=in_words(finding.message, case.spec.words),
                where=Where(
                    field=finding.field, column=field.title if field else "", row=finding.row, subject=case.child_name
                ),
                sources=self.citations,
                blocking=self.blocking if finding.blocking is None else finding.blocking,
                override=in_words(finding.override, case.spec.words),
            )
