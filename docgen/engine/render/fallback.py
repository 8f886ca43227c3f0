"""The slow road: docxtpl itself makes the record, with our environment and without its traps.

Taken for records whose values hold a docxtpl subdocument: its styles, numbering and pictures live in the template
object it was made for, so only that object can place it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final, NoReturn

from docxtpl import DocxTemplate, InlineImage
from lxml import etree

from docgen.engine.render.environment import STATE, environment
from docgen.engine.render.errors import TemplateMarkupError
from docgen.engine.render.guard import check_values, refuse_none, refuse_text_between_rows, translated
from docgen.engine.render.package import Archive, read_package

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.engine.render.pictures import Picture

_GUARD: Final = "\ufdd0"
"""A noncharacter put inside what docxtpl would take for its own escapes, and taken out again."""

_ESCAPES: Final = {"{_{": f"{{_{_GUARD}{{", "}_}": f"}}_{_GUARD}}}", "{_%": f"{{_{_GUARD}%", "%_}": f"%_{_GUARD}}}"}


class _Guarded(DocxTemplate):  # type: ignore[misc] # docxtpl has no types
    """docxtpl that refuses what it would silently drop."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        """Render, then take the guards out of the values."""
        return str(super().render_xml_part(src_xml, part, context, jinja_env)).replace(_GUARD, "")

    def fix_tables(self, xml: str) -> Any:
        """Parse strictly before docxtpl parses leniently."""
        try:
            etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            raise TemplateMarkupError("", part="正文") from error
        return super().fix_tables(xml)


class _State:
    """What the filters of the environment ask for, answered through docxtpl."""

    def __init__(self, tpl: DocxTemplate, values: Mapping[str, Any], template: str) -> None:
        self._tpl = tpl
        self._values = values
        self._template = template
        self._drawing = 1000

    def picture(self, value: Picture) -> str:
        """Let docxtpl place the picture."""
        image = InlineImage(
            self._tpl, io.BytesIO(value.data), width=value.width, height=value.height, anchor=value.link or None
        )
        return str(image)

    def drawing_id(self) -> str:
        """Return any number: docxtpl numbers the drawings itself."""
        self._drawing += 1
        return str(self._drawing)

    def none_value(self) -> NoReturn:
        """Refuse a value that is `None`."""
        refuse_none(self._template, self._values)

    def subdocument(self, value: Any) -> Any:
        """Let docxtpl place the subdocument."""
        return value

    def text_between_rows(self, value: object) -> NoReturn:
        """Refuse text between rows."""
        refuse_text_between_rows(self._template, self._values, value)


def render(owner: DocxTemplate, context: Mapping[str, Any], *, template: str) -> bytes:
    """Make one record with the template object its subdocuments were made for."""
    guarded = _Guarded.__new__(_Guarded)
    guarded.__dict__ = owner.__dict__
    return _render(guarded, context, template)


def _render(tpl: DocxTemplate, context: Mapping[str, Any], template: str) -> bytes:
    check_values(context, template=template)
    values = {key: _guarded(value) for key, value in context.items()}
    values[STATE] = _State(tpl, context, template)
    out = io.BytesIO()
    try:
        tpl.render(values, environment())
        tpl.save(out)
    except TemplateMarkupError as error:
        raise TemplateMarkupError(template, part=error.part) from error
    except Exception as error:
        raise translated(error, template=template, where="", values=context) from error
    return Archive(read_package(out.getvalue(), template=template)).with_members(())


def _guarded(value: Any) -> Any:
    if type(value) is str:
        for written, safe in _ESCAPES.items():
            value = value.replace(written, safe)
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if type(value) in {list, tuple}:
        return [_guarded(item) for item in value]
    if type(value) is dict:
        return {key: _guarded(item) for key, item in value.items()}
    return value
