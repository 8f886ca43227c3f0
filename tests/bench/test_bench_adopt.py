"""The bench of old scans taken over at a size that takes a moment: nothing wrong, and it would see what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import adopt
from docgen.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

_SIZE = 120


def test_what_is_given_to_somebody_else_is_counted_as_wrong(tmp_path: Path) -> None:
    adopt.build(tmp_path, _SIZE)
    with Workspace.open(tmp_path / "office") as workspace:
        report = workspace.adopting.adopt(tmp_path / "旧档", dry_run=False)
        assert report.files == _SIZE
        assert report.children > _SIZE / 2
    assert adopt.wrong(tmp_path) == 0
    truth = (tmp_path / "truth.csv").read_text("utf-8").splitlines()
    taken = next(number for number, line in enumerate(truth) if len(line.partition(",")[2]) > 1)
    truth[taken] = truth[taken].partition(",")[0] + ",somebody-else"
    (tmp_path / "truth.csv").write_text("\n".join(truth) + "\n", "utf-8")
    assert adopt.wrong(tmp_path) == 1


def test_time_that_grows_with_what_is_there_is_seen() -> None:
    even = [(n, n * 0.01) for n in range(100, 1001, 100)]
    growing = [(n, n * n * 1e-5) for n in range(100, 1001, 100)]
    assert adopt.late_vs_early(even, 100, 1000) == 1
    assert adopt.late_vs_early(growing, 100, 1000) > 1.2
