"""One typed text -> the value of one field, by the field's declared type.

Tables and structs are typed cell by cell under dotted keys (``emergency_contact.name``,
``screening.1.result``) or at once, cells parted by ``|`` and rows by line breaks or ；.
Text that stands on the paper as typed is never shortened: too long is a refusal.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from forms.cases.facts import PaperRef, as_rows, as_struct
from forms.spec import FieldType
from forms.values import enums
from forms.values.blank import Blank
from forms.values.names_and_numbers import IdNumber, PersonName, ValueParseError
from forms.values.parse import parse_blank, parse_bool, parse_date, parse_int, parse_money, parse_phones, split_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from enum import StrEnum

    from forms.cases.facts import Cell, Facts, Row, Value
    from forms.spec import FieldSpec

NC = Blank.NOT_COLLECTED
_LIMITS = {FieldType.TEXT: 200, FieldType.ADDRESS: 120, FieldType.LONG_TEXT: 4000, FieldType.CLAUSES: 4000}
_BETWEEN = "、，,；;|\uff5c\n \u3000"
_SEPARATORS = frozenset({"", *_BETWEEN})
_TEXT_TYPES = frozenset({FieldType.TEXT, FieldType.ADDRESS, FieldType.STAFF, FieldType.UNIT})


def parse_field(field: FieldSpec, text: str, facts: Facts | None = None) -> Value:
    """Read typed text as the field's type.

    Args:
        field: What is asked.
        text: As typed; not empty.
        facts: Where a paper_ref is looked up.

    Raises:
        ValueParseError: with the rule that failed.
    """
    if field.type is FieldType.TABLE:
        return _parse_rows(field, text)
    if field.type is FieldType.STRUCT:
        return _parse_cells(field, [c.name for c in field.columns], text)
    if field.type is FieldType.PAPER_REF:
        return _parse_ref(field, text, facts)
    return parse_cell(field, text)


def parse_cell(field: FieldSpec, text: str) -> Cell:
    """Read typed text as a value that is no table, struct or paper.

    Raises:
        ValueParseError: with the rule that failed.
    """
    return _READERS.get(field.type, _parse_text)(field, text)


def _parse_multi(field: FieldSpec, text: str) -> Cell:
    blank = parse_blank(text, words=False)
    return blank or _exclusive(field, tuple(dict.fromkeys(_option(field, part) for part in _parts(field, text))))


def _parts(field: FieldSpec, text: str) -> Iterator[str]:
    """Yield the choices of a list; a label that holds a separator itself (谩骂、恐吓) is one choice."""
    labels = sorted(option_labels(field), key=len, reverse=True)
    rest = text.strip()
    while rest:
        label = next((n for n in labels if rest.startswith(n) and rest[len(n) : len(n) + 1] in _SEPARATORS), "")
        if label:
            yield label
            rest = rest[len(label) :].lstrip(_BETWEEN)
            continue
        part, *tail = re.split(r"[、，,；;|\uff5c\n]", rest, maxsplit=1)
        yield from split_list(part)
        rest = tail[0].lstrip(_BETWEEN) if tail else ""


def _parse_lines(field: FieldSpec, text: str) -> Cell:
    _check_length(field, text)
    return tuple(line.strip() for line in text.splitlines() if line.strip()) or NC


def _parse_text(field: FieldSpec, text: str) -> Cell:
    stripped = text.strip()
    blank = parse_blank(stripped, words=False)
    if blank is not None:
        return blank
    if field.type in _TEXT_TYPES and re.search(r"[\r\n\v\f\u2028\u2029]", stripped):
        raise ValueParseError("field.line-break", f"“{field.title}”只能写一行，请去掉换行。", text=text)
    if re.search(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]", stripped):
        raise ValueParseError(
            "field.control", f"“{field.title}”里有打印不出来的控制字符，请删去后重新填写。", text=text
        )
    _check_length(field, stripped)
    return stripped


def _check_length(field: FieldSpec, text: str) -> None:
    limit = field.max_length or _LIMITS.get(field.type, 200)
    if len(text) > limit:
        raise ValueParseError(
            "field.too-long", f"“{field.title}”有{len(text)}个字，最多{limit}个字。请精简，系统不会截断。", text=text
        )


def _in_range(field: FieldSpec, number: int | Blank, text: str) -> int | Blank:
    if isinstance(number, Blank):
        return number
    low, high = field.minimum, field.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        bounds = "".join((f"不小于{low}" if low is not None else "", f"不大于{high}" if high is not None else ""))
        raise ValueParseError("int.range", f"“{field.title}”写的是“{text.strip()}”，应当{bounds}。", text=text)
    return number


def _parse_datetime(text: str) -> datetime | Blank:
    found = re.search(r"(\d{1,2})[:：时](\d{1,2})分?\s*$", text.strip())
    day = parse_date(text[: found.start()] if found else text)
    if isinstance(day, Blank):
        return day
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueParseError("datetime.form", f"“{text.strip()}”要写到分钟，例如“2026年3月5日 14:30”。", text=text)
    return datetime(day.year, day.month, day.day, int(found[1]), int(found[2]))  # noqa: DTZ001  local time of the place


def option_labels(field: FieldSpec) -> tuple[str, ...]:
    """Return the labels that may be chosen, in printed order."""
    return enums.options(enum_class(field)) if field.enum else field.options


def enum_class(field: FieldSpec) -> type[StrEnum]:
    """Return the class of an enum field."""
    kind: type[StrEnum] = getattr(enums, field.enum)
    return kind


def parse_option(field: FieldSpec, text: str) -> StrEnum | str:
    """Read one choice; a label that is also a dash (无) is the label.

    Raises:
        ValueParseError: ``enum.unknown``.
    """
    if text.strip() not in option_labels(field):
        blank = parse_blank(text, words=False)
        if blank is not None:
            return blank
    return _option(field, text)


def _option(field: FieldSpec, text: str) -> StrEnum | str:
    if field.enum:
        return enums.read(enum_class(field), text)
    wanted = text.strip()
    if wanted in field.options:
        return wanted
    raise ValueParseError("enum.unknown", f"“{wanted}”不在可选项里。可以填：{'、'.join(field.options)}。", text=text)


def _exclusive(field: FieldSpec, chosen: tuple[StrEnum | str, ...]) -> tuple[StrEnum | str, ...]:
    if len(chosen) > 1 and any(str(c) == "无" for c in chosen):
        raise ValueParseError(
            "multi.none-with-others", f"“{field.title}”选了“无”就不能再选别的。", text="、".join(map(str, chosen))
        )
    return chosen


def _parse_ticks(field: FieldSpec, text: str) -> Cell:
    if text.strip() in {"全部", "全选", "都是"}:
        return field.items
    if text.strip() in {"无", "全不选"}:
        return ()
    ticked: list[str] = []
    for part in split_list(text):
        by_number = field.items[int(part) - 1] if part.isdigit() and 1 <= int(part) <= len(field.items) else ""
        found = by_number or next((i for i in field.items if i == part), "") or _only_match(field.items, part)
        if not found:
            raise ValueParseError(
                "checklist.unknown", f"“{part}”不是“{field.title}”里的一项。可以写序号，或者写“全部”。", text=text
            )
        ticked.append(found)
    return tuple(item for item in field.items if item in ticked)


def _only_match(items: tuple[str, ...], part: str) -> str:
    matches = [i for i in items if part in i]
    return matches[0] if len(matches) == 1 else ""


def _parse_rows(field: FieldSpec, text: str) -> Value:
    blank = parse_blank(text, words=False)
    if blank is not None:
        return blank
    names = [c.name for c in field.columns]
    if not field.items:
        return tuple(_parse_cells(field, names, line) for line in re.split(r"[\r\n；;]+", text) if line.strip())
    names = [n for n in names if n != "item"]
    lines = [line for line in re.split(r"[\r\n；;、,，]+", text) if line.strip()]
    if len(lines) == 1:
        lines *= len(field.items)  # one answer for every line
    if len(lines) != len(field.items):
        raise ValueParseError(
            "table.rows", f"“{field.title}”有{len(field.items)}行，这里写了{len(lines)}个答案。", text=text
        )
    return tuple(
        {"item": item, **_parse_cells(field, names, line)} for item, line in zip(field.items, lines, strict=True)
    )


def _parse_cells(field: FieldSpec, names: list[str], text: str) -> Row:
    parts = [p.strip() for p in re.split(r"[|\uff5c\t]", text)]
    if len(parts) > len(names):
        titles = "、".join(field.column(n).title for n in names)
        raise ValueParseError(
            "table.cells", f"“{field.title}”每行最多{len(names)}格（{titles}），用“|”隔开。", text=text
        )
    cells: dict[str, Cell] = dict.fromkeys((c.name for c in field.columns), NC)
    for name, part in zip(names, parts, strict=False):
        cells[name] = parse_cell(field.column(name), part) if part else NC
    return {name: cells[name] for name in cells if name in names or name != "item"}


def _parse_ref(field: FieldSpec, text: str, facts: Facts | None) -> PaperRef | Blank:
    blank = parse_blank(text)
    if blank is not None:
        return blank
    wanted = text.strip()
    for paper in facts.papers if facts else ():
        if wanted in {paper.uid, paper.document_number} and (not field.form or paper.form_code in field.form):
            return paper.ref
    raise ValueParseError(
        "paper-ref.unknown", f"这名儿童的档案里没有编号是“{wanted}”的{'、'.join(field.form) or '文书'}。", text=text
    )


def gather_typed(field: FieldSpec, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed for a field: under its own name and under dotted names, blank ones left out."""
    prefix = f"{field.name}."
    return {k: v for k, v in typed.items() if (k == field.name or k.startswith(prefix)) and v.strip()}


