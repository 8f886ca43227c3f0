"""Old scans taken over in bulk: a dry run, a run that is killed, its resumption, a run that finds nothing new.

``python -m bench.adopt --json [--size 10000] [--keep FOLDER]``. The files are small PDFs with a text layer and small
pictures, named as offices name them: by child, identity number or document number, in folders by year and village,
or by nothing that helps. One child in ten files is registered. Every step is a process of its own that tells its
peak memory. ``late_vs_early`` is the CPU time of the last third of the resumed run divided by
that of the third before it: 1 is linear. ``wrong`` counts files that were given to another child than their own,
lost, or taken twice; the bench fails when there is one. `--quick` takes 600 files.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from archive.check import Level, check_archive
from archive.registry import Registry, new_uid, sqlite_url
from bench.corpus import make_corpus
from bench.peak import peak_mib
from docgen.settings import OfficeSettings
from docgen.workspace import Workspace, init_office
from forms.people import Child, ChildRecord, Person, Unit
from forms.profiles.region import RegionProfile
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.workspace.keeping.reports import AdoptionReport

_QUICK = 600
_FILES_A_CHILD = 10
_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
_BROKEN_OFF = 0.4
"""Share of the files after which the first run is killed."""

_NO_SCAN = "!"
"""Owner of a file that is no scan and is not taken over."""

_KINDS = ("name", "id_number", "number", "folder", "roster", "nothing", "copy", "other")
_SHARES = (55, 15, 10, 10, 4, 4, 1, 1)


class _Known(NamedTuple):
    """A registered child, with the number of a paper about it."""

    uid: str
    name: str
    id_number: str
    village: str
    number: str


def build(folder: Path, size: int) -> None:
    """Make an office with its children, and the folder of old scans; whose each file is goes to ``truth.csv``."""
    settings = OfficeSettings(
        unit_name="洗马镇人民政府", town_name="洗马镇", profile="longli",
        wording=RegionProfile.load("longli").wording, number_prefix="洗",
    )  # fmt: skip
    init_office(folder / "office", settings)
    with Registry.open(sqlite_url(folder / "office" / "registry.db"), clock=lambda: _AT) as registry:
        known = list(_children(registry, max(20, size // _FILES_A_CHILD)))
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        truth = csv.writer(file)
        truth.writerows(_scans(folder / "旧档", known, size))


def _children(registry: Registry, count: int) -> Iterator[_Known]:
    """Register children, their villages and one numbered paper each."""
    villages: dict[str, str] = {}
    seen: set[str] = set()
    with registry.begin() as tx:
        town = tx.units.owner().uid
        for paper in make_corpus(count * 5):
            if paper.child_uid in seen:
                continue
            seen.add(paper.child_uid)
            if paper.village_name not in villages:
                village = Unit(kind=UnitKind.VILLAGE, name=f"洗马镇{paper.village_name}村民委员会",
                               short=paper.village_name, parent_uid=town)  # fmt: skip
                villages[paper.village_name] = tx.units.save(village).uid
            number = IdNumber.parse(paper.id_numbers[0])
            person = Person(name=PersonName.parse(paper.names[0]), id_number=number, birth=number.birth)
            record = ChildRecord(child=Child(person=person, village_uid=villages[paper.village_name]))
            uid = tx.people.save(record, source="名册", on=_AT.date()).uid
            issued = tx.papers.new(form_code="A1", issuer_uid=town, by="张敏", child_uid=uid, uid=new_uid(),
                                   number=tx.numbers.next("洗民委照", 2024))  # fmt: skip
            yield _Known(uid=uid, name=paper.names[0], id_number=paper.id_numbers[0], village=paper.village_name,
                         number=str(issued.document_number))  # fmt: skip
            if len(seen) == count:
                break


def _scans(folder: Path, known: list[_Known], size: int) -> Iterator[tuple[str, str]]:
    """Write the old scans; yield the SHA-256 of each that is no copy, with the uid of its child."""
    chance = Random(size)
    last = b""
    for number, kind in enumerate(chance.choices(_KINDS, _SHARES, k=size)):
        child = chance.choice(known)
        place = folder / f"{chance.randrange(2022, 2026)}年" / child.village
        place.mkdir(parents=True, exist_ok=True)
        is_copy = kind == "copy" and bool(last)
        data = _picture(number) if kind == "id_number" else b"%d" % number if kind == "other" else _pdf(number)
        owner = child.uid
        match kind:
            case "name":
                path = place / f"{child.name}_委托监护责任书{number}.pdf"
            case "id_number":
                path = place / f"{child.id_number}-{number}.jpg"
            case "number":
                path = place.parent / f"{child.number} {number}.pdf"
            case "folder":
                (place / child.name).mkdir(exist_ok=True)
                path = place / child.name / f"登记表{number}.pdf"
            case "roster":
                path, owner = place / f"花名册{number}.pdf", ""
            case "copy" if is_copy:
                path, data = place.parent / f"副本{number}.pdf", last
            case "other":
                path, owner = place / f"说明{number}.txt", _NO_SCAN
            case _:
                path, owner = place.parent / f"扫描{number}.pdf", ""
        last = data if kind == "name" else last
        path.write_bytes(data)
        if not is_copy:
            yield hashlib.sha256(data).hexdigest(), owner


def _pdf(number: int) -> bytes:
    """Return the smallest PDF that has a page and a line of text."""
    line = f"BT /F 12 Tf 60 700 Td (undertaking {number}) Tj ET".encode()
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(line), line),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for at, part in enumerate(parts, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj%s\nendobj\n" % (at, part))
    start = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _picture(number: int) -> bytes:
    """Return a small photograph of its own."""
    out = io.BytesIO()
    Image.frombytes("RGB", (48, 48), Random(number).randbytes(48 * 48 * 3)).save(out, "JPEG", quality=40)
    return out.getvalue()


def step(name: str, folder: Path) -> None:
    """Run one step, in a process of its own; each batch is told on a line with CPU seconds and memory so far."""
    if name == "build":
        build(folder, int(os.environ["DOCGEN_BENCH_SIZE"]))
        return

    def told(done: int, _: int) -> None:
        used = os.times()
        cpu = used.user + used.system + used.children_user + used.children_system
        print(done, round(cpu, 2), round(peak_mib()), flush=True)

    with Workspace.open(folder / "office") as workspace:
        report = workspace.adopting.adopt(folder / "旧档", dry_run=name == "dry_run", progress=told)
    print(json.dumps(_counted(report) | {"peak_mib": round(peak_mib())}), flush=True)


def _counted(report: AdoptionReport) -> dict[str, int]:
    names = ("files", "children", "villages", "unclear", "known", "unreadable")
    return {name: getattr(report, name) for name in names}


class _Measured(NamedTuple):
    """What a step cost and said."""

    cost: dict[str, float]
    steps: list[tuple[int, float]]
    """Files done with the CPU seconds until then."""
    said: dict[str, int]


def measure(name: str, folder: Path, size: int, *, kill_at: int = 0) -> _Measured:
    """Run a step by itself; kill it once so many files are done."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.adopt", "--step", name, "--keep", str(folder)],
        env={**os.environ, "DOCGEN_BENCH_SIZE": str(size), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    steps: list[tuple[int, float]] = []
    said: dict[str, int] = {}
    peak = math.nan
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if line.startswith("{"):
                said = json.loads(line)
                peak = said.pop("peak_mib")
                continue
            done, until, peak_so_far = line.split()
            steps.append((int(done), float(until)))
            peak = float(peak_so_far)
            if kill_at and steps[-1][0] >= kill_at:
                process.kill()
                break
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not kill_at:
        raise SystemExit(f"{name}: {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    cost = {"s": round(time.perf_counter() - started, 1), "cpu_s": round(cpu, 1), "peak_mib": peak}
    return _Measured(cost=cost, steps=steps, said=said)


def late_vs_early(steps: list[tuple[int, float]], begun: int, size: int) -> float:
    """Return the CPU time of the last third of the files that were new, divided by that of the third before."""
    third = (size - begun) // 3
    early, late, end = [next(at for at in steps if at[0] >= mark) for mark in (begun + third, size - third, size)]
    rates = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in ((early, late), (late, end))]
    return round(rates[1] / rates[0], 2)


def wrong(folder: Path) -> int:
    """Hold what is registered against what the files are; return how many do not agree."""
    faults = 0
    with Workspace.open(folder / "office") as workspace, workspace.registry.read() as tx:
        kept = {old.sha256: old for old in map(tx.old.get, tx.old.uids())}
        unplaced = Counter(item.sha256 for item in tx.scans.desk())
        with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
            for sha256, owner in csv.reader(file):
                old = kept.pop(sha256, None)
                if old is None:
                    faults += owner != _NO_SCAN
                elif old.child_uid:
                    faults += old.child_uid != owner
                else:  # a village's, or for a person to say
                    faults += not old.village_uid and unplaced[sha256] != 1
        faults += len(kept)
        report = check_archive(workspace.store, workspace.registry, level=Level.FIXITY)
    return faults + len(report.problems)


def run(folder: Path, size: int) -> dict[str, object]:
    """Build, go through the steps, hold the outcome against the truth; return the figures.

    Raises:
        SystemExit: a file was given to somebody else, lost or taken twice.
    """
    measure("build", folder, size)
    found: dict[str, object] = {"files": size}
    dry = measure("dry_run", folder, size)
    killed = measure("killed", folder, size, kill_at=int(size * _BROKEN_OFF))
    resumed = measure("resumed", folder, size)
    again = measure("nothing_new", folder, size)
    steps = {"dry_run": dry, "killed": killed, "resumed": resumed, "nothing_new": again}
    found |= {name: one.cost for name, one in steps.items()}
    begun = killed.steps[-1][0]
    found["killed_at"], found["said"] = begun, resumed.said
    found["late_vs_early"] = late_vs_early(resumed.steps, begun, size)
    found["files_per_s"] = round((size - begun) / resumed.cost["s"], 1)
    found["peak_mib"] = max(one.cost["peak_mib"] for one in steps.values())
    found["wrong"] = wrong(folder) + (again.said["known"] + again.said["unreadable"] != size)
    if found["wrong"]:
        raise SystemExit(json.dumps(found, ensure_ascii=False))
    return found


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} files, same keys")
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    parser.add_argument("--keep", type=Path, help="use this folder and leave it")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step(asked.step, asked.keep)
        return
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="docgen-adopt-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        print(json.dumps(run(folder, _QUICK if asked.quick else asked.size), indent=None if asked.json else 1))
    finally:
        if asked.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
