"""While the index is away: the question is answered from the registry, and the index comes back by itself."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from archive.index import TIDY_LOCK, Index, IndexDamagedError, IndexDocument
from archive.index.joining import SCATTERED
from archive.search import Scope
from docgen.workspace.finding import desk as finding
from docgen.workspace.finding import rebuilding
from docgen.workspace.finding.__main__ import rebuild, tidy
from forms.errors import OfficeBusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.workspace import Workspace


@pytest.fixture
def office(
    loop_office: Path, tmp_path: Path, open_office: Callable[[Path], Workspace], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    """Give the office with papers, as if it were too large to be indexed while somebody waits."""
    monkeypatch.setattr(finding, "REBUILT_AT_ONCE", 0)
    with open_office(shutil.copytree(loop_office, tmp_path / "loop")) as opened:
        opened.finding.rebuild()
        yield opened
    rebuilding.wait_for_all()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note what would be rebuilt in the background instead of doing it."""
    begun: list[Path] = []

    def begin(folder: Path, work: str = "rebuild") -> bool:
        begun.append(folder / work)
        return True

    monkeypatch.setattr(rebuilding, "begin", begin)
    return begun


def without_index(office: Workspace) -> Workspace:
    office.finding.close()
    shutil.rmtree(office.folder / "index")
    return office


def test_a_large_index_that_is_gone_comes_back_in_the_background(office: Workspace) -> None:
    before = [hit.key for hit in office.finding.search("罗").hits]
    told = without_index(office).finding.search("罗小山")
    assert "后台重建" in told.notice
    assert {hit.subject for hit in told.hits} == {"罗小山"}
    rebuilding.wait_for_all()
    again = office.finding.search("罗")
    assert (again.notice, [hit.key for hit in again.hits]) == ("", before)


def test_names_numbers_and_codes_are_answered_as_the_index_answers_them(office: Workspace, held: list[Path]) -> None:
    with office.registry.read() as tx:
        record = next(r for r in tx.people.all() if str(r.child.person.name) == "罗小水")
    words = ('姓名:"罗小水"', '姓名:"王桂花"', f"证件:{record.child.person.id_number}", "文号:洗民委照〔2026〕1号")
    before = [sorted(hit.key for hit in office.finding.search(w, limit=100).hits) for w in words]
    assert all(before)
    without_index(office)
    after = [office.finding.search(w, limit=100) for w in words]
    assert [sorted(hit.key for hit in answer.hits) for answer in after] == before
    assert held == [office.folder / "rebuild"] * len(words)


def test_what_was_not_looked_up_is_said(office: Workspace, held: list[Path]) -> None:
    answer = without_index(office).finding.search("罗小水 lxs 正文:奶奶做饭 -作废")
    assert "“lxs、奶奶做饭”没有查" in answer.notice
    assert held


def test_the_scope_holds_while_the_index_is_away(office: Workspace, held: list[Path]) -> None:
    units = {hit.key: hit.village for hit in without_index(office).finding.search("罗小山", limit=100).hits}
    assert units
    nobody = office.finding.search("罗小山", scope=Scope(units=frozenset()))
    assert (nobody.total, nobody.hits, nobody.facets["village"]) == (0, (), {})
    assert held


def test_filing_does_not_wait_for_an_index_that_is_being_rebuilt(office: Workspace) -> None:
    with rebuilding.only_one(office.folder / "index"):
        assert rebuilding.is_running(office.folder / "index")
        assert office.finding.catch_up() is False
        assert "后台重建" in office.finding.search("罗小山").notice
        with pytest.raises(OfficeBusyError):
            office.finding.rebuild()
    assert not rebuilding.is_running(office.folder / "index")
    assert office.finding.search("罗小山").notice == ""


def test_a_rebuilding_that_failed_is_said_and_not_begun_again(office: Workspace, held: list[Path]) -> None:
    without_index(office)
    (office.folder / "index").mkdir()
    (office.folder / "index" / "rebuild.failed").write_text("disk.full", encoding="utf-8")
    assert "disk.full" in office.finding.search("罗小山").notice
    assert held == []
    office.finding.rebuild()
    assert office.finding.search("罗小山").notice == ""


def test_a_child_that_cannot_rebuild_leaves_the_code_and_nothing_else(office: Workspace, tmp_path: Path) -> None:
    folder = office.folder
    without_index(office)
    (folder / "index").mkdir()
    (folder / "index" / "rebuild").write_bytes(b"a file where the workshop should be")
    assert rebuild(tmp_path / "nowhere") != 0
    assert rebuild(folder) != 0
    assert rebuilding.failed(folder / "index").replace(".", "").replace("-", "").isalnum()


