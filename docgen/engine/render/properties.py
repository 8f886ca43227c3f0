"""Core properties of a docx (title, author, …) that hold tags.

docxtpl fills six of them. It escapes their values as XML and then has them escaped again, so that `A & B` becomes
`A &amp; B`; here each value is escaped once.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, Self

from jinja2 import Template, TemplateAssertionError, nodes
from jinja2 import TemplateSyntaxError as JinjaSyntaxError
from markupsafe import escape

from docgen.engine.render import names
from docgen.engine.render.environment import environment
from docgen.engine.render.errors import BadValueError, TemplateForbiddenError, TemplateSyntaxError
from docgen.engine.render.explain import in_chinese

if TYPE_CHECKING:
    from docxtpl import DocxTemplate

    from docgen.engine.render.run import Run

_FILLED: Final = {
    "author": "作者",
    "comments": "备注",
    "identifier": "标识符",
    "language": "语言",
    "subject": "主题",
    "title": "标题",
}
"""The properties docxtpl fills, with the words Word shows for them."""

_MAX: Final = 255
"""Characters python-docx allows in a property."""


@dataclass(frozen=True, slots=True)
class CoreProperties:
    """The properties part, cut where values go."""

    member: str
    names: frozenset[str]
    _templates: dict[str, Template]

    @classmethod
    def compile(cls, tpl: DocxTemplate, *, template: str) -> Self:
        """Compile the properties with tags and leave a mark in their place; write the others back as docxtpl does."""
        properties = tpl.docx.core_properties
        env = environment()
        templates: dict[str, Template] = {}
        used: set[str] = set()
        for name, word in _FILLED.items():
            text = getattr(properties, name)
            where = f"文档属性“{word}”"
            try:
                tree = env.parse(text)
                used |= names.used_names(tree)
                for data in tree.find_all(nodes.TemplateData):
                    data.data = str(escape(data.data))
                compiled = Template.from_code(env, env.compile(tree, filename=f"<{name}>"), env.make_globals(None))
            except TemplateAssertionError as error:
                raise TemplateForbiddenError(template, where=where, what=in_chinese(error.message)) from error
            except JinjaSyntaxError as error:
                raise TemplateSyntaxError(template, where=where, why=in_chinese(error.message)) from error
            if "{{" in text or "{%" in text or "{#" in text:
                templates[name] = compiled
                setattr(properties, name, _mark(name))
            else:
                setattr(properties, name, text)
        part = tpl.docx.part.package._core_properties_part  # noqa: SLF001 - python-docx offers no other way
        return cls(str(part.partname).lstrip("/"), frozenset(used), templates)

    @property
    def changes(self) -> bool:
        """Whether any property holds tags."""
        return bool(self._templates)

    def render(self, run: Run, member: bytes) -> bytes:
        """Fill the marks of the member as saved."""
        xml = member.decode("utf-8")
        for name, compiled in self._templates.items():
            text = run.text(compiled, f"文档属性“{_FILLED[name]}”")
            if len(html.unescape(text)) > _MAX:
                self._too_long(run, name)
            xml = xml.replace(_mark(name), text)
        return xml.encode("utf-8")

    def _too_long(self, run: Run, name: str) -> NoReturn:
        raise BadValueError(run.template, name=f"文档属性“{_FILLED[name]}”", why=f"填好后超过 {_MAX} 个字，Word 打不开")


def _mark(name: str) -> str:
    return f"docgen-property-{name}"
