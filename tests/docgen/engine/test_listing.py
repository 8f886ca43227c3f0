"""Long tables drawn directly: headings on every page, totals that add up, type that can be read, linear time."""

from __future__ import annotations

import io
import itertools
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.engine.listing import Column, ListingStyle, TooNarrowError, cells, lay_listing
from docgen.engine.listing.cells import ColumnCells, LaterLines
from docgen.engine.listing.columns import head_cells
from docgen.engine.press import FontBook, MissingGlyphError, Press, PrintJob
from docgen.engine.press.laid.fragments import TextLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from docgen.engine.press import LaidLine, LaidPage, LaidPaper

FONTS = FontBook.default()
ROSTER = (
    Column(heading=("序号",), width_mm=12),
    Column(heading=("儿童", "姓名")),
    Column(heading=("儿童", "住址"), align="left"),
    Column(heading=("走访", "次数"), align="right", has_total=True),
    Column(heading=("走访", "其中", "入户"), align="right", has_total=True),
    Column(heading=("走访", "其中", "电话"), align="right", has_total=True),
    Column(heading=("备注",), is_upright=True),
)


def rows(count: int) -> list[tuple[str | int, ...]]:
    return [(n, f"罗小{n % 7}", f"平山村{n % 9}组{n}号", n % 5, n % 3, n % 2, "") for n in range(1, count + 1)]


def lay(
    columns: Sequence[Column], given_rows: Sequence[Sequence[str | int | Decimal]], **style: float | str
) -> LaidPaper:
    return lay_listing(FONTS, columns, given_rows, name="样表", style=ListingStyle(**style))  # type: ignore[arg-type]


def find(page: LaidPage, text: str) -> list[LaidLine]:
    return [line for line in page.lines if line.text == text]


def total(page: LaidPage, label: str) -> list[Decimal]:
    """Return the numbers on the line of a total, from left to right."""
    line = next(line for line in page.lines if line.text.startswith(label))
    beside = sorted((other for other in page.lines if abs(other.y - line.y) < 0.2), key=lambda other: other.x)
    return [Decimal(other.text) for other in beside if other is not line]


def test_headings_of_three_rows_are_merged_and_stand_on_every_page() -> None:
    paper = lay(ROSTER, rows(120))
    assert len(paper.pages) > 2
    for page in paper.pages:
        assert [len(find(page, text)) for text in ("儿童", "走访", "其中", "序号", "入户", "电话")] == [1] * 6
        group, (left, right) = find(page, "其中")[0], (find(page, "入户")[0], find(page, "电话")[0])
        assert left.x < group.x + group.width / 2 < right.x + right.width
        assert find(page, "走访")[0].y < group.y < left.y
        alone = find(page, "序号")[0]
        assert find(page, "走访")[0].y < alone.y < left.y, "a name without a group stands in the middle of all rows"


def test_a_group_ends_where_another_path_begins() -> None:
    cells, depth = head_cells(
        (
            Column(heading=("甲", "一")),
            Column(heading=("乙", "一")),
            Column(heading=("甲", "二")),
            Column(heading=("丙",)),
        )
    )
    assert depth == 2
    assert [(c.text, c.column, c.columns, c.rows) for c in cells if c.row == 0] == [
        ("甲", 0, 1, 1),
        ("乙", 1, 1, 1),
        ("甲", 2, 1, 1),
        ("丙", 3, 1, 2),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**9), st.decimals(0, 10**6, places=2)), min_size=1, max_size=90))
def test_totals_of_the_pages_add_up_to_the_overall_total(values: list[tuple[int, Decimal]]) -> None:
    columns = (
        Column(heading=("村",)),
        Column(heading=("人数",), has_total=True),
        Column(heading=("金额",), has_total=True),
    )
    paper = lay(columns, [("平山村", people, money) for people, money in values])
    wanted = [Decimal(sum(v[0] for v in values)), sum((v[1] for v in values), Decimal(0))]
    pages = [total(page, "本页小计") for page in paper.pages]
    assert [sum(column, Decimal(0)) for column in zip(*pages, strict=True)] == wanted
    assert total(paper.pages[-1], "合计") == wanted
    assert not any(line.text.startswith("合计") for page in paper.pages[:-1] for line in page.lines)


def test_words_in_a_column_with_totals_count_as_nothing() -> None:
    columns = (Column(heading=("村",)), Column(heading=("人数",), has_total=True))
    paper = lay(columns, [("平山村", 3), ("大坝村", "未报"), ("花京村", "—"), ("石板村", 0)])
    assert total(paper.pages[0], "合计") == [Decimal(3)]
    assert all(find(paper.pages[0], text) for text in ("未报", "—", "0"))


