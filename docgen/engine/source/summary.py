"""汇总表的模板源 (C1): written from the columns themselves, because headings, order and parts are the region's.

Source: forms.md §8. A table of some hundred and sixty columns is cut into parts that a sheet of A4 takes, each
with the units repeated at its left and the identifiers of its columns below the headings, so that a figure can be
asked for by name. What must stay true: every printed column stands in exactly one part; the packaged
``templates/source/C1.txt`` is what this gives for the rules every region starts from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.engine.listing.columns import Column as ListColumn
from docgen.engine.listing.columns import head_cells
from docgen.engine.source.build import build_template
from forms.profiles.wording import LAW_2020
from forms.quarter.columns import Gaps, QuarterRules, blocks, columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.engine.listing.columns import HeadCell
    from forms.quarter.columns import Block, Column

_WIDTH = 262.0
"""Of the type area in mm: A4 across, 20 and 15 mm at the sides."""
_UNIT, _WIDE_UNIT = 22.0, 40.0
_WIDEST = 24.0
"""No column of figures grows wider, in mm."""
_MOST = 17
"""Columns beside the units that are still read at arm's length."""
_ORGANS = {
    "civil_affairs": "民政部门",
    "education": "教育部门",
    "police": "公安机关",
    "town": "{{ words.town }}",
}
_GROUPS: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "A": (
        (("在册变动",), "KA1 KA2 KA3 KA4"),
        (("本期退出：其中",), "KA3a KA3b KA3c KA3d KA3e KA3f KA3g KA3h KA3i"),
        (("性别",), "KA5a KA5b KA5n"),
        (("年龄", "0—5周岁"), "KA6a KA6am KA6af KA6an"),
        (("年龄", "6—13周岁"), "KA6b KA6bm KA6bf KA6bn"),
        (("年龄", "14—16周岁"), "KA6c KA6cm KA6cf KA6cn"),
        (("年龄",), "KA6n"),
        (("就学情况",), "KA7a KA7b KA7c KA7d KA7e KA7f KA7g KA7h KA7n"),
        (("户口",), "KA8a KA8b KA8n"),
        (("身体情况",), "KA9a KA9b KA9c KA9n"),
        (("寄宿（小学、初中）",), "KA10a KA10b KA10n"),
        (("留守类型",), "KA11a KA11b KA11n"),
        (("实际照护情况",), "KA12a KA12b KA12c KA12d KA12n"),
        (("监护情况",), "KA13a KA13b KA13c KA13n"),
        ((), "KA14 KA14n"),
    ),
    "B": (
        (("父母返回和劝诫",), "KB1 KB2 KB3 KB11"),
        (("委托和签订",), "KB4 KB4n KB5 KB6 KB7 KB9 KB10"),
        (("能力评估",), "KB8a KB8b"),
    ),
    "C": (
        (("强制报告",), "KC1 KC2"),
        (("强制报告", "按主要情形（起）"), "KC3a KC3b KC3c KC3d KC3e KC3f KC3g KC3n"),
        ((), "KC4"),
        (("遗弃等案件",), "KC7a KC7b KC7c"),
        (("临时监护",), "KC5 KC5a KC5b KC5c KC5d KC5n KC6s KC6e KC6"),
        ((), "KC8"),
        (("训诫、指导、告诫",), "KC9 KC10 KC11 KC12"),
        (("评估和撤销监护人资格",), "KC13 KC14 KC15"),
    ),
}
"""Groups of columns under one heading, in printed order; a block that is not named has none."""
_SHORT = {
    "KA6n": "出生日期未采集",
    "KB4n": "有无被委托人未采集",
    "KC3n": "未录入",
    "KC5n": "其他或未录入",
    "KC6s": "期初在临时监护",
    "KA10a": "寄宿",
    "KA10b": "非寄宿",
    "KC1": "起数",
    "KC2": "涉及儿童数",
    "KA6a": "计",
    "KA6b": "计",
    "KA6c": "计",
}
OVERVIEW = ("KA4", "KA2", "KA3", "KA12c", "KB4", "KB5", "KB9", "KC1", "KD5", "KE5", "KG2", "KG4", "KH4")
"""What a leader looks at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One column with its heading, outermost group first."""

    column: Column
    path: tuple[str, ...]


