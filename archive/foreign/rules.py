"""What an inventory must say (OCFL 1.1 §3.5), as a function of its JSON alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TYPES = {f"https://ocfl.io/{spec}/spec/#inventory": spec for spec in ("1.0", "1.1")}
LENGTHS = {
    "md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "sha512/256": 64,
    "blake2b-512": 128, "blake2b-160": 40, "blake2b-256": 64, "blake2b-384": 96,
}  # fmt: skip
"""Algorithms we can compute, and the hex digits of each."""
_VERSION = re.compile(r"v(0*)([1-9][0-9]*)")
_CREATED = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An inventory as far as its structure can be relied on."""

    spec: str
    """1.0 or 1.1; empty: neither."""
    object_id: str
    algorithm: str
    head: str
    content: str
    """Name of the content folder."""
    manifest: Mapping[str, tuple[str, ...] | None]
    """Digest as written → content paths."""
    states: Mapping[str, Mapping[str, str]]
    """Version → logical path → digest in lower case."""
    about: Mapping[str, tuple[object, object, object]]
    """Version → created, message, user."""
    fixity: Mapping[str, Mapping[str, tuple[str, ...]]]


def number_of(version: str) -> int:
    """Return the number in ``v3`` or ``v003``; 0 for anything else."""
    match = _VERSION.fullmatch(version)
    return int(match[2]) if match else 0


def read(data: Any) -> tuple[Read | None, list[str]]:
    """Read an inventory; return what can be relied on and the clauses it breaks.

    ``None``: too little is there to look any further.
    """
    if not isinstance(data, dict):
        return None, ["E033"]
    found = list(_heads(data))
    manifest, versions = data.get("manifest"), data.get("versions")
    if not isinstance(manifest, dict):
        found.append("E041" if manifest is None else "E033")
    if not isinstance(versions, dict):
        found.append("E043" if versions is None else "E033")
    if not isinstance(manifest, dict) or not isinstance(versions, dict):
        return None, found
    found += _numbers(versions, data.get("head"))
    paths = {digest: _texts(value) for digest, value in manifest.items()}
    found += _manifest(paths)
    states: dict[str, dict[str, str]] = {}
    for name, block in versions.items():
        states[name], broken = _version(block, paths)
        found += broken
    used = {digest for state in states.values() for digest in state.values()}
    spec = TYPES.get(str(data.get("type")), "")
    if spec != "1.0" and any(digest.lower() not in used for digest in paths):
        found.append("E107")
    fixity, broken = _fixity(data.get("fixity", {}))
    found += broken
    about = {
        name: (block.get("created"), block.get("message"), repr(block.get("user")))
        for name, block in versions.items()
        if isinstance(block, dict)
    }
    content = data.get("contentDirectory", "content")
    return Read(
        spec=spec,
        object_id=str(data.get("id", "")),
        algorithm=str(data.get("digestAlgorithm", "")),
        head=str(data.get("head", "")),
        content=content if isinstance(content, str) and content else "content",
        manifest=paths,
        states=states,
        about=about,
        fixity=fixity,
    ), found


def _heads(data: Mapping[str, Any]) -> Iterator[str]:
    for key in ("id", "type", "digestAlgorithm", "head"):
        if key not in data:
            yield "E036"
    name = data.get("id")
    if name is not None and (not isinstance(name, str) or not name):
        yield "E037"
    elif isinstance(name, str) and not _URI.fullmatch(name):
        yield "W005"
    if "type" in data and data["type"] not in TYPES:
        yield "E038"
    algorithm = data.get("digestAlgorithm")
    if algorithm is not None and algorithm not in {"sha512", "sha256"}:
        yield "E025"
    elif algorithm == "sha256":
        yield "W004"
    content = data.get("contentDirectory", "content")
    if not isinstance(content, str) or "/" in content or not content:
        yield "E017"
    elif content in {".", ".."}:
        yield "E018"


