"""One object of somebody else: its folder, its inventories against each other, its content against them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.foreign.findings import finding
from archive.foreign.rules import LENGTHS, Read, number_of, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from forms.problems import Problem

_MARK = re.compile(r"0=ocfl_object_(\d+\.\d+)")
_SIDE = re.compile(r"([0-9A-Fa-f]+)[ \t]+inventory\.json\s*")
_EXTENSION = re.compile(r"00(0[1-9]|1[0-2])-[a-z0-9-]+")
"""Extensions registered at github.com/OCFL/extensions."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found on an object and how much was looked at."""

    problems: tuple[Problem, ...]
    files: int
    size: int
    spec: str
    """Specification of the object's declaration; empty when there is none."""


def check_object(folder: Path, *, name: str = "", fixity: bool = True) -> Seen:
    """Check one object.

    Args:
        folder: The object.
        name: How to call it in findings; the folder's own name by default.
        fixity: Also every byte.
    """
    return _Object(folder, name or folder.name, fixity=fixity).check()


class _Object:
    """One object under inspection."""

    def __init__(self, folder: Path, name: str, *, fixity: bool) -> None:
        self._folder = folder
        self._name = name
        self._fixity = fixity
        self._found: dict[tuple[str, str], Problem] = {}
        self._digests: dict[tuple[str, str], str] = {}
        self._size = 0

    def check(self) -> Seen:
        """Look at everything."""
        spec = self._declaration()
        root = self._inventory("", 0)
        files = self._content_files()
        folders = sorted((p.name for p in self._folder.iterdir() if p.is_dir() and number_of(p.name)), key=number_of)
        if root is not None:
            self._entries(folders)
            self._folders(root, folders)
            inventories = self._versions(root, folders)
            self._completeness(root, files, folders)
            for place, inventory in inventories.items():
                self._contents(place, inventory, files)
        return Seen(problems=tuple(self._found.values()), files=len(files), size=self._size, spec=spec)

    def _say(self, clauses: Iterable[str] | str, below: str = "") -> None:
        for clause in (clauses,) if isinstance(clauses, str) else clauses:
            place = f"{self._name}/{below}" if below else self._name
            self._found.setdefault((clause, place), finding(clause, place))

    def _declaration(self) -> str:
        marks = [p for p in self._folder.iterdir() if p.is_file() and p.name.startswith("0=")]
        if len(marks) != 1 or not _MARK.fullmatch(marks[0].name):
            self._say("E003")
            return ""
        if marks[0].read_bytes() != f"{marks[0].name[2:]}\n".encode():
            self._say("E007", marks[0].name)
        match = _MARK.fullmatch(marks[0].name)
        return match[1] if match else ""

    def _inventory(self, below: str, number: int) -> Read | None:
        """Read and judge one inventory; ``None`` when there is none to go by."""
        path = f"{below}inventory.json"
        file = self._folder / path
        if not file.is_file():
            self._say("W010" if number else "E063", below.rstrip("/"))
            return None
        data = file.read_bytes()
        try:
            raw: Any = json.loads(data)
        except ValueError:
            self._say("E034", path)
            return None
        found, broken = read(raw)
        self._say(broken, path)
        if found is None or found.algorithm not in {"sha256", "sha512"}:
            if found is None:
                return None
        else:
            self._sidecar(path, data, found.algorithm)
        return found

    def _sidecar(self, path: str, data: bytes, algorithm: str) -> None:
        side = self._folder / f"{path}.{algorithm}"
        if not side.is_file():
            self._say("E058", path)
            return
        match = _SIDE.fullmatch(side.read_text("utf-8", "replace"))
        if match is None:
            self._say("E061", f"{path}.{algorithm}")
        elif match[1].lower() != hashlib.new(algorithm, data).hexdigest():
            self._say("E060", path)

    def _entries(self, folders: Sequence[str]) -> None:
        """Nothing may stand in the object's own folder but what the specification names."""
        for entry in sorted(self._folder.iterdir()):
            own = re.fullmatch(r"0=.*|inventory\.json(\.sha(256|512))?", entry.name)
            if not own if entry.is_file() else entry.name not in {*folders, "extensions", "logs"}:
                self._say("E001", entry.name)
        extensions = self._folder / "extensions"
        for entry in sorted(extensions.iterdir()) if extensions.is_dir() else ():
            if entry.is_file():
                self._say("E067", f"extensions/{entry.name}")
            elif not _EXTENSION.fullmatch(entry.name):
                self._say("W013", f"extensions/{entry.name}")

    def _folders(self, root: Read, folders: Sequence[str]) -> None:
        listed = set(root.states)
        for name in sorted(listed - set(folders)):
            if number_of(name):
                self._say(("E046", "E010"), name)
        for name in folders:
            if name not in listed:
                newer = number_of(name) > number_of(root.head)
                self._say("E046" if newer else "E001", name)
                if not newer:
                    self._say("E046", name)
        if folders and len({len(name) for name in folders}) > 1 and any(name[1] == "0" for name in folders):
            self._say("E011")

    def _versions(self, root: Read, folders: Sequence[str]) -> dict[str, Read]:
        """Compare each version's own inventory with the one of the object."""
        found: dict[str, Read] = {"": root}
        spec = "1.0"
        for name in folders:
            inventory = self._inventory(f"{name}/", number_of(name))
            if inventory is None:
                continue
            path = f"{name}/inventory.json"
            if inventory.spec and inventory.spec < spec:
                self._say("E103", path)
            spec = max(spec, inventory.spec)
            if inventory.head != name:
                self._say("E040", path)
            if inventory.object_id != root.object_id:
                self._say("E037", path)
            if inventory.content != root.content:
                self._say("E019", path)
            same = self._bytes(path) == self._bytes("inventory.json")
            if name == root.head and not same:
                self._say("E064", path)
            self._compare(root, inventory, name)
            found[f"{name}/"] = inventory
        if root.spec and root.spec < spec:
            self._say("E103")
        return found

    def _compare(self, root: Read, old: Read, name: str) -> None:
        path = f"{name}/inventory.json"
        now, then = _by_content(root), _by_content(old)
        for version, state in old.states.items():
            if version not in root.states:
                self._say("E066", path)
                continue
            here = root.states[version]
            same = old.algorithm == root.algorithm  # else digests cannot be compared, and their files are
            if here.keys() != state.keys() or any(
                here[p] != state[p] if same else not set(now.get(here[p]) or ()) & set(then.get(state[p]) or ())
                for p in here
            ):
                self._say("E066", path)
            if root.about.get(version) != old.about.get(version):
                self._say("W011", path)

    def _completeness(self, root: Read, files: dict[str, int], folders: Sequence[str]) -> None:
        named = {path for paths in root.manifest.values() for path in paths or ()}
        for path in sorted(named - set(files)):
            self._say(("E092", "E093") if self._in_fixity(root, path) else "E092", path)
        for path in sorted(set(files) - named):
            parts = path.split("/")
            if len(parts) == 2 or parts[1] == root.content:  # other folders of a version are only W002
                self._say("E015" if len(parts) == 2 else "E023", path)
        for path in sorted(named):
            if path.split("/")[1:2] != [root.content]:
                self._say("E015", path)
        for name in folders:
            for entry in sorted((self._folder / name).iterdir()):
                if entry.is_dir() and entry.name != root.content:
                    self._say("W002", f"{name}/{entry.name}")
                elif entry.is_dir() and any(not n and not f for _, n, f in os.walk(entry)):
                    self._say("E024", f"{name}/{entry.name}")

    def _contents(self, place: str, inventory: Read, files: dict[str, int]) -> None:
        """Compare the bytes with what an inventory says of them, each file once for each algorithm."""
        limit = number_of(place.rstrip("/")) if place else 0
        named = {path for paths in inventory.manifest.values() for path in paths or ()}
        for path in sorted(files):
            mine = number_of(path.split("/")[0]) <= limit
            if place and mine and path not in named and path.split("/")[1] == inventory.content:
                self._say("E023", f"{place}inventory.json")
        blocks: list[tuple[str, str, str, tuple[str, ...]]] = [
            ("E092", inventory.algorithm, digest, paths) for digest, paths in inventory.manifest.items() if paths
        ]
        blocks += [
            ("E093", algorithm, digest, paths)
            for algorithm, block in inventory.fixity.items()
            for digest, paths in block.items()
        ]
        for clause, algorithm, digest, paths in blocks:
            for path in paths:
                if path not in files or not self._agrees(path, algorithm, digest):
                    self._say(clause, path)

    def _agrees(self, path: str, algorithm: str, digest: str) -> bool:
        return not self._fixity or algorithm not in LENGTHS or self._digest(path, algorithm) == digest.lower()

    def _in_fixity(self, root: Read, path: str) -> bool:
        return any(path in paths for block in root.fixity.values() for paths in block.values())

    def _content_files(self) -> dict[str, int]:
        """Return every file below the version folders that is no inventory, with its bytes."""
        found: dict[str, int] = {}
        for where, _, names in os.walk(self._folder):
            below = os.path.relpath(where, self._folder).replace(os.sep, "/")
            if not number_of(below.split("/")[0]):
                continue
            for name in names:
                if "/" not in below and re.fullmatch(r"inventory\.json(\.sha(256|512))?", name):
                    continue
                found[f"{below}/{name}"] = size = (self._folder / below / name).stat().st_size
                self._size += size
        return found

    def _digest(self, path: str, algorithm: str) -> str:
        key = (path, algorithm)
        if key not in self._digests:
            with (self._folder / path).open("rb") as file:
                self._digests[key] = hashlib.file_digest(file, lambda: _hasher(algorithm)).hexdigest()
        return self._digests[key]

    def _bytes(self, path: str) -> bytes:
        return (self._folder / path).read_bytes()


def _by_content(inventory: Read) -> dict[str, tuple[str, ...] | None]:
    return {digest.lower(): paths for digest, paths in inventory.manifest.items()}


def _hasher(algorithm: str) -> Any:
    if algorithm.startswith("blake2b-"):
        return hashlib.blake2b(digest_size=int(algorithm.removeprefix("blake2b-")) // 8)
    return hashlib.new({"sha512/256": "sha512_256"}.get(algorithm, algorithm))


def objects_below(root: Path) -> Iterator[Path]:
    """Yield the folders below a root that declare themselves objects."""
    for where, folders, names in os.walk(root):
        folders.sort()
        if any(name.startswith("0=ocfl_object_") for name in names):
            folders.clear()
            yield root / os.path.relpath(where, root)
