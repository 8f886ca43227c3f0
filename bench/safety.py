"""Backup, restore, check, repair and snapshot of an office with many papers: time, memory, size.

``python -m bench.safety --json [--size 10000] [--keep FOLDER]``. The papers are tiny (five files of a few hundred
bytes and a signed file), so the figures are about the number of objects; bytes add the disk's own speed. Every step
runs in a process of its own, which tells its peak memory when it ends. `--quick` takes 1,000 papers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from bench.peak import peak_mib

KINDS = ("inputs-v1.json", "issued-v1.docx", "issued-v1.pdf", "layout-v1.json", "text-v1.txt")
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def build(folder: Path, size: int) -> None:
    """Make an office with so many signed papers; nothing is forced to the disk, for nobody relies on it."""
    import sqlalchemy as sa

    from archive import schema
    from archive.registry import Registry, new_uid, sqlite_url
    from archive.store import Store, layout, paper_object
    from archive.store.inventory import Inventory, sidecar_bytes
    from docgen.settings import OfficeSettings
    from docgen.workspace import init_office
    from forms.profiles.region import RegionProfile

    init_office(
        folder,
        OfficeSettings(unit_name="洗马镇人民政府", town_name="洗马镇", profile="longli",
                       wording=RegionProfile.load("longli").wording, number_prefix="洗"),
    )  # fmt: skip
    chance = Random(size)
    root = folder / "store"
    Store.open(root, work=folder / "work")
    rows: dict[str, list[dict[str, object]]] = {"papers": [], "versions": [], "paper_files": []}
    with Registry.open(sqlite_url(folder / "registry.db")) as registry:
        with registry.read() as tx:
            owner = tx.units.owner().uid
        for number in range(size):
            uid = new_uid()
            files = {path: chance.randbytes(300) for path in KINDS}
            signed = chance.randbytes(600)
            files_2 = {f"signed-v1-{hashlib.sha512(signed).hexdigest()[:16]}.pdf": signed}
            first = {path: hashlib.sha512(data).hexdigest() for path, data in files.items()}
            second = first | {path: hashlib.sha512(data).hexdigest() for path, data in files_2.items()}
            one = Inventory(object_id=paper_object(uid), manifest={}, versions=()).with_version(
                first, message="生成第 1 版", user="张敏", at=AT
            )
            two = one.with_version(second, message="收回签字件", user="张敏", at=AT)
            place = root / layout.object_path(paper_object(uid))
            for version, inventory, content in (("v1", one, files), ("v2", two, files_2)):
                (place / version / "content").mkdir(parents=True)
                for path, data in content.items():
                    (place / version / "content" / path).write_bytes(data)
                for where in (place / version, place) if version == "v2" else (place / version,):
                    (where / layout.INVENTORY).write_bytes(inventory.to_bytes())
                    (where / layout.SIDECAR).write_bytes(sidecar_bytes(inventory.to_bytes()))
            (place / layout.OBJECT_MARK).write_bytes(layout.OBJECT_MARK_BYTES)
            rows["papers"].append({
                "uid": uid, "form_code": "B2", "issuer_uid": owner, "status": "已归档", "version": 1,
                "signed_version": 1, "created_at": AT, "created_by": "张敏",
            })  # fmt: skip
            rows["versions"].append({
                "paper_uid": uid, "version": 1, "mark_id": f"{number:010}", "status": "已归档", "pages": 1,
                "values": {"child_name": "罗小山", "residence": "平山村一组" * 10}, "wording": "law_2020", "prints": 1,
                "made_on": date(2026, 1, 5), "made_at": AT, "made_by": "张敏", "filed_at": AT,
            })  # fmt: skip
            rows["paper_files"] += [
                {"paper_uid": uid, "version": 1, "path": path, "sha512": digest} for path, digest in second.items()
            ]
            if len(rows["papers"]) == 2000 or number == size - 1:
                with registry.begin() as tx:
                    for name, block in rows.items():
                        tx.connection.execute(sa.insert(schema.metadata.tables[name]), block)
                        block.clear()


def step(name: str, folder: Path) -> None:
    """Run one step; called in a process of its own."""
    from archive.backup.generations import generations
    from archive.backup.restoring import check_backup, restore_store
    from archive.check import Level, check_store
    from docgen.workspace import Workspace
    from docgen.workspace.recovery.repairing import repair

    office, backup = folder / "office", folder / "backup"
    if name == "build":
        build(office, int(os.environ["DOCGEN_BENCH_SIZE"]))
    elif name in {"backup_first", "backup_nothing_new"}:
        with Workspace.open(office) as workspace:
            workspace.safety.backup(backup, plain=True)
    elif name == "backup_sealed":
        with Workspace.open(office) as workspace:
            workspace.safety.backup(folder / "sealed", recipients=[workspace.safety.new_key(folder / "key.txt")])
    elif name == "restore_store":  # what comes after, rebuilding the index, is measured by bench.search
        found = generations(backup)
        check_backup(found)
        restore_store(found, folder / "again", ())
    elif name == "check_fixity":
        assert not check_store(office / "store", level=Level.FIXITY).problems
    elif name == "repair_three":
        for victim in sorted((office / "store").rglob("issued-v1.pdf"))[:3]:
            victim.write_bytes(b"x")
        with Workspace.open(office) as workspace:
            assert len(repair(workspace, backup).repaired) == 3


STEPS = ("backup_first", "backup_nothing_new", "backup_sealed", "restore_store", "check_fixity", "repair_three")


def measure(name: str, folder: Path, size: int) -> dict[str, float]:
    """Run a step by itself; return wall seconds, CPU seconds and peak memory in MiB."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.safety", "--step", name, "--keep", str(folder)],
        env={**os.environ, "DOCGEN_BENCH_SIZE": str(size)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{name}: {process.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return {"s": round(wall, 1), "cpu_s": round(cpu, 1), "peak_mib": float(said[-1])}


def size_of(folder: Path) -> float:
    """Return the megabytes of a folder."""
    return round(sum((Path(at) / name).stat().st_size for at, _, names in os.walk(folder) for name in names) / 1e6, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="use this folder and leave it")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step(asked.step, asked.keep)
        print(round(peak_mib()))
        return
    size = 1000 if asked.quick else asked.size
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="docgen-safety-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        found: dict[str, object] = {"papers": size}
        measure("build", folder, size)
        found["store_mb"], found["registry_mb"] = size_of(folder / "office" / "store"), 0.0
        found["registry_mb"] = round((folder / "office" / "registry.db").stat().st_size / 1e6, 1)
        for name in STEPS:
            found[name] = measure(name, folder, size)
            if name.startswith("backup"):
                found[f"{name}_mb"] = size_of(folder / ("sealed" if name == "backup_sealed" else "backup"))
        print(json.dumps(found, indent=None if asked.json else 1))
    finally:
        if asked.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
