"""报送包: one zip that holds a BagIt bag, a statement about it, and the office's signature over the statement.

Source: RFC 8493 (BagIt 1.0), RFC 8032 (Ed25519); forms.md §8.9, C6. `statement.json` says who sends what to
whom and names every file with its SHA-512; `statement.sig` is the signature over its bytes as they stand. A
package is read without writing anything to the disk, so that no path in it can lead anywhere.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import shutil
import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from archive.bag import DECLARATION, MANIFEST, TAG_MANIFEST, validate_bag, write_bag
from docgen.workspace.quarter.keys import Partners, Role
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
from forms.quarter.period import Period, PeriodError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from docgen.workspace.quarter.keys import PublicKey, SigningKey

FORMAT = 1
STATEMENT, SIGNATURE = "statement.json", "statement.sig"
ROWS = ".rows"
"""Suffix of the file that holds the digest of each line of another one."""
TAGS = ("bagit.txt", "bag-info.txt", MANIFEST, TAG_MANIFEST, STATEMENT, SIGNATURE)
MAX_ENTRIES = 2000
MAX_BYTES = 1 << 30
MAX_RATIO = 250
"""Rosters of JSON shrink to a twentieth; what shrinks more than this is no roster."""
_FREE_BYTES = 16 << 20
"""Below this the ratio says nothing."""


class PackageKind(StrEnum):
    """What a package is."""

    TABLE = "table"
    VERIFICATION = "verification"
    RETURN = "return"
    RECEIPT = "receipt"

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return {"table": "汇总表", "verification": "数据核实反馈", "return": "退回更正", "receipt": "签收回执"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the sender signs."""

    kind: PackageKind
    sender: str
    sender_role: Role
    recipient: str
    recipient_role: Role
    unit: str
    """Whose table it is about; the sender's own, except in replies."""
    period: Period
    version: int
    """Of that table, from 1."""
    table: str
    """SHA-512 of that version of the whole table, also where the package holds only blocks of it."""
    previous: str = ""
    """The same of the version before; empty for the first."""
    made_at: datetime
    files: Mapping[str, str] = field(default_factory=dict)
    """Path in the payload → SHA-512."""
    bag: str = ""
    """SHA-512 of the bag's tag manifest."""
    fingerprint: str = ""
    """Of the key that signs."""

    def to_bytes(self) -> bytes:
        """Return the bytes that are signed."""
        said = {f.name: getattr(self, f.name) for f in fields(self)} | {
            "format": FORMAT,
            "period": self.period.code,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "files": dict(self.files),
        }
        return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes, *, name: str) -> Self:
        """Read a statement; it proves nothing yet.

        Raises:
            NotAPackageError: it is none.
            NewerPackageError: a newer program wrote it.
        """
        try:
            said: dict[str, Any] = json.loads(data)
            if said.pop("format") > FORMAT:
                raise NewerPackageError
            return cls(
                **said
                | {
                    "kind": PackageKind(said["kind"]),
                    "sender_role": Role(said["sender_role"]),
                    "recipient_role": Role(said["recipient_role"]),
                    "period": Period.parse(said["period"]),
                    "version": int(said["version"]),
                    "made_at": datetime.fromisoformat(said["made_at"]),
                    "files": {str(path): str(digest) for path, digest in said["files"].items()},
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError, PeriodError):
            raise NotAPackageError(name) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package whose signature and bytes are proved."""

    statement: Statement
    files: Mapping[str, bytes]
    """The payload: path below ``data/``."""
    sha256: str
    """Of the zip as it came."""


def rows_of(data: bytes) -> bytes:
    """Return the digest of each line, a line each, so that a changed row can be named."""
    return b"".join(hashlib.sha256(line).hexdigest()[:32].encode() + b"\n" for line in data.splitlines())


def pack(statement: Statement, payload: Mapping[str, bytes], key: SigningKey, *, work: Path) -> bytes:
    """Return a package as the bytes of its zip.

    Args:
        statement: What is sent; files, bag and fingerprint are filled in here.
        payload: Path below ``data/`` → content; line by line digests of JSON files are added.
        key: Of the office.
        work: Folder for the moment's files.

    Raises:
        BagInvalidError: what was written does not read back.
        DiskFullError: no room.
    """
    payload = dict(payload) | {
        f"{path}{ROWS}": rows_of(data) for path, data in payload.items() if path.endswith(".json")
    }
    spare = work / f"pack-{secrets.token_hex(4)}"
    spare.mkdir(parents=True)
    try:
        name = f"{statement.kind}-{statement.period.code}-v{statement.version}-{statement.recipient_role}"
        bag = write_bag(
            spare / name,
            sorted(payload.items()),
            {
                "Source-Organization": statement.sender,
                "External-Description": f"{statement.unit} {statement.period.label} 第 {statement.version} 版"
                f" {statement.kind.label}",
                "Bagging-Date": statement.made_at.date().isoformat(),
            },
        )
        signed = Statement(
            **{f.name: getattr(statement, f.name) for f in fields(statement)}
            | {
                "files": {path: hashlib.sha512(data).hexdigest() for path, data in sorted(payload.items())},
                "bag": bag.proof,
                "fingerprint": key.public.fingerprint,
            }
        ).to_bytes()
        (bag.folder / STATEMENT).write_bytes(signed)
        (bag.folder / SIGNATURE).write_bytes(key.sign(signed))
        validate_bag(bag.folder)
        return _zip(bag.folder, statement.made_at)
    finally:
        shutil.rmtree(spare, ignore_errors=True)


def open_package(data: bytes, partners: Partners, *, name: str, own: PublicKey | None = None) -> Package:
    """Prove a package: who signed it, and that every byte is what was signed.

    Args:
        data: The zip.
        partners: Whose packages are taken.
        name: Of the file, for messages.
        own: The office's own key, where its own packages are to be read too.

    Raises:
        NotAPackageError: it is none.
        PackageUnsafeError: a path leads outside, a link, a name twice, a password.
        PackageTooLargeError: too much would come out.
        PackageDamagedError: a file does not unpack.
        UnknownKeyError: nobody here knows the key.
        OtherKeyError: another key signed in the name of a known unit.
        AlteredStatementError: the signature does not fit.
        MissingFileError: a signed file is missing.
        ExtraFileError: a file was added.
        AlteredRowError: rows were changed.
        AlteredFileError: bytes were changed.
    """
    held = _unzipped(data, name)
    for tag in (STATEMENT, SIGNATURE):
        if tag not in held:
            if "bagit.txt" not in held:
                raise NotAPackageError(name)
            raise MissingFileError(tag)
    statement = Statement.from_bytes(held[STATEMENT], name=name)
    _prove_sender(statement, held, partners, own)
    payload = {path.removeprefix("data/"): body for path, body in held.items() if path.startswith("data/")}
    _prove_files(statement, payload)
    _prove_tags(statement, held)
    return Package(statement=statement, files=payload, sha256=hashlib.sha256(data).hexdigest())


def _prove_sender(statement: Statement, held: Mapping[str, bytes], partners: Partners, own: PublicKey | None) -> None:
    partner = partners.by_fingerprint(statement.fingerprint)
    key = partner.key if partner else None
    if own is not None and own.fingerprint == statement.fingerprint:
        key = own
    if key is None:
        raise (OtherKeyError if partners.by_unit(statement.sender) else UnknownKeyError)(statement.sender)
    if not key.is_signed(held[STATEMENT], held[SIGNATURE]):
        raise AlteredStatementError(statement.sender)
    if (key.unit, key.role) != (statement.sender, statement.sender_role):
        raise OtherKeyError(statement.sender)


def _prove_files(statement: Statement, payload: Mapping[str, bytes]) -> None:
    for path in statement.files.keys() - payload.keys():
        raise MissingFileError(path)
    for path in payload.keys() - statement.files.keys():
        raise ExtraFileError(path)
    for path in sorted(payload, key=lambda path: path.endswith(ROWS)):
        body = payload[path]
        if hashlib.sha512(body).hexdigest() == statement.files[path]:
            continue
        rows = payload.get(f"{path}{ROWS}", b"")
        if rows and hashlib.sha512(rows).hexdigest() == statement.files[f"{path}{ROWS}"]:
            _name_row(path, rows.splitlines(), rows_of(body).splitlines())
        raise AlteredFileError(path)


def _name_row(path: str, signed: list[bytes], found: list[bytes]) -> None:
    """Name the first line that differs."""
    pairs = enumerate(zip(signed, found, strict=False), start=1)
    changed = next((at for at, (one, other) in pairs if one != other), min(len(signed), len(found)) + 1)
    raise AlteredRowError(path, changed=changed, signed=len(signed), found=len(found))


def _prove_tags(statement: Statement, held: Mapping[str, bytes]) -> None:
    for path in sorted(held.keys() - set(TAGS)):
        if not path.startswith("data/"):
            raise ExtraFileError(path)
    for path in TAGS:
        if path not in held:
            raise MissingFileError(path)
    if hashlib.sha512(held[TAG_MANIFEST]).hexdigest() != statement.bag:
        raise AlteredFileError(TAG_MANIFEST)
    for line in held[TAG_MANIFEST].decode().splitlines():
        digest, _, path = line.partition("  ")
        if hashlib.sha512(held.get(path, b"")).hexdigest() != digest:
            raise AlteredFileError(path)
    if held["bagit.txt"] != DECLARATION:
        raise AlteredFileError("bagit.txt")


def _zip(folder: Path, at: datetime) -> bytes:
    """Return a bag as a zip; the same bag and moment give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            info = zipfile.ZipInfo(name, at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            file.writestr(info, path.read_bytes())
    return out.getvalue()


def _unzipped(data: bytes, name: str) -> dict[str, bytes]:
    """Return what a zip holds by the path below its one folder; nothing is written anywhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            entries = file.infolist()
            _refuse_size(entries, len(data))
            return dict(_read(file, entries))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        raise NotAPackageError(name) from None


def _read(file: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    top = ""
    for info in entries:
        path = _safe_path(info)
        if info.is_dir():
            continue
        folder, _, below = path.partition("/")
        if not below or (top and folder != top):
            raise PackageUnsafeError("不是放在同一个文件夹里")
        top = folder
        if below.casefold() in seen:
            raise PackageUnsafeError("同一个文件名出现两次")
        seen.add(below.casefold())
        try:
            body = file.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
            raise PackageDamagedError(below) from None
        if len(body) != info.file_size:
            raise PackageDamagedError(below)
        yield below, body


def _refuse_size(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse a bomb before a byte of it is unpacked; zipfile never gives more than an entry declares."""
    whole = sum(info.file_size for info in entries)
    if len(entries) > MAX_ENTRIES or whole > MAX_BYTES or (whole > _FREE_BYTES and whole > size * MAX_RATIO):
        raise PackageTooLargeError


def _safe_path(info: zipfile.ZipInfo) -> str:
    """Return the path of an entry as NFC; refuse links, passwords and ways out of the folder."""
    # zipfile has cut the name at a zero byte and, on Windows, turned backslashes; the original name tells
    for name in (info.filename, info.orig_filename):
        parts = PurePosixPath(name).parts
        if "\\" in name or ":" in name or "\0" in name or name.startswith("/") or ".." in parts or not parts:
            raise PackageUnsafeError("文件名指到包外面")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise PackageUnsafeError("有链接")
    if info.flag_bits & 0x1:
        raise PackageUnsafeError("加了密码")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise PackageUnsafeError("压缩方法不常见")
    return unicodedata.normalize("NFC", info.filename)
