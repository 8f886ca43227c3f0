"""A docx as a zip package: read under guard, written the same way every time.

Source: ECMA-376-2 (OPC) §10 for names and members, APPNOTE 6.3 for the zip records. What must stay true:
no member is unpacked before its sizes have been judged, and the same members give the same bytes.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from docgen.engine.render.errors import TemplateDoctypeError, TemplateFileError, TemplateTooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_FILE = 64 << 20
"""Bytes of the docx itself; a form with scanned pictures stays far below."""

MAX_PART = 128 << 20
"""Bytes of one member when unpacked."""

MAX_TOTAL = 256 << 20
"""Bytes of all members when unpacked."""

MAX_MEMBERS = 4096
MAX_RATIO = 400
"""Unpacked to packed, judged only beyond 1 MiB: deflate cannot exceed 1032, real XML parts stay below 100."""

_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E|<\0?!\0?E\0?N\0?T\0?I\0?T\0?Y")
_ENCODING = re.compile(rb"""^\xef?\xbb?\xbf?<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_XML_SUFFIXES = (".xml", ".rels", ".vml")
_EPOCH = 0x21
"""1980-01-01 in the date field of a zip record, its earliest day: our members carry no time."""

_UTF8_NAME = 0x800


def read_package(data: bytes, *, template: str) -> dict[str, bytes]:
    """Return the members of a docx by name, in the order of its directory.

    Raises:
        TemplateTooLargeError: A size is beyond the limits above; nothing was unpacked then.
        TemplateDoctypeError: A part has a DTD or declares entities.
        TemplateFileError: Not a zip, encrypted, doubled or unsafe names, a damaged member.
    """
    if len(data) > MAX_FILE:
        raise TemplateTooLargeError(template, what=f"有 {len(data) >> 20} 兆字节，太大")
    resave = "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”后再用。"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _judge(infos, template)
            members = {info.filename: archive.read(info) for info in infos if not info.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError, OSError) as error:
        raise TemplateFileError(template, why="不是完好的 docx 文件", way_out=resave) from error
    for name, content in members.items():
        if name.lower().endswith(_XML_SUFFIXES):
            _judge_xml(name, content, template)
    if "[Content_Types].xml" not in members:
        raise TemplateFileError(template, why="不是 Word 文档", way_out=resave)
    return members


def _judge(infos: list[zipfile.ZipInfo], template: str) -> None:
    if len(infos) > MAX_MEMBERS:
        raise TemplateTooLargeError(template, what=f"里有 {len(infos)} 个部分，太多")
    if sum(info.file_size for info in infos) > MAX_TOTAL:
        raise TemplateTooLargeError(template, what="解压后太大")
    seen: set[str] = set()
    for info in infos:
        if info.file_size > MAX_PART or (
            info.file_size > 1 << 20 and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        ):
            raise TemplateTooLargeError(template, what="的一个部分解压后太大")
        folded = info.filename.lower()
        if info.flag_bits & 0x1:
            raise TemplateFileError(template, why="加了密码", way_out="请在 Word 里取消密码后重新保存。")
        if folded in seen or folded.startswith("/") or ".." in folded.split("/") or "\\" in folded or ":" in folded:
            raise TemplateFileError(
                template, why="里有重复或不正常的部分名称", way_out="请用 Word 或 WPS 打开，另存一次后再用。"
            )
        seen.add(folded)


def _judge_xml(name: str, content: bytes, template: str) -> None:
    if _DOCTYPE.search(content):
        raise TemplateDoctypeError(template, name)
    encoding = _ENCODING.match(content)
    if encoding and encoding[1].lower() not in {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii"}:
        raise TemplateFileError(
            template, why=f"的“{name}”不是 UTF-8 编码", way_out="请用 Word 或 WPS 打开，另存一次后再用。"
        )


def deflate(data: bytes, level: int = 9) -> bytes:
    """Compress into one whole raw deflate stream."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9)
    return packer.compress(data) + packer.flush()


class Member:
    """One member ready to be written: its local record and what the directory says of it."""

    __slots__ = ("_central", "local")

    def __init__(self, name: str, packed: bytes, *, method: int, crc: int, size: int) -> None:
        raw = name.encode("utf-8")
        flags = 0 if raw.isascii() else _UTF8_NAME
        self.local = b"".join(
            (
                struct.pack(
                    "<4sHHHHHIIIHH", b"PK\3\4", 20, flags, method, 0, _EPOCH, crc, len(packed), size, len(raw), 0
                ),
                raw,
                packed,
            )
        )
        head = struct.pack(
            "<4sHHHHHHIIIHHHHHI",
            *(b"PK\1\2", 20, 20, flags, method, 0, _EPOCH, crc, len(packed), size, len(raw), 0, 0, 0, 0, 0),
        )
        self._central = (head, raw)

    def central(self, offset: int) -> bytes:
        """Return the directory record of a member whose local record starts at `offset`."""
        head, raw = self._central
        return b"".join((head, struct.pack("<I", offset), raw))


def packed_member(name: str, content: bytes) -> Member:
    """Make a member, deflated as small as zlib can, or stored when that is smaller (pictures)."""
    packed = deflate(content)
    method = zipfile.ZIP_DEFLATED
    if len(packed) >= len(content):
        packed, method = content, zipfile.ZIP_STORED
    return Member(name, packed, method=method, crc=zlib.crc32(content), size=len(content))


def stored_member(name: str, content: bytes) -> Member:
    """Make a member of what is packed already: PNG, JPEG."""
    return Member(name, content, method=zipfile.ZIP_STORED, crc=zlib.crc32(content), size=len(content))


class Archive:
    """The members of a package that no record changes, laid out once as bytes."""

    __slots__ = ("_central", "_count", "_local")

    def __init__(self, members: Mapping[str, bytes]) -> None:
        local: list[bytes] = []
        central: list[bytes] = []
        offset = 0
        for name, content in members.items():
            member = packed_member(name, content)
            local.append(member.local)
            central.append(member.central(offset))
            offset += len(member.local)
        self._local = b"".join(local)
        self._central = b"".join(central)
        self._count = len(members)

    def with_members(self, members: Iterable[Member]) -> bytes:
        """Return the whole zip: the fixed members first, then `members` in their order."""
        out = [self._local]
        central = [self._central]
        offset = len(self._local)
        count = self._count
        for member in members:
            out.append(member.local)
            central.append(member.central(offset))
            offset += len(member.local)
            count += 1
        directory = b"".join(central)
        out += (directory, struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), offset, 0))
        return b"".join(out)
