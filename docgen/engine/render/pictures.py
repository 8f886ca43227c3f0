"""Pictures put into a paper for one record: their bytes, their place in the package, their markup.

The numbers given out (rIdN, imageN, drawing ids) are those python-docx gives, so that a paper made here and one
made by docxtpl are equal part by part. Equal pictures are stored once.
"""

from __future__ import annotations

import functools
import hashlib
import io
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from xml.sax.saxutils import quoteattr

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.spec import default_content_types
from docx.oxml.shape import CT_Inline
from docx.shared import Length, Mm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docxtpl import InlineImage

_PICTURE_ERRORS = (
    UnrecognizedImageError,
    InvalidImageStreamError,
    UnexpectedEndOfFileError,
    ZeroDivisionError,
    struct.error,
    KeyError,
    ValueError,
    OSError,
)
_DECLARATION = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAX_WRITTEN = 64
IMAGE = RELATIONSHIP_TYPE.IMAGE
HYPERLINK = RELATIONSHIP_TYPE.HYPERLINK


class NotAPictureError(ValueError):
    """The bytes are none of PNG, JPEG, GIF, BMP, TIFF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in the line of text; give one of the sizes and the other follows."""

    data: bytes
    width: int | None = None
    """English Metric Units, 914,400 an inch; see `Picture.mm`."""

    height: int | None = None
    """English Metric Units."""

    link: str = ""
    """Address opened by a click; empty for none."""

    file_name: str = ""
    """Name kept inside the docx; empty for a neutral one."""

    @classmethod
    def mm(cls, data: bytes, *, width: float | None = None, height: float | None = None) -> Self:
        """Make a picture whose size is given in millimetres."""
        return cls(
            data=data,
            width=None if width is None else Mm(width),
            height=None if height is None else Mm(height),
        )

    @classmethod
    def of_inline_image(cls, image: InlineImage) -> Self:
        """Take over docxtpl's own picture value, whatever template object it was made for."""
        source = image.image_descriptor
        if isinstance(source, str):
            read = Image.from_file(source)
            data, name = read.blob, read.filename
        else:
            source.seek(0)
            data, name = source.read(), ""
        return cls(data=data, width=image.width, height=image.height, link=image.anchor or "", file_name=name)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a picture's own header says."""

    extension: str
    content_type: str
    name: str
    width: int
    height: int


def measure(picture: Picture) -> Measured:
    """Read the header and scale as python-docx does.

    Raises:
        NotAPictureError: The bytes are of no known format, or damaged.
    """
    try:
        if picture.file_name:
            image = _named(picture)
        elif picture.data[:8] == b"\x89PNG\r\n\x1a\n" and picture.width is not None and picture.height is not None:
            return Measured("png", "image/png", "image.png", picture.width, picture.height)
        else:
            image = Image.from_blob(picture.data)
        width, height = image.scaled_dimensions(_length(picture.width), _length(picture.height))
        return Measured(image.ext, image.content_type, image.filename, width, height)
    except _PICTURE_ERRORS as error:
        raise NotAPictureError from error


def _named(picture: Picture) -> Image:
    image = Image.from_file(io.BytesIO(picture.data))
    return Image(image.blob, picture.file_name, image._image_header)  # noqa: SLF001 - the only way to keep the name


def _length(value: int | None) -> Length | None:
    return None if value is None else Length(value)


@dataclass(slots=True)
class PartLinks:
    """The relationships of one part, as the template has them."""

    rels_name: str
    """Zip name of the .rels member."""

    xml: str
    """Its text, or that of an empty one."""

    used: frozenset[str]
    """Identifiers taken (rIdN)."""

    by_target: dict[str, str]
    """Image member name -> identifier, and address of a link -> identifier."""

    base: str
    """Folder the targets are relative to (`word`)."""

    shape_id: int
    """What python-docx calls the next free number in the part."""


@dataclass(slots=True)
class PackagePictures:
    """The pictures the template itself holds."""

    by_digest: dict[str, str]
    """SHA-1 -> member name (`word/media/image1.png`). SHA-1 names equal bytes here, it guards nothing."""

    numbers: frozenset[int]
    count: int
    extensions: dict[str, str]
    """Extension -> content type, as the package declares them."""

    overrides: dict[str, str]
    """Part name -> content type."""

    written: dict[tuple[tuple[str, str], ...], bytes] = field(default_factory=dict)
    """Content types already written, by what was added to them."""


