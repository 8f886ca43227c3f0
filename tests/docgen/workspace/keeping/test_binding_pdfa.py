"""Volumes against ISO 19005-2 (PDF/A-2) level B: what it forbids or asks for, looked for in every object of a file.

These are the clauses that a program can break without anybody seeing it. It is no full validator: glyph widths and
the insides of the colour profile belong to the press's own tests. (PDFBox's preflight knows part 1 only.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.workspace import Workspace

_FORBIDDEN_ACTIONS = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/Rendition", "/JavaScript"}
_FORBIDDEN_ANNOTATIONS = {"/3D", "/Sound", "/Screen", "/Movie"}
_PRINTED, _UNSEEN = 4, 0b100011  # Print; Invisible, Hidden, NoView
_FONT_FILES = {"/FontFile", "/FontFile2", "/FontFile3"}


def clauses_broken(path: Path) -> list[str]:
    """Return each clause that is broken, with where."""
    reader = PdfReader(path)
    found: list[str] = []
    if not path.read_bytes().startswith(b"%PDF-1."):
        found.append("6.1.2 header")
    if "/ID" not in reader.trailer:
        found.append("6.1.3 no file identifier")
    if "/Encrypt" in reader.trailer:
        found.append("6.1.3 encrypted")
    found += _catalogue(reader.trailer["/Root"])
    for number, thing in sorted(_objects(reader).items()):
        found += [f"{clause} (object {number})" for clause in _broken(thing)]
    return found


def _objects(reader: PdfReader) -> dict[int, Any]:
    """Return everything that can be reached from the trailer, by object number; direct ones under negative numbers."""
    found: dict[int, Any] = {}
    waiting: list[Any] = [reader.trailer]
    while waiting:
        thing: Any = waiting.pop()
        if isinstance(thing, IndirectObject):
            if thing.idnum in found:
                continue
            found[thing.idnum] = thing = thing.get_object()
        elif isinstance(thing, DictionaryObject):
            found[-len(found) - 1] = thing
        if isinstance(thing, DictionaryObject):
            waiting += [thing.raw_get(key) for key in thing]
        elif isinstance(thing, ArrayObject):
            waiting += list(thing)
    return found


def _catalogue(root: Any) -> Iterator[str]:
    xmp = root["/Metadata"].get_object().get_data().decode("utf-8")
    if "<pdfaid:part>2<" not in xmp or "<pdfaid:conformance>B<" not in xmp:
        yield "6.6.4 no identification as PDF/A-2b"
    profiles = [i for i in root.get("/OutputIntents", []) if i.get_object()["/S"] == "/GTS_PDFA1"]
    if len(profiles) != 1 or "/DestOutputProfile" not in profiles[0].get_object():
        yield "6.2.3 no output intent with a profile"
    if "/AA" in root or ("/Names" in root and "/JavaScript" in root["/Names"]):
        yield "6.5.2 program in the catalogue"
    if "/AcroForm" in root and "/XFA" in root["/AcroForm"]:
        yield "6.4.2 XFA"


def _broken(thing: Any) -> Iterator[str]:
    if not isinstance(thing, DictionaryObject):
        return
    if isinstance(thing, StreamObject):
        yield from _stream(thing)
    kind, subtype = thing.get("/Type"), thing.get("/Subtype")
    if kind == "/Page" and "/AA" in thing:
        yield "6.5.2 additional actions"
    if thing.get("/S") in _FORBIDDEN_ACTIONS:
        yield f"6.5.1 action {thing['/S']}"
    if kind == "/Annot" or "/Rect" in thing:
        yield from _annotation(thing)
    if kind == "/ExtGState" and ("/TR" in thing or thing.get("/TR2", "/Default") != "/Default"):
        yield "6.2.5 transfer function"
    if kind == "/FontDescriptor" and not _FONT_FILES & thing.keys():
        yield "6.2.11.4 font not embedded"
    if kind == "/Font" and subtype not in {"/Type0", "/Type3"} and "/FontDescriptor" not in thing:
        yield "6.2.11.4 font without a descriptor"
    if subtype == "/CIDFontType2" and "/CIDToGIDMap" not in thing:
        yield "6.2.11.3.2 no CIDToGIDMap"


def _stream(thing: StreamObject) -> Iterator[str]:
    filters = thing.get("/Filter", ())
    names = {str(f) for f in (filters if isinstance(filters, ArrayObject) else [filters])}
    if names & {"/LZWDecode", "/Crypt"}:
        yield "6.1.7 forbidden filter"
    if {"/F", "/FFilter", "/FDecodeParms"} & thing.keys():
        yield "6.1.7.1 stream outside the file"
    if thing.get("/Subtype") == "/Image":
        if "/Alternates" in thing or "/OPI" in thing:
            yield "6.2.8 alternates or OPI"
        if thing.get("/Interpolate"):
            yield "6.2.8 interpolated image"
    if thing.get("/Subtype") == "/PS" or thing.get("/Subtype2") == "/PS":
        yield "6.2.9 PostScript"


def _annotation(thing: DictionaryObject) -> Iterator[str]:
    if thing.get("/Subtype") in _FORBIDDEN_ANNOTATIONS:
        yield f"6.3.1 annotation {thing['/Subtype']}"
    flags = int(thing.get("/F", 0))
    if thing.get("/Subtype") != "/Popup" and (not flags & _PRINTED or flags & _UNSEEN):
        yield "6.3.2 annotation flags"
    if "/AA" in thing:
        yield "6.5.2 additional actions"


@pytest.mark.parametrize("recipient", ["full", "restricted", "village"])
def test_no_object_of_a_volume_breaks_a_clause(filed: Workspace, recipient: str) -> None:
    filed.describing.accession(2026)
    with filed.registry.read() as tx:
        uid = next(r.uid for r in tx.people.find("罗小山") if tx.papers.of_child(r.uid))
    assert clauses_broken(filed.binding.bind(uid, recipient=recipient).path) == []


def test_what_breaks_a_clause_is_found(filed: Workspace, tmp_path: Path) -> None:
    with filed.registry.read() as tx:
        uid = next(r.uid for r in tx.people.find("罗小山") if tx.papers.of_child(r.uid))
    writer = PdfWriter(clone_from=filed.binding.bind(uid).path)
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
    writer.root_object[NameObject("/AA")] = DictionaryObject({NameObject("/WC"): script})
    path = tmp_path / "broken.pdf"
    writer.write(path)
    codes = {clause.split()[0] for clause in clauses_broken(path)}
    assert codes >= {"6.5.1", "6.5.2"}
