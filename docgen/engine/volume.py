"""Several finished PDFs as one: in order, bookmarked, with overlays, as PDF/A-2b.

Pages and their pictures are carried over untouched; an overlay becomes a form over the page, so that
taking it away again gives the page as it was. What the parts have in common (fonts without outlines,
colour profiles) is stored once. Source: ISO 19005-2 §6.1.3, §6.2.3, §6.6.2; pypdf 7.1.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from docgen.engine.overlay import OverlayPage, write_overlay
from docgen.engine.volume_tags import join_trees

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pypdf import PageObject

    from docgen.engine.press.fonts.book import Typeface

PRODUCER = "docgen"
_FORM = "/DocgenOverlay"


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumePart:
    """One finished PDF in a volume."""

    pdf: bytes
    bookmark: str
    """In the outline; empty: none."""
    overlays: tuple[OverlayPage | None, ...] = ()
    """One for each page, or none at all."""
    page_labels: tuple[str, ...] = field(default=())
    """What a viewer calls each page; one for each page, or none at all."""


def page_sizes(pdf: bytes) -> tuple[tuple[float, float], ...]:
    """Return width and height of each page in points."""
    return tuple((float(p.mediabox.width), float(p.mediabox.height)) for p in PdfReader(io.BytesIO(pdf)).pages)


def bind_volume(parts: Sequence[VolumePart], *, title: str, typeface: Typeface) -> bytes:
    """Return the parts as one PDF; equal parts give equal bytes.

    Args:
        parts: In order; each is PDF/A-2 itself.
        title: Of the file; no personal data.
        typeface: Of the overlays.
    """
    writer = PdfWriter()
    writer.pdf_header = "%PDF-1.7"
    overlays = [page for part in parts for page in part.overlays if page is not None and not page.is_empty]
    forms = _forms(writer, overlays, typeface)
    labels: list[str] = []
    intents: Any = None
    bound: list[tuple[PdfReader, range]] = []
    for part in parts:
        reader = PdfReader(io.BytesIO(part.pdf))
        if intents is None and "/OutputIntents" in reader.root_object:
            intents = reader.root_object["/OutputIntents"].clone(writer)
        first = len(writer.pages)
        for index, page in enumerate(reader.pages):
            added = writer.add_page(page)
            added.pop("/Annots", None)
            overlay = part.overlays[index] if part.overlays else None
            if overlay is not None and not overlay.is_empty:
                _lay_over(writer, added, forms.pop(0))
        bound.append((reader, range(first, len(writer.pages))))
        if part.bookmark:
            writer.add_outline_item(title=part.bookmark, page_number=first)
        labels += part.page_labels or [""] * len(reader.pages)
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    join_trees(writer, bound)  # elements that are alike are not one
    root = writer.root_object
    if intents is not None:
        root[NameObject("/OutputIntents")] = intents
    root[NameObject("/Metadata")] = writer._add_object(_metadata(title))  # noqa: SLF001  pypdf has no public way
    root[NameObject("/Lang")] = TextStringObject("zh-CN")
    root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    root[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(value=True)}
    )
    root[NameObject("/PageLabels")] = _page_labels(labels)
    writer.metadata = {"/Title": title, "/Producer": PRODUCER}
    identity = hashlib.sha256(title.encode())
    for part in parts:
        identity.update(hashlib.sha256(part.pdf).digest())
        identity.update(repr(part.overlays).encode())
    name = ByteStringObject(identity.digest()[:16])
    writer._ID = ArrayObject([name, name])  # noqa: SLF001  else a random one at every writing
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _forms(writer: PdfWriter, overlays: Sequence[OverlayPage], typeface: Typeface) -> list[Any]:
    """Return one form for each overlay, all of them sharing one subset of the font."""
    if not overlays:
        return []
    drawn = io.BytesIO()
    write_overlay(overlays, drawn, typeface=typeface)
    forms = []
    for page in PdfReader(drawn).pages:
        content = page.get_contents()
        assert content is not None
        form: StreamObject = DecodedStreamObject()
        form.set_data(content.get_data())
        form = form.flate_encode()
        form[NameObject("/Type")] = NameObject("/XObject")
        form[NameObject("/Subtype")] = NameObject("/Form")
        form[NameObject("/BBox")] = ArrayObject(FloatObject(side) for side in page.mediabox)
        form[NameObject("/Resources")] = page["/Resources"].clone(writer)
        forms.append(writer._add_object(form))  # noqa: SLF001  pypdf has no public way
    return forms


def _lay_over(writer: PdfWriter, page: PageObject, form: Any) -> None:
    """Draw a form over a page whose own content stays what it was, byte for byte."""
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"q\n")
    after.set_data(b"\nQ\n/Artifact BMC %b Do EMC\n" % _FORM.encode())
    own = page["/Contents"] if isinstance(page["/Contents"], ArrayObject) else ArrayObject([page.raw_get("/Contents")])
    streams = [writer._add_object(before), *own, writer._add_object(after)]  # noqa: SLF001  pypdf has no public way
    page[NameObject("/Contents")] = ArrayObject(streams)
    shared = page["/Resources"]
    assert isinstance(shared, DictionaryObject)
    resources = DictionaryObject(shared)  # the pages of one part may share theirs
    resources[NameObject("/XObject")] = DictionaryObject({**shared.get("/XObject", {}), NameObject(_FORM): form})
    page[NameObject("/Resources")] = resources


def _page_labels(labels: Sequence[str]) -> DictionaryObject:
    """Return the labels of ISO 32000-1 §12.4.2: one entry a page, a prefix without a numeral."""
    entries = ArrayObject()
    for index, label in enumerate(labels):
        entries.append(NumberObject(index))
        entries.append(DictionaryObject({NameObject("/P"): TextStringObject(label)}))
    return DictionaryObject({NameObject("/Nums"): entries})


def _metadata(title: str) -> StreamObject:
    shown = escape(title)
    stream = DecodedStreamObject()
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    stream.set_data(
        (
            "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>"
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
            "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'"
            " xmlns:pdf='http://ns.adobe.com/pdf/1.3/' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'>"
            "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
            f"<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>{shown}</rdf:li></rdf:Alt></dc:title>"
            f"<pdf:Producer>{PRODUCER}</pdf:Producer>"
            "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
        ).encode()
    )
    return stream