def damages(path: Path) -> Iterator[tuple[str, bytes]]:
    good = path.read_bytes()
    yield "gone", b""
    yield "cut", good[: len(good) // 2]
    for at in range(0, len(good), max(1, len(good) // 8)):
        yield f"byte {at}", good[:at] + bytes((good[at] ^ 0xFF,)) + good[at + 1 :]


@pytest.mark.parametrize("large", [False, True])
def test_damage_in_each_file_of_the_index_never_gives_a_wrong_answer(
    office: Workspace,
    held: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    large: bool,  # noqa: FBT001
) -> None:
    if not large:
        monkeypatch.setattr(finding, "REBUILT_AT_ONCE", 10_000)
    wanted = sorted(hit.key for hit in office.finding.search('姓名:"罗小山"', limit=100).hits)
    folder = office.folder / "index"
    whole = shutil.copytree(folder, office.folder / "whole")
    noticed = 0
    for name in [path.name for path in whole.iterdir() if path.suffix in {".seg", ".toc", ".json"}]:
        for what, data in damages(whole / name):
            office.finding.close()
            shutil.rmtree(folder)
            shutil.copytree(whole, folder)
            if what == "gone":
                (folder / name).unlink()
            else:
                (folder / name).write_bytes(data)
            answer = office.finding.search('姓名:"罗小山"', limit=100)
            assert sorted(hit.key for hit in answer.hits) == wanted, (name, what)
            assert answer.notice, (name, what)
            noticed += 1
    assert noticed > 25
    assert bool(held) == large


def test_a_lock_left_by_a_dead_process_is_no_rebuilding(office: Workspace) -> None:
    path = office.folder / "index" / "rebuild.lock"
    with FileLock(path):
        pass
    path.touch()
    assert not rebuilding.is_running(office.folder / "index")
    assert office.finding.search("罗小山").notice == ""


def test_a_reference_code_finds_its_paper_with_and_without_the_index(filed: Workspace, held: list[Path]) -> None:
    rows = filed.describing.accession(2026).rows
    with filed.registry.read() as tx:
        wanted = {p.reference_code: p.uid for p in tx.papers.all() if p.reference_code}
    for row in rows:
        assert [hit.key for hit in filed.finding.search(row.code).hits] == [wanted[row.code]]
    assert len(filed.finding.search("档号:0194-WS·2026-D30-SSB").hits) == 3
    with rebuilding.only_one(filed.folder / "index"):
        without_index(filed)
        (filed.folder / "index").mkdir()
        answer = filed.finding.search(rows[0].code.replace("·", "."))
    assert [hit.key for hit in answer.hits] == [wanted[rows[0].code]]
    assert held == []


def test_an_index_of_an_older_program_is_rebuilt_without_alarm(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "REBUILT_AT_ONCE", 10_000)
    office.finding.close()
    monkeypatch.setattr("archive.index.manifest.FORMAT", 999)
    notice = office.finding.search("罗小山").notice
    assert notice.startswith("程序有更新")
    assert "损坏" not in notice


def scatter(office: Workspace, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let filing leave many segments; return how many there are."""
    office.finding.catch_up()
    with monkeypatch.context() as patch, Index.open(office.folder / "index") as index:
        patch.setattr("archive.index.manager.JOINED_AT_ONCE", 0)
        for number in range(20):
            document = IndexDocument(
                key=f"paper-{number}",
                kind="paper",
                child_uid="",
                names=("张三",),
                unit_uid="u",
                status="",
                day=date(2026, 1, 1),
                title="",
            )
            index.apply([document], [], index.watermark)
        return len(index.snapshot().leaves)


def segments_of(office: Workspace) -> int:
    with Index.open(office.folder / "index") as index:
        return len(index.snapshot().leaves)


def test_segments_that_filing_left_are_joined_in_the_background(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = scatter(office, monkeypatch)
    before = office.finding.search("张三", limit=100).total
    rebuilding.wait_for_all()
    assert segments_of(office) < many
    told = office.finding.search("张三", limit=100)
    assert (told.notice, told.total) == ("", before)


def test_tidying_is_begun_once_and_only_when_it_is_worth_while(
    office: Workspace, held: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.finding.catch_up()
    assert held == []
    scatter(office, monkeypatch)
    office.finding.catch_up()
    assert held == [office.folder / "tidy"]
    monkeypatch.undo()
    with FileLock(office.folder / "index" / TIDY_LOCK):
        assert rebuilding.begin(office.folder, "tidy")
        assert rebuilding._begun == []
    assert tidy(office.folder) == 0
    assert segments_of(office) < SCATTERED


def test_an_index_that_cannot_be_tidied_is_left_as_it_is(office: Workspace) -> None:
    without_index(office)
    assert tidy(office.folder) == IndexDamagedError.exit_code