def _numbers(versions: Mapping[str, Any], head: object) -> Iterator[str]:
    if not versions:
        yield "E008"
        return
    matches = [_VERSION.fullmatch(name) for name in versions]
    numbers = sorted(int(m[2]) for m in matches if m)
    if not all(matches):
        yield "E046"
    if not numbers:
        return
    if numbers[0] != 1:
        yield "E009"
    if numbers != list(range(1, len(numbers) + 1)):
        yield "E010"
    padded = {bool(m[1]) for m in matches if m}
    widths = {len(name) for name in versions}
    if len(padded) > 1 or (True in padded and len(widths) > 1):
        yield from ("E011", "E013")
    elif True in padded:
        yield "W001"
    if head is not None and (not isinstance(head, str) or head not in versions or number_of(head) != max(numbers)):
        yield "E040"


def _manifest(paths: Mapping[str, tuple[str, ...] | None]) -> Iterator[str]:
    if len({digest.lower() for digest in paths}) != len(paths):
        yield "E096"
    if any(value is None for value in paths.values()):
        yield "E033"
    yield from _content_paths([p for value in paths.values() for p in value or ()])


def _content_paths(paths: list[str]) -> Iterator[str]:
    if any(p.startswith("/") or p.endswith("/") for p in paths):
        yield "E100"
    if any(part in {"", ".", ".."} for p in paths for part in p.strip("/").split("/")):
        yield "E099"
    if len(set(paths)) != len(paths) or _conflict(paths):
        yield "E101"


def _version(block: Any, manifest: Mapping[str, tuple[str, ...] | None]) -> tuple[dict[str, str], list[str]]:
    if not isinstance(block, dict):
        return {}, ["E048"]
    found = list(_about(block))
    said = block.get("state", {})
    if not isinstance(said, dict):
        return {}, [*found, "E050"]
    state: dict[str, str] = {}
    logical: list[str] = []
    for digest, value in said.items():
        names = _texts(value)
        if names is None:
            found.append("E051" if isinstance(value, list) else "E050")
            continue
        if digest not in manifest:
            found.append("E050")
        logical += names
        state |= dict.fromkeys(names, digest.lower())
    return state, [*found, *_logical_paths(logical)]


def _about(block: Mapping[str, Any]) -> Iterator[str]:
    if "created" not in block or "state" not in block:
        yield "E048"
    if "created" in block and not _is_moment(block["created"]):
        yield "E049"
    if "message" in block and not isinstance(block["message"], str):
        yield "E094"
    if "message" not in block or "user" not in block:
        yield "W007"
    if "user" in block:
        yield from _user(block["user"])


def _logical_paths(paths: list[str]) -> Iterator[str]:
    if any(p.startswith("/") or p.endswith("/") for p in paths):
        yield "E053"
    if any(part in {"", ".", ".."} for p in paths for part in p.strip("/").split("/")):
        yield "E052"
    if len(set(paths)) != len(paths) or _conflict(paths):
        yield "E095"


def _user(user: Any) -> Iterator[str]:
    if not isinstance(user, dict) or not isinstance(user.get("name"), str) or not user["name"]:
        yield "E054"
    elif "address" not in user:
        yield "W008"
    elif not isinstance(user["address"], str) or not _URI.fullmatch(user["address"]):
        yield "W009"


def _fixity(data: Any) -> tuple[dict[str, dict[str, tuple[str, ...]]], list[str]]:
    if not isinstance(data, dict):
        return {}, ["E057"]
    found: list[str] = []
    blocks: dict[str, dict[str, tuple[str, ...]]] = {}
    for algorithm, block in data.items():
        if not isinstance(block, dict):
            found.append("E057")
            continue
        if len({digest.lower() for digest in block}) != len(block):
            found.append("E097")
        paths = {digest: _texts(value) for digest, value in block.items()}
        if any(value is None for value in paths.values()):
            found.append("E057")
        found += _content_paths([p for value in paths.values() for p in value or ()])
        blocks[algorithm] = {digest: value for digest, value in paths.items() if value is not None}
    return blocks, found


def _texts(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _conflict(paths: list[str]) -> bool:
    """Tell whether one path is a folder of another."""
    folders = {"/".join(parts[:n]) for parts in (p.split("/") for p in paths) for n in range(1, len(parts))}
    return bool(folders & set(paths))


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str) or not _CREATED.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True
