"""A county's towns put together to one roster, each child once: read, matched, merged, counted.

Made: twelve towns with rosters as they come in packages, names and ID numbers included; one child in a hundred stands
on two rolls. Timed in processor seconds is what a county waits for before it sees its table: the rosters read from the
registry, the doubles found and resolved, every column counted. Peak memory is that of the whole process.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from archive.registry import Registry, sqlite_url
from bench.peak import peak_mib
from docgen.workspace.quarter.merging import Reported, merge
from forms.quarter.frozen_roster import CHILD_FACTS, NO, YES, FrozenEvent, FrozenPerson, FrozenRoster, RosterVersion
from forms.quarter.period import Period
from forms.values.enums import UnitKind

PERIOD = Period.quarter(2026, 3)
COUNTY, TOWNS = 20_000, 12
_DOUBLE = 100
"""One child in so many stands on the roll of a second town."""


def _head(uid: str, unit: str) -> RosterVersion:
    return RosterVersion(
        uid=uid,
        unit_uid=unit,
        unit_name=unit,
        level=UnitKind.TOWN,
        period=PERIOD,
        version=1,
        made_at=datetime(2026, 10, 8, tzinfo=UTC),
        made_by="某人",
    )


def _person(rng: random.Random, uid: str, number: int) -> FrozenPerson:
    facts = {fact: YES if rng.random() < 0.2 else NO for fact in CHILD_FACTS}
    facts |= {"gender": rng.choice("男女"), "band": "6-13", "schooling": "小学", "health": "健康"}
    details = {
        "child_name": f"某{number}",
        "child_birth": "2016-05-20",
        "child_id_number": f"522799{number:08}0000",
        "father_name": f"某父{number}",
        "mother_name": f"某母{number}",
        "carer_name": f"某祖母{number}",
        "residence": "某村一组",
        "entered_on": "2026-03-10",
    }
    return FrozenPerson(
        uid=uid, unit_uid="V", start_unit_uid="V", at_start=True, at_end=True, facts=facts, details=details
    )


def towns(children: int, *, seed: int = 6) -> list[FrozenRoster]:
    """Return the rosters of twelve towns with so many children in all."""
    rng = random.Random(seed)
    people: list[list[FrozenPerson]] = [[] for _ in range(TOWNS)]
    for number in range(children):
        first = number % TOWNS
        people[first].append(_person(rng, f"P{number:07}", number))
        if number % _DOUBLE == 0:
            people[(first + 1) % TOWNS].append(_person(rng, f"Q{number:07}", number))
    found = []
    for at, rows in enumerate(people):
        events = tuple(
            FrozenEvent(kind="C3", unit_uid="V", person_uid=p.uid, person_name="", on=date(2026, 8, 1)) for p in rows
        )
        head = _head(f"ROSTER{at:04}", f"TOWN{at:06}")
        found.append(FrozenRoster(head=head, units={"V": "某村"}, children=tuple(rows), events=events))
    return found


def measure(children: int) -> dict[str, float | int]:
    """Enter the rosters and put them together; return seconds, doubles and memory."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Registry.create(sqlite_url(Path(folder) / "registry.db")) as registry,
    ):
        with registry.begin() as tx:
            for roster in towns(children):
                tx.rosters.add(roster, is_own=False)
        with registry.read() as tx:
            start = time.process_time()
            heads = tx.rosters.versions()
            reported = [
                Reported(unit_uid=h.unit_uid, unit_name=h.unit_name, roster=tx.rosters.load(h.uid)) for h in heads
            ]
            read = time.process_time()
            merged, doubles = merge(reported, _head("MERGED0000", "COUNTY0000"))
            put = time.process_time()
            tx.rosters.count(heads)
            done = time.process_time()
    assert len(merged.children) == children
    return {
        "rollup_s": round(done - start, 2),
        "read_s": round(read - start, 2),
        "merge_s": round(put - read, 2),
        "count_s": round(done - put, 2),
        "doubles": len(doubles),
        "rss_mb": round(peak_mib()),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of a county")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = measure(COUNTY // 10 if options.quick else COUNTY)
    print(json.dumps(found) if options.json else "\n".join(f"{k}: {v}" for k, v in found.items()))


if __name__ == "__main__":
    main()