def put_cells(field: FieldSpec, base: Value, cells: Mapping[str, str]) -> Value:
    """Put cells typed under dotted names into a struct or table.

    Args:
        field: The struct or table.
        base: What it holds so far.
        cells: ``emergency_contact.phone`` or ``screening.2.result`` (rows from 1) -> text.

    Raises:
        ValueParseError: a cell cannot be read, or the name leads nowhere.
    """
    if field.type is FieldType.STRUCT:
        row: dict[str, Cell] = dict.fromkeys((c.name for c in field.columns), NC)
        row.update(as_struct(base))
        for key, text in cells.items():
            name = _known_column(field, key.split(".", 1)[1], key)
            row[name] = parse_cell(field.column(name), text)
        return row
    rows: list[dict[str, Cell]] = [dict(r) for r in as_rows(base)]
    for key, text in cells.items():
        number, _, column = key.split(".", 1)[1].partition(".")
        name = _known_column(field, column, key)
        if not number.isdigit() or not 1 <= int(number) <= 500 or (field.items and int(number) > len(rows)):
            raise ValueParseError("table.row", f"“{key}”里的行号不对，应当是从1开始的数字。", text=text)
        while len(rows) < int(number):
            rows.append(dict.fromkeys((c.name for c in field.columns), NC))
        rows[int(number) - 1][name] = parse_cell(field.column(name), text)
    return tuple(rows)


