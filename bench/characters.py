"""No character vanishes: all of GB 18030 and hostile values, drawn and read again by strangers, or refused.

Every assigned code point that GB 18030 can write is laid out. What a face draws must come back from the file by
pypdf, by pdfium and, where it is installed, by poppler; what no face draws must be refused by its own code point.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pypdf
import pypdfium2

from docgen.engine.press import FontBook, MissingGlyphError, Press, PrintJob
from docgen.engine.render import compile_template
from forms.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PER_PAPER = 1200
_PER_LINE = 20
_HYPHENS = {"\x02": "-", "\ufffe": "-"}
"""How pdfium tells of a hyphen at the end of a line."""

_LIGATURES = {char: unicodedata.normalize("NFKC", char) for char in "\ufb00\ufb01\ufb02\ufb03\ufb04"}
"""pdfium gives the letters that a ligature stands for."""

_BREAKS = str.maketrans("", "", "\a\f")
"""In a value they mean a new paragraph and a new page, as in docxtpl."""

HOSTILE = (
    "{{ child_name }}",
    "{_{ x }_} {_% x %_}",
    "{% for x in y %}",
    "<w:p><w:r><w:t>",
    "</w:t></w:r></w:p>",
    "A & B &amp; &lt; ]]> <!-- -->",
    "第一行\n第二行\r\n第三行",
    "制\t表",
    "\u202e倒过来\u202c",
    "\u200f\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "张\ud840三",
    "张\udc00三",
    "\x00",
    "甲\x07乙",
    "\x0b\x0c",
    "\ufeff头",
    "零\u200b宽",
    "e\u0301 é",
    "👨‍👩‍👧",
    "𠮷𬱖䶮㛃",
    "\ufffe\uffff",
    "字" * 10_000,
    "a" * 10_000,
    "-" * 200,
    " " * 50 + "空" + "\u3000" * 50,
)


@dataclass(slots=True)
class Tally:
    """What became of the characters."""

    drawn: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)
    """What vanished: reader and code point, or the value's number."""

    readers: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the figures."""
        return {
            "characters_lost": len(self.lost),
            "drawn": self.drawn,
            "refused": self.refused,
            "readers": list(self.readers),
            "first_lost": self.lost[:20],
        }


def assigned() -> Iterator[str]:
    """Yield every assigned code point that GB 18030 writes, private ones included, controls and surrogates not."""
    for code in range(0x21, sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.category(char) not in {"Cn", "Cs", "Cc", "Zs", "Zl", "Zp"}:
            char.encode("gb18030")
            yield char


def run(press: Press, *, share: float = 1.0, seed: int = 0, progress: Callable[[str], None] | None = None) -> Tally:
    """Try the characters and the hostile values.

    Args:
        press: What is tried.
        share: Part of the characters, chosen evenly by chance.
        seed: Of that chance.
        progress: Told what is done.
    """
    dice = random.Random(seed)
    chars = [char for char in assigned() if share >= 1 or dice.random() < share]
    typefaces = [press.fonts.typeface(family) for family in ("宋体", "Times New Roman")]
    drawable = [char for char in chars if any(face.draw(char) is not None for face in typefaces)]
    known = set(drawable)
    others = [char for char in chars if char not in known]
    tally = Tally(readers=tuple(READERS))
    for start in range(0, len(others), _PER_PAPER):
        _must_refuse(press, others[start : start + _PER_PAPER], tally)
        if progress:
            progress(f"refused {tally.refused}")
    for start in range(0, len(drawable), _PER_PAPER):
        _must_draw(press, drawable[start : start + _PER_PAPER], tally)
        if progress:
            progress(f"drawn {tally.drawn}")
    for number, value in enumerate(HOSTILE):
        _value(press, value, number, tally)
    return tally


def _must_refuse(press: Press, chars: Sequence[str], tally: Tally) -> None:
    try:
        press.lay_out(_docx("".join(chars)), name="试样")
    except MissingGlyphError as error:
        kept = [char for char in chars if char not in error.missing]
        tally.refused += len(chars) - len(kept)
    else:
        kept = list(chars)
    tally.lost += [f"not refused: U+{ord(char):04X}" for char in kept]


def _must_draw(press: Press, chars: Sequence[str], tally: Tally) -> None:
    lines = "\n".join("".join(chars[i : i + _PER_LINE]) for i in range(0, len(chars), _PER_LINE))
    data = _printed(press, _docx(lines))
    wanted = Counter(chars)
    tally.drawn += len(chars)
    for name, read in READERS.items():
        lacking = wanted - Counter(_HYPHENS.get(char, char) for char in read(data))
        tally.lost += [f"{name}: U+{ord(char):04X}" for char in lacking if name != "pdfium" or char not in _LIGATURES]


def _value(press: Press, value: str, number: int, tally: Tally) -> None:
    """A hostile value goes through a template, as a record's does."""
    template = compile_template(_docx("{{ value }}"), name="试样")
    try:
        paper = press.lay_out_rendered(template.render_parts({"value": value}), name="试样")
    except AppError:
        tally.refused += 1
        return
    out = io.BytesIO()
    press.write([PrintJob(paper=paper)], out)
    wanted = Counter("".join(value.translate(_BREAKS).split()))
    tally.drawn += 1
    if Counter("".join(paper.text.split())) != wanted:
        tally.lost.append(f"text: value {number}")
    for name, read in READERS.items():
        if wanted - Counter(_HYPHENS.get(char, char) for char in read(out.getvalue())):
            tally.lost.append(f"{name}: value {number}")


def _docx(text: str) -> bytes:
    import docx

    paper = docx.Document()
    for line in text.split("\n"):
        paragraph = paper.add_paragraph()
        run_of = paragraph.add_run()
        run_of._r.append(_text_element(line))  # noqa: SLF001 - python-docx turns signs into breaks
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _text_element(line: str) -> Any:
    from docx.oxml import parse_xml

    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return parse_xml(f'<w:t xmlns:w="{space}" xml:space="preserve">{escape(line)}</w:t>')


def _printed(press: Press, docx: bytes) -> bytes:
    out = io.BytesIO()
    press.write([PrintJob(paper=press.lay_out(docx, name="试样"))], out)
    return out.getvalue()


def _by_pypdf(data: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def _by_pdfium(data: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def _by_poppler(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(data)
        command = ["pdftotext", "-layout", "-enc", "UTF-8", str(path), "-"]
        done = subprocess.run(command, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace")


READERS: dict[str, Callable[[bytes], str]] = {"pypdf": _by_pypdf, "pdfium": _by_pdfium}
if shutil.which("pdftotext"):
    READERS["poppler"] = _by_poppler


def main() -> None:
    """Run the whole campaign."""
    tally = run(Press(FontBook.default()), progress=lambda text: print(text, file=sys.stderr, end="\r"))
    print(tally.as_json())
    sys.exit(bool(tally.lost))


if __name__ == "__main__":
    main()
