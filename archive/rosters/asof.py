"""The register as it stood on a day, for everybody at once: the whole history read in one query.

Source: forms.md §8 (stocks on the last day), pitfall 5. It answers as `History` does; besides, a field that was
未采集 on the day and was collected afterwards is taken from the first later statement, because asking later does
not change what was the case.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive.registry import fields
from archive.registry.history import History
from archive.registry.papers_reading import PapersReading
from archive.schema import history, papers, people, versions
from archive.schema_cases import case_papers, case_people, services
from forms.cases.casefile import CaseRole
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from archive.registry.paper_states import PaperRecord, VersionRecord
    from forms.people import ChildRecord

_FILLED = frozenset({"child", "person"})
"""Aspects whose gaps are filled from what was said later; who cares for a child is not one of them."""
_NOT_FILLED = frozenset({"left_on", "exit_reason", "entered_on"})
"""Comings and goings are dated themselves."""


class AsOf(History):
    """Everybody's history in memory, as it is known now."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        super().__init__(connection, now)
        self._said: dict[tuple[str, str], list[tuple[date, fields.Row | None]]] = defaultdict(list)
        query = sa.select(history.c.subject_uid, history.c.aspect, history.c.valid_from, history.c.state)
        query = query.order_by(history.c.pk)
        for subject, aspect, valid_from, state in self._connection.execute(query):
            row = None if state is None else fields.unjsonable(state)
            self._said[subject, aspect].append((valid_from, row))

    def children(self) -> tuple[str, ...]:
        """Return everybody who was ever entered as a child, in the order of entry."""
        return tuple(subject for subject, aspect in self._said if aspect == "child")

    def statements(self, subject: str, aspect: str) -> Sequence[tuple[date, fields.Row | None]]:
        """Return what was said of an aspect, in the order it was recorded, with the day from which it holds."""
        return self._said.get((subject, aspect), ())

    def state(self, subject: str, aspect: str, day: date) -> fields.Row | None:
        """Return the state of an aspect on a day, gaps filled from later statements; ``None``: nothing said."""
        return self._state(subject, aspect, day, None)

    def known_on(self, child_uid: str, day: date) -> ChildRecord | None:
        """Return a child's record on a day; before anything was recorded, as it was recorded first."""
        said = self.statements(child_uid, "child")
        if not said:
            return None
        return self.record_on(child_uid, max(day, min(valid_from for valid_from, _ in said)))

    def _state(self, subject: str, aspect: str, day: date, known_at: datetime | None) -> fields.Row | None:
        del known_at  # what was known is decided when the history is read
        said = self.statements(subject, aspect)
        held: fields.Row | None = None
        place = -1
        for at, (valid_from, state) in enumerate(said):
            if valid_from <= day:
                held, place = state, at
        if aspect == "person" and place < 0 and said:  # a parent first met later was the same person before
            held, place = said[0][1], 0
        if held is None or aspect not in _FILLED:
            return held
        gaps = [k for k, v in held.items() if v is None and k not in held.get("gaps", ()) and k not in _NOT_FILLED]
        if not gaps:
            return held
        filled = dict(held)
        for _, later in said[place + 1 :]:
            if later is not None:
                filled |= {k: later[k] for k in gaps if filled[k] is None and later.get(k) is not None}
        return filled


class SignedPapers(PapersReading):
    """Papers whose signed scan is in the archive (REF-22), whatever became of them afterwards."""

    def of(self, forms: Sequence[str]) -> Iterator[tuple[PaperRecord, VersionRecord]]:
        """Yield the papers of some forms with the version that was signed last, in the order of making."""
        signed = sa.and_(papers.c.form_code.in_(list(forms)), papers.c.signed_version > 0)
        known = {paper.uid: paper for paper in self._papers(signed)}
        in_force = sa.and_(
            versions.c.version == papers.c.signed_version,
            versions.c.filed_at.is_not(None),
            versions.c.status != PaperStatus.VOID.value,
            signed,
        )
        for version in self._versions(in_force):
            yield known[version.paper_uid], version

    def filed_after(self, moment: datetime) -> Iterator[tuple[PaperRecord, VersionRecord]]:
        """Yield the papers whose signed scan came in after a moment and still counts."""
        gone = (PaperStatus.VOID.value, PaperStatus.REPLACED.value)
        late = sa.and_(versions.c.filed_at > moment, versions.c.status.not_in(gone))
        for version in self._versions(late):
            yield self.get(version.paper_uid), version

    def served(self, form_code: str) -> Iterator[tuple[str, str, date, str]]:
        """Yield paper, role of the party, day and receipt of each copy of a form whose service is proven (X-11)."""
        query = (
            sa.select(services.c.paper_uid, services.c.role, services.c.served_on, services.c.receipt_uid)
            .join(papers, papers.c.uid == services.c.paper_uid)
            .where(papers.c.form_code == form_code, services.c.receipt_uid.is_not(None))
            .order_by(services.c.served_on, services.c.copy_number)
        )
        for paper_uid, role, on, receipt in self._connection.execute(query):
            yield paper_uid, role or "", on, receipt

    def victims(self) -> dict[str, tuple[str, ...]]:
        """Return the children that the case of each paper is about."""
        query = (
            sa.select(case_papers.c.paper_uid, case_people.c.person_uid)
            .join(case_people, case_people.c.case_uid == case_papers.c.case_uid)
            .where(case_people.c.role == CaseRole.VICTIM.value, case_people.c.person_uid.is_not(None))
            .order_by(case_people.c.position)
        )
        found: dict[str, tuple[str, ...]] = defaultdict(tuple)
        for paper_uid, person_uid in self._connection.execute(query):
            found[paper_uid] += (person_uid,)
        return found

    def names(self) -> dict[str, str]:
        """Return the name of everybody in the register."""
        return dict(self._connection.execute(sa.select(people.c.uid, people.c.name)).all())


def changes(said: Sequence[tuple[date, Any]]) -> tuple[date, ...]:
    """Return the days on which something new was said, sorted, each once."""
    return tuple(sorted({day for day, _ in said}))
