"""Documents made at random, set by the press and by LibreOffice: where lines end and pages turn otherwise.

Documents from elsewhere show what people write; these show what rules there are. A document that differs is boiled
down to the few blocks that still differ, so that its cause can be seen.

==========  =======================================================================================================
running     paragraphs of Chinese with Latin words, figures, quotations and brackets
kept        paragraphs of every spacing, many of them kept with the next or with their lines together
tables      tables between them, of rows that may or may not be parted, with cells of several paragraphs
forms       tables of said widths and places, cells over columns and with margins of their own, tables in cells
noted       paragraphs that call footnotes
==========  =======================================================================================================

``python -m bench.random_documents --json`` prints one JSON object; ``--boil 3`` prints three boiled-down documents of
each kind. The same seed makes the same document everywhere.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from bench.held_out import lines_of
from bench.office import convert_files
from docgen.engine.press import FontBook, Press, PrintJob

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MODE = '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
"""As Word writes today; without it LibreOffice takes a document for one of long ago."""

_SEPARATOR = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
_RAISED = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
_PER_CALL = 25
_HAN = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行"
    "学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前"
)
_WORDS = ("A4", "docx", "HTML", "Writer", "the office", "v1.2", "TCP/IP", "state", "2026", "12", "3.5", "100,000")
_SIGNS = "，，，，，。。、；："
_HANGING = "，。、；：？！．!,.:;?"
"""LibreOffice loses a sign that hangs where a line is exactly full; what ends a line is not compared."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as its blocks, so that some can be left out."""

    styles: str
    section: str
    blocks: tuple[str, ...]
    notes: str = ""
    """Its footnotes."""

    def docx(self) -> bytes:
        """Return the package."""
        body = "".join(self.blocks)
        body += "<w:p/>" if body.endswith("</w:tbl>") else ""
        notes = {"footnotes": "footnotes.xml"} if self.notes else {}
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{_HEAD}/content-types"><Default Extension="rels" ContentType='
            f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml"'
            f' ContentType="{_KIND}.document.main+xml"/><Override PartName="/word/styles.xml"'
            f' ContentType="{_KIND}.styles+xml"/><Override PartName="/word/settings.xml"'
            f' ContentType="{_KIND}.settings+xml"/><Override PartName="/word/footnotes.xml"'
            f' ContentType="{_KIND}.footnotes+xml"/></Types>',
            "_rels/.rels": _related({"officeDocument": "word/document.xml"}),
            "word/_rels/document.xml.rels": _related({"styles": "styles.xml", "settings": "settings.xml"} | notes),
            "word/settings.xml": f'<w:settings xmlns:w="{_W}"><w:compat>{_MODE}</w:compat></w:settings>',
            "word/styles.xml": f'<w:styles xmlns:w="{_W}">{self.styles}</w:styles>',
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}<w:sectPr>{self.section}</w:sectPr>'
            "</w:body></w:document>",
        }
        if self.notes:
            parts["word/footnotes.xml"] = f'<w:footnotes xmlns:w="{_W}">{_SEPARATOR}{self.notes}</w:footnotes>'
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, xml in parts.items():
                archive.writestr(zipfile.ZipInfo(name), xml)  # without the time of day
        return out.getvalue()


