"""Which rows of a village's list are people, and which village a list is about.

Lists carry titles, empty numbered lines, group lines, totals and signatures among and below the
children. Each row gets exactly one kind, so that a report can account for every row of a sheet.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from forms.lists.sheet import CellState
from forms.values.names_and_numbers import half_width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.lists.headings import Heading
    from forms.lists.sheet import Cell, Row


class RowKind(StrEnum):
    """What a row is; the value is what reports print."""

    PERSON = "儿童"
    TITLE = "标题"
    HEADING = "表头"
    BLANK = "空行"
    SECTION = "分组行"
    TOTAL = "合计行"
    NOTE = "说明行"


_TOTAL = re.compile(r"^(合\s*计|总\s*计|小\s*计|共\s*计|总人数|合计人数|本页小计|累计|共\s*\d+\s*[人名户])")
_NOTE = re.compile(
    r"^(注|说明|备注|附注|填表说明|填写说明|填表人|制表人?|审核人?|复核人?|单位负责人|负责人|填报人?|经办人|统计人|联系人|盖\s*章|签\s*[字名]|"
    r"村(支书|主任|委会)|驻村|填表日期|填报日期|日期|年\s*月\s*日|[(]?以下空白)\s*(人|单位|时间|日期)?\s*([:：、(（]|$|\d)"
)
_GROUP = re.compile(
    r"^第?[一二三四五六七八九十0-9]{1,3}\s*(村民)?(小)?组$|^[\u4e00-\u9fff]{1,6}(组|寨|自然村|屯|湾|坝)$"
)
_VILLAGE = re.compile(r"[\u4e00-\u9fff]{2,12}?(?:村|社区|居委会)")
_ABOVE = re.compile(r"^.*[市县]..?区(?=..)|^.*(?:省|自治区|市|自治州|州|县|镇|乡|街道|办事处)(?=.)")
_NO_VILLAGE = re.compile(r"^(全村|本村|各村|我村|行政村|自然村|山村|城乡社区)$|农村$|乡村$|留守|儿童")


def row_kind(row: Row, heading: Heading) -> RowKind:
    """Tell what a row is; rows above and in the heading are titles and heading."""
    if not row.cells:
        return RowKind.BLANK
    if row.number < heading.first_row:
        return RowKind.TITLE
    if row.number <= heading.last_row or _repeats(row, heading):
        return RowKind.HEADING
    texts = [half_width(t) for t in row.distinct_texts]
    name = heading.column("child_name")
    named = row.text(name.number).strip() if name else ""
    numbers = {c.number for c in heading.columns if c.field == "number"}
    if not any(_says_something(c, numbers) for c in row.own_cells):
        return RowKind.BLANK  # a line that only has its number
    if any(_TOTAL.match(t) for t in texts[:3]):
        return RowKind.TOTAL
    if any(_NOTE.match(t) for t in texts[:2]) and len(texts) <= 6:
        return RowKind.NOTE
    return _of_one_text(texts[0], named) if len(texts) == 1 else RowKind.PERSON


def _says_something(cell: Cell, numbers: set[int]) -> bool:
    if cell.column in numbers and re.fullmatch(r"[0-9.、]*", half_width(cell.text)):
        return False
    return bool(cell.text) or cell.state is not CellState.PLAIN


def _of_one_text(text: str, named: str) -> RowKind:
    if section_group(text) or village_in(text) == text:
        return RowKind.SECTION
    return RowKind.NOTE if len(text) > 12 or not named else RowKind.PERSON


def _repeats(row: Row, heading: Heading) -> bool:
    """The heading printed again at the top of the next page."""
    again = sum(re.sub(r"\s+", "", row.text(c.number)) in c.heading.split("／") for c in heading.known)
    return again >= 3 and again * 2 >= len(heading.known)


def section_group(text: str) -> str:
    """Return the 村民小组 a group line names; empty when it names none."""
    found = _GROUP.match(half_width(text))
    return found[0] if found else ""


def village_in(text: str) -> str:
    """Return the village or community a text names (平山村), empty when none."""
    plain = re.sub(r"\s+", "", half_width(text))
    plain = re.sub(r"村?村民委员会|村委会", "村", plain)
    plain = re.sub(r"([^农乡新])行政村", r"\1村", plain)
    for found in _VILLAGE.finditer(plain):
        name = _ABOVE.sub("", found[0])
        if len(name) >= 2 and not _NO_VILLAGE.search(name):
            return name
    return ""


def first_village(texts: Iterable[str]) -> str:
    """Return the first village that any of the texts names."""
    return next((v for v in map(village_in, texts) if v), "")


def stated_total(row: Row) -> int | None:
    """Return the number of people a line of totals states, ``None`` when it states none."""
    joined = half_width("".join(row.distinct_texts))
    found = re.search(r"(\d{1,4})\s*[人名]", joined) or re.fullmatch(r"\D*(\d{1,4})\D*", joined)
    return int(found[1]) if found else None
