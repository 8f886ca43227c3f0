"""模板预览: a template filled with values or samples, as pages to look at. Nothing is numbered, issued or kept.

Every page says that it is a preview; a page of it is never taken for a paper, since it carries no marks.
"""

from __future__ import annotations

import io
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from PIL import Image

from archive.disk import translated
from docgen.engine.press import PrintJob
from docgen.engine.render import Picture, compile_template
from docgen.engine.template import read_own
from docgen.workspace.own_forms.checking import problems_of
from forms.errors import AppError, DataError
from forms.law.time import print_date
from forms.problems import Problem
from forms.profiles.words import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docgen.engine.press import LaidPaper
    from docgen.workspace.office.opened import Office
    from forms.spec import FieldSpec, FormSpec

LABEL = "模板预览，不是正式文书"
_DPI = 110
_SAMPLE_ROWS = 2
_EMU_PER_MM = 36_000
_NUMBERS = ("count.", "gaps.")
"""Names whose values are numbers, after `docgen.engine.context`."""

_PLACES = {"village": "村（居）", "town": "乡镇（街道）", "office": "本单位", "school": "学校"}
_SAID = {"name": "名称", "short": "简称", "address": "地址", "contact": "联系人", "phone": "电话"}
_COMMON = {
    "doc.title": "文书名称",
    "doc.other_title": "另一名称",
    "doc.attachment": "附件号",
    "doc.number": "文号",
    "doc.made_on": "填发日期",
    "doc.copies": "份数",
    "doc.version": "版本",
    "doc.uid": "编号",
    "staff.filler": "填表人",
    "staff.reviewer": "审核人",
    "staff.head": "负责人",
    **{f"unit.{place}.{what}": f"{at}{said}" for place, at in _PLACES.items() for what, said in _SAID.items()},
}
"""What names that every template knows stand for."""


class BadValuesError(DataError):
    """The file with values cannot be read."""

    code = "preview.values"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f'“{name}”{reason}，没有生成预览。请按 TOML 的写法一行写一项，例如 child_name = "石小山"，存为 UTF-8。'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What came of a preview."""

    problems: tuple[Problem, ...]
    pdf: Path | None = None
    """In `out/`; ``None`` when the template cannot be laid out."""

    pages: int = 0
    pictures: tuple[Path, ...] = ()
    """One for each page, if they were asked for."""

    fallbacks: tuple[str, ...] = field(default=())
    """Characters drawn from another face than the one asked for."""

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON knows it."""
        return {
            "pdf": str(self.pdf) if self.pdf else None,
            "pages": self.pages,
            "pictures": [str(path) for path in self.pictures],
            "fallbacks": list(self.fallbacks),
            "problems": [{"code": p.code, "message": str(p), "blocking": p.blocking} for p in self.problems],
        }


def preview_template(
    office: Office,
    path: Path,
    *,
    spec: FormSpec | None = None,
    values: Path | None = None,
    sample: bool = True,
    pictures: bool = False,
) -> Preview:
    """Fill a template, lay it out and write PDF and pictures into `out/`.

    Args:
        office: The open office.
        path: The docx.
        spec: The form it is meant for; its titles become the samples.
        values: A TOML file with what the template's names stand for.
        sample: Names that `values` does not give are filled with their own titles; else they are refused.
        pictures: Write each page as a PNG, too.

    Raises:
        BadValuesError: The file with values cannot be read.
        DiskFullError: Nothing was left in `out/`.
    """
    given = read_values(values) if values is not None else {}
    problems = problems_of(office, path, spec)
    try:
        template = read_own(path)
        compiled = compile_template(template.data, name=template.name)
        words = {"words": terms(office.settings.wording, office.profile)}
        context = _over(_over(sample_of(compiled.names, spec), words), given) if sample or values is None else given
        laid = office.press.lay_out_rendered(compiled.render_parts(context), name=template.name)
    except AppError as error:
        if error.code not in {problem.code for problem in problems}:
            problems = (*problems, Problem(code=error.code, message=str(error)))
        return Preview(problems=problems)
    known = {(problem.code, str(problem)) for problem in problems}
    problems += tuple(problem for problem in laid.problems if (problem.code, str(problem)) not in known)
    pdf, shown = _write(office, laid, path.stem, pictures=pictures)
    fallbacks = tuple(f"{f.char}（{f.family}）" for f in laid.fallbacks)
    return Preview(problems=problems, pdf=pdf, pages=len(laid.pages), pictures=shown, fallbacks=fallbacks)


