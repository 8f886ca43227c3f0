"""reportlab's canvas made to write files for keeping: PDF/A-2b, the same bytes for the same input.

Source: ISO 19005-2 §6.1.7 (an end of line before `endstream`, which reportlab leaves out), §6.2.3
(output intent), §6.6.2 (XMP), §6.2.11 (all fonts embedded: reportlab always names Helvetica unless
its preamble is taken away). Verified against reportlab 5.1.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportlab.pdfbase.pdfdoc import PDFObjectReference

PRODUCER = "docgen"
_LEVEL = 6


class KeptStream(pdfdoc.PDFStream):
    """A stream packed at once, written with an end of line before `endstream`."""

    def __init__(self, content: bytes, entries: Mapping[str, object] | None = None, *, packed: bool = True) -> None:
        said: dict[str, object] = dict(entries or {})
        if packed:
            content = zlib.compress(content, _LEVEL)
            said["Filter"] = PDFName("FlateDecode")
        super().__init__(dictionary=PDFDictionary(said), content=content, filters=[])

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        """Write the stream object."""
        entries = PDFDictionary(self.dictionary.dict | {"Length": len(self.content)})
        return b"".join((entries.format(document), b"\nstream\n", self.content, b"\nendstream\n"))


class _Info(pdfdoc.PDFInfo):
    """Document information: title and producer, no dates, nobody's name."""

    def digest(self, md5object: Any) -> None:
        """Add nothing: the file's identifier is made of its content."""

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        """Write the dictionary; what it says, XMP says too."""
        entries = {"Producer": PDFString(PRODUCER)} | ({"Title": PDFString(self.title)} if self.title else {})
        return PDFDictionary(entries).format(document)


class ArchiveCanvas(Canvas):
    """A canvas whose pages are handed over as finished operators."""

    _doc: Any
    _filename: Any

    def __init__(self, target: BinaryIO, *, title: str) -> None:
        super().__init__(target, pageCompression=0, invariant=1, pdfVersion=(1, 7), lang="zh-CN")
        self._digest = hashlib.blake2b(title.encode("utf-8"), digest_size=16)
        document = self._doc
        document.info = _Info()
        document.info.title = title
        catalog = document.Catalog
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
        catalog.Metadata = KeptStream(
            _xmp(title), {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}, packed=False
        )
        intent = {
            "Type": PDFName("OutputIntent"),
            "S": PDFName("GTS_PDFA1"),
            "OutputConditionIdentifier": PDFString("sRGB IEC61966-2.1"),
            "Info": PDFString("sRGB IEC61966-2.1"),
            "DestOutputProfile": self.register(KeptStream(_srgb(), {"N": 3}), "srgb"),
        }
        catalog.OutputIntents = PDFArray([PDFDictionary(intent)])
        if title:
            catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
        self._fonts = PDFDictionary({})

    def _make_preamble(self) -> None:
        """Set no font: the one reportlab would name is not embedded."""
        self._preamble = ""

    def register(self, thing: pdfdoc.PDFObject, name: str) -> pdfdoc.PDFObjectReference:
        """Add an object to the file; return what points to it."""
        reference: pdfdoc.PDFObjectReference = self._doc.Reference(thing, name)
        return reference

    def add_font(self, resource: str, font: PDFObjectReference) -> None:
        """Give a font its name on all pages."""
        self._fonts.dict[resource] = font

    def add_page(self, size: tuple[float, float], operators: bytes, images: Mapping[str, PDFObjectReference]) -> None:
        """Add a finished page."""
        document = self._doc
        self._digest.update(operators)
        page = pdfdoc.PDFPage()
        page.MediaBox = PDFArray([0, 0, *(round(side, 2) for side in size)])
        page.Contents = KeptStream(operators)
        resources: dict[str, object] = {"Font": self.register(self._fonts, "fonts")}
        if images:
            resources["XObject"] = PDFDictionary(dict(images))
        page.Resources = PDFDictionary(resources)
        document.addPage(page)

    def finish(self) -> None:
        """Write the file."""
        identifier = b"<" + self._digest.hexdigest().encode("ascii") + b">"
        self._doc._ID = b"\n[" + identifier + identifier + b"]\n"  # noqa: SLF001 - no other way to a stable /ID
        self._doc.SaveToFile(self._filename, self)


@cache
def _srgb() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"\x07\xd0\0\x01\0\x01\0\0\0\0\0\0"  # the day it was made is no business of the file's
    profile[84:100] = bytes(16)  # and so its own digest, which is optional
    return bytes(profile)


def _xmp(title: str) -> bytes:
    shown = f"<rdf:Alt><rdf:li xml:lang='x-default'>{escape(title)}</rdf:li></rdf:Alt>"
    told = f"<dc:title>{shown}</dc:title>" if title else ""
    return (
        "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>"
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:pdf='http://ns.adobe.com/pdf/1.3/' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'>"
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        f"{told}<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>"
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>"
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()
