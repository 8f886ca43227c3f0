"""模板检查: what a template says and lacks, found before anybody signs it.

Forbidden clauses and repealed law (REF-10, REF-17) come from `forms.rules.clauses`, the same table that typed
clauses are held against; here are added what only a Word file can get wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.engine.context import template_names, unprinted_fields
from docgen.engine.template import read_parts, read_xml
from forms.problems import Problem, Where
from forms.rules.clauses import forbidden_clauses
from forms.spec import Required

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml import etree

    from docgen.engine.template import TemplateFile
    from forms.spec import FormSpec

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FULL_WIDTH = re.compile("[\uff5b\uff5d]|\\{\\s*\uff05|\uff05\\s*\\}")
"""Braces and percent signs of a Chinese keyboard where a tag was meant."""

_PRINTED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")


def lint_template(
    template: TemplateFile, spec: FormSpec | None = None, *, names: Collection[str] = ()
) -> list[Problem]:
    """Return the findings on a template, in the order of the text.

    Args:
        template: As `find_template` returns it.
        spec: Its form; with it the signature places and the names are judged, too.
        names: Dotted names the template uses (`CompiledTemplate.names`); empty: not judged.
    """
    problems: list[Problem] = []
    bookmarks: set[str] = set()
    for part, content in read_parts(template.data, name=template.name).items():
        if not _PRINTED.fullmatch(part):
            continue
        root = read_xml(content, name=template.name)
        bookmarks.update(mark.get(f"{_W}name", "") for mark in root.iter(f"{_W}bookmarkStart"))
        for text in _paragraphs(root):
            where = Where(sheet=template.name, subject=text[:30])
            problems.extend(forbidden_clauses(text, where))
            problems.extend(_braces(text, where))
    if spec is not None:
        problems.extend(_places(template, spec, bookmarks))
        problems.extend(_names(template, spec, names))
    return problems


def _paragraphs(root: etree._Element) -> Iterator[str]:
    """Yield the text of each paragraph that has any, each text box once and by itself."""
    for paragraph in root.iter(f"{_W}p"):
        if next(paragraph.iterancestors(_FALLBACK), None) is not None:
            continue  # the same box once more, for older programs
        pieces = (piece for piece in paragraph.iter(f"{_W}t") if next(piece.iterancestors(f"{_W}p")) is paragraph)
        text = "".join(piece.text or "" for piece in pieces)
        if text.strip():
            yield text


def _braces(text: str, where: Where) -> Iterator[Problem]:
    """Yield tags typed with full-width braces: they would be printed as they stand."""
    if _FULL_WIDTH.search(text):
        yield Problem(
            code="template.full-width-brace",
            message=f"“{text[:40]}”里有全角的花括号或百分号，不会被替换。请改用半角的 {{{{ }}}} 和 {{% %}}。",
            where=where,
        )


def _places(template: TemplateFile, spec: FormSpec, bookmarks: Collection[str]) -> Iterator[Problem]:
    """Yield signature places the form needs and the template lacks."""
    for signer in spec.signers:
        for box in signer.boxes:
            if box not in bookmarks:
                yield Problem(
                    code="template.no-place",
                    message=f"缺少“{signer.title}”的签章位置。请在签章的单元格里插入名为 {box} 的书签。",
                    where=Where(sheet=template.name, field=box),
                    blocking=signer.required is Required.ALWAYS,
                )


def _names(template: TemplateFile, spec: FormSpec, names: Collection[str]) -> Iterator[Problem]:
    """Yield names the form does not give, and required fields the template does not print."""
    if not names:
        return
    given = template_names(spec)
    for name in sorted(set(names) - given):
        yield Problem(
            code="template.unknown-name",
            message=f"用到了“{name}”，表格 {spec.code} 没有这一项。请检查名称是否写错。",
            where=Where(sheet=template.name, field=name),
        )
    for missing in unprinted_fields(spec, names):
        yield Problem(
            code="template.field-not-printed",
            message=f"没有印出必填项“{missing.title}”。请在模板里加上 {{{{ {missing.name} }}}}。",
            where=Where(sheet=template.name, field=missing.name, column=missing.title),
            blocking=False,
        )
