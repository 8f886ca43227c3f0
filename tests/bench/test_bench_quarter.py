"""The bench of the quarterly table at a size that takes a moment: right figures, the keys it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.registry import Registry, sqlite_url
from bench import quarter

if TYPE_CHECKING:
    from pathlib import Path


def test_what_the_bench_times_is_a_count_of_every_town(tmp_path: Path) -> None:
    with Registry.create(sqlite_url(tmp_path / "registry.db")) as registry:
        quarter.fill(registry, 1500)
        wall, cpu, children = quarter.count(registry)
        with registry.read() as tx:
            heads = tx.rosters.versions()
            figures = tx.rosters.count(heads)
            behind = sum(len(tx.rosters.behind(head.uid, "KA5a")) for head in heads)
    assert [len(heads), set(figures)] == [3, {head.unit_uid for head in heads}]
    assert children == sum(row["KA4"] for row in figures.values()) > 1300
    assert behind == sum(row["KA5a"] for row in figures.values())
    assert wall > 0
    assert cpu > 0


def test_the_exponent_of_growth_is_the_slope() -> None:
    assert quarter.slope([(n, 3e-6 * n) for n in (10, 20, 40)]) == pytest.approx(1)
    assert quarter.slope([(n, 3e-6 * n * n) for n in (10, 20, 40)]) == pytest.approx(2)


@pytest.mark.parametrize("quick", [True, False])
def test_the_keys_are_those_promised(quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    seen: list[int] = []

    def measured(children: int) -> dict[str, float]:
        seen.append(children)
        return {"wall": children / 1e5, "cpu": children / 2e5, "rss_mb": 90.0}

    monkeypatch.setattr(quarter, "measure", measured)
    figures = quarter.run(quick=quick)
    assert {"county_20k_s", "province_1m_s", "rss_mb", "growth_exponent"} <= figures.keys()
    assert (figures["province_1m_s"] is None) is quick
    assert (max(seen) == quarter.PROVINCE) is not quick
    assert figures["growth_exponent"] == pytest.approx(1)