def _related(targets: Mapping[str, str]) -> str:
    relations = "".join(
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{_HEAD}/relationships">{relations}</Relationships>'


class Author:
    """Writes documents of one kind; the same seed gives the same document."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind = kind
        self._random = random.Random(f"{kind} {seed}")
        self._notes: list[str] = []

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def document(self) -> Document:
        """Write one."""
        pick = self._random.choice
        default = pick(("", "", '<w:spacing w:after="160" w:line="259" w:lineRule="auto"/>'))
        normal = pick(('<w:widowControl w:val="0"/><w:jc w:val="both"/>', '<w:jc w:val="both"/>', ""))
        styles = (
            '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"'
            f' w:eastAsia="宋体"/><w:sz w:val="21"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>{default}</w:pPr>'
            '</w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="a">'
            f'<w:name w:val="Normal"/><w:pPr>{normal}</w:pPr></w:style>'
        )
        upper, side = pick(((1440, 1800), (2098, 1588), (1134, 1134)))
        grid = pick(('<w:docGrid w:type="lines" w:linePitch="312"/>', '<w:docGrid w:linePitch="312"/>', ""))
        section = (
            f'<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="{upper}" w:right="{side}" w:bottom="{upper}"'
            f' w:left="{side}" w:header="851" w:footer="992" w:gutter="0"/>{grid}'
        )
        blocks: list[str] = []
        for _ in range(self._random.randint(12, 30)):
            if self.kind == "tables" and self._chance(0.3):
                blocks += [self._table(), self._paragraph()]
            elif self.kind == "forms" and self._chance(0.4):
                blocks += [self._form(), self._paragraph()]
            else:
                blocks.append(self._paragraph())
        return Document(styles, section, tuple(blocks), "".join(self._notes))

    def _text(self, count: int) -> str:
        pick = self._random.choice
        out = ""
        while len(out) < count:
            piece = "".join(pick(_HAN) for _ in range(self._random.randint(2, 9)))
            if self.kind == "running":
                form = pick(
                    ("{}", "{}", "{}", "（{}）", "《{}》", "“{}”", f"{{}}{pick(_WORDS)}", f"（{pick(_WORDS)}）{{}}")
                )
                piece = form.format(piece)
            elif self._chance(0.06):
                piece += pick(_WORDS)
            out += piece + (pick(_SIGNS) if self._chance(0.5) else "")
        return out

    def _paragraph(self, *, in_cell: bool = False) -> str:
        pick = self._random.choice
        kept = 0.4 if self.kind == "kept" and not in_cell else 0.05
        properties = "<w:keepNext/>" if self._chance(kept) else ""
        properties += "<w:keepLines/>" if self._chance(kept / 2) else ""
        properties += "<w:pageBreakBefore/>" if not in_cell and self._chance(kept / 4) else ""
        properties += f'<w:widowControl w:val="{pick("01")}"/>' if self._chance(0.25) else ""
        properties += self._spacing()
        if not in_cell and self._chance(0.4):
            properties += '<w:ind w:firstLineChars="200" w:firstLine="420"/>'
        properties += "<w:contextualSpacing/>" if self._chance(0.08) else ""
        size = f'<w:sz w:val="{pick((18, 24, 28, 32, 44))}"/>' if self._chance(0.3) else ""
        long = self._random.randint(1, 24) if in_cell else pick((8, 30, 60, 120, 200, 400))
        text = "" if self._chance(0.1) else self._text(self._random.randint(1, long))
        run = f"<w:r><w:rPr>{size}</w:rPr><w:t>{escape(text)}</w:t></w:r>" if text else ""
        if self.kind == "noted" and run and self._chance(0.25):
            run += self._call()
        return f"<w:p><w:pPr>{properties}<w:rPr>{size}</w:rPr></w:pPr>{run}</w:p>"

    def _call(self) -> str:
        """Return the mark of a footnote, and write the note."""
        number = len(self._notes) + 1
        text = escape(self._text(self._random.randint(2, 70)))
        self._notes.append(
            f'<w:footnote w:id="{number}"><w:p><w:r>{_RAISED}<w:footnoteRef/></w:r><w:r><w:rPr><w:sz w:val="18"/>'
            f'</w:rPr><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote>'
        )
        more = escape(self._text(self._random.randint(1, 60)))
        return f'<w:r>{_RAISED}<w:footnoteReference w:id="{number}"/></w:r><w:r><w:t>{more}</w:t></w:r>'

    def _spacing(self) -> str:
        pick = self._random.choice
        said = f' w:before="{pick((60, 120, 156, 240, 312))}"' if self._chance(0.25) else ""
        said += f' w:after="{pick((60, 120, 156, 240, 312))}"' if self._chance(0.25) else ""
        if self._chance(0.35):
            line, rule = pick(
                ((360, "auto"), (276, "auto"), (480, "auto"), (400, "exact"), (560, "exact"), (300, "atLeast"))
            )
            said += f' w:line="{line}" w:lineRule="{rule}"'
        return f"<w:spacing{said}/>" if said else ""

    def _edges(self) -> str:
        return "".join(
            f'<w:{side} w:val="single" w:sz="{self._random.choice((4, 4, 4, 12))}" w:space="0" w:color="auto"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )

    def _form(self, *, is_inner: bool = False) -> str:
        """Return a table that no page parts: what counts is where its cells stand, and how high they are."""
        pick = self._random.choice
        widths = [pick((900, 1200, 1800, 2400)) for _ in range(self._random.randint(1, 2 if is_inner else 5))]
        said = pick(('w:w="0" w:type="auto"', 'w:w="5000" w:type="pct"', 'w:w="6000" w:type="dxa"'))
        if is_inner:
            said = 'w:w="0" w:type="auto"'
        place = "" if is_inner else pick(("", '<w:jc w:val="center"/>', '<w:tblInd w:w="300" w:type="dxa"/>'))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        rows = "".join(self._form_row(widths, is_inner=is_inner) for _ in range(self._random.randint(1, 3)))
        return (
            f"<w:tbl><w:tblPr><w:tblW {said}/>{place}<w:tblBorders>{self._edges()}</w:tblBorders></w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )

    def _form_row(self, widths: Sequence[int], *, is_inner: bool) -> str:
        pick = self._random.choice
        height = pick(("", "", '<w:trHeight w:val="567"/>', '<w:trHeight w:val="900"/>'))
        cells, at = "", 0
        while at < len(widths):
            span = 2 if at + 1 < len(widths) and self._chance(0.15) else 1
            own = '<w:tcMar><w:top w:w="60" w:type="dxa"/><w:left w:w="200" w:type="dxa"/></w:tcMar>'
            look = (own if self._chance(0.2) else "") + pick(("", '<w:vAlign w:val="center"/>'))
            inside = "".join(self._paragraph(in_cell=True) for _ in range(pick((1, 1, 2))))
            if not is_inner and self._chance(0.1):
                inside += self._form(is_inner=True) + pick(("<w:p/>", self._paragraph(in_cell=True)))
            wide = sum(widths[at : at + span])
            cells += (
                f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:gridSpan w:val="{span}"/>{look}</w:tcPr>{inside}'
                "</w:tc>"
            )
            at += span
        return f"<w:tr><w:trPr><w:cantSplit/>{height}</w:trPr>{cells}</w:tr>"

    def _table(self) -> str:
        pick = self._random.choice
        widths = [pick((1200, 1800, 2400)) for _ in range(self._random.randint(1, 4))]
        edges = self._edges()
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        rows = "".join(self._row(widths, is_first=not number) for number in range(self._random.randint(1, 9)))
        return (
            f'<w:tbl><w:tblPr><w:tblLayout w:type="fixed"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )

    def _row(self, widths: Sequence[int], *, is_first: bool) -> str:
        pick = self._random.choice
        properties = "<w:cantSplit/>" if self._chance(0.25) else ""
        properties += f'<w:trHeight w:val="{pick((284, 454, 567, 800, 1500))}"/>' if self._chance(0.35) else ""
        properties += "<w:tblHeader/>" if is_first and self._chance(0.2) else ""
        cells = ""
        for width in widths:
            place = pick(("", "", '<w:vAlign w:val="center"/>'))
            inside = "".join(self._paragraph(in_cell=True) for _ in range(pick((1, 1, 1, 2, 4))))
            cells += f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{place}</w:tcPr>{inside}</w:tc>'
        return f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"


KINDS = ("running", "kept", "tables", "forms", "noted")


@dataclass(slots=True)
class Tally:
    """How documents of one kind compare."""

    documents: int = 0
    lines: int = 0
    equal: int = 0
    """Lines of LibreOffice that stand on the same page with us."""

    ended_alike: int = 0
    """Those that stand there on whatever page."""

    pages_equal: int = 0
    differing: list[int] = field(default_factory=list)
    """Seeds of documents that differ."""

    def as_json(self) -> dict[str, Any]:
        """Return the shares."""
        return {
            "documents": self.documents,
            "lines": self.lines,
            "lines_equal": round(self.equal / self.lines, 4),
            "lines_ended_alike": round(self.ended_alike / self.lines, 4),
            "pages_equal": round(self.pages_equal / self.documents, 4),
        }


class Comparison:
    """The press beside LibreOffice."""

    def __init__(self, press: Press) -> None:
        self._press = press

    def _ours(self, docx: bytes) -> list[Counter[str]]:
        out = io.BytesIO()
        self._press.write([PrintJob(paper=self._press.lay_out(docx, name="样张"))], out)
        return _plain(lines_of(out.getvalue()))

    def pairs(self, documents: Mapping[str, Document]) -> dict[str, tuple[list[Counter[str]], list[Counter[str]]]]:
        """Return the lines of each page, ours and theirs."""
        files = {name: document.docx() for name, document in documents.items()}
        names = list(files)
        found: dict[str, tuple[list[Counter[str]], list[Counter[str]]]] = {}
        for start in range(0, len(names), _PER_CALL):
            batch = {name: files[name] for name in names[start : start + _PER_CALL]}
            with tempfile.TemporaryDirectory() as folder:
                theirs = convert_files(batch, Path(folder))
            found |= {name: (self._ours(files[name]), _plain(lines_of(theirs[name]))) for name in theirs}
        return found

    def tally(self, kind: str, seeds: Iterable[int]) -> Tally:
        """Compare documents of one kind."""
        tally = Tally()
        for name, (ours, theirs) in self.pairs({str(seed): Author(kind, seed).document() for seed in seeds}).items():
            equal = sum((a & b).total() for a, b in zip(ours, theirs, strict=False))
            total = sum(page.total() for page in theirs)
            tally.documents += 1
            tally.lines += total
            tally.equal += equal
            tally.ended_alike += (sum(ours, Counter()) & sum(theirs, Counter())).total()
            tally.pages_equal += len(ours) == len(theirs)
            if equal != total or len(ours) != len(theirs):
                tally.differing.append(int(name))
        return tally

    def boiled(self, document: Document) -> Document:
        """Leave out blocks as long as the rest still differs."""
        size = max(1, len(document.blocks) // 2)
        while True:
            shorter = {
                str(i): replace(document, blocks=blocks)
                for i in range(0, len(document.blocks), size)
                if (blocks := (*document.blocks[:i], *document.blocks[i + size :]))
            }
            found = [name for name, (ours, theirs) in self.pairs(shorter).items() if ours != theirs]
            if found:
                document = min((shorter[name] for name in found), key=lambda made: len("".join(made.blocks)))
                size = min(size, max(1, len(document.blocks) // 2))
            elif size == 1:
                return document
            else:
                size //= 2


def _plain(pages: Iterable[Counter[str]]) -> list[Counter[str]]:
    return [Counter({line.rstrip(_HANGING) or line: count for line, count in page.items()}) for page in pages]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--documents", type=int, default=200, help="of each kind (default: 200)")
    parser.add_argument("--first", type=int, default=0, help="seed of the first one (default: 0)")
    parser.add_argument("--boil", type=int, default=0, metavar="N", help="print N documents of each kind that differ")
    options = parser.parse_args()
    comparison = Comparison(Press(FontBook.default()))
    figures: dict[str, Any] = {}
    for kind in KINDS:
        tally = comparison.tally(kind, range(options.first, options.first + options.documents))
        figures[kind] = tally.as_json()
        if not options.json:
            print(f"{kind}: {figures[kind]}", flush=True)
        for seed in tally.differing[: options.boil]:
            made = comparison.boiled(Author(kind, seed).document())
            print(f"--- {kind} {seed}: {made.section}", *made.blocks, sep="\n", flush=True)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
