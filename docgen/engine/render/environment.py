"""The one Jinja environment of the program: sandboxed, strict, escaping.

Templates come from counties and offices, values from sheets and web pages; neither is trusted. An undefined
name is an error, every value is escaped, nothing of the record can be changed, and no filter that switches the
escaping off exists here.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol, cast

from docxtpl import InlineImage, RichText, RichTextParagraph
from jinja2 import StrictUndefined, UndefinedError, pass_context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup, escape

from docgen.engine.render.pictures import Picture

if TYPE_CHECKING:
    from jinja2.runtime import Context

STATE = " state"
"""Key of the state of one rendering in the context; the space keeps it out of reach of any tag."""

_NO_SUCH_FILTERS = ("safe", "pprint", "urlize", "xmlattr", "tojson")
"""`safe` switches escaping off; the others make HTML or show Python objects, neither of which belongs on paper."""

_MAX_POWER = 64
_MAX_REPEAT = 100_000


class RenderState(Protocol):
    """What the filters and the finaliser tell the rendering of one part."""

    def picture(self, value: Picture) -> str:
        """Take in a picture and return the markup that shows it."""

    def drawing_id(self) -> str:
        """Return the next number of a drawing in this part."""

    def none_value(self) -> None:
        """Refuse a value that is `None`."""

    def subdocument(self, value: Any) -> object:
        """Take a docxtpl subdocument, or leave the road it cannot go."""

    def text_between_rows(self, value: object) -> None:
        """Refuse text where only rows or cells may stand."""


class NamedUndefinedError(UndefinedError):
    """An undefined name, with the name and the object it was looked for in kept as values."""

    def __init__(self, name: str | None, obj: object, message: str | None = None) -> None:
        self.name = name
        self.obj = None if obj is missing else obj
        super().__init__(message)


class NamedUndefined(StrictUndefined):
    """`StrictUndefined` whose error can be asked for the name."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[Exception] = UndefinedError,
    ) -> None:
        factory = functools.partial(NamedUndefinedError, name, obj) if issubclass(exc, UndefinedError) else exc
        super().__init__(hint, obj, name, cast("Any", factory))


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with powers and repetitions kept small enough to end."""

    intercepted_binops = frozenset({"**", "*"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute `left ** right` or `left * right` unless the result would fill the memory."""
        if operator == "**" and (abs(right) > _MAX_POWER or abs(left) > 1 << 32):
            raise OverflowError
        if operator == "*":
            for sized, times in ((left, right), (right, left)):
                if hasattr(sized, "__len__") and isinstance(times, int) and len(sized) * times > _MAX_REPEAT:
                    raise OverflowError
        return super().call_binop(context, operator, left, right)


@pass_context
def finalise(context: Context, value: Any) -> Any:
    """Turn what a tag yields into what is written; the common case, text, leaves at once."""
    kind = type(value)
    if kind is str or kind is int or kind is Markup:
        return value
    if value is None:
        _state(context).none_value()
    if isinstance(value, Picture):
        return Markup(_state(context).picture(value))  # noqa: S704 - our own markup
    if isinstance(value, InlineImage):
        return Markup(_state(context).picture(Picture.of_inline_image(value)))  # noqa: S704 - our own markup
    if kind.__module__ == "docxtpl.subdoc":  # not imported: it needs docxcompose, which is not installed with us
        return _state(context).subdocument(value)
    return value


def _state(context: Context) -> RenderState:
    return cast("RenderState", context.parent[STATE])


@pass_context
def _as_run(context: Context, value: Any) -> Any:
    """Wrap plain text that a `{{r }}` tag puts between runs; bare text there is lost by Word."""
    finished = finalise(context, value)
    if isinstance(value, (RichText, RichTextParagraph, Picture, InlineImage)):
        return finished
    return Markup('<w:r><w:t xml:space="preserve">%s</w:t></w:r>') % escape(finished)


@pass_context
def _as_paragraph(context: Context, value: Any) -> Any:
    """Wrap plain text that a `{{p }}` tag puts between paragraphs."""
    if isinstance(value, RichTextParagraph):
        return value
    return Markup("<w:p>%s</w:p>") % _as_run(context, value)


@pass_context
def _as_rows(context: Context, value: Any) -> Any:
    """Refuse plain text between rows or cells: there is no place for it."""
    if not hasattr(value, "__html__"):
        _state(context).text_between_rows(value)
    return finalise(context, value)


@pass_context
def _drawing_id(context: Context, _value: Any) -> str:
    return _state(context).drawing_id()


AS_RUN, AS_PARAGRAPH, AS_ROWS, DRAWING_ID = " run", " paragraph", " rows", " drawing"
"""Names of our filters; the space keeps templates from naming them."""


@functools.cache
def environment() -> ImmutableSandboxedEnvironment:
    """Return the environment; it is made once and never changed afterwards."""
    env = _Environment(autoescape=True, undefined=NamedUndefined, finalize=finalise)
    for name in _NO_SUCH_FILTERS:
        del env.filters[name]
    env.filters[AS_RUN] = _as_run
    env.filters[AS_PARAGRAPH] = _as_paragraph
    env.filters[AS_ROWS] = _as_rows
    env.filters[DRAWING_ID] = _drawing_id
    return env