def printed_parts(rules: QuarterRules) -> tuple[tuple[str, tuple[Printed, ...]], ...]:
    """Return the parts of the table as a region prints them: title and columns of each.

    A block begins a part of its own unless it fits beside the one before; elders are separate persons in a
    separate table (§8.7).
    """
    parts: list[tuple[list[Block], list[Printed]]] = []
    for block in rules.blocks():
        for k, group in enumerate(_groups(block, rules)):
            if not group:
                continue
            full = not parts or len(parts[-1][1]) + (_size(block, rules) if k == 0 else len(group)) > _MOST
            if full or (k == 0 and "H" in {block.key, parts[-1][0][-1].key}):
                parts.append(([], []))
            shown, printed = parts[-1]
            shown += [block] if block not in shown else []
            printed += group
    return tuple((_part_title(parts, k), tuple(printed)) for k, (_, printed) in enumerate(parts))


def _size(block: Block, rules: QuarterRules) -> int:
    """Return how many columns of a block are printed."""
    return sum(_is_printed(column, rules) for column in block.columns)


def _is_printed(column: Column, rules: QuarterRules) -> bool:
    return not column.is_gap or rules.gaps is Gaps.COLUMN


def _groups(block: Block, rules: QuarterRules) -> Iterator[list[Printed]]:
    """Yield the columns of a block, group by group; what no group names comes last."""
    rest = {column.id: column for column in block.columns}
    head = f"{block.key}　{block.title}"
    for path, names in _GROUPS.get(block.key, ()):
        found = [rest.pop(name) for name in names.split() if name in rest]
        yield [Printed(column=c, path=(head, *path, _heading(c, path, rules))) for c in found if _is_printed(c, rules)]
    left = [Printed(column=c, path=(head, _heading(c, (), rules))) for c in rest.values() if _is_printed(c, rules)]
    for start in range(0, len(left), _MOST):
        yield left[start : start + _MOST]


def _heading(column: Column, path: Sequence[str], rules: QuarterRules) -> str:
    """Return the heading below its groups, which need not be said again; a region's own stands as it is."""
    if column.id in rules.headings:
        return rules.headings[column.id]
    if column.id in _SHORT:
        return _SHORT[column.id]
    title = column.title
    if not path:
        return title
    if column.is_gap:
        return "未采集"
    title = title.rpartition("：")[2]
    for group in path:
        title = title.removeprefix(group)
        _, mark, inside = group.partition("（")
        title = title.removesuffix(f"{mark}{inside}") if mark else title
    return title


def _part_title(parts: Sequence[tuple[list[Block], list[Printed]]], at: int) -> str:
    """Return 基本情况（二） for the second part of a block, 控辍保学、户籍登记 for one of two blocks."""
    own = parts[at][0]
    title = "、".join(block.title for block in own)
    same = [k for k, (others, _) in enumerate(parts) if others == own]
    return title if len(same) == 1 else f"{title}（{'一二三四五六七八九十'[same.index(at)]}）"


def summary_source(rules: QuarterRules) -> str:
    """Return the template source of the summary table as a region prints it."""
    out = [_HEAD]
    shown = {p.column.id: p for _, part in printed_parts(rules) for p in part}
    first = [Printed(column=shown[k].column, path=(rules.heading(shown[k].column),)) for k in OVERVIEW if k in shown]
    out += _table("一、各单位一览", first, lead=_LEAD)
    for number, (title, part) in enumerate(printed_parts(rules), start=2):
        out += _table(f"{_numeral(number)}、{title}", part)
    each = round((_WIDTH - 16) / len(first), 2)
    foot = _FOOT.format(
        number=_numeral(len(printed_parts(rules)) + 2),
        widths=" ".join(f"{width:g}" for width in (round(_WIDTH - each * len(first), 2), *([each] * len(first)))),
        heads=" | ".join(f"[head shade]{_in_terms(p.path[-1])}" for p in first),
        totals=" | ".join(_cell(p.column) for p in first),
    )
    return "\n".join([*out, foot])


