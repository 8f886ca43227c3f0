"""A package is proved byte for byte, by us and by others' tools; whatever was done to it is called by its name."""

from __future__ import annotations

import hashlib
import io
import json
import random
import shutil
import stat
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import bagit
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from docgen.workspace.quarter import package as package_module
from docgen.workspace.quarter.keys import Partners, Role, SigningKey
from docgen.workspace.quarter.package import SIGNATURE, STATEMENT, PackageKind, Statement, open_package, pack
from docgen.workspace.quarter.refusals import (
    AlteredFileError,
    AlteredRowError,
    AlteredStatementError,
    ExtraFileError,
    MissingFileError,
    NewerPackageError,
    NotAPackageError,
    OtherKeyError,
    PackageDamagedError,
    PackageTooLargeError,
    PackageUnsafeError,
    UnknownKeyError,
)
from forms.errors import AppError
from forms.quarter.period import Period

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOWN, COUNTY = "龙里县洗马镇人民政府", "龙里县民政局"
LITTLE = {"table.json": b"{}\n"}
KEY = SigningKey.from_seed(bytes(range(32)), unit=TOWN, role=Role.TOWN)
OTHER = SigningKey.from_seed(bytes(range(1, 33)), unit=TOWN, role=Role.TOWN)
ROSTER = ("{\n" + ",\n".join(f'"{n}": "某某{n}"' for n in range(20)) + "\n}\n").encode()
SAID = Statement(
    kind=PackageKind.TABLE,
    sender=TOWN,
    sender_role=Role.TOWN,
    recipient=COUNTY,
    recipient_role=Role.COUNTY,
    unit=TOWN,
    period=Period.parse("2026Q3"),
    version=1,
    table="ab" * 64,
    made_at=datetime(2026, 10, 8, 9, 30, tzinfo=UTC),
)


@pytest.fixture
def partners(tmp_path: Path) -> Partners:
    known = Partners(tmp_path)
    known.add(KEY.public, fingerprint=KEY.public.fingerprint, by="陈立新", on=date(2026, 10, 1))
    return known


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    payload = {"table.json": b'{\n"KA4": 20\n}\n', "roster.json": ROSTER, "signed/scan.pdf": b"%PDF-1.7 scan"}
    return pack(SAID, payload, KEY, work=tmp_path_factory.mktemp("work"))


