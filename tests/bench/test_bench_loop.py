"""The bench of the loop runs for real and prints one JSON object with the figures that are compared."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import bench


def test_the_bench_of_the_loop_prints_one_json_object_with_its_figures() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.loop", "--json", "--quick"],
        capture_output=True,
        check=True,
        cwd=Path(bench.__file__).parents[1],
    )
    figures = json.loads(done.stdout)
    assert list(figures) == ["print_village_s", "file_stack_s", "search_ms", "children", "papers", "pages"]
    assert (figures["children"], figures["papers"]) == (6, 12)
    assert figures["pages"] >= figures["papers"]
    assert all(value > 0 for value in figures.values())