def _known_column(field: FieldSpec, name: str, key: str) -> str:
    if any(c.name == name for c in field.columns):
        return name
    names = "、".join(c.name for c in field.columns)
    raise ValueParseError("table.column", f"“{key}”不是“{field.title}”里的项目。可以写：{names}。", text=key)


_READERS: dict[FieldType, Callable[[FieldSpec, str], Cell]] = {
    FieldType.DATE: lambda _, text: parse_date(text),
    FieldType.DATETIME: lambda _, text: _parse_datetime(text),
    FieldType.BOOL: lambda _, text: parse_bool(text),
    FieldType.INT: lambda field, text: _in_range(field, parse_int(text), text),
    FieldType.MONEY: lambda _, text: parse_money(text),
    FieldType.PHONES: lambda _, text: parse_phones(text),
    FieldType.ENUM: parse_option,
    FieldType.MULTI: _parse_multi,
    FieldType.CHECKLIST: _parse_ticks,
    FieldType.ID_NUMBER: lambda _, text: parse_blank(text) or IdNumber.parse(text),
    FieldType.NAME: lambda _, text: parse_blank(text, words=False) or PersonName.parse(text),
    FieldType.CLAUSES: _parse_lines,
    FieldType.FILES: _parse_lines,
    FieldType.CHART: _parse_lines,
}
