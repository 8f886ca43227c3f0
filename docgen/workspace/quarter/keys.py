"""The office's own signing key, and the list of offices whose packages it takes (报送印鉴).

Source: RFC 8032 (Ed25519). The private key lies in the office folder with rights for its owner only and never
leaves it; the public one travels as a small file. What must stay true: the fingerprint covers unit, level and
key together, so that two clerks who read the same digits to each other have agreed on all three; nothing is
trusted that a person did not compare.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from docgen.settings import PARTNERS_FILE, SIGNING_KEY_FILE
from docgen.workspace.office.outgoing import write_file
from forms.errors import DataError, NotFoundError, RefusedError
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_PUBLIC = "docgen-office-key"
_PRIVATE = "docgen-signing-key"
_FORMAT = 1
_GROUPS, _DIGITS = 8, 5


class Role(StrEnum):
    """Where an office stands in the chain of forms.md §8.9."""

    TOWN = "town"
    COUNTY = "county"
    EDUCATION = "education"
    POLICE = "police"
    PREFECTURE = "prefecture"

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return _LABELS[self]

    @property
    def kind(self) -> UnitKind:
        """The kind of unit it is in the directory."""
        return _KINDS[self]


_LABELS = {
    Role.TOWN: "镇（街道）",
    Role.COUNTY: "县级民政部门",
    Role.EDUCATION: "县级教育部门",
    Role.POLICE: "县级公安机关",
    Role.PREFECTURE: "州（市）民政部门",
}
_KINDS = {
    Role.TOWN: UnitKind.TOWN,
    Role.COUNTY: UnitKind.COUNTY,
    Role.EDUCATION: UnitKind.EDUCATION,
    Role.POLICE: UnitKind.POLICE,
    Role.PREFECTURE: UnitKind.COUNTY,
}


class BadKeyFileError(DataError):
    """A file that is given as an office's public key is none, or was changed."""

    code = "key.file"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}”不是完整的单位公钥文件，没有登记。请让对方用 docgen quarter keys export 重新导出一份。"
        )


class SigningKeyError(DataError):
    """The office's own key cannot be read."""

    code = "key.damaged"

    def __init__(self) -> None:
        super().__init__(
            f"本单位的签名密钥 {SIGNING_KEY_FILE} 损坏，不能签发报送包。请从备份中恢复这个文件；"
            "恢复不了的，先移走它，重新生成，再请各收件单位重新登记。"
        )


class FingerprintError(RefusedError):
    """What was read aloud is not what the file says."""

    code = "key.fingerprint"

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"“{unit}”的核对码与文件里的不一致，没有登记。请打电话与对方逐组核对，不要使用来路不明的文件。"
        )


class PartnerChangedError(RefusedError):
    """A unit that is known comes with another key."""

    code = "key.changed"

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"“{unit}”已经登记过另一个公钥，没有替换。确实换了密钥的，请与对方电话核对后加 --replace 再登记。"
        )


