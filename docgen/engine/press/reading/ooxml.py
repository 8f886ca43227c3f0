"""The package of a docx and the few spellings of WordprocessingML that everything here needs.

Source: ECMA-376 part 1 (WordprocessingML) and part 2 (packages). Lengths leave this module in
points. Parts are handed out with their packed bytes, so that what a batch shares is parsed once.
"""

from __future__ import annotations

import io
import math
import posixpath
import re
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from forms.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import TypeAlias

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFF = frozenset({"0", "false", "off", "none"})
_DECLARATION = re.compile(rb"\s+xmlns:([A-Za-z0-9_.-]+)=(?:\"[^\"]*\"|'[^']*')")
_HEAD = 8192
"""Bytes in which the declarations of a part stand."""

_MAX_PART = 64 << 20
"""Unpacked bytes of one part; a paper of a hundred pages stays under a tenth of it."""


class UnreadableDocxError(TemplateError):
    """The bytes are no docx that we can lay out."""

    code = "docx.unreadable"

    def __init__(self, name: str, *, why: str) -> None:
        self.name = name
        super().__init__(f"“{name}”{why}，无法排版。请用文字处理软件重新另存为 docx 后再试。")


class Package(ABC):
    """The parts of a docx."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def read(self, part: str) -> bytes:
        """Return a part's bytes; none when there is no such part."""

    @abstractmethod
    def packed(self, part: str) -> bytes:
        """Return bytes that tell a part from others: equal bytes, equal part."""

    @property
    @abstractmethod
    def parts(self) -> Collection[str]:
        """Names of all parts."""

    @property
    def main(self) -> str:
        """Name of the part with the body."""
        for kind, target in self._relations("_rels/.rels", "").values():
            if kind.endswith("/officeDocument"):
                return target
        raise UnreadableDocxError(self.name, why="里面没有正文")

    def xml(self, part: str) -> Element | None:
        """Return the root element of a part, ``None`` when there is no such part."""
        raw = self.read(part)
        return self.parse(raw) if raw else None

    def parse(self, raw: bytes) -> Element:
        """Return the root element of XML bytes; entities are never resolved."""
        if _STRICT in raw:
            raise UnreadableDocxError(self.name, why="是“严格 Open XML”格式")
        raw = _without_unused_prefixes(raw)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            return etree.fromstring(raw, parser)
        except etree.XMLSyntaxError as error:
            raise UnreadableDocxError(self.name, why="里面的 XML 有错误") from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return a part's relationships: id to type and target part."""
        folder, name = posixpath.split(part)
        return self._relations(f"{folder}/_rels/{name}.rels", folder)

    def _relations(self, part: str, folder: str) -> dict[str, tuple[str, str]]:
        raw = self.read(part)
        if not raw:
            return {}
        found = _read_relations(raw, folder)
        if found is None:
            raise UnreadableDocxError(self.name, why="里面的 XML 有错误")
        return found


class ZippedPackage(Package):
    """A docx opened for reading."""

    def __init__(self, docx: bytes, *, name: str) -> None:
        super().__init__(name)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(docx))
            self._docx = docx
            self._parts = {info.filename: info for info in self._zip.infolist()}
        except (zipfile.BadZipFile, ValueError) as error:
            raise UnreadableDocxError(name, why="不是 docx 文件或已损坏") from error

    @property
    def parts(self) -> Collection[str]:
        """Names of all parts."""
        return self._parts

    def packed(self, part: str) -> bytes:
        """Return a part's bytes as they are stored."""
        info = self._parts.get(part)
        if info is None:
            return b""
        start = info.header_offset
        name_size, extra_size = struct.unpack_from("<HH", self._docx, start + 26)
        start += 30 + name_size + extra_size
        return self._docx[start : start + info.compress_size]

    def read(self, part: str) -> bytes:
        """Return a part's bytes."""
        info = self._parts.get(part)
        if info is None:
            return b""
        if info.file_size > _MAX_PART:
            raise UnreadableDocxError(self.name, why="里面有异常庞大的部分")
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise UnreadableDocxError(self.name, why="已损坏") from error


class LoosePackage(Package):
    """The parts of a docx that was not packed."""

    def __init__(self, base: Mapping[str, bytes], changed: Mapping[str, bytes], *, name: str) -> None:
        super().__init__(name)
        self._base = base
        self._changed = changed

    @property
    def parts(self) -> Collection[str]:
        """Names of all parts."""
        return self._base.keys() | self._changed.keys()

    def read(self, part: str) -> bytes:
        """Return a part's bytes."""
        found = self._changed.get(part)
        return self._base.get(part, b"") if found is None else found

    def packed(self, part: str) -> bytes:
        """Return a part's bytes."""
        return self.read(part)


@lru_cache(maxsize=256)
def _read_relations(raw: bytes, folder: str) -> dict[str, tuple[str, str]] | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        return None
    found: dict[str, tuple[str, str]] = {}
    for relation in root:
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
        found[relation.get("Id", "")] = (relation.get("Type", ""), target)
    return found


def _without_unused_prefixes(raw: bytes) -> bytes:
    """Drop namespace declarations nothing uses.

    Word declares thirty of them, and each would stand again in the bytes of every paragraph that
    is looked up by them.
    """
    head = raw[:_HEAD]
    found = {match[0]: match[1] + b":" for match in _DECLARATION.finditer(head)}
    unused = [declaration for declaration, prefix in found.items() if prefix not in raw]
    for declaration in unused:
        head = head.replace(declaration, b"")
    return head + raw[_HEAD:] if unused else raw


def local(element: Element) -> str:
    """Return an element's name without its namespace; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: Element | None, name: str = "val") -> str | None:
    """Return a `w:` attribute, ``None`` when the element or the attribute is not there."""
    return None if element is None else element.get(W + name)


def is_on(element: Element | None, *, default: bool = False) -> bool:
    """Read an on/off property: present without a value means on."""
    if element is None:
        return default
    found = element.get(W + "val")
    return found is None or found.lower() not in _OFF


def points(text: str | None, default: float = 0.0) -> float:
    """Read a measure: twentieths of a point, or a number with its unit (ST_TwipsMeasure)."""
    if not text:
        return default
    for unit, size in (("pt", 1.0), ("mm", 72 / 25.4), ("cm", 72 / 2.54), ("in", 72.0), ("pc", 12.0), ("pi", 12.0)):
        if text.endswith(unit):
            return _float(text[: -len(unit)], default / size) * size
    return _float(text, default * 20) / 20


def whole(text: str | None, default: int = 0) -> int:
    """Read a whole number; anything else is the default."""
    try:
        return int(text) if text is not None else default
    except ValueError:
        return int(_float(text, default))


def _float(text: str | None, default: float) -> float:
    try:
        found = float(text) if text is not None else default
    except ValueError:
        return default
    return found if math.isfinite(found) else default