def test_pages_say_which_they_are_of_how_many() -> None:
    paper = lay(ROSTER, rows(100))
    count = len(paper.pages)
    for number, page in enumerate(paper.pages, 1):
        assert find(page, f"第 {number} 页，共 {count} 页")


def test_an_upright_heading_runs_downwards_a_character_a_line() -> None:
    paper = lay((Column(heading=("一栏很窄",), is_upright=True), Column(heading=("姓名",))), [("1", "罗小山")])
    chars = [find(paper.pages[0], char)[0] for char in "一栏很窄"]
    assert [line.y for line in chars] == sorted(line.y for line in chars)
    assert len({round(line.x, 1) for line in chars}) == 1


def test_a_wide_table_takes_smaller_type_down_to_the_floor_and_is_then_refused() -> None:
    def wide(count: int) -> LaidPaper:
        columns = [Column(heading=(f"第{n}栏",)) for n in range(count)]
        return lay(columns, [["1234567"] * count] * 3, floor=7.0)

    def size(paper: LaidPaper) -> float:
        return find(paper.pages[0], "1234567")[0].height / 1.25 / (25.4 / 72)

    assert size(wide(5)) == pytest.approx(10.5, abs=0.1)
    assert 7.0 - 0.1 <= size(wide(24)) < 10.4
    with pytest.raises(TooNarrowError) as refused:
        wide(60)
    assert refused.value.columns == 60


def test_columns_fill_the_sheet_between_its_sides_and_nothing_stands_outside() -> None:
    paper = lay(ROSTER, rows(60), side_mm=15.0)
    for page in paper.pages:
        width, height = page.width_pt * 25.4 / 72, page.height_pt * 25.4 / 72
        assert all(line.x >= 15 - 0.01 and line.x + line.width <= width - 15 + 0.01 for line in page.lines)
        assert all(line.y >= 0 and line.y + line.height <= height for line in page.lines)


def test_no_text_runs_into_the_next_column() -> None:
    page = lay(ROSTER, rows(20)).pages[0]
    body = sorted(page.lines, key=lambda line: (round(line.y, 1), line.x))
    for one, other in itertools.pairwise(body):
        if abs(one.y - other.y) < 0.1:
            assert one.x + one.width <= other.x + 0.01


LONG = "贵州省黔南布依族苗族自治州龙里县洗马镇平山村三组（原花京村，2016年并入）12号附1号。"


def test_long_chinese_text_is_wrapped_without_a_full_stop_at_the_head_of_a_line() -> None:
    paper = lay((Column(heading=("住址",), width_mm=31, align="left"), Column(heading=("姓名",))), [(LONG, "罗小山")])
    lines = [line for line in paper.pages[0].lines if line.text in LONG]
    assert len(lines) > 2
    assert "".join(line.text for line in lines) == LONG
    assert not any(line.text[0] in "。，）" or line.text[-1] == "（" for line in lines)
    assert all("2016" in line.text or not line.text.endswith(("2", "20", "201")) for line in lines)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("龙里县洗马镇（）。，12 3ab、", min_size=1, max_size=80), min_size=1, max_size=6))
def test_no_character_is_lost_by_wrapping(texts: list[str]) -> None:
    paper = lay((Column(heading=("甲",), width_mm=24, align="left"), Column(heading=("乙",))), [(t, "") for t in texts])
    shown = "".join(line.text for page in paper.pages for line in page.lines)
    for text in texts:
        assert "".join(text.split()) in "".join(shown.split())


def test_a_row_taller_than_a_page_goes_on_over_the_next_one_and_every_other_row_stays_whole() -> None:
    columns = (Column(heading=("甲",), width_mm=20), Column(heading=("乙",)))
    tall, two = "字" * 700, "两行的内容在这一格里"
    paper = lay(columns, [("短", "1"), (tall, "2"), *[(two, "3")] * 60])
    assert "".join(line.text for page in paper.pages for line in page.lines).count("字") == 700
    parts = [
        "".join(line.text for line in page.lines if line.text in two and len(line.text) > 1) for page in paper.pages
    ]
    assert sum(part.count(two) for part in parts) == 60, "each of the sixty stands whole on its page"


def test_an_empty_table_has_its_heading_and_totals_of_nothing() -> None:
    paper = lay(ROSTER, [])
    assert len(paper.pages) == 1
    assert find(paper.pages[0], "姓名")
    assert total(paper.pages[0], "合计") == [0, 0, 0]


def test_a_character_no_font_has_is_refused_and_not_left_out() -> None:
    with pytest.raises(MissingGlyphError):
        lay((Column(heading=("姓名",)),), [("\U0010ffff",)])


