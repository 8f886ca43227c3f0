"""docx templates compiled once and rendered per record.

docxtpl opens, patches, compiles, parses and packs the whole file for each record. Here all of that happens once:
per record only the tags are evaluated, and the few parts they stand in are put together from packed pieces. The
result equals docxtpl's part by part (C14N), except where docxtpl loses or alters data; docs/render.md lists those
places. Same template and same values give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from lxml import etree

from docgen.engine.render import fallback
from docgen.engine.render.errors import TemplateFileError
from docgen.engine.render.package import Archive, Member, packed_member, read_package, stored_member
from docgen.engine.render.part import CompiledPart, PartSource
from docgen.engine.render.pictures import PackagePictures, PartLinks, PictureStore
from docgen.engine.render.properties import CoreProperties
from docgen.engine.render.run import Run, SubdocumentMet
from docgen.engine.render.splice import plain, splice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docx.opc.part import Part

    from docgen.engine.render.splice import Piece

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DECLARATION: Final = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"
_FOOTNOTES: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_MEDIA: Final = "word/media/"
_MAX_ADDED: Final = 64
"""Packed content types and relationships that are kept."""

_EMPTY_RELS: Final = (
    _DECLARATION
    + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderPath:
    """How a template's records are made."""

    kind: str
    """``fast``, or ``docxtpl`` when docxtpl itself makes it: a record whose values hold a subdocument."""

    code: str
    """Stable: ``proved``, ``checked``, ``tables``; ``subdocument`` of a record only."""

    reason: str
    """One Chinese sentence for `docgen template check`."""


