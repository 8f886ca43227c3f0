"""What is kept is found by anything a clerk has in hand, and the index may be lost at any moment."""

from __future__ import annotations

import itertools
import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from archive.query import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.workspace import Workspace
    from docgen.workspace.finding.reports import SearchResult
    from tests.conftest import Hands


@pytest.fixture(scope="module")
def kept(
    loop_office: Path, tmp_path_factory: pytest.TempPathFactory, open_office: Callable[[Path], Workspace]
) -> Iterator[Workspace]:
    """Give the office with papers, only read."""
    with open_office(shutil.copytree(loop_office, tmp_path_factory.mktemp("kept") / "office")) as opened:
        yield opened


def keys(result: SearchResult) -> set[str]:
    return {hit.key for hit in result.hits}


def answers(workspace: Workspace) -> list[list[tuple[object, ...]]]:
    """Return what a dozen questions find."""
    words = ("罗小山", "小山", "龙", "lxs", "luoxiaoshan", "洗民委照", '"奶奶做饭好吃"', "表:A5", "状态:已归档", "")
    return [
        sorted((h.key, h.title, h.subject, h.status, h.day, h.snippet) for h in workspace.finding.search(w).hits)
        for w in words
    ]


def test_every_child_is_found_by_any_two_characters_of_its_name(kept: Workspace) -> None:
    for child in kept.people.listing():
        plain = child.name.replace("·", "")
        for one, two in itertools.pairwise(plain):
            assert child.uid in keys(kept.finding.search(one + two, limit=100)), one + two
        assert child.uid in keys(kept.finding.search(child.name, limit=100))


@pytest.mark.parametrize("character", ["𬱖", "㛃", "䶮", "龙"])
def test_a_single_character_finds_even_a_rare_one(character: str, kept: Workspace) -> None:
    wanted = {c.uid for c in kept.people.listing() if character in c.name}
    assert wanted <= keys(kept.finding.search(character, limit=100))


@pytest.mark.parametrize(
    "words", ["洗民委照〔2026〕1号", "洗民委照[2026]1号", "洗民委照 2026 1", "文号:洗民委照〔2026〕1号"]
)
def test_a_document_number_finds_its_paper_however_the_brackets_are_typed(words: str, kept: Workspace) -> None:
    first = kept.finding.search(words).hits[0]
    assert (first.number, first.form_code) == ("洗民委照〔2026〕1号", "A1")


def test_the_identity_number_its_last_four_and_the_sound_find_the_child(kept: Workspace) -> None:
    with kept.registry.read() as tx:
        record = next(r for r in tx.people.all() if str(r.child.person.name) == "罗小水")
    number = str(record.child.person.id_number)
    for words in (number, number[-4:], number.lower(), "lxs", "luoxiaoshui", "LuoXiaoShui"):
        assert record.uid in keys(kept.finding.search(words, limit=100)), words
    papers = kept.finding.search(number, limit=100)
    assert {h.form_code for h in papers.hits if h.child_uid == record.uid} >= {"A1", "A5", "A8", ""}


def test_a_carer_and_her_telephone_find_the_papers_of_the_children(kept: Workspace) -> None:
    for words in ("王桂花", "19900000104"):
        assert {"罗小山", "罗小水"} <= {h.subject for h in kept.finding.search(words, limit=100).hits}


def test_a_phrase_of_the_page_is_found_and_marked_where_it_stands(kept: Workspace) -> None:
    found = kept.finding.search('"奶奶做饭好吃"')
    assert {h.form_code for h in found.hits} == {"A8"}
    assert len(found.hits) == 2
    for hit in found.hits:
        assert [hit.snippet[start:stop] for start, stop in hit.marks] == ["奶奶做饭好吃"]


def test_filters_narrow_and_can_be_joined(kept: Workspace) -> None:
    search = kept.finding.search
    assert {h.form_code for h in search("", form_code="A5").hits} == {"A5"}
    assert {h.village for h in search("", village="大坝村").hits} == {"大坝村"}
    assert {h.status for h in search("", status="已归档").hits} == {"已归档"}
    assert [h.form_code for h in search("罗小水", status="已生成待签").hits] == ["A1"]
    assert search("罗小山", form_code="A1", status="已归档", village="平山村").total == 1
    assert search("罗小山", form_code="A1", village="大坝村").total == 0
    days = [h.day for h in search("", form_code="A5", first=date(2026, 11, 21), last=date(2026, 11, 21)).hits]
    assert days == ["2026-11-21"] * 2
    assert search("", form_code="A5", last=date(2026, 11, 20)).total == 0


