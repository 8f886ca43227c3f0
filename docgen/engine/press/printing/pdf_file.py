"""A PDF written as it is made: files for keeping (PDF/A), the same bytes for the same input.

Source: ISO 32000-1 §7.5 (file structure, object and cross-reference streams), ISO 19005-2 §6.1.3
(file trailer), §6.1.7 (an end of line before `endstream`), §6.2.3 (output intent), §6.6.2 (XMP),
§6.2.11 (all fonts embedded); ISO 19005-1 for the older level, which knows no object streams.

Objects leave memory as soon as they are finished; what is kept is one place for each.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO
from xml.sax.saxutils import escape

from docgen.engine.press.printing.predicting import differences
from docgen.engine.press.printing.srgb import srgb_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PRODUCER = "docgen"
_LEVEL = 9
QUICK_LEVEL = 7
"""For operators and small objects: a third of the time of the best, and hardly larger."""

_LONG = 20_000
"""Bytes from which what a page shows is a table of hundreds of cells …"""

_LONG_LEVEL = 4
"""… which is packed in little more than half the time for 15 % of its size."""

_ENTRY = struct.Struct(">BIH")
"""A row of the cross-reference stream."""

_DELIMITERS = b"/<[("
"""What a value may begin with that needs no blank before it."""

_PER_STREAM = 400
"""Objects packed together: more pack better, fewer are found faster."""


class Level(StrEnum):
    """Which standard the file keeps."""

    A2B = "2B"
    A2A = "2A"
    """The same with a structure of headings, paragraphs and tables."""

    A1B = "1B"

    @property
    def is_old(self) -> bool:
        """PDF 1.4: no object streams."""
        return self is Level.A1B


def name(text: str) -> bytes:
    """Write a name that needs no escapes."""
    return b"/" + text.encode("ascii")


def reference(number: int) -> bytes:
    """Write a reference to an object."""
    return b"%d 0 R" % number


def text(value: str) -> bytes:
    """Write a text string."""
    if value.isascii() and value.isprintable():
        return b"(" + value.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("ascii") + b")"
    return b"<" + ("\ufeff" + value).encode("utf-16-be").hex().encode("ascii") + b">"


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    """Write a dictionary."""
    parts = [
        b"/%b%b%b" % (key.encode("ascii"), b"" if value[:1] in _DELIMITERS else b" ", value)
        for key, value in entries.items()
    ]
    return b"<<%b>>" % b"".join(parts)


def array(items: Iterable[bytes]) -> bytes:
    """Write an array."""
    return b"[" + b" ".join(items) + b"]"


class PdfFile:
    """One file, written to a target that need not be seekable."""

    def __init__(self, target: BinaryIO, *, title: str, level: Level = Level.A2B) -> None:
        self._target = target
        self._level = level
        self._title = title
        self._digest = hashlib.blake2b(digest_size=16)
        self._size = 0
        self._places: list[tuple[int, int, int]] = [(0, 0, 65535)]
        """Kind, place, index or generation of each object, as a cross-reference stream has them."""

        self._waiting: list[tuple[int, bytes]] = []
        self._pages: list[int] = []
        self._named: dict[str, int] = {}
        self._fonts: dict[str, int] = {}
        self._extra: dict[str, bytes] = {}
        self._write(b"%PDF-1.4\n" if level.is_old else b"%PDF-1.7\n")
        self._write(b"%\xe5\xad\x98\xe6\xa1\xa3\n")
        self.pages_object = self.reserve()
        self.fonts_object = self.reserve()
        self.font_resources = self.reserve()
        """Resources of a form that calls nothing but fonts."""

        self._shared: dict[str, int] = {}
        self._resources = self.reserve()
        """Fonts and shared forms: the resources of every page that has no pictures of its own."""

    def _write(self, content: bytes) -> None:
        self._target.write(content)
        self._digest.update(content)
        self._size += len(content)

    @property
    def lists_codes(self) -> bool:
        """Whether each font must say which of its codes it has outlines for."""
        return self._level.is_old

    @property
    def is_opaque(self) -> bool:
        """Whether nothing may be transparent (ISO 19005-1 §6.4)."""
        return self._level.is_old

    # objects

    def reserve(self) -> int:
        """Return the number of an object that will be put later."""
        self._places.append((0, 0, 65535))
        return len(self._places) - 1

    def put(self, number: int, body: bytes) -> int:
        """Write an object that is no stream; return its number."""
        if self._level.is_old:
            self._now(number, body)
        else:
            self._waiting.append((number, body))
            if len(self._waiting) == _PER_STREAM:
                self._flush()
        return number

    def reserve_run(self, count: int) -> int:
        """Reserve numbers that follow each other; return the first."""
        first = len(self._places)
        self._places += [(0, 0, 65535)] * count
        return first

    def go_on_at(self, step: int) -> None:
        """Give the next object a number that can be divided by ``step``; those in between stay free (§7.5.4)."""
        self._places += [(0, 0, 65535)] * (-len(self._places) % step)

    @property
    def packs_objects(self) -> bool:
        """Whether objects may stand in streams."""
        return not self._level.is_old

    def add_object_stream(self, content: bytes, entries: Mapping[str, bytes], numbers: Sequence[int]) -> None:
        """Write a finished stream of objects.

        Args:
            content: As it stands in the file.
            entries: Its dictionary, without length.
            numbers: Of the objects in it, in order.
        """
        holder = self.add_stream(content, entries, packed=False)
        for index, number in enumerate(numbers):
            self._places[number] = (2, holder, index)

    def add(self, body: bytes) -> int:
        """Write a new object that is no stream; return its number."""
        return self.put(self.reserve(), body)

    def add_named(self, key: str, body: bytes) -> int:
        """Write an object once for its key; return its number."""
        if key not in self._named:
            self._named[key] = self.add(body)
        return self._named[key]

    def add_stream(
        self, content: bytes, entries: Mapping[str, bytes] | None = None, *, packed: bool = True, level: int = _LEVEL
    ) -> int:
        """Write a stream; return its number.

        Args:
            content: What is in it.
            entries: Its dictionary, without length.
            packed: Pack it; else it is written as it is.
            level: How hard to pack.
        """
        said = dict(entries or {})
        if packed:
            content = zlib.compress(content, level)
            said["Filter"] = b"/FlateDecode"
        said["Length"] = b"%d" % len(content)
        number = self.reserve()
        self._now(number, b"".join((dictionary(said), b"\nstream\n", content, b"\nendstream")))
        return number

    def _now(self, number: int, body: bytes) -> None:
        self._places[number] = (1, self._size, 0)
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _flush(self) -> None:
        """Write the waiting objects as one stream (ISO 32000-1 §7.5.7)."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        at, heads, bodies = 0, [], []
        for number, body in waiting:
            heads.append(b"%d %d" % (number, at))
            bodies.append(body)
            at += len(body) + 1
        head = b" ".join(heads) + b"\n"
        entries = {"Type": b"/ObjStm", "N": b"%d" % len(waiting), "First": b"%d" % len(head)}
        holder = self.add_stream(head + b"\n".join(bodies), entries, level=QUICK_LEVEL)
        for index, (number, _) in enumerate(waiting):
            self._places[number] = (2, holder, index)

    # pages

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def add_font(self, resource: str, font: int) -> None:
        """Give a font its name on all pages."""
        self._fonts[resource] = font

    @property
    def shared_count(self) -> int:
        """How many forms have a name on all pages."""
        return len(self._shared)

    def share(self, key: str, form: int) -> None:
        """Give a form its name on all pages."""
        self._shared[key] = form

    def add_page(
        self,
        size: tuple[float, float],
        operators: bytes,
        objects: Mapping[str, int],
        *,
        number: int | None = None,
        extra: Mapping[str, bytes] | None = None,
    ) -> int:
        """Add a finished page.

        Args:
            size: In points.
            operators: What is drawn.
            objects: Pictures and forms by the names that the operators call.
            number: Of its object, where it was reserved.
            extra: Further entries of its dictionary.

        Returns:
            The number of its object.
        """
        resources = reference(self._resources)
        if not objects.keys() <= self._shared.keys():
            named = dictionary({key: reference(at) for key, at in objects.items()})
            resources = dictionary({"Font": reference(self.fonts_object), "XObject": named})
        entries = {
            "Type": b"/Page",
            "Parent": reference(self.pages_object),
            "MediaBox": b"[0 0 %b %b]" % (_short(size[0]), _short(size[1])),
            "Resources": resources,
            "Contents": reference(
                self.add_stream(operators, level=QUICK_LEVEL if len(operators) < _LONG else _LONG_LEVEL)
            ),
            **(extra or {}),
        }
        page = self.put(self.reserve() if number is None else number, dictionary(entries))
        self._pages.append(page)
        return page

    def set_root(self, key: str, value: bytes) -> None:
        """Give the catalogue an entry."""
        self._extra[key] = value

    # the end

    def finish(self) -> None:
        """Write what is left."""
        pages = {
            "Type": b"/Pages",
            "Count": b"%d" % len(self._pages),
            "Kids": array(reference(page) for page in self._pages),
        }
        self.put(self.pages_object, dictionary(pages))
        self.put(self.fonts_object, dictionary({key: reference(at) for key, at in sorted(self._fonts.items())}))
        resources = {"Font": reference(self.fonts_object)}
        self.put(self.font_resources, dictionary(resources))
        if self._shared:
            resources["XObject"] = dictionary({key: reference(at) for key, at in self._shared.items()})
        self.put(self._resources, dictionary(resources))
        root = self.add(dictionary(self._root()))
        told = {"Producer": text(PRODUCER)} | ({"Title": text(self._title)} if self._title else {})
        info = self.add(dictionary(told))
        self._flush()
        trailer = {"Root": reference(root), "Info": reference(info)}
        if self._level.is_old:
            self._table(trailer)
        else:
            self._stream(trailer)

    def _root(self) -> dict[str, bytes]:
        profile = self.add_stream(srgb_profile(), {"N": b"3"})
        intent = {
            "Type": b"/OutputIntent",
            "S": b"/GTS_PDFA1",
            "OutputConditionIdentifier": text("sRGB IEC61966-2.1"),
            "Info": text("sRGB IEC61966-2.1"),
            "DestOutputProfile": reference(profile),
        }
        metadata = self.add_stream(
            _xmp(self._title, self._level), {"Type": b"/Metadata", "Subtype": b"/XML"}, packed=False
        )
        root = {
            "Type": b"/Catalog",
            "Pages": reference(self.pages_object),
            "Lang": text("zh-CN"),
            "Metadata": reference(metadata),
            "OutputIntents": array((dictionary(intent),)),
        }
        if self._title:
            root["ViewerPreferences"] = b"<</DisplayDocTitle true>>"
        return root | self._extra

    def _identifier(self) -> bytes:
        told = b"<" + self._digest.hexdigest().encode("ascii") + b">"
        return array((told, told))

    def _table(self, trailer: dict[str, bytes]) -> None:
        rows = [b"%010d %05d %b \n" % (at, extra, b"n" if kind else b"f") for kind, at, extra in self._places]
        start = self._size
        trailer |= {"Size": b"%d" % len(rows), "ID": self._identifier()}
        self._write(b"xref\n0 %d\n%btrailer\n%b\n" % (len(rows), b"".join(rows), dictionary(trailer)))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _stream(self, trailer: dict[str, bytes]) -> None:
        """Write the cross-reference stream (ISO 32000-1 §7.5.8), each row as the difference to the one above."""
        number = self.reserve()
        self._places[number] = (1, self._size, 0)
        rows = b"".join([_ENTRY.pack(*place) for place in self._places])
        entries = {
            "Type": b"/XRef",
            "Size": b"%d" % len(self._places),
            "W": b"[1 4 2]",
            "ID": self._identifier(),
            **trailer,
            "DecodeParms": b"<</Predictor 12 /Columns 7>>",
            "Filter": b"/FlateDecode",
        }
        content = zlib.compress(differences(rows, _ENTRY.size), QUICK_LEVEL)
        entries["Length"] = b"%d" % len(content)
        start = self._size
        self._write(b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, dictionary(entries), content))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)


def _short(value: float) -> bytes:
    return b"%g" % round(value, 2)


def _xmp(title: str, level: Level) -> bytes:
    shown = f"<rdf:Alt><rdf:li xml:lang='x-default'>{escape(title)}</rdf:li></rdf:Alt>"
    told = f"<dc:title>{shown}</dc:title>" if title else ""
    part, conformance = level
    return (
        "<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>"
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:pdf='http://ns.adobe.com/pdf/1.3/' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'>"
        f"<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance>"
        f"{told}<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>"
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>"
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()