def held(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def top(files: dict[str, bytes]) -> str:
    return next(iter(files)).partition("/")[0]


def proved_anew(files: dict[str, bytes]) -> dict[str, bytes]:
    """Write both manifests anew, as somebody does who knows BagIt but has no key."""
    folder = top(files)

    def listed(names: list[str]) -> bytes:
        lines = (f"{hashlib.sha512(files[n]).hexdigest()}  {n.removeprefix(folder + '/')}\n" for n in sorted(names))
        return "".join(lines).encode()

    files[f"{folder}/manifest-sha512.txt"] = listed([n for n in files if n.startswith(f"{folder}/data/")])
    tags = [f"{folder}/{name}" for name in ("bagit.txt", "bag-info.txt", "manifest-sha512.txt")]
    files[f"{folder}/tagmanifest-sha512.txt"] = listed(tags)
    return files


def changed(data: bytes, path: str, old: bytes, new: bytes) -> bytes:
    files = held(data)
    name = f"{top(files)}/{path}"
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    return zipped(proved_anew(files))


def test_a_package_opens_as_it_was_made(made: bytes, partners: Partners) -> None:
    package = open_package(made, partners, name="x.zip")
    assert package.files["roster.json"] == ROSTER
    assert package.sha256 == hashlib.sha256(made).hexdigest()
    said = package.statement
    assert (said.sender, said.period, said.version, said.table) == (TOWN, SAID.period, 1, SAID.table)
    assert Statement.from_bytes(said.to_bytes(), name="x") == said


def test_the_same_content_at_the_same_moment_makes_the_same_bytes(tmp_path: Path) -> None:
    one, other = (pack(SAID, {"table.json": b"{}\n"}, KEY, work=tmp_path) for _ in range(2))
    assert one == other
    assert list(tmp_path.iterdir()) == []


def test_the_validator_of_the_library_of_congress_accepts_the_bag(made: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        file.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert bagit.Bag(str(folder)).validate()


@pytest.mark.oracle
def test_openssl_accepts_the_signature(made: bytes, tmp_path: Path) -> None:
    program = shutil.which("openssl")
    assert program is not None, "openssl is not installed"
    files = {name.partition("/")[2]: data for name, data in held(made).items()}
    for name in (STATEMENT, SIGNATURE):
        (tmp_path / name).write_bytes(files[name])
    key = Ed25519PublicKey.from_public_bytes(KEY.public.key)
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    command = [program, "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", STATEMENT]
    subprocess.run([*command, "-sigfile", SIGNATURE], cwd=tmp_path, check=True, capture_output=True)


def test_a_changed_row_is_named_even_when_the_manifests_were_written_anew(made: bytes, partners: Partners) -> None:
    with pytest.raises(AlteredRowError) as caught:
        open_package(changed(made, "data/roster.json", "某某7".encode(), "某某8".encode()), partners, name="x")
    assert "第 9 行" in str(caught.value)


def test_a_row_taken_out_is_named(made: bytes, partners: Partners) -> None:
    with pytest.raises(AlteredRowError) as caught:
        open_package(changed(made, "data/roster.json", '"7": "某某7",\n'.encode(), b""), partners, name="x")
    assert "签名时 22 行，现在 21 行" in str(caught.value)


def test_a_changed_byte_of_another_file_is_named(made: bytes, partners: Partners) -> None:
    with pytest.raises(AlteredFileError) as caught:
        open_package(changed(made, "data/signed/scan.pdf", b"scan", b"scam"), partners, name="x")
    assert caught.value.path == "signed/scan.pdf"


def test_a_roster_changed_with_its_rows_is_still_found(made: bytes, partners: Partners) -> None:
    files = held(made)
    roster = f"{top(files)}/data/roster.json"
    files[roster] = files[roster].replace("某某7".encode(), "某某8".encode())
    files[f"{roster}.rows"] = package_module.rows_of(files[roster])
    with pytest.raises(AlteredFileError):
        open_package(zipped(proved_anew(files)), partners, name="x")


@pytest.mark.parametrize(
    "path", ["data/table.json", "data/roster.json.rows", "statement.sig", "bag-info.txt", "tagmanifest-sha512.txt"]
)
def test_a_missing_file_is_named(made: bytes, partners: Partners, path: str) -> None:
    files = held(made)
    del files[f"{top(files)}/{path}"]
    with pytest.raises(MissingFileError) as caught:
        open_package(zipped(files), partners, name="x")
    assert caught.value.path == path.removeprefix("data/")


@pytest.mark.parametrize("path", ["data/more.json", "more.txt"])
def test_an_extra_file_is_named(made: bytes, partners: Partners, path: str) -> None:
    files = held(made)
    files[f"{top(files)}/{path}"] = b"{}"
    if path.startswith("data/"):
        proved_anew(files)
    with pytest.raises(ExtraFileError) as caught:
        open_package(zipped(files), partners, name="x")
    assert caught.value.path == path.removeprefix("data/")


@pytest.mark.parametrize("path", ["bagit.txt", "bag-info.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt"])
def test_a_changed_tag_file_is_found(made: bytes, partners: Partners, path: str) -> None:
    files = held(made)
    files[f"{top(files)}/{path}"] += b"x: y\n"
    with pytest.raises(AlteredFileError) as caught:
        open_package(zipped(files), partners, name="x")
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"version": 1', b'"version": 2'),
        (b"2026Q3", b"2026Q4"),
        (COUNTY.encode(), "贵定县民政局".encode()),
        (b'"previous": ""', b'"previous": "ff"'),
    ],
)
def test_a_changed_statement_is_found(made: bytes, partners: Partners, old: bytes, new: bytes) -> None:
    with pytest.raises(AlteredStatementError):
        open_package(changed(made, STATEMENT, old, new), partners, name="x")


def test_an_unknown_key_and_another_key_are_told_apart(tmp_path: Path, partners: Partners) -> None:
    stranger = SigningKey.from_seed(bytes(32), unit="贵定县某镇人民政府", role=Role.TOWN)
    said = replace(SAID, sender=stranger.public.unit)
    with pytest.raises(UnknownKeyError):
        open_package(pack(said, LITTLE, stranger, work=tmp_path), partners, name="x")
    with pytest.raises(OtherKeyError):
        open_package(pack(SAID, LITTLE, OTHER, work=tmp_path), partners, name="x")


