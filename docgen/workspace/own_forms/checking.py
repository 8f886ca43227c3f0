"""An office's own template held against its form, the law's forbidden clauses, the press and the fonts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.lint import lint_template
from docgen.engine.render import compile_template
from docgen.engine.template import read_own
from forms.errors import AppError
from forms.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace.office.opened import Office
    from forms.spec import FormSpec


def check_template(office: Office, path: Path, spec: FormSpec) -> tuple[Problem, ...]:
    """Return everything that speaks against using a template.

    Args:
        office: The open office.
        path: The docx.
        spec: The form it is meant for.
    """
    return problems_of(office, path, spec)


def problems_of(office: Office, path: Path, spec: FormSpec | None) -> tuple[Problem, ...]:
    """Return the same; without a form its names and places to sign are not judged."""
    try:
        template = read_own(path)
        compiled = compile_template(template.data, name=template.name)
    except AppError as error:
        return (Problem(code=error.code, message=str(error)),)
    found = list(lint_template(template, spec, names=compiled.names if spec is not None else ()))
    found += office.press.check(template.data, name=template.name)
    if compiled.untouched:
        message = f"{'、'.join(compiled.untouched)} 里的标签不会被填写，会原样印在纸上。请移到正文、页眉或页脚里。"
        found.append(Problem(code="template.untouched", message=message))
    return tuple(found)
