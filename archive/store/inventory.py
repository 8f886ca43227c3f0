"""The inventory of one object: which bytes make up which version (OCFL 1.1 §3.5).

Pure: no files are read here. Content that is there already is named again, never stored again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping  # noqa: TC003  dataclass fields are read at run time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

TYPE = "https://ocfl.io/1.1/spec/#inventory"
_DIGEST = re.compile(r"[0-9a-f]{128}")


class BadInventoryError(ValueError):
    """Bytes that are no inventory of ours; `args` says in English what is wrong, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one version consists of and who made it."""

    created: str
    """RFC 3339."""
    message: str
    user: str
    state: Mapping[str, str]
    """Logical path → SHA-512 in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All versions of an object."""

    object_id: str
    manifest: Mapping[str, str]
    """SHA-512 in hex → content path, ``v1/content/issued-v1.pdf``."""
    versions: tuple[Version, ...]
    """The first is v1."""

    @property
    def head(self) -> int:
        """Number of the newest version, from 1."""
        return len(self.versions)

    @property
    def state(self) -> Mapping[str, str]:
        """Logical path → SHA-512 of the newest version."""
        return self.versions[-1].state if self.versions else {}

    def with_version(self, state: Mapping[str, str], *, message: str, user: str, at: datetime) -> Self:
        """Return the inventory with one more version; bytes not yet in the manifest go under it."""
        number = self.head + 1
        manifest = dict(self.manifest)
        for path, digest in sorted(state.items()):
            manifest.setdefault(digest, f"v{number}/content/{path}")
        created = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        version = Version(created=created, message=message, user=user, state=dict(state))
        return type(self)(object_id=self.object_id, manifest=manifest, versions=(*self.versions, version))

    def to_bytes(self) -> bytes:
        """Return the bytes of ``inventory.json``."""
        versions = {
            f"v{number}": {
                "created": version.created,
                "message": version.message,
                "state": _by_digest(version.state),
                "user": {"name": version.user, "address": f"urn:docgen:staff:{quote(version.user, safe='')}"},
            }
            for number, version in enumerate(self.versions, start=1)
        }
        data = {
            "id": self.object_id,
            "type": TYPE,
            "digestAlgorithm": "sha512",
            "head": f"v{self.head}",
            "manifest": {digest: [path] for digest, path in sorted(self.manifest.items())},
            "versions": versions,
        }
        return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read ``inventory.json``.

        Raises:
            BadInventoryError: not an inventory as `to_bytes` writes it.
        """
        try:
            return cls._read(json.loads(data))
        except (KeyError, TypeError, AttributeError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise BadInventoryError(f"{type(error).__name__} in inventory") from error

    @classmethod
    def _read(cls, raw: dict[str, Any]) -> Self:
        if raw["type"] != TYPE or raw["digestAlgorithm"] != "sha512":
            raise BadInventoryError("other type or digest algorithm")
        names = [f"v{n}" for n in range(1, len(raw["versions"]) + 1)]
        if not names or set(raw["versions"]) != set(names) or raw["head"] != names[-1]:
            raise BadInventoryError("versions are not v1 to head")
        manifest = {digest: path for digest, (path,) in _lists(raw["manifest"])}
        versions = []
        for name in names:
            block = raw["versions"][name]
            state = {path: digest for digest, paths in _lists(block["state"]) for path in paths}
            if not set(state.values()) <= set(manifest):
                raise BadInventoryError("state names bytes that are not in the manifest")
            versions.append(
                Version(created=block["created"], message=block["message"], user=block["user"]["name"], state=state)
            )
        return cls(object_id=raw["id"], manifest=manifest, versions=tuple(versions))


def sidecar_bytes(inventory: bytes) -> bytes:
    """Return the bytes of the sidecar that proves an inventory."""
    return f"{hashlib.sha512(inventory).hexdigest()} inventory.json\n".encode()


def _lists(block: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    for digest, paths in block.items():
        if not _DIGEST.fullmatch(digest) or not isinstance(paths, list) or not paths:
            raise BadInventoryError("not a digest with its paths")
    return list(block.items())


def _by_digest(state: Mapping[str, str]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for path, digest in sorted(state.items()):
        out.setdefault(digest, []).append(path)
    return out