class PartnerNotFoundError(NotFoundError):
    """No office of that level, or several, on the list."""

    code = "key.partner"

    def __init__(self, what: str, candidates: Iterable[str] = ()) -> None:
        listed = "、".join(candidates)
        why = f"登记了几个{what}：{listed}，请写明是哪一个" if listed else f"还没有登记{what}的公钥"
        super().__init__(f"{why}。登记用 docgen quarter keys add 公钥文件。")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """Who may sign as which unit."""

    unit: str
    """Full name as on the seal."""
    role: Role
    key: bytes
    """32 bytes of RFC 8032."""

    @property
    def fingerprint(self) -> str:
        """Forty digits in groups of five, about 132 bits of SHA-256 over unit, level and key."""
        said = f"{_PUBLIC}\n{self.unit}\n{self.role}\n{self.key.hex()}"
        number = int.from_bytes(hashlib.sha256(said.encode()).digest()) % 10 ** (_GROUPS * _DIGITS)
        digits = f"{number:0{_GROUPS * _DIGITS}}"
        return " ".join(digits[at : at + _DIGITS] for at in range(0, len(digits), _DIGITS))

    def is_signed(self, data: bytes, signature: bytes) -> bool:
        """Tell whether the owner of the key signed exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_bytes(self) -> bytes:
        """Return the file that is given to other offices."""
        return _json({"format": _PUBLIC, "version": _FORMAT, **self.as_json(), "fingerprint": self.fingerprint})

    @classmethod
    def from_bytes(cls, data: bytes, *, name: str) -> Self:
        """Read a public key file.

        Raises:
            BadKeyFileError: it is none, or its fingerprint does not fit what it says.
        """
        try:
            said = json.loads(data)
            found = cls.from_json(said)
            whole = (said["format"], said["version"], said["fingerprint"]) == (_PUBLIC, _FORMAT, found.fingerprint)
        except (ValueError, KeyError, TypeError):
            raise BadKeyFileError(name) from None
        if not whole or not found.unit or len(found.key) != 32:
            raise BadKeyFileError(name)
        return found

    def as_json(self) -> dict[str, str]:
        """Return unit, level and key for a JSON document."""
        return {"unit": self.unit, "role": self.role.value, "public_key": self.key.hex()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """Read what `as_json` wrote; `ValueError`, `KeyError` or `TypeError` when it is not that."""
        return cls(unit=str(said["unit"]), role=Role(said["role"]), key=bytes.fromhex(said["public_key"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """The office's own key."""

    public: PublicKey
    _private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        return self._private.sign(data)

    @classmethod
    def open(cls, folder: Path) -> Self | None:
        """Read the office's key; ``None`` while it has none.

        Raises:
            SigningKeyError: the file is damaged.
        """
        path = folder / SIGNING_KEY_FILE
        if not path.is_file():
            return None
        try:
            said = json.loads(path.read_bytes())
            if said["format"] != _PRIVATE:
                raise SigningKeyError
            return cls.from_seed(bytes.fromhex(said["private_key"]), unit=said["unit"], role=Role(said["role"]))
        except (ValueError, KeyError, TypeError):
            raise SigningKeyError from None

    @classmethod
    def make(cls, folder: Path, *, unit: str, role: Role) -> Self:
        """Draw a new key and keep it; one that is there stays.

        Args:
            folder: The office folder.
            unit: Full name as on the seal.
            role: Level of the office.
        """
        found = cls.open(folder)
        if found is not None:
            return found
        seed = secrets.token_bytes(32)
        said = {"format": _PRIVATE, "unit": unit, "role": role.value, "private_key": seed.hex()}
        # never readable by others, not even for the moment before its rights are set
        handle = os.open(folder / SIGNING_KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_json(said))
            file.flush()
            os.fsync(file.fileno())
        return cls.from_seed(seed, unit=unit, role=role)

    @classmethod
    def from_seed(cls, seed: bytes, *, unit: str, role: Role) -> Self:
        """Return the key of 32 random bytes."""
        private = Ed25519PrivateKey.from_private_bytes(seed)
        public = PublicKey(unit=unit, role=role, key=private.public_key().public_bytes_raw())
        return cls(public=public, _private=private)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An office on the list."""

    key: PublicKey
    added_on: date
    added_by: str
    retired_on: date | None = None
    """Day on which another key took its place; what it signed is taken no more."""


class Partners:
    """The list of offices this one knows, in `partners.json` of the office folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PARTNERS_FILE

    def all(self) -> tuple[Partner, ...]:
        """Return every entry in order of entry.

        Raises:
            BadKeyFileError: the list is damaged.
        """
        if not self._path.is_file():
            return ()
        try:
            return tuple(_partner(row) for row in json.loads(self._path.read_bytes())["offices"])
        except (ValueError, KeyError, TypeError):
            raise BadKeyFileError(PARTNERS_FILE) from None

    def current(self) -> tuple[Partner, ...]:
        """Return the entries that count."""
        return tuple(p for p in self.all() if p.retired_on is None)

    def add(self, key: PublicKey, *, fingerprint: str, by: str, on: date, replace: bool = False) -> Partner:
        """Put an office on the list after a person compared its fingerprint.

        Args:
            key: From the file.
            fingerprint: As compared; blanks do not matter.
            by: Who compared it.
            on: When.
            replace: Let it take the place of another key of the same unit.

        Raises:
            FingerprintError: the digits differ.
            PartnerChangedError: the unit is known with another key.
        """
        if "".join(fingerprint.split()) != key.fingerprint.replace(" ", ""):
            raise FingerprintError(key.unit)
        rows = list(self.all())
        for at, row in enumerate(rows):
            if row.key.unit != key.unit or row.retired_on is not None:
                continue
            if row.key == key:
                return row
            if not replace:
                raise PartnerChangedError(key.unit)
            rows[at] = Partner(key=row.key, added_on=row.added_on, added_by=row.added_by, retired_on=on)
        rows.append(Partner(key=key, added_on=on, added_by=by))
        write_file(self._path, _json({"version": _FORMAT, "offices": [_row(row) for row in rows]}))
        return rows[-1]

    def by_fingerprint(self, fingerprint: str) -> Partner | None:
        """Return the entry that counts under a fingerprint."""
        return next((p for p in self.current() if p.key.fingerprint == fingerprint), None)

    def by_unit(self, unit: str) -> Partner | None:
        """Return the entry that counts for a unit."""
        return next((p for p in self.current() if p.key.unit == unit), None)

    def of_role(self, role: Role, unit: str = "") -> Partner:
        """Return the one office of a level, or the one of them that a name means.

        Raises:
            PartnerNotFoundError: none, or several.
        """
        found = [p for p in self.current() if p.key.role is role and (not unit or unit in p.key.unit)]
        found = [p for p in found if p.key.unit == unit] or found
        if len(found) != 1:
            raise PartnerNotFoundError(f"{role.label}{f'“{unit}”' if unit else ''}", [p.key.unit for p in found])
        return found[0]


def _partner(row: dict[str, Any]) -> Partner:
    retired = row.get("retired_on")
    return Partner(
        key=PublicKey.from_json(row),
        added_on=date.fromisoformat(row["added_on"]),
        added_by=str(row["added_by"]),
        retired_on=date.fromisoformat(retired) if retired else None,
    )


def _row(partner: Partner) -> dict[str, Any]:
    return partner.key.as_json() | {
        "added_on": partner.added_on.isoformat(),
        "added_by": partner.added_by,
        "retired_on": partner.retired_on.isoformat() if partner.retired_on else None,
    }


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