def test_a_key_signs_for_its_own_unit_and_level_only(tmp_path: Path, partners: Partners) -> None:
    for said in (replace(SAID, sender="龙里县醒狮镇人民政府"), replace(SAID, sender_role=Role.COUNTY)):
        with pytest.raises(OtherKeyError):
            open_package(pack(said, LITTLE, KEY, work=tmp_path), partners, name="x")


def test_a_key_that_was_replaced_signs_no_more(tmp_path: Path, partners: Partners, made: bytes) -> None:
    partners.add(OTHER.public, fingerprint=OTHER.public.fingerprint, by="x", on=date(2026, 10, 9), replace=True)
    with pytest.raises(OtherKeyError):
        open_package(made, partners, name="x")
    assert open_package(pack(SAID, LITTLE, OTHER, work=tmp_path), partners, name="x").statement.version == 1


def test_a_package_of_a_newer_program_says_so(made: bytes, partners: Partners) -> None:
    with pytest.raises(NewerPackageError):
        open_package(changed(made, STATEMENT, b'"format": 1', b'"format": 2'), partners, name="x")


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", zipped({"a/b.txt": b"x"}), zipped({})])
def test_what_is_no_package_is_refused(data: bytes, partners: Partners) -> None:
    with pytest.raises(NotAPackageError):
        open_package(data, partners, name="x")


@pytest.mark.parametrize("said", [b"{}", b"[]", b'{"format": 1}', b'{"format": "1"}', b"\xff"])
def test_a_statement_that_says_nothing_is_refused(said: bytes, partners: Partners) -> None:
    data = zipped({"a/bagit.txt": b"", f"a/{STATEMENT}": said, f"a/{SIGNATURE}": b""})
    with pytest.raises(NotAPackageError):
        open_package(data, partners, name="x")


def as_link(info: zipfile.ZipInfo) -> None:
    info.external_attr = (stat.S_IFLNK | 0o777) << 16


@pytest.mark.parametrize(
    ("names", "change"),
    [
        (["a/../../evil.txt"], None),
        (["/a/evil.txt"], None),
        (["a/C:evil.txt"], None),
        (["a/b\\evil.txt"], None),
        (["a/link"], as_link),
        (["a/x", "b/x"], None),
        (["evil.txt"], None),
        (["a/x", "a/X"], None),
    ],
    ids=["dots", "root", "drive", "backslash", "link", "two-folders", "no-folder", "twice"],
)
def test_what_could_leave_its_folder_is_refused(
    names: list[str], change: Callable[[zipfile.ZipInfo], None] | None, partners: Partners, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            info = zipfile.ZipInfo(name)
            if change:
                change(info)
            file.writestr(info, b"x")
    with pytest.raises(PackageUnsafeError):
        open_package(out.getvalue(), partners, name="x")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bomb_is_refused_before_it_goes_off(partners: Partners) -> None:
    with pytest.raises(PackageTooLargeError):
        open_package(zipped({"a/zeros": bytes(32 << 20)}), partners, name="x")
    with pytest.raises(PackageTooLargeError):
        open_package(zipped({f"a/{n}": b"" for n in range(2001)}), partners, name="x")


def test_a_file_that_declares_too_little_gives_no_more(partners: Partners) -> None:
    lying = bytearray(zipped({"a/zeros": bytes(1 << 20)}))
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with pytest.raises((PackageDamagedError, NotAPackageError)):
        open_package(bytes(lying), partners, name="x")


def test_any_byte_that_is_changed_is_noticed_or_changes_nothing(made: bytes, partners: Partners) -> None:
    whole = open_package(made, partners, name="x")
    chance = random.Random(6)
    refused = 0
    for _ in range(400):
        data = bytearray(made)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            found = open_package(bytes(data), partners, name="x")
        except AppError:
            refused += 1
        else:
            assert (found.statement, found.files) == (whole.statement, whole.files)
    assert refused > 200


def test_the_statement_names_every_file(made: bytes) -> None:
    files = held(made)
    said = json.loads(files[f"{top(files)}/{STATEMENT}"])
    payload = {n.partition("/data/")[2] for n in files if "/data/" in n}
    assert set(said["files"]) == payload
    assert said["bag"] == hashlib.sha512(files[f"{top(files)}/tagmanifest-sha512.txt"]).hexdigest()
