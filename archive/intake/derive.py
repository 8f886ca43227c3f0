"""Pages of a scan as an upright, straight, searchable PDF that carries the scanner's own bytes.

Each page is exactly its sheet, A4 or A3; the untouched image stream is drawn through the inverse
of the registration, so turning and straightening cost no quality and the picture can be proved
equal to the scan by its digest. Only a photo in perspective is drawn anew, flat: PDF has no
projective map. Over it lies the issued text, invisible. The file is built from
nothing but images and text: no script, form, link or attachment of the source can reach it.
Conforms to PDF/A-2u (ISO 19005-2) as long as the images do. Source: design/intake.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image, ImageCms

from archive.intake.alignment import flatten
from archive.intake.geometry import A4_MM
from archive.intake.pdf_writer import PdfObjects
from archive.intake.picture import RasterPicture
from archive.intake.text_layer import POINTS_PER_MM, TextFont, TextRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.intake.marks import PageRead
    from archive.intake.picture import Picture, PictureStream

Affine = tuple[float, float, float, float, float, float]

_FLAT_DPI = 300.0
"""A photo drawn flat gets at most so many; phones have more pixels than detail."""

TEXT_LAYER_NOTE = "图像为扫描原件；可检索的文字是签发时的文本，不是从扫描图像上识别的。"


class HasStream(Protocol):
    """A page whose picture can be embedded: an open scan's page, or a spooled one."""

    def stream(self) -> PictureStream:
        """Return the image as a PDF can embed it."""

    def load(self) -> Picture:
        """Return the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedPage:
    """One page of the derived file."""

    source: HasStream
    read: PageRead
    text: tuple[TextRun, ...] = ()
    """The issued text of this page; empty for a stranger."""


def derive_pdf(pages: Iterable[DerivedPage], *, title: str = "") -> bytes:
    """Write the pages, in the order given, as one PDF; equal input gives equal bytes.

    Args:
        pages: Read one after the other, so a generator keeps one picture in memory at a time
            besides the result.
        title: Shown by viewers; no personal data.
    """
    pdf = PdfObjects()
    catalog, tree, font_number = pdf.reserve(), pdf.reserve(), pdf.reserve()
    font = TextFont()
    kids = []
    for page in pages:
        stream = _flat(page) or page.source.stream()
        width_mm, height_mm, matrix = _placing(page.read, stream)
        image = _embed(pdf, stream)
        content = b"q %.6f %.6f %.6f %.6f %.4f %.4f cm /Im Do Q\n" % matrix
        content += font.operators(page.text, page_height=height_mm)
        kids.append(
            pdf.add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.3f %.3f] /Contents %d 0 R"
                b" /Resources << /XObject << /Im %d 0 R >> /Font << /T %d 0 R >> >> >>"
                % (
                    tree,
                    width_mm * POINTS_PER_MM,
                    height_mm * POINTS_PER_MM,
                    pdf.add_stream(b"", content),
                    image,
                    font_number,
                )
            )
        )
    assert kids, "a derived file has at least one page"
    font.write(pdf, font_number)
    pdf.put(tree, b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(kids), b" ".join(b"%d 0 R" % k for k in kids)))
    profile = pdf.add_stream(b"/N 3", _srgb())
    metadata = pdf.add_stream(b"/Type /Metadata /Subtype /XML", _xmp(title), is_encoded=True)
    pdf.put(
        catalog,
        b"<< /Type /Catalog /Pages %d 0 R /Metadata %d 0 R /Lang (zh-CN) /OutputIntents [<< /Type /OutputIntent"
        b" /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB) /DestOutputProfile %d 0 R >>] >>"
        % (tree, metadata, profile),
    )
    return pdf.finish(catalog)


def _flat(page: DerivedPage) -> PictureStream | None:
    """Draw a page seen in perspective flat; ``None`` when the stream itself can be placed."""
    fit = page.read.registration
    if fit is None or fit.affine() is not None:
        return None
    picture = page.source.load()
    return RasterPicture(Image.fromarray(flatten(picture, fit, dpi=min(_FLAT_DPI, fit.dpi)))).stream()


def _embed(pdf: PdfObjects, stream: PictureStream) -> int:
    space = b"/DeviceRGB" if stream.components == 3 else b"/DeviceGray"
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d /ColorSpace %b /Filter /%b" % (
        stream.width,
        stream.height,
        stream.bits,
        space,
        stream.filter.encode(),
    )
    if stream.filter == "CCITTFaxDecode":
        entries += b" /DecodeParms << /K -1 /Columns %d /Rows %d /BlackIs1 false >>" % (stream.width, stream.height)
    return pdf.add_stream(entries, stream.data, is_encoded=True)


def _placing(read: PageRead, stream: PictureStream) -> tuple[float, float, Affine]:
    """Return the sheet in mm, and the matrix that takes the unit square of the image to its points."""
    w, h = stream.width, stream.height
    unit_to_pixels = np.array([[w, 0, 0], [0, -h, h], [0, 0, 1]], float)
    if read.registration is not None:
        width, height = read.registration.width_mm, read.registration.height_mm
        affine = read.registration.affine()
        a, b, c, d, e, f = affine or (w / width, 0.0, 0.0, h / height, 0.0, 0.0)
        pixels_to_mm = np.linalg.inv(np.array([[a, c, e], [b, d, f], [0, 0, 1]]))
    else:
        width, height, pixels_to_mm = _fit_to_sheet(w, h, stream.turns)
    mm_to_points = np.array([[POINTS_PER_MM, 0, 0], [0, -POINTS_PER_MM, height * POINTS_PER_MM], [0, 0, 1]])
    (a, c, e), (b, d, f) = (mm_to_points @ pixels_to_mm @ unit_to_pixels)[:2].tolist()
    return width, height, (a, b, c, d, e, f)


def _fit_to_sheet(w: int, h: int, turns: int) -> tuple[float, float, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Put an unregistered picture, turned clockwise, into the middle of an A4 sheet."""
    turned = np.eye(3)
    for _ in range(turns):
        # one clockwise quarter turn: (x, y) -> (h - y, x)
        turned = np.array([[0, -1, h], [1, 0, 0], [0, 0, 1]], float) @ turned
        w, h = h, w
    width, height = A4_MM if h >= w else A4_MM[::-1]
    scale = min(width / w, height / h)
    placed = np.array(
        [[scale, 0, (width - w * scale) / 2], [0, scale, (height - h * scale) / 2], [0, 0, 1]],
    )
    return width, height, placed @ turned


@cache
def _srgb() -> bytes:
    """Return an sRGB profile whose date (ICC.1 §7.2.8, bytes 24 to 35) is fixed, so that bytes repeat."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    fixed = b"\x07\xd0\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00"
    return data[:24] + fixed + data[36:]


def _xmp(title: str) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{TEXT_LAYER_NOTE}</rdf:li></rdf:Alt></dc:description>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    ).encode()
