"""A press, and a docx out of a few lines of markup, so that a test shows the case and nothing else."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from xml.sax.saxutils import escape, quoteattr

import pypdf
import pypdfium2
import pytest

from docgen.engine.press import FontBook, LaidPaper, Press, PrintJob

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_MAIN = {"document": "document.main"}
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
DRAWN = (
    f'xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:w10="urn:schemas-microsoft-com:office:word"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
A4 = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1588"/>'
"""GB/T 9704: 156 mm of text between 28 mm and 26 mm, 225 mm between 37 mm and 35 mm."""

STYLES = (
    f"<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="32"/>'
    '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="560" w:lineRule="exact"/></w:pPr></w:pPrDefault>'
    "</w:docDefaults></w:styles>"
)

SMALL = STYLES.replace('<w:sz w:val="32"/>', '<w:sz w:val="21"/>').replace(
    '<w:spacing w:line="560" w:lineRule="exact"/>', ""
)
"""10.5 points with single leading: what most people write in."""


NUMBERING = (
    f'<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="decimal"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
"""One list of one level: 1、 2、 3、"""


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
    footnotes: str = ""
    endnotes: str = ""
    media: dict[str, bytes] = field(default_factory=dict)
    """Pictures by relationship id; the body calls them by it."""

    def bytes(self) -> bytes:
        """Return the package."""
        related = {"styles": self.styles, "numbering": self.numbering, "settings": self.settings}
        related |= {"header": self.header, "footer": self.footer}
        related |= {"footnotes": self.footnotes, "endnotes": self.endnotes}
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
            f'<Relationship Id="{name}" Type="{_TYPES}/image" Target="media/{name}.png"/>' for name in self.media
        )
        head = "http://schemas.openxmlformats.org/package/2006/relationships"
        body = f"<w:body>{self.body}<w:sectPr>{references}{self.section}</w:sectPr></w:body>"
        types = "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}{_MAIN.get(name, name)}+xml"/>'
            for name in ("document", *(name for name, xml in related.items() if xml))
        )
        parts |= {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default'
            ' Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default'
            f' Extension="png" ContentType="image/png"/>{types}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{head}"><Relationship Id="d" Type="{_TYPES}/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
            "word/document.xml": f"<w:document {W} {R} {DRAWN}>{body}</w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{head}">{relations}</Relationships>',
        }
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, xml in parts.items():
                archive.writestr(name, xml)
            for name, data in self.media.items():
                archive.writestr(f"word/media/{name}.png", data)
        return out.getvalue()


class Markup:
    """WordprocessingML in short; handed out as the fixture `wml`, since tests cannot import each other."""

    A4 = A4
    STYLES = STYLES
    SMALL = SMALL
    NUMBERING = NUMBERING
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

    @staticmethod
    def part(root: str, content: str) -> str:
        """Return a header (`hdr`) or footer (`ftr`)."""
        return f"<w:{root} {W} {R} {DRAWN}>{content}</w:{root}>"

    @staticmethod
    def notes(texts: Sequence[str], kind: str = "footnote") -> str:
        """Return a part with notes, numbered from 1, each with its own number before it."""
        found = "".join(
            f'<w:{kind} w:id="{i}"><w:p><w:r><w:{kind}Ref/></w:r><w:r><w:t xml:space="preserve"> {escape(text)}</w:t>'
            f"</w:r></w:p></w:{kind}>"
            for i, text in enumerate(texts, 1)
        )
        line = f'<w:{kind} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}>'
        return f"<w:{kind}s {W}>{line}{found}</w:{kind}s>"

    @staticmethod
    def calling(text: str, note: int, after: str = "", *, kind: str = "footnote") -> str:
        """Return a paragraph that calls a note after its text."""
        mark = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:{kind}Reference w:id="{note}"/></w:r>'
        return f"<w:p><w:r><w:t>{text}</w:t></w:r>{mark}<w:r><w:t>{after}</w:t></w:r></w:p>"

    @staticmethod
    def picture(relation: str, width: int, height: int) -> str:
        """Return the graphic of a picture; points."""
        return (
            f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/>'
            f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/>'
            f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width * 12700}"'
            f' cy="{height * 12700}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic>"
        )

    @staticmethod
    def shape(width: int, height: int, content: str = "", *, kind: str = "rect", body: str = "", fill: str = "") -> str:
        """Return the graphic of a shape with a black line, a text box where it has content; points."""
        text = f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>" if content else ""
        color = f'<a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>' if fill else "<a:noFill/>"
        return (
            '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
            f'<wps:cNvSpPr/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width * 12700}" cy="{height * 12700}"/>'
            f'</a:xfrm><a:prstGeom prst="{kind}"><a:avLst/></a:prstGeom>{color}<a:ln w="9525"><a:solidFill><a:srgbClr'
            f' val="000000"/></a:solidFill></a:ln></wps:spPr>{text}<wps:bodyPr lIns="91440" tIns="45720" rIns="91440"'
            f' bIns="45720">{body}</wps:bodyPr></wps:wsp></a:graphicData></a:graphic>'
        )

    @staticmethod
    def anchored(
        graphic: str,
        width: int,
        height: int,
        *,
        across: str = "column:0",
        down: str = "paragraph:0",
        wrap: str = "None",
        behind: bool = False,
    ) -> str:
        """Return a run with a drawing at a place of its own: ``margin:right``, ``page:100`` (points)."""

        def place(name: str, words: str) -> str:
            origin, _, at = words.partition(":")
            number = at.lstrip("-").isdigit()
            inner = f"<wp:posOffset>{int(at) * 12700}</wp:posOffset>" if number else f"<wp:align>{at}</wp:align>"
            return f'<wp:position{name} relativeFrom="{origin}">{inner}</wp:position{name}>'

        sides = ' wrapText="bothSides"' if wrap == "Square" else ""
        return (
            '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="114300" distR="114300" simplePos="0"'
            f' relativeHeight="2" behindDoc="{int(behind)}" locked="0" layoutInCell="1" allowOverlap="1">'
            f'<wp:simplePos x="0" y="0"/>{place("H", across)}{place("V", down)}'
            f'<wp:extent cx="{width * 12700}" cy="{height * 12700}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
            f'<wp:wrap{wrap}{sides}/><wp:docPr id="1" name="d" descr="印"/><wp:cNvGraphicFramePr/>{graphic}'
            "</wp:anchor></w:drawing></w:r>"
        )

    @staticmethod
    def around(drawing: str, text: str, properties: str = "") -> str:
        """Return a paragraph that holds a drawing before its text."""
        return f"<w:p><w:pPr>{properties}</w:pPr>{drawing}<w:r><w:t>{text}</w:t></w:r></w:p>"


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

    def pixel(self, x: float, y: float) -> tuple[int, ...]:
        """The colour at a place of the first page, in points from the upper left corner."""
        bitmap = pypdfium2.PdfDocument(self.data)[0].render(scale=2).to_pil().convert("RGB")
        found = bitmap.getpixel((round(2 * x), round(2 * y)))
        assert isinstance(found, tuple)
        return found

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


class Probe:
    """Lays out tables at the foot of a page, in lines of 12 points (17.3 with their leading)."""

    section = (
        '<w:pgSz w:w="11906" w:h="14880"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"'
        ' w:header="851" w:footer="992"/>'
    )

    def __init__(self, lay_out: Any, wml: Any) -> None:
        self.wml = wml
        styles = wml.STYLES.replace('<w:sz w:val="32"/>', '<w:sz w:val="24"/>')
        self._styles = styles.replace('<w:spacing w:line="560" w:lineRule="exact"/>', "")
        self._lay_out = lay_out

    def cell(self, sign: str, sizes: tuple[int, ...], *, look: str = "", properties: str = "") -> str:
        """A cell of paragraphs of so many lines, every line one sign."""
        inside = "".join(self.wml.paragraph("\n".join([sign] * size), look) for size in sizes)
        return str(self.wml.cell(inside, properties=properties))

    def row(self, *cells: str, height: float = 0, properties: str = "") -> str:
        said = f'<w:trHeight w:val="{round(height * 20)}"/>' if height else ""
        return f"<w:trPr>{properties}{said}</w:trPr>{''.join(cells)}"

    def paper(self, *rows: str, room: float, under: bool = True) -> Any:
        """Lay out rows under a row of one line.

        Args:
            rows: Of two cells.
            room: Height left for them.
            under: There is such a row.
        """
        head = [self.cell("头", (1,)) * 2] if under else []
        above = round((600 - room - (18.3 if under else 0)) * 20)
        body = self.wml.paragraph("上", f'<w:spacing w:line="{above}" w:lineRule="exact"/>')
        table = self.wml.table([*head, *rows], columns=[2000, 2000])
        return self._lay_out(body + table + self.wml.paragraph("尾"), styles=self._styles, section=self.section)

    def pages(self, *rows: str, room: float, under: bool = True) -> list[Counter[str]]:
        """Return the signs of every page of such a paper, that row's and those above left out."""
        pages = self.paper(*rows, room=room, under=under).pages
        return [Counter("".join(line.text for line in page.lines if line.text not in "上头")) for page in pages]

    def stay(self, *rows: str, rooms: dict[int, int], sign: str = "行", under: bool = True) -> dict[int, int]:
        """Return how many lines of a sign stay on the first page with each of the rooms."""
        return {room: self.pages(*rows, room=room, under=under)[0][sign] for room in rooms}


@pytest.fixture
def probe(lay_out: Any, wml: Any) -> Probe:
    return Probe(lay_out, wml)
