"""What may not reach a paper, and finding the field it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from docgen.engine.render.environment import NamedUndefinedError
from docgen.engine.render.errors import (
    BadCharacterError,
    BadValueError,
    MissingNameError,
    RenderFailedError,
    TemplateForbiddenError,
)
from forms.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Callable

CONTROL: Final = re.compile("[\0-\x06\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters XML 1.0 (§2.2) cannot hold. \\a and \\f are no text: docxtpl takes them as paragraph and page break."""

_DEPTH: Final = 12
"""Levels of rows within rows that are searched for a culprit; no form has more than three."""


def check_values(values: Mapping[str, Any], *, template: str) -> None:
    """Refuse values with characters that would be lost.

    Raises:
        BadCharacterError: Naming the first such value.
    """
    name = find_path(values, lambda value: holds(value, CONTROL))
    if name:
        found = find_value(values, lambda value: holds(value, CONTROL))
        match = CONTROL.search(shown(found))
        raise BadCharacterError(template, name=name, character=match[0] if match else "\0")


def holds(value: Any, pattern: re.Pattern[str]) -> bool:
    """Say whether the text a value is printed as matches; rows are looked into, not at."""
    return not isinstance(value, (Mapping, list, tuple)) and bool(pattern.search(shown(value)))


def shown(value: Any) -> str:
    """Return the text of a value, also of docxtpl's rich texts."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)) or callable(value):
        return ""
    xml = getattr(value, "xml", None)
    return xml if isinstance(xml, str) else str(value)


def refuse_none(template: str, values: Mapping[str, Any]) -> NoReturn:
    """Refuse a value that is `None`: docxtpl would print the word."""
    raise BadValueError(template, name=find_path(values, lambda v: v is None), why="没有值")


def refuse_text_between_rows(template: str, values: Mapping[str, Any], value: object) -> NoReturn:
    """Refuse text where only rows or cells may stand."""
    name = find_path(values, lambda v: v is value)
    raise BadValueError(template, name=name, why="是文字，不能直接放在表格的行与行之间")


def translated(error: Exception, *, template: str, where: str, values: Mapping[str, Any]) -> AppError:
    """Return our error for one met while rendering; ours are returned as they are."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, NamedUndefinedError) and error.name is not None:
        owner = "" if error.obj is None else find_path(values, lambda v: v is error.obj)
        return MissingNameError(template, name=f"{owner}.{error.name}" if owner else str(error.name), where=where)
    if isinstance(error, UndefinedError):
        return MissingNameError(template, name="", where=where)
    if isinstance(error, SecurityError):
        return TemplateForbiddenError(template, where=where, what="读取程序内部的内容")
    return RenderFailedError(template, where=where, why=type(error).__name__)


def find_path(values: Any, wanted: Callable[[Any], bool]) -> str:
    """Return the dotted path of the first value that is wanted (``rows[3].name``), or empty text."""
    found = _find(values, wanted, "", 0)
    return found[0] if found else ""


def find_value(values: Any, wanted: Callable[[Any], bool]) -> Any:
    """Return the first value that is wanted, or None."""
    found = _find(values, wanted, "", 0)
    return found[1] if found else None


def _find(values: Any, wanted: Callable[[Any], bool], path: str, depth: int) -> tuple[str, Any] | None:
    if depth > _DEPTH:
        return None
    if path and wanted(values):
        return path, values
    if isinstance(values, Mapping):
        inner = ((f"{path}.{key}" if path else str(key), value) for key, value in values.items())
    elif isinstance(values, Sequence) and not isinstance(values, (str, bytes, bytearray)):
        inner = ((f"{path}[{index}]", value) for index, value in enumerate(values))
    else:
        return None
    return next((found for name, value in inner if (found := _find(value, wanted, name, depth + 1))), None)
