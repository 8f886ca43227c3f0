"""Somebody else's OCFL objects and roots get the verdict of the specification, clause by clause."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from archive.check import Level
from archive.foreign import check_object, check_root
from archive.foreign.findings import SENTENCES
from archive.foreign.root import NotAStorageRootError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive.store import Store

AT = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)
Json = dict[str, Any]


def sha(data: bytes, algorithm: str = "sha512") -> str:
    return hashlib.new(algorithm, data).hexdigest()


A, B = b"alpha\n", b"beta\n"


def inventory(head: int, spec: str = "1.1") -> Json:
    """An inventory of an object that gained a file in its second version."""
    states = [{sha(A): ["a.txt"]}, {sha(A): ["a.txt"], sha(B): ["sub/b.txt"]}]
    user = {"name": "张敏", "address": "mailto:zhang@example.org"}
    manifest = {sha(A): ["v1/content/a.txt"], sha(B): ["v2/content/sub/b.txt"]}
    return {
        "id": "urn:example:1",
        "type": f"https://ocfl.io/{spec}/spec/#inventory",
        "digestAlgorithm": "sha512",
        "head": f"v{head}",
        "manifest": dict(list(manifest.items())[:head]),
        "versions": {
            f"v{n}": {
                "created": f"2026-01-0{n}T00:00:00Z", "state": states[n - 1], "message": "m", "user": user,
            }
            for n in range(1, head + 1)
        },
    }  # fmt: skip


def write(place: Path, said: Json, algorithm: str = "sha512") -> None:
    data = json.dumps(said, indent=1).encode()
    (place / "inventory.json").write_bytes(data)
    for old in place.glob("inventory.json.*"):
        old.unlink()
    (place / f"inventory.json.{algorithm}").write_text(f"{sha(data, algorithm)} inventory.json\n", "ascii")


@pytest.fixture(params=["1.0", "1.1"])
def spec(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def good(tmp_path: Path, spec: str) -> Path:
    folder = tmp_path / "object"
    for path, data in (("v1/content/a.txt", A), ("v2/content/sub/b.txt", B)):
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_bytes(data)
    (folder / f"0=ocfl_object_{spec}").write_bytes(f"ocfl_object_{spec}\n".encode())
    for place, head in (("v1", 1), ("v2", 2), (".", 2)):
        write(folder / place, inventory(head, spec))
    return folder


def codes(folder: Path) -> set[str]:
    return {problem.code.removeprefix("ocfl.") for problem in check_object(folder).problems}


def test_a_good_object_breaks_no_clause(good: Path) -> None:
    assert codes(good) == set()


def everywhere(change: Callable[[Json], object]) -> Callable[[Path], None]:
    """Change the newest inventory and its copy alike."""

    def do(folder: Path) -> None:
        said = json.loads((folder / "inventory.json").read_bytes())
        change(said)
        for place in (folder / "v2", folder):
            write(place, said, said.get("digestAlgorithm", "sha512"))

    return do


def newest(said: Json) -> Json:
    block: Json = said["versions"]["v2"]
    return block


def rename_state(path: str) -> Callable[[Json], None]:
    return lambda said: newest(said)["state"].update({sha(B): [path]})


def put(path: str, data: bytes) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)

    return do


def drop(path: str) -> Callable[[Path], None]:
    return lambda folder: shutil.rmtree(folder / path) if (folder / path).is_dir() else (folder / path).unlink()


def unlink(pattern: str, below: str = ".") -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        for path in list((folder / below).glob(pattern)):
            path.unlink()

    return do


def overwrite(pattern: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        for path in folder.glob(pattern):
            path.write_bytes(b"x")

    return do


def no_uri(folder: Path) -> None:
    for place in (folder, folder / "v1", folder / "v2"):
        write(place, json.loads((place / "inventory.json").read_bytes()) | {"id": "one"})


def _other_state() -> Json:
    said = inventory(1)
    said["versions"]["v1"]["state"] = {sha(A): ["other.txt"]}
    return said


def _padded(folder: Path) -> None:
    text = (folder / "inventory.json").read_text("utf-8")
    for n in (1, 2):
        (folder / f"v{n}").rename(folder / f"v0{n}")
        own = (folder / f"v0{n}" / "inventory.json").read_text("utf-8")
        write(folder / f"v0{n}", json.loads(own.replace('"v1', '"v01').replace('"v2', '"v02')))
    write(folder, json.loads(text.replace('"v1', '"v01').replace('"v2', '"v02')))


def _sha256(folder: Path) -> None:
    for place in (folder / "v1", folder / "v2", folder):
        text = (place / "inventory.json").read_text("utf-8")
        for data in (A, B):
            text = text.replace(sha(data), sha(data, "sha256"))
        write(place, json.loads(text) | {"digestAlgorithm": "sha256"}, "sha256")


BROKEN: dict[str, Callable[[Path], object]] = {
    "E001": put("stray.txt", b"x"),
    "E003": unlink("0=*"),
    "E007": overwrite("0=*"),
    "E008": everywhere(lambda said: said.update(versions={})),
    "E009": everywhere(lambda said: said["versions"].pop("v1")),
    "E010": drop("v1"),
    "E011": everywhere(lambda said: said["versions"].update(v03=newest(said))),
    "E013": everywhere(lambda said: said["versions"].update(v03=newest(said))),
    "E015": put("v1/stray.txt", b"x"),
    "E017": everywhere(lambda said: said.update(contentDirectory="a/b")),
    "E018": everywhere(lambda said: said.update(contentDirectory="..")),
    "E019": everywhere(lambda said: said.update(contentDirectory="stuff")),
    "E023": put("v1/content/stray.txt", b"x"),
    "E024": lambda folder: (folder / "v1" / "content" / "empty").mkdir(),
    "E025": everywhere(lambda said: said.update(digestAlgorithm="md5")),
    "E033": lambda folder: write(folder, []),  # type: ignore[arg-type]
    "E034": lambda folder: (folder / "inventory.json").write_bytes(b"{"),
    "E036": everywhere(lambda said: said.pop("head")),
    "E037": everywhere(lambda said: said.update(id="urn:example:2")),
    "E038": everywhere(lambda said: said.update(type="https://example.org")),
    "E040": everywhere(lambda said: said.update(head="v1")),
    "E041": everywhere(lambda said: said.pop("manifest")),
    "E043": everywhere(lambda said: said.pop("versions")),
    "E046": put("v3/content/x", b"x"),
    "E048": everywhere(lambda said: newest(said).pop("created")),
    "E049": everywhere(lambda said: newest(said).update(created="2026-01-02")),
    "E050": everywhere(lambda said: newest(said)["state"].update({"0" * 128: ["c.txt"]})),
    "E051": everywhere(lambda said: newest(said)["state"].update({sha(B): [7]})),
    "E052": everywhere(rename_state("sub/../b.txt")),
    "E053": everywhere(rename_state("/sub/b.txt")),
    "E054": everywhere(lambda said: newest(said).update(user={"address": "mailto:a@b"})),
    "E057": everywhere(lambda said: said.update(fixity=[])),
    "E058": drop("inventory.json.sha512"),
    "E060": lambda folder: (folder / "inventory.json.sha512").write_text(f"{'0' * 128} inventory.json\n"),
    "E061": lambda folder: (folder / "inventory.json.sha512").write_text("nothing"),
    "E063": drop("inventory.json"),
    "E064": lambda folder: write(folder, inventory(2) | {"fixity": {}}),
    "E066": lambda folder: write(folder / "v1", _other_state()),
    "E067": put("extensions/stray.txt", b"x"),
    "E092": put("v1/content/a.txt", b"spoilt"),
    "E093": everywhere(lambda said: said.update(fixity={"md5": {"0" * 32: ["v1/content/a.txt"]}})),
    "E094": everywhere(lambda said: newest(said).update(message=7)),
    "E095": everywhere(rename_state("a.txt/b.txt")),
    "E096": everywhere(lambda said: said["manifest"].update({sha(A).upper(): ["v1/content/a.txt"]})),
    "E097": everywhere(lambda said: said.update(fixity={"md5": {"ab": ["v1/content/a.txt"], "AB": []}})),
    "E099": everywhere(lambda said: said["manifest"].update({sha(B): ["v2/content/../b.txt"]})),
    "E100": everywhere(lambda said: said["manifest"].update({sha(B): ["/v2/content/sub/b.txt"]})),
    "E101": everywhere(lambda said: said["manifest"].update({sha(B): ["v1/content/a.txt"]})),
    "W001": _padded,
    "W002": lambda folder: (folder / "v1" / "more").mkdir(),
    "W004": _sha256,
    "W005": no_uri,
    "W007": everywhere(lambda said: newest(said).pop("message")),
    "W008": everywhere(lambda said: newest(said).update(user={"name": "张敏"})),
    "W009": everywhere(lambda said: newest(said).update(user={"name": "张敏", "address": "村口"})),
    "W010": unlink("inventory*", "v1"),
    "W011": everywhere(lambda said: said["versions"]["v1"].update(message="other")),
    "W013": lambda folder: (folder / "extensions" / "0999-own").mkdir(parents=True),
}  # fmt: skip


@pytest.mark.parametrize("clause", BROKEN)
def test_breaking_a_clause_is_found_by_its_code(clause: str, good: Path) -> None:
    BROKEN[clause](good)
    found = codes(good)
    assert clause in found
    if clause.startswith("W"):
        assert not {code for code in found if code.startswith("E")}


def test_clauses_of_one_edition_only(good: Path, spec: str) -> None:
    everywhere(lambda said: said["manifest"].update({"0" * 128: ["v1/content/a.txt"]}))(good)
    assert ("E107" in codes(good)) == (spec == "1.1")


def test_an_older_version_may_not_be_of_a_newer_edition(good: Path, spec: str) -> None:
    write(good / "v1", inventory(1, "1.1"))
    assert ("E103" in codes(good)) == (spec == "1.0")


def test_every_clause_that_is_looked_at_has_its_test() -> None:
    of_roots = {"E069", "E070", "E071", "E072", "E073", "E080", "E081"}
    assert set(BROKEN) | of_roots | {"E103", "E107"} == set(SENTENCES)


def test_below_fixity_content_is_not_read(good: Path) -> None:
    put("v1/content/a.txt", b"spoilt")(good)
    assert check_root(good, level=Level.COMPLETENESS).problems == ()
    assert not check_root(good).is_whole


@pytest.fixture
def root(tmp_path: Path, good: Path, spec: str) -> Path:
    folder = tmp_path / "root"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / f"0=ocfl_{spec}").write_bytes(f"ocfl_{spec}\n".encode())
    (folder / "ocfl_layout.json").write_text('{"extension": "0002-flat", "description": "d"}')
    (folder / "README.txt").write_text("说明", "utf-8")
    shutil.copytree(good, folder / "a" / "b" / "object")
    return folder


def root_codes(folder: Path) -> set[str]:
    return {problem.code.removeprefix("ocfl.") for problem in check_root(folder).problems}


def test_a_good_root_breaks_no_clause(root: Path) -> None:
    report = check_root(root)
    assert report.problems == ()
    assert (report.objects, report.files) == (1, 2)


@pytest.mark.parametrize(
    ("clause", "change"),
    [
        ("E067", put("extensions/stray.txt", b"x")),
        ("E069", unlink("0=*")),
        ("E070", put("ocfl_layout.json", b"{}")),
        ("E071", put("ocfl_layout.json", b"{")),
        ("E072", put("a/stray.txt", b"x")),
        ("E073", lambda folder: (folder / "empty").mkdir()),
        ("E080", overwrite("0=*")),
        ("E092", put("a/b/object/v1/content/a.txt", b"spoilt")),
    ],
)
def test_breaking_a_clause_of_the_root_is_found_by_its_code(
    clause: str, change: Callable[[Path], object], root: Path
) -> None:
    change(root)
    assert root_codes(root) == {clause}


def test_an_object_may_not_be_of_a_newer_edition_than_its_root(root: Path, spec: str) -> None:
    (root / f"0=ocfl_{spec}").unlink()
    (root / "0=ocfl_1.0").write_bytes(b"ocfl_1.0\n")
    assert ("E081" in root_codes(root)) == (spec == "1.1")


def test_our_own_store_is_a_good_root_to_the_specification(store: Store) -> None:
    store.put("urn:docgen:paper:7K3M9Q2PA4", {"a": b"a", "b/c": b"c"}, message="生成", user="张敏", at=AT)
    store.put("urn:docgen:paper:7K3M9Q2PA4", {"a": b"other"}, message="更正", user="李强", at=AT)
    assert check_root(store.root).problems == ()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotAStorageRootError):
        check_root(tmp_path / "nothing")