def summary_template(rules: QuarterRules, wording: str) -> bytes | None:
    """Return the template of a region that prints the table otherwise than the packaged one; ``None`` for the same."""
    if (rules.gaps, rules.order) == (Gaps.COLUMN, ()) and not rules.headings:
        return None
    return build_template("C1", wording, text=summary_source(rules))


def _numeral(number: int) -> str:
    digits = "〇一二三四五六七八九"
    if number < 10:
        return digits[number]
    return f"{digits[number // 10] if number >= 20 else ''}十{digits[number % 10] if number % 10 else ''}"


_LEAD = (
    ("状态", "state", 17.0),
    ("版本", "version", 9.0),
    ("收到日期", "received_on", 17.0),
    ("核实日期", "verified_on", 17.0),
)
"""Where each unit's table stands (§8.9), before the figures of the first part."""


def _table(title: str, columns: Sequence[Printed], *, lead: Sequence[tuple[str, str, float]] = ()) -> list[str]:
    """Return one part: its heading, then for each page of units a table that is never divided."""
    count = len(columns)
    unit = _WIDE_UNIT if count < 8 else _UNIT
    taken = unit + sum(width for _, _, width in lead)
    each = min(_WIDEST, int((_WIDTH - taken) / count * 10) / 10)
    widths = [unit, *(width for _, _, width in lead), *([each] * count)]
    heads = [ListColumn(heading=("单位",)), *(ListColumn(heading=(name,)) for name, _, _ in lead)]
    heads += [ListColumn(heading=p.path) for p in columns]
    names = [f"{{r.{name}}}" for _, name, _ in lead] + [_cell(p.column) for p in columns]
    codes = ["" for _ in lead] + [p.column.id for p in columns]
    body = " | ".join(names)
    shaded = " | ".join(f"[shade]{name}" for name in names)
    keep = "" if lead else " keep"
    states = "　　".join(_state(block) for block in dict.fromkeys(p.column.block for p in columns))
    state = [] if lead else ["@row 5", f"| [small]核实状态 | [{count} left small]{states} |"]
    return [
        '@for p in rows|map(attribute="page")|unique',
        f"@heading {title}",
        f"@table {' '.join(f'{width:g}' for width in widths)}{keep} padding=0.4",
        *_head_rows(heads),
        "@row 4 head",
        "| [note]栏号 | " + " | ".join(f"[note]{code}" for code in codes) + " |",
        "@row 6.2",
        '@rows for r in rows if r.page == p and r.kind == "单位"',
        f"| [label]{{r.unit}} | {body} |",
        "@endrows",
        '@rows for r in rows if r.page == p and r.kind != "单位"',
        f"| [label shade]{{r.unit}} | {shaded} |",
        "@endrows",
        *state,
        "",
        "@endfor",
    ]


def _cell(column: Column) -> str:
    """Return the tag of a figure; a reported value beside the verified one stands on a line of its own."""
    return "{{ r." + column.id.lower() + '|replace("（", "\\n（") }}'


def _state(key: str) -> str:
    """Return who verifies a block, and whether it was done."""
    verify = next(block.verify for block in blocks() if block.key == key)
    organs = "、".join(_ORGANS.get(organ, organ) for organ in verify)
    return f"{key} 部分（{organs}）：{{verify_state.block_{key.lower()}:6}}"


