"""Templates and forms are held together in both directions, for every form and both wordings."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree

from docgen.engine.context import DocumentHead, build_context, template_names, unprinted_fields
from docgen.engine.lint import lint_template
from docgen.engine.press import FontBook, Press
from docgen.engine.printed import choices
from docgen.engine.render import compile_template
from docgen.engine.source import check_all, source_codes
from docgen.engine.template import find_template
from forms.cases.facts import Facts
from forms.catalogue.library import FormLibrary
from forms.marks import MARK_EDGE_MM, MARK_SIZE_MM
from forms.people import Staff, Unit
from forms.profiles.wording import WORDINGS, find_wording
from forms.spec import FieldSpec, FieldType, FormSpec
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName, Phone

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CODES = [spec.code for spec in FormLibrary.load().all()]
EVERY = [(code, wording) for code in CODES for wording in sorted(WORDINGS)]
UNIT = Unit(kind=UnitKind.TOWN, name="云岭镇人民政府", short="云岭镇")
FACTS = Facts(village=UNIT, town=UNIT, office=UNIT, school=UNIT, filler=Staff(name="吴秋"))
_SAMPLES: dict[FieldType, Any] = {
    FieldType.DATE: date(2026, 11, 5),
    FieldType.DATETIME: datetime(2026, 11, 5, 19, 30),  # noqa: DTZ001  local time of the place
    FieldType.BOOL: True,
    FieldType.INT: 7,
    FieldType.MONEY: Decimal(1200),
    FieldType.ID_NUMBER: IdNumber.parse("11010519491231002X"),
    FieldType.NAME: PersonName("欧阳沐晨"),
    FieldType.PHONES: (Phone("13800001234"),),
}


_TYPICAL: dict[FieldType, Any] = {
    FieldType.TEXT: "情况良好",
    FieldType.LONG_TEXT: "每月走访一次，学校安排老师结对，寒假参加儿童之家的活动。",
    FieldType.ADDRESS: "云岭县云岭镇石桥村三组12号",
    FieldType.UNIT: "云岭镇石桥村村民委员会",
    FieldType.STAFF: "吴秋月",
    FieldType.PAPER_REF: "云民评〔2026〕12号（2026年10月28日）",
}


def sample(field: FieldSpec, texts: dict[FieldType, Any] | None = None) -> Any:
    """Return a value that can be found again on the paper: a text is its field's own name unless given."""
    if field.type is FieldType.TABLE:
        items = field.items or ("",)
        return tuple({c.name: item if c.name == "item" else sample(c, texts) for c in field.columns} for item in items)
    if field.type is FieldType.STRUCT:
        return {column.name: sample(column, texts) for column in field.columns}
    if field.type in {FieldType.CLAUSES, FieldType.CHECKLIST}:
        return field.items or (f"【{field.name}】",)
    if field.type is FieldType.MULTI:
        return choices(field)[:1]
    if field.type is FieldType.ENUM:
        return choices(field)[0]
    return _SAMPLES.get(field.type) or (texts or {}).get(field.type, f"【{field.name}】")


def context(spec: FormSpec, wording: str, values: dict[str, Any]) -> dict[str, Any]:
    head = DocumentHead(title=spec.titles[wording], number="云民〔2026〕3号", made_on=date(2026, 11, 5), copies=2)
    return build_context(spec, values, FACTS, wording=find_wording(wording), profile=None, document=head)


@functools.cache
def form(code: str, wording: str) -> FormSpec:
    return FormLibrary.load(wording=find_wording(wording)).get(code)


def names_in(value: Any, prefix: str = "") -> set[str]:
    """Return the dotted names of a context as the renderer writes them."""
    if isinstance(value, dict):
        found = {prefix} if prefix else set()
        for key, inner in value.items():
            found |= names_in(inner, f"{prefix}.{key}" if prefix else key)
        return found
    if isinstance(value, list):
        return {prefix}.union(*(names_in(inner, f"{prefix}[]") for inner in value))
    return {prefix}


