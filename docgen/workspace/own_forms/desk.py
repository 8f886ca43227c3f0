"""本单位自己的表: started with everything it needs, checked before anybody signs it.

A form is a TOML file in `forms/`, its text in `templates/source/<代码>.txt`, its docx in `templates/`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.engine.lint import lint_template
from docgen.engine.render import compile_template
from docgen.engine.source import build_template
from docgen.engine.source.starter import starter_source
from docgen.engine.template import find_template
from docgen.workspace.own_forms.checking import check_template
from forms.catalogue.library import FormLibrary
from forms.catalogue.starter import starter_form
from forms.errors import AppError, DataError, NotFoundError, RefusedError
from forms.problems import Problem, Where
from forms.rules.clauses import forbidden_clauses
from forms.spec import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.workspace.office.opened import Office
    from forms.spec import FormSpec

_CODE = re.compile(r"[A-Z][0-9A-Za-z]{0,7}")
SOURCES = "source"
"""Folder below `templates/` with the text of the office's own templates."""


class FormExistsError(RefusedError):
    """A form of that code is there already."""

    code = "form.exists"

    def __init__(self, form_code: str) -> None:
        self.form_code = form_code
        super().__init__(f"“{form_code}”已经有了，没有新建。请换一个代码，例如 Z1。")


class BadCodeError(DataError):
    """A code that cannot name a file on every system."""

    code = "form.bad-code"

    def __init__(self, form_code: str) -> None:
        super().__init__(f"代码“{form_code}”不能用：以一个大写字母开头，后面是字母或数字，最多8个字，例如 Z1。")


class NoSourceError(NotFoundError):
    """An own form without the text of its template."""

    code = "form.no-source"

    def __init__(self, form_code: str) -> None:
        super().__init__(f"没有找到 templates/{SOURCES}/{form_code}.txt，不能重建 {form_code} 的模板。")


class FormDesk:
    """The forms of one office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def new(self, form_code: str, title: str) -> tuple[Path, ...]:
        """Start a form of the office's own and return the files to go on with.

        Raises:
            BadCodeError: the code cannot be used.
            FormExistsError: there is such a form.
        """
        if not _CODE.fullmatch(form_code):
            raise BadCodeError(form_code)
        if any(spec.code.lower() == form_code.lower() for spec in self._office.library.all()):
            raise FormExistsError(form_code)
        folder = self._office.folder
        toml = folder / "forms" / f"{form_code}.toml"
        toml.parent.mkdir(exist_ok=True)
        toml.write_text(starter_form(form_code, title), "utf-8", newline="\n")
        spec = self._library().get(form_code)
        source = folder / "templates" / SOURCES / f"{form_code}.txt"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(starter_source(spec), "utf-8", newline="\n")
        return toml, source, self.build(form_code)

    def build(self, form_code: str) -> Path:
        """Make the docx of an own form from its text again.

        Raises:
            NoSourceError: there is no text.
            SourceError: a line of it cannot be understood.
        """
        templates = self._office.folder / "templates"
        source = templates / SOURCES / f"{form_code}.txt"
        if not source.is_file():
            raise NoSourceError(form_code)
        data = build_template(form_code, self._office.settings.wording.key, text=source.read_text("utf-8-sig"))
        docx = templates / f"{form_code}.docx"
        docx.write_bytes(data)
        return docx

    def check(self, form_code: str) -> tuple[Problem, ...]:
        """Return everything that speaks against using a form: its file, its clauses, its template.

        Raises:
            UnknownFormError: there is none.
        """
        try:
            spec = self._library().get(form_code)
        except DataError as error:
            return (Problem(code=error.code, message=str(error)),)
        return (*_clauses(spec), *self._template(spec))

    def check_file(self, path: Path) -> tuple[Problem, ...]:
        """Check a form by its TOML file, or an own template by its docx, wherever it lies."""
        if path.suffix.lower() == ".docx":
            return check_template(self._office, path, self._library().get(path.stem))
        try:
            library = FormLibrary.load(path.parent, wording=self._office.settings.wording, profile=self._office.profile)
            spec = library.get(path.stem)
        except AppError as error:
            return (Problem(code=error.code, message=str(error), where=Where(sheet=path.name)),)
        return (*_clauses(spec), *self._template(spec))

    def _library(self) -> FormLibrary:
        """Return the forms as they are on disk now."""
        office = self._office
        return FormLibrary.load(office.folder / "forms", wording=office.settings.wording, profile=office.profile)

    def _template(self, spec: FormSpec) -> tuple[Problem, ...]:
        try:
            found = find_template(spec.code, self._office.settings.wording.key, self._office.folder / "templates")
            compiled = compile_template(found.data, name=found.name)
        except AppError as error:
            return (Problem(code=error.code, message=str(error)),)
        problems = lint_template(found, spec, names=compiled.names)
        return (*problems, *self._office.press.check(found.data, name=found.name))


def _clauses(spec: FormSpec) -> Iterator[Problem]:
    """Yield standing text of the form that the law does not allow, and a form nobody signs."""
    for field in spec.fields:
        texts = (*field.items, field.help) if field.type in {FieldType.CLAUSES, FieldType.CHECKLIST} else field.items
        for text in texts:
            yield from forbidden_clauses(text, Where(sheet=f"{spec.code}.toml", field=field.name, column=field.title))
    yield from forbidden_clauses(spec.purpose, Where(sheet=f"{spec.code}.toml", column="purpose"))
    if not spec.signers:
        message = f"{spec.code} 没有写签署人（signers）。没有人签字的文书不能归档，请至少写一名。"
        yield Problem(code="form.no-signer", message=message, where=Where(sheet=f"{spec.code}.toml"))