def read_values(path: Path) -> dict[str, Any]:
    """Read what names stand for; dates become words as on paper.

    Raises:
        BadValuesError: There is no such file, or it is no TOML.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError:
        raise BadValuesError(path.name, "打不开") from None
    except UnicodeDecodeError:
        raise BadValuesError(path.name, "不是 UTF-8 文字") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise BadValuesError(path.name, f"第 {line[1]} 行写法有误" if line else "写法有误") from None
    words: dict[str, Any] = _words(found)
    return words


def _words(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _words(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_words(one) for one in value]
    if isinstance(value, datetime):
        return print_date(value.date())
    if isinstance(value, date):
        return print_date(value)
    return value.isoformat("minutes") if isinstance(value, time) else value


def sample_of(names: Iterable[str], spec: FormSpec | None = None) -> dict[str, Any]:
    """Return a context in which every name of a template stands for its own title.

    Args:
        names: As `CompiledTemplate.names` has them: ``child.name``, ``rows[].grade``, ``scope[]``.
        spec: The form whose titles are used.
    """
    tree: dict[str, Any] = {}
    for name in sorted(names):
        node = tree
        for part in name.split("."):
            node = node.setdefault(part, {})
    titles = _titles(spec)
    return {key.removesuffix("[]"): value for key, value in _filled(tree, "", titles).items()}


def _filled(tree: Mapping[str, Any], above: str, titles: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, below in tree.items():
        name = f"{above}{key}"
        plain = key.removesuffix("[]")
        if key.endswith("[]"):
            found[plain] = [_filled(below, f"{name}.", titles) if below else _sample(name, titles)] * _SAMPLE_ROWS
        elif below:
            found[plain] = _filled(below, f"{name}.", titles)
        else:
            found.setdefault(plain, _sample(name, titles))
    return found


def _sample(name: str, titles: Mapping[str, str]) -> Any:
    if name.startswith(_NUMBERS):
        return _SAMPLE_ROWS
    if name.endswith(".picture"):
        drawn = io.BytesIO()
        Image.new("RGB", (320, 160), "lightgray").save(drawn, "PNG")
        return Picture(data=drawn.getvalue(), width=80 * _EMU_PER_MM, height=40 * _EMU_PER_MM)
    plain = name.replace("[]", "")
    for known in (plain, plain.rpartition(".")[2]):
        if known in titles:
            return f"〔{titles[known]}〕"
    return f"〔{plain}〕"


def _titles(spec: FormSpec | None) -> dict[str, str]:
    found = dict(_COMMON)

    def take(fields: Iterable[FieldSpec]) -> None:
        for one in fields:
            found.setdefault(one.name, one.title)
            take(one.columns)

    take(spec.fields if spec is not None else ())
    return found


def _over(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay values over samples, group by group; a list is taken whole."""
    found = dict(under)
    for key, value in over.items():
        below = found.get(key)
        found[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return found


def _write(office: Office, laid: LaidPaper, stem: str, *, pictures: bool) -> tuple[Path, tuple[Path, ...]]:
    target = io.BytesIO()
    office.press.write([PrintJob(paper=laid, copy_label=LABEL)], target, title=LABEL)
    out = office.folder / "out"
    name = re.sub(r'[\\/:*?"<>|\s]+', "", stem)[:60] or "模板"
    pdf = out / f"预览-{name}.pdf"
    shown: list[Path] = []
    with translated(out):
        out.mkdir(exist_ok=True)
        for old in out.glob(f"预览-{name}-*.png"):  # of an earlier preview with more pages
            if re.fullmatch(r"\d+", old.stem.rpartition("-")[2]):
                old.unlink()
        _put(pdf, target.getvalue())
        for number, picture in enumerate(_drawn(target.getvalue()) if pictures else (), 1):
            shown.append(out / f"预览-{name}-{number}.png")
            _put(shown[-1], picture)
    return pdf, tuple(shown)


def _put(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _drawn(pdf: bytes) -> Iterable[bytes]:
    """Yield each page as a PNG."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            drawn = io.BytesIO()
            page.render(scale=_DPI / 72).to_pil().save(drawn, "PNG")
            yield drawn.getvalue()
