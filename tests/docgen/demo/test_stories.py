"""The chains of papers, told with the real program; only the copier is left out: a signed file stands in for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from archive.store import digest_of, paper_object
from docgen.demo import care, dropout
from docgen.demo.story import SCHOOL, Story, StoryError
from docgen.workspace.duties.signed import mark_signed
from docgen.workspace.office.objects import signed_path
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from docgen.workspace.papers.reports import MadePaper


class QuickStory(Story):
    """Files what was signed without a picture of it."""

    def sign(self, *codes: str, uid: str, typed: Mapping[str, str] | None = None, **how: Any) -> tuple[MadePaper, ...]:
        """Make papers and file a signed file for each."""
        ws = self.workspace
        report = ws.papers.make(list(codes), children=[uid], typed=typed, **how)
        if report.failed or len(report.made) != len(codes):
            raise StoryError("；".join(f"{f.form_code} {p}" for f in report.failed for p in f.problems if p.blocking))
        for made in report.made:
            data = b"%PDF signed " + made.uid.encode()
            files = {signed_path(made.version, digest_of(data)): data}
            ws.store.put(paper_object(made.uid), files, message="收回签字件", user="潘文海", at=ws.now)
            with ws.registry.begin() as tx:
                tx.papers.add_files(made.uid, made.version, {path: digest_of(d) for path, d in files.items()})
                version = tx.papers.version(made.uid, made.version)
                mark_signed(ws, tx, tx.papers.get(made.uid), version, signed_on=self.days.today)
        return report.made


@pytest.fixture
def begin(tmp_path: Path) -> Callable[[date], Story]:
    def start(first: date) -> Story:
        story = QuickStory.begin(tmp_path / "office", first)
        story.console = Console(quiet=True)
        return story

    return start


def test_a_pupil_stays_away_and_comes_back_with_every_paper_on_file(begin: Callable[[date], Story]) -> None:
    with begin(dropout.FIRST) as story:
        pupils = story.workspace.people.listing()
        uid = next(row.uid for row in pupils if story.record(row.uid).child.school == SCHOOL)
        papers = dropout.play(story, uid)
        assert set(papers) == {"E1", "E2", "E3", "E5", "E6", "E7", "E8"}
        with story.workspace.registry.read() as tx:
            facts = tx.papers.facts(uid)
            copies = tx.papers.copies(papers["E5"].uid, papers["E5"].version)
        assert sum(f.form_code == "E3" and f.is_done for f in facts) == 3
        assert {c.recipient for c in copies if c.received_on} == {"主送教育部门", "抄送镇（街道）"}
        view = story.workspace.dossiers.show(uid)[0]
        assert [row[1] for row in view.rows if "限期复学" in row[1]]


def test_a_child_is_entrusted_and_the_carer_changes_without_a_day_alone(begin: Callable[[date], Story]) -> None:
    with begin(care.FIRST) as story:
        children = story.workspace.people.listing()
        uid = next(row.uid for row in children if care._is_ordinary(story, row.uid))
        papers = care.play(story, uid)
        with story.workspace.registry.read() as tx:
            new = tx.papers.get(papers["A1"].uid)
            old = tx.papers.get(papers["A1 旧"].uid)
            deeds = [p for p in tx.papers.of_child(uid) if p.form_code == "A2"]
            states = {p.uid: tx.papers.version(p.uid, p.signed_version).status for p in (new, old, *deeds)}
            open_of_old = [d for d in tx.duties.of_child(uid) if d.paper_uid == old.uid and d.done_on is None]
        assert states[new.uid] is PaperStatus.ARCHIVED
        assert states[old.uid] is PaperStatus.REPLACED
        assert sorted(states[d.uid].name for d in deeds) == ["ARCHIVED", "REPLACED"]
        assert open_of_old == []
        assert new.version == 2


def test_a_story_stops_where_something_forbidden_is_let_pass(begin: Callable[[date], Story]) -> None:
    with begin(dropout.FIRST) as story:
        uid = story.workspace.people.listing()[0].uid
        with pytest.raises(StoryError, match="must not be"):
            story.refused("E1", uid, {"first_day": dropout.FIRST.isoformat(), "reason": "病假"}, issuer=SCHOOL)
