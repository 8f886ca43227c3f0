"""What each form of the catalogue has: spec, template in two wordings, golden text, a case that passes, one refused.

Source: forms.md §6. Golden texts and cases are part of the tests, so this works where the source is; an
installed program has no tests beside it and says so.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import forms
from docgen.engine.source import source_codes
from docgen.engine.template import MissingTemplateError, find_template
from forms.catalogue.library import FormLibrary
from forms.errors import NotFoundError
from forms.profiles.wording import WORDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUE: tuple[str, ...] = (
    *(f"A{n}" for n in range(1, 11)),
    *("B1", "B2", "B3", "B4", "B5", "B5a", "B5b", "B5c", "B5d", "B6", "B7"),
    *(f"C{n}" for n in range(1, 7)),
    *(f"D{n}" for n in range(1, 16)),
    *(f"E{n}" for n in range(1, 10)),
)
"""Every code that forms.md asks for."""


class NoTestsError(NotFoundError):
    """The folder of the tests is not where it was looked for."""

    code = "coverage.no-tests"

    def __init__(self, folder: str) -> None:
        super().__init__(f"没有找到测试文件夹“{folder}”。这项检查要在源代码里运行，或者用 --tests 写明文件夹。")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """What one form has."""

    code: str
    title: str
    spec: bool
    templates: tuple[str, ...]
    """Wordings of which there is a template."""
    source: bool
    golden: tuple[str, ...]
    """Wordings of which the laid text is kept."""
    passes: bool
    refuses: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what is missing, in Chinese."""
        held = {
            "表单": self.spec,
            "模板源文": self.source,
            "两套模板": len(self.templates) == len(WORDINGS),
            "正文样稿": len(self.golden) == len(WORDINGS),
            "通过的例子": self.passes,
            "拒绝的例子": self.refuses,
        }
        return tuple(name for name, has in held.items() if not has)


def tests_folder() -> Path:
    """Return where the tests lie beside the source."""
    return Path(forms.__file__).parents[1] / "tests"


def coverage(tests: Path | None = None) -> tuple[CoverageRow, ...]:
    """Return a row for every code of the catalogue and every further form there is, in catalogue order.

    Args:
        tests: Folder of the tests; by default the one beside the source.

    Raises:
        NoTestsError: there is none.
    """
    folder = tests or tests_folder()
    if not (folder / "forms").is_dir():
        raise NoTestsError(str(folder))
    library = {spec.code: spec for spec in FormLibrary.load().all()}
    cases = set(_cases(folder / "forms"))
    sources = set(source_codes())
    codes = dict.fromkeys((*CATALOGUE, *library))
    return tuple(
        CoverageRow(
            code=code,
            title=library[code].title if code in library else "",
            spec=code in library,
            templates=tuple(w for w in sorted(WORDINGS) if _has_template(code, w)),
            source=code in sources,
            golden=tuple(w for w in sorted(WORDINGS) if (folder / "golden" / "forms" / f"{code}.{w}.txt").is_file()),
            passes=f"{code.lower()}_passes" in cases,
            refuses=f"{code.lower()}_refuses" in cases,
        )
        for code in codes
    )


def _has_template(code: str, wording: str) -> bool:
    try:
        find_template(code, wording)
    except MissingTemplateError:
        return False
    return True


def _cases(folder: Path) -> Iterator[str]:
    """Yield the names of the cases without running them."""
    for path in sorted(folder.glob("forms_*.py")):
        tree = ast.parse(path.read_text("utf-8"), filename=path.name)
        yield from (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
