"""Bags: written once, proved by bagit, and by us when a byte is flipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bagit
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import bag
from archive.bag import BagExistsError, BagInvalidError, validate_bag, write_bag
from archive.disk import digest_of

if TYPE_CHECKING:
    from pathlib import Path

PAYLOAD = {"目录.xml": "<目录/>".encode(), "件/0194-WS·2026-D30-0001/signed-v1.pdf": b"%PDF-1.7", "空.txt": b""}
INFO = {"Source-Organization": "龙里县洗马镇人民政府", "External-Description": "一行\n  两行"}


def test_bagit_accepts_the_bag_and_reads_what_we_wrote(tmp_path: Path) -> None:
    made = write_bag(tmp_path / "包", PAYLOAD.items(), INFO)
    read = bagit.Bag(str(made.folder))
    read.validate()
    assert sorted(read.payload_files()) == sorted(f"data/{path}" for path in PAYLOAD)
    assert read.info["Source-Organization"] == INFO["Source-Organization"]
    assert read.info["External-Description"] == "一行 两行"
    assert (made.files, made.size) == (3, sum(map(len, PAYLOAD.values())))
    assert read.info["Payload-Oxum"] == f"{made.size}.{made.files}"
    assert made.proof == digest_of(made.folder / bag.TAG_MANIFEST)
    assert not list(tmp_path.glob("*.part"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=st.data())
def test_any_flipped_byte_is_found(tmp_path_factory: pytest.TempPathFactory, choice: st.DataObject) -> None:
    made = write_bag(tmp_path_factory.mktemp("bag") / "b", PAYLOAD.items(), INFO)
    files = [path for path in sorted(made.folder.rglob("*")) if path.is_file() and path.stat().st_size]
    # the tag manifest proves all others and is itself proved by the registry
    victim = choice.draw(st.sampled_from([path for path in files if path.name != bag.TAG_MANIFEST]))
    data = bytearray(victim.read_bytes())
    at = choice.draw(st.integers(0, len(data) - 1))
    data[at] ^= 1 << choice.draw(st.integers(0, 7))
    victim.write_bytes(data)
    with pytest.raises((BagInvalidError, UnicodeDecodeError)):
        validate_bag(made.folder)


def test_a_missing_and_an_added_file_are_found(tmp_path: Path) -> None:
    made = write_bag(tmp_path / "b", PAYLOAD.items(), INFO)
    (made.folder / "data" / "多余.txt").write_bytes(b"x")
    with pytest.raises(BagInvalidError):
        validate_bag(made.folder)
    (made.folder / "data" / "多余.txt").unlink()
    validate_bag(made.folder)
    (made.folder / "data" / "目录.xml").unlink()
    with pytest.raises(BagInvalidError):
        validate_bag(made.folder)


def test_what_stands_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(BagExistsError):
        write_bag(tmp_path / "b", PAYLOAD.items(), INFO)
    assert list((tmp_path / "b").iterdir()) == []


def test_a_broken_run_leaves_nothing_and_the_next_one_goes_through(tmp_path: Path) -> None:
    def broken() -> object:
        yield "a.txt", b"a"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_bag(tmp_path / "b", broken(), INFO)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "b.part").mkdir()
    (tmp_path / "b.part" / "left").write_bytes(b"x")
    assert write_bag(tmp_path / "b", PAYLOAD.items(), INFO).files == len(PAYLOAD)


def test_more_files_than_may_be_open_at_once(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    try:
        made = write_bag(tmp_path / "b", ((f"{n}.txt", b"x%d" % n) for n in range(300)), INFO)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert made.files == 300
