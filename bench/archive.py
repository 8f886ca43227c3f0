"""The archive: papers filed one by one, and the check of every byte against `sha512sum` over the same files.

``python -m bench.archive --json [--size N] [--quick]``. A paper is made and signed as the program does it: files
into the store, then the registry, each forced to the disk before the next begins; ``file_papers_per_s`` is in wall
time, for the disk is most of it. ``fixity_vs_sha512sum`` is the time of `sha512sum` (coreutils) by the clock divided
by that of `archive check` at the level of fixity, medians of rounds in turns: 1 is as fast, less is slower; beside it
stands the same of CPU time. The check also reads inventories and looks for what is missing or too many.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from archive.check import Level, check_archive
from archive.registry import Registry, new_uid, sqlite_url
from archive.store import Store, digest_of, paper_object
from forms.people import Unit
from forms.values.enums import PaperStatus, UnitKind

_FULL, _QUICK = 1000, 150
_ROUNDS = 3
_NOW = datetime(2026, 11, 5, tzinfo=UTC)
_ISSUED = {
    "inputs-v1.json": 2_000,
    "issued-v1.docx": 12_000,
    "issued-v1.pdf": 60_000,
    "layout-v1.json": 15_000,
    "text-v1.txt": 3_000,
}
_SIGNED = 600_000
"""Bytes of two pages scanned at 200 dpi in colour."""


def file_papers(store: Store, registry: Registry, size: int) -> float:
    """Make and sign papers one by one; return the seconds they took."""
    chance = random.Random(size)
    spent = 0.0
    for _ in range(size):
        issued = {path: chance.randbytes(length) for path, length in _ISSUED.items()}
        signed = chance.randbytes(_SIGNED)
        start = time.perf_counter()
        with registry.begin() as tx:
            number = tx.numbers.next("洗民委照", 2026)
            owner = tx.units.owner().uid
            paper = tx.papers.new(form_code="A1", issuer_uid=owner, by="张敏", number=number, uid=new_uid())
            store.put(paper_object(paper.uid), issued, message="生成第 1 版", user="张敏", at=_NOW)
            tx.papers.new_version(
                paper.uid,
                values={},
                mark_id=new_uid(),
                pages=2,
                digests={path: digest_of(data) for path, data in issued.items()},
                made_on=_NOW.date(),
                made_by="张敏",
            )
            tx.audit.append("paper.make", actor="张敏", subject=paper.uid)
        digest = digest_of(signed)
        path = f"signed-v1-{digest[:16]}.pdf"
        store.put(paper_object(paper.uid), {path: signed}, message="收回签字件", user="张敏", at=_NOW)
        with registry.begin() as tx:
            tx.papers.add_files(paper.uid, 1, {path: digest})
            tx.papers.set_status(paper.uid, 1, PaperStatus.SIGNED, signed_on=date(2026, 11, 6))
            tx.audit.append("paper.file", actor="张敏", subject=paper.uid)
        spent += time.perf_counter() - start
    return spent


def sha512sum_times(root: Path) -> tuple[float, float]:
    """Return the seconds `sha512sum` needs for every file below a folder: by the clock, of CPU."""
    files = b"\0".join(os.fsencode(path) for path in sorted(root.rglob("*")) if path.is_file())
    start, before = time.perf_counter(), os.times()
    subprocess.run(["xargs", "-0", "sha512sum"], input=files, stdout=subprocess.DEVNULL, check=True)
    clock, after = time.perf_counter() - start, os.times()
    return clock, after.children_user + after.children_system - before.children_user - before.children_system


def check_times(store: Store, registry: Registry) -> tuple[float, float]:
    """Return the seconds of the check of every byte: by the clock, of CPU.

    It hashes on every core; two cores that are halves of one take more CPU together than one alone.
    """
    clock, cpu = time.perf_counter(), time.process_time()
    report = check_archive(store, registry, level=Level.FIXITY)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    assert not report.problems, report.problems[:3]
    return clock, cpu


def run(size: int) -> dict[str, float]:
    """File, check, compare; return the figures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        store = Store.create(folder / "store", work=folder / "work")
        with Registry.create(sqlite_url(folder / "registry.db")) as registry:
            with registry.begin() as tx:
                tx.units.set_owner(tx.units.save(Unit(kind=UnitKind.TOWN, name="洗马镇人民政府")).uid)
            spent = file_papers(store, registry, size)
            rounds = [(*sha512sum_times(store.root), *check_times(store, registry)) for _ in range(_ROUNDS)]
        content = sum(path.stat().st_size for path in store.root.rglob("*") if path.is_file())
    their_clock, their_cpu, our_clock, our_cpu = map(statistics.median, zip(*rounds, strict=True))
    return {
        "fixity_vs_sha512sum": round(their_clock / our_clock, 2),
        "fixity_cpu_vs_sha512sum": round(their_cpu / our_cpu, 2),
        "file_papers_per_s": round(size / spent, 1),
        "papers": size,
        "store_mb": round(content / 1e6, 1),
        "check_s": round(our_clock, 2),
        "check_cpu_s": round(our_cpu, 2),
        "sha512sum_s": round(their_clock, 2),
        "sha512sum_cpu_s": round(their_cpu, 2),
    }


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")
    parser.add_argument("--size", type=int, default=0, help=f"number of papers, {_FULL} unless told")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK} papers, same keys")
    options = parser.parse_args()
    if not (shutil.which("sha512sum") and shutil.which("xargs")):
        raise SystemExit("bench.archive compares with sha512sum and xargs (coreutils, findutils); install them")
    figures = run(options.size or (_QUICK if options.quick else _FULL))
    print(json.dumps(figures, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
