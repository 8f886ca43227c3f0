"""Readable template sources: what they become, and what is refused with its line."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from docgen.engine.source import SourceError, build_all, build_template, check_all, parse_source, source_codes
from docgen.engine.source.__main__ import main
from docgen.engine.source.build import canonical_parts
from docgen.engine.source.inline import parse_inline
from docgen.engine.source.wordml import DocxWriter

if TYPE_CHECKING:
    from pathlib import Path

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TERMS = {"carer": "被委托人", "arrangement": "委托照护"}


def build(text: str, *, wording: str = "law_2020") -> bytes:
    return DocxWriter(parse_source(text, name="试.txt", wording=wording, terms=TERMS)).write()


def paragraphs(data: bytes) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]


def body(data: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("好\n@unknown 什么", 2),
        ("«guardian»", 1),
        ("@table 50 50\n| 一 | 二 | 三 |", 2),
        ("@table 50 50\n| 一 | 二", 2),
        ("| 没有表 |", 1),
        ("@row 5", 1),
        ("@table 100 100", 1),
        ("@table 50 五十", 1),
        ("@table 50 50\n@columns 50 60", 2),
        ("@table 50\n\n好", 2),
        ("@when law_2020\n好", 2),
        ("@end", 1),
        ("@page A4 sideways", 1),
        ("@style body colour=red", 1),
        ("@style nosuch size=9", 1),
        ("@table 50\n| [wrong]好 |", 2),
        ("一\n**没有成对", 2),
        ("{{ child_name }", 1),
        ("{child_name:wide}", 1),
        ("{sign:carer}\n{sign:carer}", 2),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        build(text)
    assert caught.value.line == line
    assert f"第 {line} 行" in str(caught.value)


def test_one_source_gives_both_wordings_their_own_terms_and_parts() -> None:
    text = "«carer»\n@when plan_2016\n只在旧用语\n@end\n@when law_2020\n只在新用语\n@end\n都有"
    assert paragraphs(build(text)) == ["被委托人", "只在新用语", "都有"]
    old = parse_source(text, name="试", wording="plan_2016", terms={"carer": "受委托监护人"})
    assert paragraphs(DocxWriter(old).write()) == ["受委托监护人", "只在旧用语", "都有"]


def test_fields_become_tags_with_room_for_the_pen() -> None:
    assert paragraphs(build("{child_name}，{from_on:date}")) == [
        "{{ child_name }}，{{ from_on or '＿＿＿＿年＿＿月＿＿日' }}",
    ]
    assert paragraphs(build("{number:3}，{at:day}")) == ["{{ number or '＿＿＿' }}，{{ at or '　　　年　　月　　日' }}"]


def test_conditions_and_loops_stand_in_paragraphs_and_rows_of_their_own() -> None:
    loop = "@for r in rows\n- {{ r }}\n@endfor\n"
    data = build(f"{loop}@table 50 50\n@rows for r in rows\n| {{r.a}} | {{r.b}} |\n@endrows\n\n末段")
    assert paragraphs(data)[:3] == ["{%p for r in rows %}", "- {{ r }}", "{%p endfor %}"]
    rows = [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(data)).tables[0].rows]
    assert [row[0] for row in rows] == ["{%tr for r in rows %}", "{{ r.a }}", "{%tr endfor %}"]


def test_a_bar_inside_a_tag_is_a_filter_and_not_a_cell() -> None:
    data = build('@table 50 50\n| {{ few|join("、") }} | 二 |')
    assert [c.text for c in docx.Document(io.BytesIO(data)).tables[0].rows[0].cells] == ['{{ few|join("、") }}', "二"]


def test_signature_places_become_bookmarks_in_their_cells() -> None:
    root = body(build("@table 50 50\n| {sign:carer} | 捺印处{finger:carer} |"))
    cells = list(root.iter(f"{W}tc"))
    names = [[mark.get(f"{W}name") for mark in cell.iter(f"{W}bookmarkStart")] for cell in cells]
    assert names == [["sign_carer"], ["finger_carer"]]
    starts = [mark.get(f"{W}id") for mark in root.iter(f"{W}bookmarkStart")]
    assert starts == [mark.get(f"{W}id") for mark in root.iter(f"{W}bookmarkEnd")]
    assert len(set(starts)) == 2


def test_head_rows_repeat_and_heights_stay_until_changed() -> None:
    root = body(build("@table 50\n@row 6 head\n| 头 |\n@row 10\n| 一 |\n| 二 |\n@row 4 exact\n| 三 |"))
    rows = list(root.iter(f"{W}tr"))
    assert [row.find(f".//{W}tblHeader") is not None for row in rows] == [True, False, False, False]
    heights = [row.find(f".//{W}trHeight") for row in rows]
    assert [(h.get(f"{W}val"), h.get(f"{W}hRule")) for h in heights if h is not None] == [
        ("340", "atLeast"), ("567", "atLeast"), ("567", "atLeast"), ("227", "exact"),
    ]  # fmt: skip


def test_page_numbers_are_fields_in_the_footer() -> None:
    with zipfile.ZipFile(io.BytesIO(build("@footer 第 {PAGE} 页　共 {PAGES} 页\n好"))) as package:
        footer = etree.fromstring(package.read("word/footer1.xml"))
    assert [i.text for i in footer.iter(f"{W}instrText")] == [" PAGE ", " NUMPAGES "]
    assert "".join(t.text or "" for t in footer.iter(f"{W}t")) == "第 1 页　共 1 页"


def test_text_before_a_signature_block_stays_with_it() -> None:
    root = body(build("前文\n末段\n\n@space 2\n@table 50 keep\n| {sign:carer} |\n| 二 |"))
    kept = [p.find(f".//{W}keepNext") is not None for p in root.iter(f"{W}p")]
    # the last row too: the paragraph Word wants after a table would make a page of its own
    assert kept == [False, True, True, True, True, False]


def test_a_block_of_signatures_stays_whole_and_with_the_row_before_it() -> None:
    rows = "".join(f"| {n} |\n" for n in range(4))
    root = body(build(f"@table 50\n{rows}| {{sign:carer}} |\n| {{seal:town}} |\n\n末段"))
    kept = [row.find(f".//{W}keepNext") is not None for row in root.iter(f"{W}tr")]
    assert kept == [False, False, False, True, True, False]


def test_of_a_loop_before_signatures_only_the_last_turn_and_the_row_before_the_loop_are_kept() -> None:
    text = "@table 50\n| 一 |\n| 栏目 |\n@rows for r in rows\n| {r.a} |\n@endrows\n| {sign:carer} |\n\n末段"
    data = build(text)
    shown = [row.cells[0].text for row in docx.Document(io.BytesIO(data)).tables[0].rows]
    assert shown[2:8] == [
        *("{%tr for r in rows %}", "{%tr if loop.last %}", "{{ r.a }}", "{%tr else %}", "{{ r.a }}", "{%tr endif %}")
    ]
    kept = [row.find(f".//{W}keepNext") is not None for row in body(data).iter(f"{W}tr")]
    assert kept == [False, True, False, False, True, False, False, False, False, False]


@given(st.lists(st.lists(st.integers(5, 40), min_size=1, max_size=6), min_size=1, max_size=5))
def test_rows_that_divide_a_table_differently_share_one_grid(layouts: list[list[int]]) -> None:
    total = max(sum(layout) for layout in layouts)
    total = min(max(total, 60), 156)
    fitted = [[*layout[:-1], total - sum(layout[:-1])] for layout in layouts if sum(layout[:-1]) < total]
    lines = [f"@table {total}", "| 全宽 |"]
    for layout in fitted:
        lines += ["@columns " + " ".join(map(str, layout)), "|" + "|".join(" 格 " for _ in layout) + "|"]
    table = next(body(build("\n".join(lines))).iter(f"{W}tbl"))
    grid = [int(column.get(f"{W}w", "0")) for column in table.iter(f"{W}gridCol")]
    assert abs(sum(grid) - total * 1440 / 25.4) < len(grid) + 1
    for row in table.iter(f"{W}tr"):
        spans = [
            int(s.get(f"{W}val", "1")) if (s := c.find(f".//{W}gridSpan")) is not None else 1
            for c in row.iter(f"{W}tc")
        ]
        assert sum(spans) == len(grid)


@given(
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn"), exclude_characters="{}«»|@;#*＿"),
        min_size=1,
        max_size=60,
    ).filter(lambda text: text.strip() == text and text != "")
)
def test_any_sentence_stands_in_the_document_unchanged(text: str) -> None:
    assert paragraphs(build(f"@flush {text}")) == [text]


@given(st.text(max_size=40))
def test_inline_marks_are_understood_or_refused_and_never_lost(text: str) -> None:
    try:
        pieces = list(parse_inline(text))
    except ValueError:
        return
    plain = re.sub(r"\*\*|\{[^{}]*\}", "", text)
    shown = re.sub(r"\{\{.*?\}\}", "", "".join(getattr(piece, "text", "") for piece in pieces))
    assert shown == plain


def test_the_same_source_gives_the_same_bytes() -> None:
    assert build_template("A1", "law_2020") == build_template("A1", "law_2020")


def test_a_build_writes_what_changed_and_a_check_tells_what_is_stale(tmp_path: Path) -> None:
    assert len(build_all(tmp_path)) == 2 * len(source_codes())
    assert build_all(tmp_path) == []
    assert check_all(tmp_path) == []
    (tmp_path / "law_2020" / "A2.docx").write_bytes(build("另一份"))
    (tmp_path / "plan_2016" / "A1.docx").write_bytes(b"not a zip")
    (tmp_path / "plan_2016" / "B1.docx").unlink()
    assert check_all(tmp_path) == ["law_2020/A2.docx", "plan_2016/A1.docx", "plan_2016/B1.docx"]


def test_a_docx_packed_differently_counts_as_the_same(tmp_path: Path) -> None:
    build_all(tmp_path)
    path = tmp_path / "law_2020" / "A8.docx"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        for name, content in reversed(parts.items()):
            package.writestr(name, content)
    assert check_all(tmp_path) == []


def test_the_command_answers_with_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_parts_are_compared_as_xml() -> None:
    one = build("好")
    assert canonical_parts(one) == canonical_parts(build("好"))
    assert canonical_parts(one) != canonical_parts(build("不好"))
