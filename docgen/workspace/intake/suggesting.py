"""候选: which paper, which page, which child a page on the desk may belong to – a list for a person to choose from.

From three things: what was read on the page, held against the people of the office and the papers that are
out; how like it is to the printed pages of those papers; and which papers of the same stack lack a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.intake.candidates import PageText, best_page, ranked, signs
from archive.store import StoredFileNotFoundError, paper_object
from docgen.workspace.intake.page_texts import page_text
from docgen.workspace.intake.reports import Candidate
from docgen.workspace.office.objects import text_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.registry import Tx
    from archive.registry.decisions import KnownPerson, PaperOut
    from archive.registry.scans import DeskItem
    from docgen.workspace.office.opened import Office

MOST = 5
"""Candidates of each kind that are shown."""

_LOOKED_AT = 20
"""Papers whose printed text is compared with the page."""

NUMBER_SEEN, TITLE_SEEN, VILLAGE_SEEN, SAME_STACK, NEXT_TO = 90, 20, 10, 25, 15
_LIKE = 60
"""Weight of a page that has every pair of characters of the printed one."""

_UNLIKE = 0.35
"""Pages of two different forms share about so many pairs; less says nothing."""


@dataclass(slots=True)
class _Score:
    """What speaks for one paper."""

    paper: PaperOut
    weight: int = 0
    page: int = 0
    why: tuple[str, ...] = ()

    def add(self, weight: int, why: str) -> None:
        self.weight += weight
        self.why = (*self.why, why)


def suggest(office: Office, tx: Tx, item: DeskItem) -> tuple[Candidate, ...]:
    """Return what a page may be, papers before children, the likeliest first."""
    if item.page_index is None or not item.sha256:
        return ()
    page = PageText(page_text(office.store, item.sha256, item.page_index)[0])
    children = ranked(signs(page, _people(tx.desk.people()))) if page else []
    papers = _papers(office, tx, item, page, {uid: (weight, why) for uid, weight, why in children})
    found = [_paper(office, tx, score) for score in papers[:MOST]]
    for uid, weight, why in children[:MOST]:
        child = tx.people.get(uid).child
        village = tx.units.get(child.village_uid)
        words = f"{child.person.name}　{village.short or village.name}"
        found.append(Candidate(kind="儿童", key=uid, words=words, page=0, weight=weight, why=why))
    return tuple(found)


def _people(known: Iterable[KnownPerson]) -> Iterator[tuple[str, str, str]]:
    """Yield everybody once for each child in whose dossier a page about them belongs."""
    for person in known:
        for child in person.children:
            yield child, person.name, person.id_number


def _papers(
    office: Office, tx: Tx, item: DeskItem, page: PageText, children: dict[str, tuple[int, tuple[str, ...]]]
) -> list[_Score]:
    stack = {p.mark_id: p.page_index for p in tx.scans.pages(item.sha256) if p.mark_id and p.state.value == "waiting"}
    waiting = set(tx.scans.waiting_marks())
    found = []
    for paper in tx.desk.papers_out():
        score = _Score(paper=paper)
        if paper.child_uid in children:
            score.add(children[paper.child_uid][0], "、".join(children[paper.child_uid][1]))
        if page and paper.number and page.has(paper.number):
            score.add(NUMBER_SEEN, "文号")
        if paper.mark_id in stack:
            score.add(SAME_STACK, "同一份扫描件里有它的其他页")
            assert item.page_index is not None
            if abs(stack[paper.mark_id] - item.page_index) == 1:
                score.add(NEXT_TO, "紧挨着")
        elif score.weight and paper.mark_id in waiting:
            score.add(SAME_STACK // 2, "它正缺页")
        if score.weight:
            found.append(score)
    found.sort(key=lambda s: (-s.weight, s.paper.uid))
    for score in found[:_LOOKED_AT]:
        _compare(office, tx, score, page)
    return sorted(found[:_LOOKED_AT], key=lambda s: (-s.weight, s.paper.uid))


def _compare(office: Office, tx: Tx, score: _Score, page: PageText) -> None:
    """Say which page of the paper it is most like; without a text, the only one that is missing."""
    paper = score.paper
    here = {p.page for p in tx.scans.waiting(paper.mark_id)}
    missing = [n for n in range(1, paper.pages + 1) if n not in here]
    score.page = missing[0] if len(missing) == 1 else 0
    if not page:
        return
    if page.has(office.title_of(paper.form_code)):
        score.add(TITLE_SEEN, "题名")
    try:
        text = office.store.read(paper_object(paper.uid), text_path(paper.version)).decode()
    except StoredFileNotFoundError:
        return
    printed = dict(enumerate(text.split("\f"), start=1))
    number, likeness = best_page(page, {n: printed[n] for n in missing if n in printed})
    if number and likeness >= _UNLIKE:
        score.page = number
        score.add(round(likeness * _LIKE), f"与第 {number} 页的印刷文字有 {likeness:.0%} 相同")
    else:
        score.page = 0
        score.weight //= 2
        score.why = (*score.why, "但文字与印发的页不像")


def _paper(office: Office, tx: Tx, score: _Score) -> Candidate:
    paper = score.paper
    name = str(tx.people.get(paper.child_uid).child.person.name) if paper.child_uid else ""
    title = office.title_of(paper.form_code)
    return Candidate(
        kind="文书",
        key=paper.number or paper.uid,
        words=f"{title}　{name}".strip(),
        page=score.page,
        weight=score.weight,
        why=score.why,
    )