def test_title_and_notes_stand_on_the_first_page_only() -> None:
    paper = lay_listing(FONTS, ROSTER, rows(80), name="样表", title="留守儿童花名册", notes=("填报单位：洗马镇",))
    assert [bool(find(page, "留守儿童花名册")) for page in paper.pages] == [True] + [False] * (len(paper.pages) - 1)
    assert find(paper.pages[0], "填报单位：洗马镇")


def test_what_is_laid_out_is_what_a_reader_finds_in_the_file() -> None:
    paper = lay(ROSTER, rows(70))
    out = io.BytesIO()
    Press(FONTS).write([PrintJob(paper=paper)], out, title="样表")
    document = pypdfium2.PdfDocument(out.getvalue())
    for page, sheet in zip(paper.pages, document, strict=True):
        read = "".join(sheet.get_textpage().get_text_range().split())
        assert all("".join(line.text.split()) in read for line in page.lines if len(line.text) > 1)


def test_every_text_begins_in_the_file_where_the_preview_says() -> None:
    columns = (
        Column(heading=("序号",), align="right"),
        Column(heading=("姓名",)),
        Column(heading=("住址",), width_mm=30, align="left"),
        Column(heading=("备注",)),
    )
    given_rows = [
        ("1", "罗小山", "平山村", "ab"),
        ("", "", "", ""),
        ("", "", "平山村二组", ""),
        ("2", "小𥫗嵐", "很长的地址很长的地址很长的地址", "左𠂇右"),  # from other fonts, and a tall row
        ("10", "", "", "下一行"),
    ]
    paper = lay(columns, given_rows)
    out = io.BytesIO()
    Press(FONTS).write([PrintJob(paper=paper)], out, title="样表")
    sheet = pypdfium2.PdfDocument(out.getvalue())[0]
    read = sheet.get_textpage()
    begun = [(read.get_text_range(i, 1), read.get_charbox(i, loose=True)) for i in range(read.count_chars())]
    for line in paper.pages[0].lines:
        left, middle = line.x / 25.4 * 72, sheet.get_height() - (line.y + line.height / 2) / 25.4 * 72
        assert any(
            char == line.text[0] and abs(box[0] - left) < 0.05 and box[1] < middle < box[3] for char, box in begun
        ), line.text


class Ruler:
    """Measures texts as if every character were an em wide, and notes which."""

    def __init__(self) -> None:
        self.measured: list[str] = []

    def width(self, text: str) -> float:
        self.measured.append(text)
        return float(len(text))

    def shown(self, text: str, size: str) -> str:
        return f"<{text}@{size}>"


def test_a_column_shows_texts_with_the_way_to_both_of_its_edges_and_none_that_it_does_not_hold() -> None:
    """Thousandths of an em: of five ems one is padding."""
    column = ColumnCells(Ruler(), 10.0, left=0.0, right=50.0, padding=5.0, align=0.5)  # type: ignore[arg-type]
    assert column["儿童"] == "-1500<儿童@10>-1500 "
    assert column["平山村民"] == "-500<平山村民@10>-500 "
    assert column["平山村委会"] == ""
    assert column[""] == "-2500 -2500 "


def test_a_column_measures_a_text_once_and_remembers_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_KEPT", 3)
    ruler = Ruler()
    column = ColumnCells(ruler, 10.0, left=0.0, right=50.0, padding=5.0, align=0.5)  # type: ignore[arg-type]
    for text in "甲乙丙甲乙丙丁甲":
        assert column[text] == f"-2000<{text}@10>-2000 "
        assert len(column) <= 3
    assert "".join(ruler.measured) == "甲乙丙丁甲"


def test_lines_of_a_preview_are_made_only_when_somebody_asks() -> None:
    asked: list[str] = []

    def lines() -> Iterator[TextLine]:
        asked.append("甲")
        yield TextLine("甲", 0.0, 0.0, 1.0, 1.0, "\n")

    later = LaterLines([lines()])
    assert later
    assert not asked
    assert [line.text for line in later] == [line.text for line in later] == asked == ["甲"]
    assert len(later) == 1
    assert TextLine("甲", 0.0, 0.0, 1.0, 1.0, "\n") in later
    assert TextLine("乙", 0.0, 0.0, 1.0, 1.0, "\n") not in later
    assert not LaterLines([])


def test_four_times_the_rows_take_four_times_the_work() -> None:
    """Calls are counted, not seconds: a busy machine must not fail this, a quadratic step must."""

    def work(count: int) -> int:
        given_rows, calls = rows(count), 0

        def seen(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event in {"call", "c_call"}

        sys.setprofile(seen)
        try:
            pages = lay(ROSTER, given_rows).pages
        finally:
            sys.setprofile(None)
        assert sum(sum(line.text.startswith("罗小") for line in page.lines) for page in pages[:3]) > 20
        return calls

    work(500)  # what is read once is read
    assert work(10_000) < 4 * 1.1 * work(2_500)