def text_of(data: bytes) -> str:
    """Return all text of a docx, body, headers and footers."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [n for n in package.namelist() if re.fullmatch(r"word/(document|header\d|footer\d)\.xml", n)]
        return "\n".join(
            "".join(t.text or "" for t in p.iter(f"{W}t"))
            for n in parts
            for p in etree.fromstring(package.read(n)).iter(f"{W}p")
        )


def test_every_form_has_a_template_and_every_template_a_form() -> None:
    assert sorted(source_codes()) == sorted(CODES)


def test_committed_templates_are_what_their_sources_give() -> None:
    assert check_all() == [], "run make templates"


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_a_template_uses_only_names_its_form_gives(code: str, wording: str) -> None:
    compiled = compile_template(find_template(code, wording).data, name=code)
    assert compiled.names - template_names(form(code, wording)) == set()


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_every_required_field_of_a_form_is_printed_by_its_template(code: str, wording: str) -> None:
    compiled = compile_template(find_template(code, wording).data, name=code)
    assert [f.name for f in unprinted_fields(form(code, wording), compiled.names)] == []


@pytest.mark.parametrize("code", CODES)
def test_the_context_holds_exactly_the_names_a_template_may_use(code: str) -> None:
    spec = form(code, "law_2020")
    given = names_in(context(spec, "law_2020", {f.name: sample(f) for f in spec.fields}))
    containers = {"doc", "unit", "staff", "words", "boxes", "lines", "count", "gaps"}
    containers |= {f"unit.{unit}" for unit in ("village", "town", "office", "school")}
    containers |= {name for name in given if name.endswith(("[].boxes", ".boxes"))}
    containers |= {f"{f.name}[]" for f in spec.fields if f.type is FieldType.TABLE}
    assert given - containers == template_names(spec)


@pytest.mark.parametrize("code", CODES)
def test_no_name_is_one_that_a_mapping_already_has(code: str) -> None:
    # {{ r.items }} would be the method and not the column
    taken = set(dir(dict))
    spec = form(code, "law_2020")
    assert not {f.name for f in spec.fields} & taken
    assert not {c.name for f in spec.fields for c in f.columns} & taken


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_what_is_filled_in_stands_on_the_paper(code: str, wording: str) -> None:
    spec = form(code, wording)
    found = find_template(code, wording)
    text = text_of(
        compile_template(found.data, name=code).render(context(spec, wording, {f.name: sample(f) for f in spec.fields}))
    )
    for field in spec.fields:
        if field.printed and not field.system and str(sample(field)).startswith("【"):
            assert f"【{field.name}】" in text or field.required.value == "optional", field.name
        if field.type is FieldType.CLAUSES:
            assert all(line in text for line in field.items)
    assert not re.search(r"\{\{|\}\}|\{%|%\}|«|»|None|Blank", text)


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_a_blank_paper_can_be_printed_for_the_pen(code: str, wording: str) -> None:
    compiled = compile_template(find_template(code, wording).data, name=code)
    text = text_of(compiled.render(context(form(code, wording), wording, {})))
    assert "☑" not in text
    asks = any(re.search(r"(^|\.)(boxes|lines)\.", name) for name in compiled.names)
    assert ("□" in text) == asks


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_lint_finds_nothing_and_every_signer_has_a_place(code: str, wording: str) -> None:
    found = find_template(code, wording)
    names = compile_template(found.data, name=code).names
    assert [str(p) for p in lint_template(found, form(code, wording), names=names)] == []


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_a_paper_keeps_to_the_words_of_its_wording(code: str, wording: str) -> None:
    spec = form(code, wording)
    values = {f.name: sample(f) for f in spec.fields}
    text = text_of(
        compile_template(find_template(code, wording).data, name=code).render(context(spec, wording, values))
    )
    if wording == "law_2020":
        assert not re.search("委托监护|受委托监护人", text)
    else:
        # the present law's words stand only in the sentence that ties the old ones to them
        rest = re.sub(r"本(?:确认书|责任书|协议)所称“委托监护”.*?。", "", text)
        assert not re.search("委托照护|(?<!受)被委托人", rest)


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_nothing_is_printed_where_the_marks_go(code: str, wording: str) -> None:
    section = docx.Document(io.BytesIO(find_template(code, wording).data)).sections[0]
    assert section.top_margin is not None
    assert section.bottom_margin is not None
    clear = MARK_EDGE_MM + MARK_SIZE_MM + 2.9
    assert section.top_margin.mm >= clear
    assert section.bottom_margin.mm >= clear
    footer = [p for p in section.footer.paragraphs if p.text]
    assert [p.style.name for p in footer if p.style] == ["页码"]
    assert section.header.is_linked_to_previous, "nothing stands above the type area"


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(FontBook.default())


def filled(code: str, wording: str) -> bytes:
    spec = form(code, wording)
    values = {field.name: sample(field, _TYPICAL) for field in spec.fields}
    return compile_template(find_template(code, wording).data, name=code).render(context(spec, wording, values))


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_a_filled_paper_has_the_pages_it_is_meant_to_have(code: str, wording: str, press: Press) -> None:
    one = {"A4", "A6", "A7", "A8", "A10", "B1", "B2", "B3", "B4", "B5a", "B5b", "B5c", "B5d", "B6", "B7"}
    several = {"A1": 2, "B5": 2, "A2": 3, "A3": 4, "A5": 2, "A9": 2}
    laid = press.lay_out(filled(code, wording), name=code)
    assert len(laid.pages) == (1 if code in one else several.get(code, len(laid.pages)))
    assert len(laid.pages) < 10
    assert [str(problem) for problem in laid.problems] == []


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_every_place_to_sign_is_large_enough_and_stands_on_a_page_with_words(
    code: str, wording: str, press: Press
) -> None:
    data = filled(code, wording)
    is_letter = "word/footer2.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    laid = press.lay_out(data, name=code)
    boxes = {box.name: (box, page) for page in laid.pages for box in page.boxes}
    assert set(boxes) == set(form(code, wording).boxes)
    for name, (box, page) in boxes.items():
        width, height = {"sign": (30, 10), "finger": (25, 11), "seal": (45, 15)}[name.split("_")[0]]
        assert box.width >= width, name
        assert box.height >= height, name
        # a letter's lines are large and its last page may be short, yet never without text
        assert len(page.lines) > (3 if is_letter else 15), name


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_long_answers_add_pages_and_lose_nothing(code: str, wording: str, press: Press) -> None:
    spec = form(code, wording)
    long = "龙" * 180
    values = {f.name: long if f.type in {FieldType.TEXT, FieldType.ADDRESS} else sample(f) for f in spec.fields}
    used = compile_template(find_template(code, wording).data, name=code)
    laid = press.lay_out(used.render(context(spec, wording, values)), name=code)
    shown = laid.text.count("龙")
    asked = sum(f.name in used.names for f in spec.fields if values[f.name] == long and not f.system)
    assert shown >= 180 * asked


def test_the_roster_repeats_its_two_head_rows_and_has_thirty_three_columns() -> None:
    table = docx.Document(io.BytesIO(find_template("B1", "law_2020").data)).tables[0]
    heads = [row for row in table.rows if row._tr.find(f"{W}trPr/{W}tblHeader") is not None]
    assert len(heads) == 2
    assert len(heads[1]._tr.findall(f"{W}tc")) == 33


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_a_template_is_lean_and_carries_no_names_of_people_or_machines(code: str, wording: str) -> None:
    data = find_template(code, wording).data
    assert len(data) < 20_000
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        core = package.read("docProps/core.xml").decode()
        dates = {info.date_time for info in package.infolist()}
    assert "creator" not in core
    assert "lastModifiedBy" not in core
    assert dates == {(1980, 1, 1, 0, 0, 0)}


GOLDEN = Path(__file__).parents[1] / "golden" / "forms"


@pytest.mark.parametrize(("code", "wording"), EVERY)
def test_a_filled_paper_reads_as_it_did(code: str, wording: str, press: Press, request: pytest.FixtureRequest) -> None:
    """Compare the laid text; ``pytest --update-golden`` writes what is meant to have changed."""
    pages = press.lay_out(filled(code, wording), name=code).pages
    # in the order of the eye, whatever the order of drawing
    read = [sorted(page.lines, key=lambda line: (round(line.y), line.x)) for page in pages]
    text = "\n--- 换页 ---\n".join("\n".join(line.text for line in lines) for lines in read)
    golden = GOLDEN / f"{code}.{wording}.txt"
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        golden.write_text(text + "\n", "utf-8", newline="\n")
    assert golden.is_file(), "run pytest tests/contracts --update-golden and read what it wrote"
    assert text + "\n" == golden.read_text("utf-8")


def test_no_golden_text_is_left_over(request: pytest.FixtureRequest) -> None:
    wanted = {f"{code}.{wording}.txt" for code, wording in EVERY}
    unused = sorted(p for p in GOLDEN.glob("*.txt") if p.name not in wanted)
    if request.config.getoption("--update-golden"):
        for path in unused:
            path.unlink()
        unused = []
    assert unused == []
