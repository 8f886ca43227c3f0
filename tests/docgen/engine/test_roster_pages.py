"""Rosters of any length: numbered pages, headings on each, a total for each page and one for all."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest

from docgen.engine.context import DocumentHead, build_context
from docgen.engine.press import FontBook, LaidPaper, Press
from docgen.engine.printed import choices
from docgen.engine.render import compile_template
from docgen.engine.template import find_template
from forms.cases.facts import Facts
from forms.catalogue.library import FormLibrary
from forms.people import Staff, Unit
from forms.profiles.wording import LAW_2020
from forms.spec import FieldSpec, FieldType
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName, Phone

PER_PAGE = {"B1": 14, "B3": 14, "B5a": 8, "B5b": 8, "B5c": 8, "B5d": 8, "E9": 12}
UNIT = Unit(kind=UnitKind.TOWN, name="云岭镇人民政府", short="云岭镇")
FACTS = Facts(village=UNIT, town=UNIT, office=UNIT, filler=Staff(name="吴秋"))
LIBRARY = FormLibrary.load()
_VALUES: dict[FieldType, Any] = {
    FieldType.TEXT: "良好",
    FieldType.LONG_TEXT: "每月走访一次。",
    FieldType.ADDRESS: "石桥村三组12号",
    FieldType.UNIT: "石桥小学",
    FieldType.STAFF: "吴秋月",
    FieldType.DATE: date(2026, 9, 5),
    FieldType.DATETIME: datetime(2026, 9, 5, 9, 30),  # noqa: DTZ001  local time of the place
    FieldType.BOOL: True,
    FieldType.INT: 2,
    FieldType.ID_NUMBER: IdNumber.parse("11010519491231002X"),
    FieldType.NAME: PersonName("罗小山"),
    FieldType.PHONES: (Phone("13800001234"),),
}


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(FontBook.default())


def _cell(column: FieldSpec, number: int) -> Any:
    if column.name == "no":
        return number
    if column.name.endswith("_gender"):
        return "男" if number % 3 else "女"
    if column.type is FieldType.ENUM:
        return choices(column)[0]
    return choices(column)[:1] if column.type is FieldType.MULTI else _VALUES.get(column.type, "良好")


def roster(code: str, count: int, press: Press) -> LaidPaper:
    """Lay out a roster of so many rows."""
    spec = LIBRARY.get(code)
    columns = spec.field("rows").columns
    rows = tuple({c.name: _cell(c, n) for c in columns} for n in range(1, count + 1))
    values = {f.name: _cell(f, 0) for f in spec.fields if f.type is not FieldType.TABLE}
    head = DocumentHead(title=spec.title, number="云民〔2026〕3号", made_on=date(2026, 10, 5), copies=2)
    values |= {"rows": rows, "total": count, "not_collected": 0}
    context = build_context(spec, values, FACTS, wording=LAW_2020, profile=None, document=head)
    return press.lay_out(compile_template(find_template(code, "law_2020").data, name=code).render(context), name=code)


def totals(paper: LaidPaper) -> list[tuple[int, int, int]]:
    """Return first, last and count of each page's total, and that each stands on a page of its own."""
    found = []
    for page in paper.pages:
        met = re.findall(r"本页小计：第(\d+)至(\d+)号，共(\d+)名", page.text)
        assert len(met) <= 1
        found += [(int(a), int(b), int(c)) for a, b, c in met]
    return found


@pytest.mark.parametrize("code", sorted(PER_PAGE))
@pytest.mark.parametrize("pages", [1, 3])
def test_each_page_of_a_roster_has_its_total_and_the_last_one_all(code: str, pages: int, press: Press) -> None:
    count = PER_PAGE[code] * pages - 1
    paper = roster(code, count, press)
    found = totals(paper)
    assert [c for _, _, c in found] == [PER_PAGE[code]] * (pages - 1) + [PER_PAGE[code] - 1]
    assert [a for a, _, _ in found] == [1 + k * PER_PAGE[code] for k in range(pages)]
    assert found[-1][1] == count
    assert sum(c for _, _, c in found) == count
    assert f"{count} 名" in paper.text
    for number, page in enumerate(paper.pages, 1):
        assert f"第 {number} 页　共 {len(paper.pages)} 页" in page.text


@pytest.mark.parametrize("code", sorted(PER_PAGE))
def test_the_heading_stands_on_every_page_with_rows(code: str, press: Press) -> None:
    paper = roster(code, PER_PAGE[code] * 2 + 3, press)
    for page in paper.pages:
        if "罗小山" in page.text:
            assert "姓名" in page.text
            assert "序号" in page.text


@pytest.mark.parametrize("code", ["B1", "B3"])
def test_a_page_says_how_many_of_each_sex(code: str, press: Press) -> None:
    paper = roster(code, PER_PAGE[code] + 5, press)
    told = [tuple(map(int, m)) for m in re.findall(r"共(\d+)名，其中男(\d+)名、女(\d+)名", paper.text)]
    assert [total for total, _, _ in told] == [PER_PAGE[code], 5]
    assert all(total == men + women for total, men, women in told)


@pytest.mark.parametrize("code", sorted(PER_PAGE))
def test_a_roster_of_nobody_has_no_page_total(code: str, press: Press) -> None:
    paper = roster(code, 0, press)
    assert totals(paper) == []
    assert len(paper.pages) == 1
