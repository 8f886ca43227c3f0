"""The quarterly table of a county and of a province, counted from frozen rosters.

Made: towns of about 650 children each with the spread of a real roster and about one event a child, entered into a
registry on SQLite as a package that was received would be. Timed is what an office waits for: every column of every
town counted by the database, from the open registry to the figures. `growth_exponent` is the slope of time over
children in log-log through a quarter, a half and the whole of the largest size: 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import random
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive.registry import Registry, sqlite_url
from archive.schema_rosters import roster_children, roster_elders, roster_events, roster_units, roster_versions
from bench.peak import peak_mib
from forms.quarter.frozen_roster import CHILD_FACTS, NO, UNKNOWN, YES
from forms.quarter.period import Period
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.registry import Tx

PERIOD = Period.quarter(2026, 3)
COUNTY, PROVINCE = 20_000, 1_000_000
_TOWN = 650
_VILLAGES = 13
_SPREAD: dict[str, tuple[tuple[str, int], ...]] = {
    "gender": (("男", 53), ("女", 47)),
    "band": (("0-5", 22), ("6-13", 61), ("14-15", 17)),
    "schooling": (("小学", 49), ("初中", 22), ("幼儿园", 15), ("未入园", 10), ("高中", 2), ("不在学", 1), ("辍学", 1)),
    "hukou": ((YES, 98), (NO, 2)),
    "health": (("健康", 96), ("残疾", 3), ("患病", 1)),
    "boarding": (("非寄宿", 60), ("寄宿", 38), (UNKNOWN, 2)),
    "away": (("父母双方外出务工", 92), ("父母一方外出另一方无监护能力", 8)),
    "care": (("（外）祖父母", 88), ("亲戚朋友", 3), ("一方外出另一方无监护能力", 8), ("无人监护", 1)),
    "quality": (("较好", 60), ("一般", 30), ("差", 10)),
}
_YES_NO = 20
"""Share of 是 among the facts that are yes or no, in percent."""
_KINDS = ("enter", "leave", "C3", "C3", "C3", "A1", "A1.in_force", "D1", "D1.child", "E9.child", "D3")


def _person(rng: random.Random, uid: str, unit: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "unit_uid": unit,
        "person_uid": uid,
        "start_unit_uid": unit,
        "at_start": int(rng.random() < 0.96),
        "at_end": int(rng.random() < 0.96),
    }
    for fact in CHILD_FACTS:
        spread = _SPREAD.get(fact, ((YES, _YES_NO), (NO, 100 - _YES_NO)))
        row[fact] = rng.choices([v for v, _ in spread], [w for _, w in spread])[0]
    return row


def _town(tx: Tx, rng: random.Random, number: int, children: int) -> None:
    now = datetime(2026, 10, 8, tzinfo=UTC)
    head = tx.connection.execute(
        sa.insert(roster_versions).values(
            uid=f"ROSTER{number:06}", unit_uid=f"TOWN{number:06}", unit_name=f"第{number}镇", level=UnitKind.TOWN.value,
            period_from=PERIOD.from_on, period_to=PERIOD.to_on, version=1, made_at=now, made_by="", reason="",
            profile="longli", opening_uid="", digest="", is_own=False, entered_at=now,
        )
    )  # fmt: skip
    assert head.inserted_primary_key is not None
    pk = head.inserted_primary_key[0]
    units = [f"V{number:05}{v:03}" for v in range(_VILLAGES)]
    people = [_person(rng, f"{number:06}{n:05}", rng.choice(units)) | {"version_pk": pk} for n in range(children)]
    events = [
        {
            "version_pk": pk, "unit_uid": p["unit_uid"], "kind": rng.choice(_KINDS), "seq": seq, "label": "",
            "person_uid": p["person_uid"], "person_name": "", "happened_on": date(2026, 8, 1), "paper_uid": "",
            "paper": "", "is_inner": int(rng.random() < 0.01),
        }
        for seq, p in enumerate(people)
    ]  # fmt: skip
    elders = [
        {
            "version_pk": pk, "unit_uid": rng.choice(units), "person_uid": f"E{number:06}{n:05}", "start_unit_uid": "",
            "at_start": 1, "at_end": 1, "gender": "女", "risk": rng.choice(("高", "中", "低")),
        }
        for n in range(children // 4)
    ]  # fmt: skip
    for table, rows in (
        (roster_units, [{"version_pk": pk, "unit_uid": u, "name": u} for u in units]),
        (roster_children, sorted(people, key=lambda p: (p["unit_uid"], p["person_uid"]))),
        (roster_events, sorted(events, key=lambda e: (e["unit_uid"], e["kind"], e["seq"]))),
        (roster_elders, elders),
    ):
        if rows:
            tx.connection.execute(sa.insert(table), rows)


def fill(registry: Registry, children: int, *, seed: int = 6) -> None:
    """Enter the rosters of as many towns as it takes for so many children."""
    rng = random.Random(seed)
    sizes = [_TOWN] * (children // _TOWN) + ([children % _TOWN] if children % _TOWN else [])
    for start in range(0, len(sizes), 20):
        with registry.begin() as tx:
            for number in range(start, min(start + 20, len(sizes))):
                _town(tx, rng, number, sizes[number])


def count(registry: Registry) -> tuple[float, float, int]:
    """Count every column of every town; return wall and processor seconds and the children on the roll."""
    with registry.read() as tx:
        wall, cpu = time.perf_counter(), time.process_time()
        heads = tx.rosters.versions()
        figures = tx.rosters.count(heads)
        total = sum(row["KA4"] for row in figures.values())
        return time.perf_counter() - wall, time.process_time() - cpu, total


def _one(children: int, folder: str) -> Iterator[tuple[str, float]]:
    with Registry.create(sqlite_url(Path(folder) / f"{children}.db")) as registry:
        fill(registry, children)
    with Registry.open(sqlite_url(Path(folder) / f"{children}.db")) as registry:
        best = min(count(registry) for _ in range(3 if children <= COUNTY else 1))
    assert best[2] > children * 0.9
    yield "wall", best[0]
    yield "cpu", best[1]
    yield "rss_mb", peak_mib()


def measure(children: int) -> dict[str, float]:
    """Measure one size in a process of its own, so that the memory is that size's."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            return pool.apply(_measured, (children, folder))


def _measured(children: int, folder: str) -> dict[str, float]:
    return dict(_one(children, folder))


def slope(points: list[tuple[int, float]]) -> float:
    """Return the exponent of growth: least squares through the logarithms."""
    xs, ys = [math.log(n) for n, _ in points], [math.log(t) for _, t in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)


def run(*, quick: bool) -> dict[str, Any]:
    """Measure; return the figures."""
    county = measure(COUNTY)
    largest = COUNTY * 4 if quick else PROVINCE
    points = [(n, measure(n)["cpu"]) for n in (largest // 4, largest // 2)]
    whole = measure(largest)
    points.append((largest, whole["cpu"]))
    return {
        "county_20k_s": round(county["wall"], 3),
        "province_1m_s": None if quick else round(whole["wall"], 1),
        "province_1m_cpu_s": None if quick else round(whole["cpu"], 1),
        "rss_mb": round(whole["rss_mb"]),
        "growth_exponent": round(slope(points), 2),
    }


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    parser.add_argument("--quick", action="store_true", help="leave out the province")
    options = parser.parse_args()
    figures = run(quick=options.quick)
    print(json.dumps(figures, ensure_ascii=False, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