_PROVED: Final = RenderPath(kind="fast", code="proved", reason="模板结构完整，逐份直接生成。")
_TABLES: Final = RenderPath(kind="fast", code="tables", reason="表格的列数随内容变化，每份生成后调整表格列。")
_CHECKED: Final = RenderPath(kind="fast", code="checked", reason="判断或循环跨越了段落或单元格，每份生成后检查结构。")
_SUBDOCUMENT: Final = RenderPath(kind="docxtpl", code="subdocument", reason="内容里插入了整份文档，由 docxtpl 生成。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What one record changes in the package."""

    parts: Mapping[str, bytes]
    """Zip name -> content of every member that differs from `base`, uncompressed."""

    base: Mapping[str, bytes]
    """Members as the template has them; one object for all records of a template."""

    path: RenderPath
    pack: Callable[[], bytes]
    """Makes the docx; to be called when it is wanted as a file."""


class CompiledTemplate:
    """A template ready for any number of records; may be shared by threads."""

    def __init__(self, data: bytes, *, name: str) -> None:
        self.name = name
        """What the template is called in sentences."""

        members = read_package(data, template=name)
        self._docxtpl = _opened(data, members, name)
        self._core = CoreProperties.compile(self._docxtpl, template=name)
        self._parts = self._compile_parts()
        self.path: RenderPath = self._choose_path()
        self.names: frozenset[str] = frozenset().union(self._core.names, *(part.names for part in self._parts))
        """Names of the context, dotted: ``child.name``, ``rows[].grade``."""

        package = self._saved()
        self._pictures = _package_pictures(self._docxtpl, package)
        self.untouched: tuple[str, ...] = tuple(
            n
            for n, c in package.items()
            if n.endswith(".xml") and n not in self._dynamic and n != self._core.member and _has_tags(c)
        )
        """Parts with tags that docxtpl never fills (comments, endnotes): what is printed there is the tag itself."""

        for part in self._parts:
            if part.is_static:
                package[part.name] = self._run({}).finished(part)
        self._parts = [part for part in self._parts if not part.is_static]
        changing = self._dynamic | ({self._core.member} if self._core.changes else set())
        self._core_source = package[self._core.member]
        self.base: Mapping[str, bytes] = MappingProxyType(
            {n: content for n, content in package.items() if n not in changing}
        )
        """Members no record changes (pictures may add to content types and relationships), uncompressed."""

        self._links = {part.links.rels_name: part.links for part in self._parts if part.links}
        self._added: dict[tuple[str, bytes], Member] = {}
        self._archives: dict[frozenset[str], Archive] = {}
        self._archive = self._archive_without(frozenset())

    def render(self, context: Mapping[str, Any]) -> bytes:
        """Return the docx of one record.

        Raises:
            TemplateError: An undefined name, a forbidden or failing expression.
            BadCharacterError: A value that would lose a character.
            BadValueError: A value that cannot stand where the template puts it.
        """
        return self.render_parts(context).pack()

    def render_parts(self, context: Mapping[str, Any]) -> Rendered:
        """Return the parts of one record before they are packed, which is all the press needs; raises as `render`."""
        run = self._run(context)
        try:
            pieces = {part.name: run.pieces(part) for part in self._parts}
            core = self._core.render(run, self._core_source) if self._core.changes else None
        except SubdocumentMet as met:
            return self._unpacked(fallback.render(met.owner, context, template=self.name), _SUBDOCUMENT)
        parts = {name: plain(written) for name, written in pieces.items()}
        added = run.store.members(self._links)

        def pack() -> bytes:
            members = [_member(name, written, parts[name]) for name, written in pieces.items()]
            if core is not None:
                members.append(packed_member(self._core.member, core))
            return self._packed(members, added)

        own = {} if core is None else {self._core.member: core}
        return Rendered(parts=MappingProxyType({**parts, **own, **added}), base=self.base, path=self.path, pack=pack)

    def _packed(self, members: list[Member], added: Mapping[str, bytes]) -> bytes:
        if not added:
            return self._archive.with_members(members)
        members += [self._added_member(n, content) for n, content in added.items()]
        return self._archive_without(frozenset(self.base.keys() & added.keys())).with_members(members)

    # -- compiling

    def _compile_parts(self) -> list[CompiledPart]:
        tpl = self._docxtpl
        sources = [_body_source(tpl), *_header_sources(tpl), *_footnote_sources(tpl)]
        return [CompiledPart(source, template=self.name, patcher=tpl) for source in sources]

    def _choose_path(self) -> RenderPath:
        if not all(part.proved for part in self._parts):
            return _CHECKED
        return _TABLES if any(part.mends_tables for part in self._parts) else _PROVED

    def _saved(self) -> dict[str, bytes]:
        out = io.BytesIO()
        self._docxtpl.docx.save(out)
        return read_package(out.getvalue(), template=self.name)

    @property
    def _dynamic(self) -> set[str]:
        return {part.name for part in self._parts}

    # -- rendering

    def _run(self, context: Mapping[str, Any]) -> Run:
        return Run(context, template=self.name, patcher=self._docxtpl, store=PictureStore(self._pictures))

    def _added_member(self, name: str, content: bytes) -> Member:
        """Pack a member a picture brings; those of the package itself are the same for most records."""
        if name.startswith(_MEDIA):
            return stored_member(name, content)
        key = (name, content)
        member = self._added.get(key)
        if member is None:
            member = packed_member(name, content)
            if len(self._added) < _MAX_ADDED:
                self._added[key] = member
        return member

    def _archive_without(self, left_out: frozenset[str]) -> Archive:
        archive = self._archives.get(left_out)
        if archive is None:
            archive = Archive({n: content for n, content in self.base.items() if n not in left_out})
            self._archives[left_out] = archive
        return archive

    def _unpacked(self, docx: bytes, path: RenderPath) -> Rendered:
        members = read_package(docx, template=self.name)
        changed = {n: content for n, content in members.items() if self.base.get(n) != content}
        return Rendered(parts=MappingProxyType(changed), base=self.base, path=path, pack=lambda: docx)


def _member(name: str, pieces: Sequence[Piece | bytes], text: bytes) -> Member:
    return Member(name, splice(pieces), method=zipfile.ZIP_DEFLATED, crc=zlib.crc32(text), size=len(text))


def compile_template(data: bytes, *, name: str) -> CompiledTemplate:
    """Compile a docx.

    Args:
        data: The file's bytes.
        name: What the template is called in sentences; no path.

    Raises:
        TemplateError: The file is no docx, too large, has a DTD, or a tag in it is wrong or forbidden.
    """
    return CompiledTemplate(data, name=name)


def _opened(data: bytes, members: Mapping[str, bytes], name: str) -> DocxTemplate:
    del members
    resave = "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”后再用。"
    template = DocxTemplate(io.BytesIO(data))
    try:
        template.render_init()
        template.current_rendering_part = template.docx.part
        if template.docx.element.nsmap.get("w") != _W:
            raise TemplateFileError(name, why="的内部写法少见", way_out=resave)
        if template.docx.element.body is None:
            raise TemplateFileError(name, why="没有正文", way_out=resave)
    except (KeyError, ValueError, PackageNotFoundError, etree.XMLSyntaxError, AttributeError) as error:
        raise TemplateFileError(name, why="不是 Word 文档", way_out=resave) from error
    return template


def _has_tags(content: bytes) -> bool:
    text = re.sub(rb"<[^>]*>", b"", content)
    return b"{{" in text or b"{%" in text


def _member_name(part: Part) -> str:
    return str(part.partname).lstrip("/")


def _links(part: Part) -> PartLinks:
    by_target: dict[str, str] = {}
    for identifier, rel in part.rels.items():
        if rel.is_external and rel.reltype == RELATIONSHIP_TYPE.HYPERLINK:
            by_target.setdefault(rel.target_ref, identifier)
        elif not rel.is_external and rel.reltype == RELATIONSHIP_TYPE.IMAGE:
            by_target.setdefault(_member_name(rel.target_part), identifier)
    xml = part.rels.xml
    text = xml if isinstance(xml, str) else xml.decode("utf-8")
    return PartLinks(
        rels_name=str(part.partname.rels_uri).lstrip("/"),
        xml=text if len(part.rels) else _EMPTY_RELS,
        used=frozenset(part.rels),
        by_target=by_target,
        base=str(part.partname.baseURI).strip("/"),
        shape_id=getattr(part, "next_id", 1),
    )


def _body_source(tpl: DocxTemplate) -> PartSource:
    part = tpl.docx.part
    whole = etree.tostring(tpl.docx.element, encoding="unicode")
    nsmap = tpl.docx.element.nsmap
    start, end = whole.index("<w:body"), whole.rindex("</w:body>") + len("</w:body>")
    return PartSource(
        name=_member_name(part),
        head=_DECLARATION + whole[:start],
        xml=tpl.get_xml(),
        tail=whole[end:],
        numbers_drawings=True,
        doubled_prefixes=len(set(nsmap.values())) < len(nsmap),
        links=_links(part),
    )


def _header_sources(tpl: DocxTemplate) -> list[PartSource]:
    # by name: a part shared by two relationships is written twice by docxtpl, once by us
    parts = {
        _member_name(part): part for uri in (tpl.HEADER_URI, tpl.FOOTER_URI) for _, part in tpl.get_headers_footers(uri)
    }
    return [
        PartSource(
            name=name,
            head=_DECLARATION,
            xml=tpl.get_part_xml(part),
            tail="",
            numbers_drawings=False,
            links=_links(part),
        )
        for name, part in parts.items()
    ]


def _footnote_sources(tpl: DocxTemplate) -> list[PartSource]:
    out = []
    for part in tpl.docx.part.package.iter_parts():
        if part.content_type == _FOOTNOTES:
            text = part.blob.decode("utf-8-sig")
            out.append(
                PartSource(name=_member_name(part), head="", xml=text, tail="", numbers_drawings=False, links=None)
            )
    return out


def _package_pictures(tpl: DocxTemplate, package: Mapping[str, bytes]) -> PackagePictures:
    images = list(tpl.docx.part.package.image_parts)
    types = etree.fromstring(package["[Content_Types].xml"])
    return PackagePictures(
        by_digest={image.sha1: _member_name(image) for image in reversed(images)},
        numbers=frozenset(image.partname.idx for image in images if image.partname.idx),
        count=len(images),
        extensions={row.get("Extension", ""): row.get("ContentType", "") for row in types if row.get("Extension")},
        overrides={row.get("PartName", ""): row.get("ContentType", "") for row in types if row.get("PartName")},
    )
