"""Rows of village lists: people told from everything else, what is above carried down, totals compared."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.lists.rows import RowKind, village_in
from forms.lists.sheet import Cell, CellState, Raw, Row, Sheet
from forms.lists.village import VillageList, read_village_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from forms.lists.row_reader import Draft
    from forms.people import ChildRecord, Parent

_S = runpy.run_path(str(Path(__file__).parent / "village_sheets.py"))
TODAY: date = _S["TODAY"]
sheet_of: Callable[..., Sheet] = _S["sheet_of"]
draft_of: Callable[..., Draft] = _S["draft_of"]
record_of: Callable[..., ChildRecord] = _S["record_of"]
codes: Callable[..., set[str]] = _S["codes"]
parent: Callable[[ChildRecord, str], Parent] = _S["parent"]


HEAD: list[Raw] = ["序号", "姓名", "性别", "出生日期", "父亲", "电话"]


def kinds(*rows: list[Raw]) -> list[RowKind]:
    return [r.kind for r in read_village_list(sheet_of(*rows), today=TODAY).rows]


def test_every_row_gets_one_kind() -> None:
    assert kinds(
        ["洗马镇平山村留守儿童名单"],
        [],
        HEAD,
        ["", "一组"],
        [1, "张三", "男", "2016.3.5", "张大", ""],
        [2],
        HEAD,
        [2, "李四", "女", "2017.3.5", "同上", ""],
        [],
        ["合计", "2人"],
        ["注：没有电话的填无。"],
        ["填表人：罗文静", "", "审核人：杨国平"],
    ) == [
        RowKind.TITLE, RowKind.BLANK, RowKind.HEADING, RowKind.SECTION, RowKind.PERSON, RowKind.BLANK, RowKind.HEADING,
        RowKind.PERSON, RowKind.BLANK, RowKind.TOTAL, RowKind.NOTE, RowKind.NOTE,
    ]  # fmt: skip


def test_a_child_named_like_a_note_is_a_child() -> None:
    assert kinds(HEAD, [1, "注青", "男", "2016.3.5", "张大", ""])[-1] is RowKind.PERSON


def test_same_as_above_takes_the_cell_above_through_several_rows() -> None:
    read = read_village_list(
        sheet_of(HEAD, [1, "张三", "男", "2016.3.5", "张大", "19900000012"],
                 [2, "张四", "女", "2017.3.5", "同上", "〃"], [], [3, "张五", "女", "2018.3.5", "同上", "同上"]),
        today=TODAY,
    )  # fmt: skip
    fathers = [parent(d.record, "father").person for d in read.drafts if d.record]
    assert len(fathers) == 3
    assert len({(str(p.name), p.phones) for p in fathers}) == 1


def test_same_as_above_in_the_first_row_or_for_a_name_is_said() -> None:
    first = draft_of(父亲="同上")
    assert "cell.ditto" in codes(first, blocking=False)
    read = read_village_list(
        sheet_of(HEAD, [1, "张三", "男", "2016.3.5"], [2, "同上", "女", "2017.3.5", "张大", "无"]), today=TODAY
    )
    assert codes(read.drafts[1], blocking=True) == {"cell.ditto"}


def test_the_group_line_gives_the_group() -> None:
    read = read_village_list(
        sheet_of(
            HEAD, ["第一村民组"], [1, "张三", "男", "2016.3.5", "", ""], ["二组"], [2, "李四", "女", "2017.3.5", "", ""]
        ),
        today=TODAY,
    )
    assert [d.record.child.group for d in read.drafts if d.record] == ["第一村民组", "二组"]


def test_a_total_that_differs_from_the_rows_is_said() -> None:
    def found(total: str) -> set[str]:
        rows = sheet_of(HEAD, [1, "张三", "男", "2016.3.5", "张大", "无"], ["合计", total])
        return {p.code for p in read_village_list(rows, today=TODAY).problems}

    assert found("1人") == set()
    assert found("2人") == {"total.differs"}


def test_a_formula_without_result_is_said_where_it_matters() -> None:
    heading = Row(number=1, cells=tuple(Cell(column=n, text=str(t)) for n, t in enumerate(HEAD, 1)))
    cells = [Cell(column=2, text="张三"), Cell(column=4, text="", state=CellState.NO_RESULT)]
    cells += [Cell(column=5, text="#N/A", state=CellState.FAULT)]
    sheet = Sheet(name="x", rows=(heading, Row(number=2, cells=tuple(cells))))
    draft = read_village_list(sheet, today=TODAY).drafts[0]
    assert codes(draft, blocking=True) == {"cell.no-result"}
    assert codes(draft, blocking=False) >= {"cell.fault"}


def test_a_name_merged_over_two_rows_is_not_made_two_children() -> None:
    heading = Row(number=1, cells=tuple(Cell(column=n, text=str(t)) for n, t in enumerate(HEAD, 1)))
    first = Row(
        number=2, cells=(Cell(column=2, text="张三"), Cell(column=4, text="2016.3.5"), Cell(column=5, text="张大"))
    )
    second = Row(number=3, cells=(Cell(column=2, text="张三", origin="B2"), Cell(column=5, text="李二")))
    read = read_village_list(Sheet(name="x", rows=(heading, first, second)), today=TODAY)
    assert codes(read.drafts[1], blocking=True) == {"row.continued"}


def test_hidden_rows_and_columns_are_taken_and_said() -> None:
    sheet = sheet_of(HEAD, [1, "张三", "男", "2016.3.5", "张大", "无"])
    hidden = Sheet(
        name="x",
        rows=(sheet.rows[0], Row(number=2, cells=sheet.rows[1].cells, hidden=True)),
        hidden_columns=frozenset({6}),
    )
    read = read_village_list(hidden, today=TODAY)
    assert len(read.drafts) == 1
    assert {p.code for p in read.problems} == {"row.hidden", "column.hidden"}


# villages


@pytest.mark.parametrize(
    ("text", "village"),
    [
        ("龙里县洗马镇平山村2026年农村留守儿童花名册", "平山村"),
        ("龙里县洗马镇农村留守儿童花名册", ""),
        ("填报单位：平山村村民委员会（盖章）", "平山村"),
        ("洗马镇平山村民委员会", "平山村"),
        ("洗马镇大坝行政村", "大坝村"),
        ("冠山街道大新社区居委会", "大新社区"),
        ("黔南布依族苗族自治州龙里县洗马镇花京村第一组", "花京村"),
        ("乌海市乌达区五虎山社区", "五虎山社区"),
        ("留守儿童名单", ""),
        ("乡村振兴台账", ""),
        ("Sheet1", ""),
    ],
)
def test_the_village_is_found_in_titles(text: str, village: str) -> None:
    assert village_in(text) == village


def test_the_sheet_name_names_the_village_when_no_title_does() -> None:
    read = read_village_list(sheet_of(HEAD, [1, "张三", "男", "2016.3.5"], name="平山村"), today=TODAY)
    assert read.village == "平山村"


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["同上", "—", "无", "合计", "张三", "李四（已故）", "19900000012", "2016.3.5", "一组", "男", "奶奶"]
    ),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.integers(0, 10**18),
    st.dates(),
)


@given(st.lists(st.lists(CELLS, max_size=12), max_size=8))
def test_any_rows_below_a_heading_are_accounted_for(rows: list[list[Any]]) -> None:
    heading: list[Raw] = [
        "姓名",
        "性别",
        "身份证号",
        "出生日期",
        "父亲",
        "电话",
        "父母姓名",
        "监护人",
        "关系",
        "手机",
        "学校",
        "备注",
    ]
    read: VillageList = read_village_list(sheet_of(heading, *rows), today=TODAY)
    assert [r.number for r in read.rows] == list(range(1, len(rows) + 2))
    for row in read.rows:
        assert (row.draft is not None) == (row.kind is RowKind.PERSON)
        if row.draft:
            assert row.draft.is_taken or any(r.problem.blocking for r in row.draft.remarks)
            assert all(r.problem.message.endswith("。") for r in row.draft.remarks)