def test_pages_of_a_long_answer_meet_without_overlap(kept: Workspace) -> None:
    whole = [h.key for h in kept.finding.search("", limit=100, sort="date").hits]
    parts = [
        h.key for at in range(0, len(whole), 3) for h in kept.finding.search("", limit=3, offset=at, sort="date").hits
    ]
    assert parts == whole
    assert kept.finding.search("", limit=1).total == len(whole)


def test_what_is_nowhere_is_not_found(kept: Workspace) -> None:
    for words in ("不存在的人名字", "522799190001010000", "zzzzzz", '"从来没有写过的一句话"'):
        assert kept.finding.search(words).total == 0


@pytest.mark.parametrize("words", ["性别:男", '"没有关', "日期:昨天", "状态:飞走了", "-"])
def test_a_query_that_cannot_be_read_says_where(words: str, kept: Workspace) -> None:
    with pytest.raises(QueryError) as told:
        kept.finding.search(words)
    assert 0 <= told.value.position <= len(words)
    assert str(told.value).endswith(("。", "？"))


def test_an_index_that_was_deleted_answers_the_same_and_says_so(workspace_of_loop: Workspace) -> None:
    before = answers(workspace_of_loop)
    workspace_of_loop.finding.close()
    shutil.rmtree(workspace_of_loop.folder / "index")
    assert workspace_of_loop.finding.search("罗").notice
    assert answers(workspace_of_loop) == before
    assert workspace_of_loop.finding.search("罗").notice == ""


def test_an_index_full_of_rubbish_answers_the_same_and_says_so(workspace_of_loop: Workspace) -> None:
    before = answers(workspace_of_loop)
    workspace_of_loop.finding.close()
    for path in sorted((workspace_of_loop.folder / "index").rglob("*")):
        if path.is_file():
            path.write_bytes(b"\x80\x04rubbish" * 50)
    (workspace_of_loop.folder / "index" / "_MAIN_1.toc").write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    assert any(p.code.startswith("index") and not p.blocking for p in workspace_of_loop.checking.check().problems)
    assert workspace_of_loop.finding.search("罗").notice
    assert answers(workspace_of_loop) == before
    assert workspace_of_loop.checking.check().problems == ()


def test_papers_are_made_and_filed_while_the_index_is_rubbish(workspace: Workspace, hands: Hands) -> None:
    for name in ("CURRENT", "_MAIN_1.toc", "x.seg"):
        (workspace.folder / "index" / name).write_bytes(b"\xff" * 99)
    (made,) = hands.sign(hands.make(["A8"], "罗小水"))
    found = workspace.finding.search(made.number)
    assert found.notice
    assert made.uid in keys(found)


def test_what_was_just_done_is_found_at_once(workspace: Workspace, hands: Hands) -> None:
    assert workspace.finding.search("听取儿童意见").total == 0
    report = hands.make(["A8"], "罗小水")
    assert [h.status for h in workspace.finding.search(report.made[0].number).hits] == ["已生成待签"]
    hands.file("1.pdf", hands.scan(report))
    assert [h.status for h in workspace.finding.search(report.made[0].number).hits] == ["已归档"]


def test_a_rebuilt_index_gives_the_same_answers(workspace_of_loop: Workspace) -> None:
    before = answers(workspace_of_loop)
    steps: list[tuple[int, int]] = []
    count = workspace_of_loop.finding.rebuild(lambda done, total: steps.append((done, total)))
    assert count == workspace_of_loop.finding.search("", limit=1).total
    assert steps[-1] == (count, count)
    assert answers(workspace_of_loop) == before


@pytest.fixture
def workspace_of_loop(
    loop_office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace]
) -> Iterator[Workspace]:
    """Give the office with papers, to do anything to."""
    with open_office(shutil.copytree(loop_office, tmp_path / "loop")) as opened:
        yield opened