@dataclass(slots=True)
class PictureStore:
    """The pictures and relationships one record adds to the package."""

    package: PackagePictures
    media: dict[str, bytes] = field(default_factory=dict)
    _by_digest: dict[str, str] = field(default_factory=dict)
    _numbers: set[int] = field(default_factory=set)
    _extensions: dict[str, str] = field(default_factory=dict)
    _overrides: dict[str, str] = field(default_factory=dict)
    _added: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    _targets: dict[tuple[str, str], str] = field(default_factory=dict)

    def relate(self, links: PartLinks, picture: Picture) -> tuple[str, Measured]:
        """Return the relationship to the picture from the part, made when it is new."""
        measured = measure(picture)
        digest = hashlib.sha1(picture.data, usedforsecurity=False).hexdigest()
        name = self.package.by_digest.get(digest) or self._by_digest.get(digest)
        if name is None:
            name = self._next_name(measured.extension)
            self._by_digest[digest] = name
            self.media[name] = picture.data
            self._declare(name, measured)
        return self._identifier(links, IMAGE, name), measured

    def link(self, links: PartLinks, address: str) -> str:
        """Return the relationship to an address outside, made when it is new."""
        return self._identifier(links, HYPERLINK, address)

    def has(self, links: PartLinks, identifier: str) -> bool:
        """Say whether this record added the relationship to the part."""
        return any(row[0] == identifier for row in self._added.get(links.rels_name, ()))

    def members(self, parts: dict[str, PartLinks]) -> dict[str, bytes]:
        """Return the members to be written besides the parts themselves: pictures, rels, content types."""
        out: dict[str, bytes] = {}
        types = self._content_types() if self.media else None
        if types is not None:
            out["[Content_Types].xml"] = types
        for rels_name, added in self._added.items():
            rows = "".join(
                f'<Relationship Id="{identifier}" Type="{kind}" Target={quoteattr(target)}'
                + (' TargetMode="External"/>' if kind == HYPERLINK else "/>")
                for identifier, kind, target in added
            )
            xml = parts[rels_name].xml
            out[rels_name] = xml.replace("</Relationships>", rows + "</Relationships>").encode()
        return out | self.media

    def _next_name(self, extension: str) -> str:
        total = self.package.count + len(self._numbers)
        used = self.package.numbers | self._numbers
        number = next((n for n in range(1, total + 1) if n not in used), total + 1)
        self._numbers.add(number)
        return f"word/media/image{number}.{extension}"

    def _declare(self, name: str, measured: Measured) -> None:
        extension = measured.extension.lower()
        if (extension, measured.content_type) in default_content_types:
            self._extensions[extension] = measured.content_type
        else:
            self._overrides["/" + name] = measured.content_type

    def _content_types(self) -> bytes | None:
        """Return the content types with what the new pictures need, or None when nothing is new."""
        if not self._overrides and self._extensions.items() <= self.package.extensions.items():
            return None
        key = (*self._extensions.items(), *self._overrides.items())
        xml = self.package.written.get(key)
        if xml is None:
            xml = _written_types(self.package.extensions | self._extensions, self.package.overrides | self._overrides)
            if len(self.package.written) < _MAX_WRITTEN:
                self.package.written[key] = xml
        return xml

    def _identifier(self, links: PartLinks, kind: str, target: str) -> str:
        if target in links.by_target:
            return links.by_target[target]
        key = (links.rels_name, target)
        known = self._targets.get(key)
        if known is not None:
            return known
        added = self._added.setdefault(links.rels_name, [])
        taken = links.used | {row[0] for row in added}
        identifier = next(name for n in range(1, len(taken) + 2) if (name := f"rId{n}") not in taken)
        reference = target if kind == HYPERLINK else _relative(target, links.base)
        added.append((identifier, kind, reference))
        self._targets[key] = identifier
        return identifier


def _written_types(defaults: Mapping[str, str], overrides: Mapping[str, str]) -> bytes:
    """Write `[Content_Types].xml` in the order python-docx has."""
    rows = [
        f"<Default Extension={quoteattr(name)} ContentType={quoteattr(defaults[name])}/>" for name in sorted(defaults)
    ]
    rows += [
        f"<Override PartName={quoteattr(name)} ContentType={quoteattr(overrides[name])}/>" for name in sorted(overrides)
    ]
    return f'{_DECLARATION}<Types xmlns="{_TYPES}">{"".join(rows)}</Types>'.encode()


def _relative(target: str, base: str) -> str:
    folder = base + "/" if base else ""
    return target.removeprefix(folder) if target.startswith(folder) else "/" + target


@functools.cache
def _inline_pattern(*, indented: bool) -> str:
    """Return the markup python-docx makes for a picture in the line (ECMA-376-1 §20.4.2.8), with places to fill.

    docxtpl writes it indented into a body and without white space into headers; so do we.
    """
    inline = CT_Inline.new_pic_inline(
        shape_id=4711, rId="@relation", filename="@name", cx=Length(4712), cy=Length(4713)
    )
    xml = inline.xml if indented else re.sub(r">\s+<", "><", inline.xml).strip()
    xml = xml.replace("{", "{{").replace("}", "}}")
    xml = re.sub(r'<wp:docPr id="4711" name="Picture 4711"\s*/>', "{properties}", xml)
    xml = re.sub(r'<pic:cNvPr id="0" name="@name"\s*/>', "{shown}", xml)
    xml = xml.replace('"@relation"', '"{relation}"').replace('"4712"', '"{width}"').replace('"4713"', '"{height}"')
    return f"<w:drawing>{xml}</w:drawing>"


def inline_markup(
    *, measured: Measured, relation: str, drawing_id: str, shape_id: int, indented: bool, link: str = ""
) -> str:
    """Return the content of the run that shows a picture."""
    click = f'<a:hlinkClick r:id="{link}"/>' if link else ""
    return _inline_pattern(indented=indented).format(
        properties=f'<wp:docPr id="{drawing_id}" name="Picture {shape_id}">{click}</wp:docPr>',
        shown=f'<pic:cNvPr id="0" name={quoteattr(measured.name)}>{click}</pic:cNvPr>',
        relation=relation,
        width=measured.width,
        height=measured.height,
    )
