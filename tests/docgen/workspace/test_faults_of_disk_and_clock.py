"""A read-only disk, a network drive that goes away, a clock that jumps: said plainly, nothing lost, work goes on."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from archive.disk import UnwritableFolderError
from docgen.workspace import Actor, Workspace
from forms.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Hands


def numbers(workspace: Workspace) -> list[str]:
    return sorted(row.number for row in workspace.papers.listing())


@pytest.mark.parametrize("number", [errno.EROFS, errno.EIO])
def test_a_read_only_disk_is_named_and_the_office_can_still_be_read(
    workspace: Workspace, hands: Hands, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(path: Any, *_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number), str(path))

    hands.make(["A8"], "罗小山")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        patch.setattr("archive.disk.os.fsync", refuse)
        with pytest.raises(UnwritableFolderError, match="只读") as refused:
            hands.make(["A8"], "罗小水")
        assert refused.value.exit_code == 16
        assert len(numbers(workspace)) == 1
        assert workspace.finding.search("罗小山").total
    hands.make(["A8"], "罗小水")
    assert workspace.finding.search("表:A8").total == 2
    assert numbers(workspace) == ["洗民听意〔2026〕1号", "洗民听意〔2026〕2号"]
    assert workspace.checking.check().problems == ()


@pytest.mark.parametrize("what", ["store", "work"])
def test_a_network_drive_that_goes_away_is_named_and_work_goes_on_when_it_is_back(
    workspace: Workspace, hands: Hands, what: str
) -> None:
    hands.make(["A8"], "罗小山")
    scan = hands.drop("1.pdf", hands.scan(hands.make(["A8"], "罗小水"), dpi=110))
    place, away = workspace.folder / what, workspace.folder / "断开"
    place.rename(away)
    for act in (lambda: hands.make(["A5"], "罗小水"), workspace.filing.file_inbox):
        with pytest.raises((AppError, OSError)) as refused:
            act()
        assert isinstance(refused.value, AppError), f"{refused.value!r} is nothing a clerk can act on"
    assert scan.exists()
    if place.exists():  # an empty folder of locks that was made meanwhile
        for path in place.iterdir():
            path.unlink()
        place.rmdir()
    away.rename(place)
    report = workspace.filing.file_inbox()
    assert len(report.filed) == 1
    hands.make(["A5"], "罗小水")
    assert numbers(workspace) == ["洗民听意〔2026〕1号", "洗民听意〔2026〕2号", "洗民评估〔2026〕1号"]
    assert workspace.finding.search("罗小水").total
    assert workspace.checking.check().problems == ()


def test_a_clock_that_jumps_back_and_forth_loses_nothing_and_breaks_no_chain(
    office: Path, hands_of: Callable[[Workspace], Hands]
) -> None:
    jumps = (
        (datetime(2026, 11, 23, 9, tzinfo=UTC), "A8", "罗小山"),
        (datetime(2026, 11, 20, 9, tzinfo=UTC), "A8", "罗小水"),  # set back by hand
        (datetime(2027, 2, 1, tzinfo=UTC), "A5", "罗小山"),  # set forward
        (datetime(2026, 11, 23, 8, 59, 59, tzinfo=UTC), "A5", "罗小水"),
    )
    made: list[str] = []
    for moment, form, child in jumps:
        with Workspace.open(office, actor=Actor(name="潘文海"), clock=partial(_as_it_is, moment)) as opened:
            hands = hands_of(opened)
            report = hands.make([form], child)
            made += [paper.uid for paper in report.made]
            hands.drop(f"{len(made)}.pdf", hands.scan(report, dpi=150))
            assert len(opened.filing.file_inbox().filed) == 1
            opened.safety.snapshot()
    with Workspace.open(office, clock=partial(_as_it_is, jumps[0][0])) as opened:
        assert len(set(made)) == len(jumps)
        rows = opened.papers.listing()
        assert {row.status for row in rows} == {"已归档"}
        assert len({row.number for row in rows if row.number}) == len([row for row in rows if row.number])
        assert opened.finding.search("表:A8").total == opened.finding.search("表:A5").total == 2
        assert opened.checking.check().problems == ()
        with opened.registry.read() as tx:
            assert tx.audit.verify() == ()


def _as_it_is(moment: datetime) -> datetime:
    return moment


def test_two_processes_at_once_file_the_same_scan_once(
    workspace: Workspace, hands: Hands, office: Path, open_office: Callable[[Path], Workspace]
) -> None:
    hands.drop("1.pdf", hands.scan(hands.make(["A8"], "罗小山"), dpi=110))
    with open_office(office) as other:
        first = workspace.filing.file_inbox()
        (received,) = [object_id for object_id in other.store.objects() if ":scan:" in object_id]
        copy = hands.drop("2.pdf", other.store.read(received, "original.pdf"))
        second = other.filing.file_inbox()
    assert (len(first.filed), len(second.filed)) == (1, 0)
    assert [scan.known for scan in second.scans] == [True]
    assert not copy.exists()
    assert workspace.checking.check().problems == ()