def _head_rows(columns: Sequence[ListColumn]) -> Iterator[str]:
    """Yield the rows of a heading in which groups span their columns and names span the rows left to them."""
    cells, depth = head_cells(columns)
    place: dict[tuple[int, int], HeadCell] = {
        (row, column): cell
        for cell in cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    for row in range(depth):
        yield "@row 5 head"
        shown, column = [], 0
        while column < len(columns):
            cell = place[row, column]
            options = [str(cell.columns)] if cell.columns > 1 else []
            options += ["^" if row > cell.row else "v"] if cell.rows > 1 else []
            text = "" if row > cell.row else _in_terms(cell.text)
            shown.append(f"[{' '.join((*options, 'head'))}]{text}")
            column += cell.columns
        yield f"| {' | '.join(shown)} |"


def _in_terms(text: str) -> str:
    """Put the wording's terms for the present law's words that the columns are written in."""
    for key in ("carer", "capacity"):
        text = text.replace(LAW_2020.terms[key], f"«{key}»")
    return text


_HEAD = """\
; C1 汇总表：A4 横向，按部分分页，每部分左边重复单位，表头下面是栏号；由 docgen.engine.source.summary 写成，不手改。
; 一页最多十二个单位；不止一页的，每页有小计，末页有合计（行由 forms.computed.summary_paper 排好，page 是第几页）。
@page A4 landscape top=35 bottom=35 left=20 right=15
@footer 第 {PAGE} 页　共 {PAGES} 页
@style title size=18 line=26 after=0
@style number align=left size=10.5 line=15
@style heading size=11 line=17 indent=0
@style cell size=8.5 line=10.5 align=center
@style label size=8.5 line=10.5
@style head font=黑体 size=7.5 line=9.2
@style note font=宋体 size=6 line=8 align=center
@style small size=8.5 line=11
@style flush size=9.5 line=14

@if doc.attachment
@attachment {doc.attachment}
@endif
@title {doc.title}
@number 填报单位：{fill_unit:10}　　层级：{level:4}　　统计区间：{period:8}\
{% if "日" not in period %}（{period_from:date}至{period_to:date}）{% endif %}
@number 统计截止时点：{cutoff_on:date}　　名册版本：{roster_version:6}　　表第{table_version:1}版　　\
编号：{doc.number:10}"""

_FOOT = """\
@if count.adjustments != "0"
@heading {number}、上级汇总时的调整
@table 52 100 110 padding=0.8
@row 6 head
| [head]单位 | [head]各栏增减 | [head]原因 |
@row 6.2
@rows for a in adjustments
| {{a.unit}} | [left]{{a.cells}} | [left]{{a.reason}} |
@endrows

@endif
@flush 说明：“—”为不适用；“未采集”为有这一项但还没有了解到；“未报”为该单位没有报来，不按0计；“0”为核对过没有。
@flush “12（报11）”为核实数12、报送数11，合计用核实数。
@for line in notes
@flush {{{{ line }}}}
@endfor
@if correction and correction != "—"
@flush 更正说明：{{correction}}
@endif
@space 2
@table {widths} keep padding=0.6
@row 6.2
| [head shade]指标 | {heads} |
@row 7
@rows for r in rows if r.kind == "合计"
| [label]{{{{ r.unit }}}} | {totals} |
@endrows
@columns 24 43 22 43 22 43 65
@row 7
| *填报日期 | {{fill_date}} | *签字日期 | {{signed_on:day}} | \
[3 left small]主要负责同志签字确认，副职不能代签；填表人和复核人不是同一个人。 |
@row 24
| *主要负责//同志//{{principal}} | {{sign:principal}} | *复核人//{{reviewer}} | {{sign:reviewer}} | \
*填表人//{{filler}} | {{sign:filler}} | [top small]（盖章处）{{seal:issuer}} |
"""


def form_columns(text: str) -> str:
    """Return the text of the form C1.toml with a field for every column, in the order of the columns."""
    fields = "".join(
        f'    {{ name = "{column.id.lower()}", title = "{column.id} {_in_braces(column.title)}", type = "text" }},\n'
        for column in columns().values()
    )
    return re.sub(r'(?:    \{ name = "k[a-h]\d+[a-z]*", .*\n)+', lambda _: fields, text, count=1)


def _in_braces(title: str) -> str:
    for key in ("carer", "capacity"):
        title = title.replace(LAW_2020.terms[key], f"{{{key}}}")
    return title


def main() -> None:
    """Write the packaged source and the fields of the form anew after the columns have changed."""
    source = Path(str(resources.files("templates"))) / "source" / "C1.txt"
    source.write_text(summary_source(QuarterRules()), "utf-8", newline="\n")
    form = Path(str(resources.files("forms"))) / "catalogue" / "C1.toml"
    form.write_text(form_columns(form.read_text("utf-8")), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
