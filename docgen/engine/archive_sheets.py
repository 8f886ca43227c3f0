"""归档用的表: the archive's own lists and covers, made like papers from a readable source.

The sources stand in `templates/archive/*.txt`, in the language of `templates/source/README.md`. They
carry no page marks and are no forms: nobody fills them in, the archive does.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from docgen.engine.printed import checked
from docgen.engine.render import compile_template
from docgen.engine.source.grammar import parse_source
from docgen.engine.source.wordml import DocxWriter
from forms.profiles.wording import LAW_2020

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.engine.press import LaidPaper, Press
    from docgen.engine.render import CompiledTemplate

SHEETS = (
    *("item_list", "remarks", "cover", "volume_list", "certificate", "properties", "handover"),
    *("reminder", "contradictions"),
)


def sheet_docx(name: str, context: Mapping[str, Any]) -> bytes:
    """Return one sheet as docx.

    Args:
        name: One of `SHEETS`.
        context: What its source names; texts, numbers, and lists of mappings of texts. A line feed
            in a text becomes a new line.

    Raises:
        UnprintableValueError: a text holds control characters.
        TemplateError: a name is missing.
    """
    return _template(name).render({key: _printable(value, key) for key, value in context.items()})


def lay_out_sheet(press: Press, name: str, context: Mapping[str, Any]) -> LaidPaper:
    """Return one sheet laid out on pages."""
    return press.lay_out(sheet_docx(name, context), name=name)


@cache
def _template(name: str) -> CompiledTemplate:
    text = (resources.files("templates") / "archive" / f"{name}.txt").read_text(encoding="utf-8")
    source = parse_source(text, name=f"{name}.txt", wording=LAW_2020.key, terms=LAW_2020.terms)
    return compile_template(DocxWriter(source).write(), name=name)


def _printable(value: Any, key: str) -> Any:
    if isinstance(value, list | tuple):
        return [{name: checked(str(text), key, breaks=True) for name, text in row.items()} for row in value]
    return checked(str(value), key, breaks=True)
