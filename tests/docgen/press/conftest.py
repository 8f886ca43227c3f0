"""A press, and a docx out of a few lines of markup, so that a test shows the case and nothing else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

import pypdf
import pypdfium2
import pytest

from docgen.engine.press import FontBook, LaidPaper, Press, PrintJob

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A4 = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588"/>'
"""GB/T 9704: 156 mm of text between 28 mm and 26 mm, 225 mm between 37 mm and 35 mm."""

STYLES = (
    f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="32"/>'
    '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="560" w:lineRule="exact"/></w:pPr></w:pPrDefault>'
    "</w:docDefaults></w:styles>"
)


@dataclass(kw_only=True)
class Docx:
    """A docx with a body and, where a test needs them, other parts."""

    body: str
    section: str = A4
    styles: str = STYLES
    numbering: str = ""
    settings: str = ""
    header: str = ""
    footer: str = ""
    media: dict[str, bytes] = field(default_factory=dict)
    """Pictures by relationship id; the body calls them by it."""

    def bytes(self) -> bytes:
        """Return the package."""
        related = {"styles": self.styles, "numbering": self.numbering, "settings": self.settings}
        related |= {"header": self.header, "footer": self.footer}
        parts = {f"word/{name}.xml": xml for name, xml in related.items() if xml}
        references = "".join(
            f'<w:{name}Reference w:type="default" r:id="{name}"/>' for name in ("header", "footer") if related[name]
        )
        relations = "".join(
            f'<Relationship Id="{name}" Type="{_TYPES}/{name}" Target="{name}.xml"/>'
            for name, xml in related.items()
            if xml
        )
        relations += "".join(
            f'<Relationship Id="{name}" Type="{_TYPES}/image" Target="media/{name}"/>' for name in self.media
        )
        head = "http://schemas.openxmlformats.org/package/2006/relationships"
        body = f"<w:body>{self.body}<w:sectPr>{references}{self.section}</w:sectPr></w:body>"
        parts |= {
            "_rels/.rels": f'<Relationships xmlns="{head}"><Relationship Id="d" Type="{_TYPES}/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"<w:document {W} {R}>{body}</w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{head}">{relations}</Relationships>',
        }
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, xml in parts.items():
                archive.writestr(name, xml)
            for name, data in self.media.items():
                archive.writestr(f"word/media/{name}", data)
        return out.getvalue()


class Markup:
    """WordprocessingML in short; handed out as the fixture `wml`, since tests cannot import each other."""

    A4 = A4
    STYLES = STYLES
    Docx = Docx

    @staticmethod
    def paragraph(text: str, properties: str = "", run: str = "") -> str:
        """Return the markup of a paragraph of one run; a line feed is a line break."""
        lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
        return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr>{lines}</w:r></w:p>"

    @staticmethod
    def field(instruction: str) -> str:
        """Return the markup of a field as Word writes it, with a number that is wrong."""
        mark = "<w:r><w:fldChar w:fldCharType={}/></w:r>"
        return (
            f"{mark.format(quoteattr('begin'))}<w:r><w:instrText> {instruction} </w:instrText></w:r>"
            f"{mark.format(quoteattr('separate'))}<w:r><w:t>99</w:t></w:r>{mark.format(quoteattr('end'))}"
        )

    @staticmethod
    def cell(content: str, *, width: int = 2000, properties: str = "") -> str:
        """Return the markup of a cell; text is put in a paragraph."""
        inside = content if content.startswith("<") else Markup.paragraph(content)
        return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{inside}</w:tc>'

    @staticmethod
    def table(rows: Sequence[str], *, columns: Sequence[int], properties: str = "") -> str:
        """Return the markup of a table with lines everywhere; a row is its cells with or without `w:trPr`."""
        edges = "".join(
            f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        body = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
        head = f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders>{properties}</w:tblPr>"
        return f"<w:tbl>{head}<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


@pytest.fixture(scope="session")
def wml() -> type[Markup]:
    """The helpers that write markup."""
    return Markup


LayOut: TypeAlias = Callable[..., LaidPaper]


@pytest.fixture(scope="session")
def press() -> Press:
    """A press with the fonts that come with the installation."""
    return Press(FontBook.default())


@pytest.fixture(scope="session")
def lay_out(press: Press) -> LayOut:
    """Lay out a body: `lay_out(markup, footer=...)`."""

    def lay(body: str, **parts: str) -> LaidPaper:
        return press.lay_out(Docx(body=body, **parts).bytes(), name="样张")  # type: ignore[arg-type]

    return lay


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A written file, read by strangers."""

    data: bytes

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(pypdfium2.PdfDocument(self.data))

    def text(self, page: int = 0) -> str:
        """What pdfium reads on a page, without white space."""
        text = pypdfium2.PdfDocument(self.data)[page].get_textpage().get_text_range()
        return squeezed(text).replace("\ufffe", "-")  # how pdfium tells of a hyphen at the end of a line

    def text_by_pypdf(self, page: int = 0) -> str:
        """What pypdf reads on a page, without white space."""
        return squeezed(pypdf.PdfReader(io.BytesIO(self.data)).pages[page].extract_text())

    def programs(self) -> list[str]:
        """Kinds of all font programs in the file."""
        reader = pypdf.PdfReader(io.BytesIO(self.data))
        objects = (reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"]))))
        return [
            key
            for thing in objects
            if isinstance(thing, pypdf.generic.DictionaryObject)
            for key in thing
            if key.startswith("/FontFile")
        ]


def squeezed(text: str) -> str:
    """Return text without white space."""
    return "".join(text.split())


@pytest.fixture(scope="session")
def printed(press: Press) -> Callable[..., Printed]:
    """Write papers to a file: `printed(paper, ..., title=...)`; jobs may be given instead of papers."""

    def write(*papers: LaidPaper | PrintJob, title: str = "样张", duplex: bool = False) -> Printed:
        jobs = [PrintJob(paper=paper) if isinstance(paper, LaidPaper) else paper for paper in papers]
        out = io.BytesIO()
        press.write(jobs, out, title=title, duplex=duplex)
        return Printed(data=out.getvalue())

    return write
