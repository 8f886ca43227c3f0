"""Letters as GB/T 9704—2012 sets them, measured on the laid page: margins, grid, title, signature, 版记, numbers."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.engine.press import FontBook, Press, PrintJob
from docgen.engine.render import compile_template
from docgen.engine.source import SourceError, parse_source, source_codes
from docgen.engine.source.wordml import DocxWriter
from docgen.engine.template import find_template
from forms.law.time import print_date
from forms.profiles.wording import WORDINGS, find_wording

if TYPE_CHECKING:
    from docgen.engine.press import LaidLine, LaidPaper

LETTERS = ("B5", "C2", "C5", "C5a", "C6", "D14", "E5", "E6", "E7")
LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 37.0, 262.0
"""Edges of the type area on the sheet, mm."""
LINE = 225 / 22
DPI = 300
SOURCE = """
@letter
@redhead issuer 文件
@reference {number} | {leader} principal
@headline {issuer}//{title}
@to {to}：
@for line in lines
{{ line }}
@endfor
@closing 特此报告。
@annexes annexes
@signed issuer day seal=town
@remark （联系人：吴秋月）
@imprint cc | issuer | day
"""
KNOWN: dict[str, Any] = {
    "issuer": "云岭县云岭镇人民政府",
    "number": "云政报〔2026〕3号",
    "leader": "岑秀芳",
    "title": "关于落实“五个责任”工作情况的报告",
    "to": "云岭县民政局",
    "lines": ["正" * 28 * 3],
    "annexes": ["汇总表", "花名册"],
    "cc": "云岭县教育局、云岭县公安局",
    "day": print_date(date(2026, 11, 5)),
}


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(FontBook.default())


def docx_of(text: str = SOURCE, **values: Any) -> bytes:
    source = parse_source(text, name="T.txt", wording="law_2020", terms=find_wording("law_2020").terms)
    return compile_template(DocxWriter(source).write(), name="T").render({**KNOWN, **values})


@pytest.fixture(scope="module")
def letter(press: Press) -> LaidPaper:
    return press.lay_out(docx_of(), name="T")


def line_of(paper: LaidPaper, text: str, page: int = 0) -> LaidLine:
    return next(line for line in paper.pages[page].lines if text in line.text)


def ink(press: Press, paper: LaidPaper, page: int) -> np.ndarray[Any, Any]:
    """Return one page as drawn, without marks: rows, columns, RGB at 300 dpi."""
    out = io.BytesIO()
    press.write([PrintJob(paper=paper, marks=(), secret=b"", copy_label="")], out)
    with pypdfium2.PdfDocument(out.getvalue()) as pdf:
        return np.asarray(pdf[page].render(scale=DPI / 72).to_numpy()[:, :, 2::-1])


def bands(dark: Any) -> list[tuple[float, float]]:
    """Return the runs of true values as (first, width) in mm."""
    runs, at = [], 0
    for value, group in itertools.groupby(dark.tolist()):
        count = len(list(group))
        if value:
            runs.append((at * 25.4 / DPI, count * 25.4 / DPI))
        at += count
    return runs


@pytest.mark.parametrize("code", LETTERS)
def test_every_letter_has_the_type_area_and_the_grid_of_the_standard(code: str, press: Press) -> None:
    data = find_template(code, "law_2020").data
    paper = press.lay_out(compile_template(data, name=code).render(_blank(code)), name=code)
    for page in paper.pages:
        body = [line for line in page.lines if line.y < BOTTOM - 0.5]
        assert all(line.x >= LEFT - 0.1 for line in body)
        assert all(line.x + line.width <= RIGHT + 0.3 for line in body)
        assert all(line.y >= TOP - 0.1 for line in body)


def _blank(code: str) -> dict[str, Any]:
    from docgen.engine.context import DocumentHead, build_context
    from forms.cases.facts import Facts
    from forms.catalogue.library import FormLibrary
    from forms.people import Unit
    from forms.values.enums import UnitKind

    spec = FormLibrary.load().get(code)
    unit = Unit(kind=UnitKind.TOWN, name="云岭县云岭镇人民政府")
    head = DocumentHead(title=spec.title, made_on=date(2026, 11, 5), copies=2)
    facts = Facts(village=unit, town=unit, office=unit)
    return build_context(spec, {}, facts, wording=find_wording("law_2020"), profile=None, document=head)


def test_a_page_of_text_has_twenty_two_lines_of_twenty_eight_characters(press: Press) -> None:
    paper = press.lay_out(docx_of(lines=["正" * 28 * 60]), name="T")
    lines = [line for line in paper.pages[1].lines if "正" in line.text]
    assert len(lines) == 22
    assert {len(line.text) for line in lines} == {28}
    assert abs(lines[0].y - TOP) < 0.2
    assert abs(lines[-1].y + lines[-1].height - BOTTOM) < 0.7
    assert all(abs(b.y - a.y - LINE) < 0.05 for a, b in itertools.pairwise(lines))
    assert all(abs(line.width - 156) < 0.5 for line in lines)


def test_the_head_begins_thirty_five_millimetres_below_the_type_area_and_the_line_under_it_is_red(
    press: Press, letter: LaidPaper
) -> None:
    page = ink(press, letter, 0)
    red = (page[:, :, 0] > 150) & (page[:, :, 1] < 90) & (page[:, :, 2] < 90)
    rows = bands(red.any(axis=1))
    name, rule = rows[0], rows[-1]
    assert abs(name[0] - (TOP + 35)) < 1.5
    assert 0.35 <= rule[1] <= 0.6
    (across,) = bands(red[round((rule[0] + rule[1] / 2) * DPI / 25.4)])
    assert abs(across[0] - LEFT) < 0.3
    assert abs(across[1] - 156) < 0.5
    number = line_of(letter, "云政报")
    bottom_of_digits = number.y + number.height * 0.8
    assert 3 < rule[0] - bottom_of_digits < 6


def test_a_report_upward_has_its_number_on_the_left_and_who_signs_it_on_the_right(letter: LaidPaper) -> None:
    number, signer = line_of(letter, "云政报"), line_of(letter, "签发人：岑秀芳")
    assert abs(number.x - (LEFT + 5.6)) < 0.3  # one character in
    assert abs(signer.x + signer.width - (RIGHT - 5.6)) < 0.6
    assert abs(number.y - signer.y) < 0.1
    page, box = letter.boxes["sign_principal"]
    assert page == 1
    assert box.height > 25  # over the printed name there is room to sign


def test_a_letter_downward_has_its_number_in_the_middle(press: Press) -> None:
    text = SOURCE.replace("@reference {number} | {leader} principal", "@reference {number}")
    number = line_of(press.lay_out(docx_of(text), name="T"), "云政报")
    assert abs(number.x + number.width / 2 - 106) < 0.3


def test_the_title_is_centred_two_lines_under_the_red_line(letter: LaidPaper) -> None:
    first, second = (line for line in letter.pages[0].lines if line.text in {KNOWN["issuer"], KNOWN["title"]})
    number = line_of(letter, "云政报")
    assert all(abs(line.x + line.width / 2 - 106) < 0.3 for line in (first, second))
    assert 2 * LINE < first.y - (number.y + number.height) < 2 * LINE + 5
    assert abs(first.width / len(first.text) - 22 * 25.4 / 72) < 0.1  # 2号
    receiver = line_of(letter, "云岭县民政局：")
    assert abs(receiver.x - LEFT) < 0.1
    assert abs(receiver.y - (second.y + second.height) - LINE) < 0.3  # one line is left free


@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 11, 5), date(2026, 12, 25)])
@pytest.mark.parametrize("issuer", ["云岭镇小学", "云岭县云岭镇人民政府", "云岭县石桥镇中心寄宿制小学"])
def test_the_name_stands_centred_over_a_date_four_characters_from_the_margin(
    press: Press, day: date, issuer: str
) -> None:
    paper = press.lay_out(docx_of(day=print_date(day), issuer=issuer), name="T")
    page = paper.boxes["seal_town"][0] - 1
    box = paper.boxes["seal_town"][1]
    inside = [n for n in paper.pages[page].lines if box.y <= n.y < box.y + box.height and n.x > box.x]
    name, when = (n for n in inside if n.text in {issuer, print_date(day)})
    assert abs(when.x + when.width - (RIGHT - 4 * 16 * 25.4 / 72)) < 0.3
    assert abs((name.x + name.width / 2) - (when.x + when.width / 2)) < 0.5
    assert abs(when.y - name.y - LINE) < 0.1
    assert box.height >= 40  # a seal of 42 mm stands on both and within a line of the text


def test_annexes_are_numbered_under_each_other_and_one_alone_is_not(press: Press, letter: LaidPaper) -> None:
    texts = [line for page in letter.pages for line in page.lines]
    first = next(line for line in texts if line.text.startswith("附件：1"))
    second = next(line for line in texts if line.text.startswith("2．"))
    assert abs(first.x - (LEFT + 11.2)) < 0.4  # two characters in
    assert abs(second.x - (LEFT + 28)) < 0.6  # under the 1 of the first
    alone = press.lay_out(docx_of(annexes=["汇总表"]), name="T")
    assert "附件：汇总表" in alone.text
    none = press.lay_out(docx_of(annexes=[]), name="T")
    assert "附件" not in none.text


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 70))
def test_what_closes_a_letter_stands_at_the_foot_of_an_even_page_wherever_the_text_ends(count: int) -> None:
    paper = PRESS.lay_out(docx_of(lines=["正" * 28] * count), name="T")
    assert len(paper.pages) % 2 == 0
    last = paper.pages[-1].lines
    printed = next(line for line in last if line.text.endswith("印发"))
    assert abs(printed.y + printed.height - BOTTOM) < 1
    assert not any("印发" in line.text for page in paper.pages[:-1] for line in page.lines)
    seal = paper.pages[paper.boxes["seal_town"][0] - 1]
    assert any("正" in line.text or "特此报告" in line.text for line in seal.lines), "no page with only a seal"


PRESS = Press(FontBook.default())


def test_its_lines_are_thick_at_the_ends_and_thin_between(press: Press, letter: LaidPaper) -> None:
    page = ink(press, letter, len(letter.pages) - 1)
    middle = page[:, round(122 * DPI / 25.4)]
    dark = (middle < 120).all(axis=1)
    rules = [band for band in bands(dark) if band[1] < 1 and BOTTOM - 30 < band[0] < BOTTOM + 2]
    # the column runs between the printing office and the day, so only rules are met there
    weights = [width for _, width in rules]
    assert len(rules) == 3, rules
    assert abs(rules[-1][0] + rules[-1][1] - BOTTOM) < 0.7
    assert weights[0] == pytest.approx(0.35, abs=0.09)
    assert weights[1] == pytest.approx(0.25, abs=0.09)
    assert weights[2] == pytest.approx(0.35, abs=0.09)


def test_without_copies_only_the_printing_office_closes_a_letter(press: Press) -> None:
    text = SOURCE.replace("@imprint cc |", "@imprint  |")
    for paper in (press.lay_out(docx_of(text), name="T"), press.lay_out(docx_of(cc=""), name="T")):
        assert "抄送" not in paper.text
        assert "印发" in paper.pages[-1].text


def test_page_numbers_stand_outside_seven_millimetres_below_the_text(press: Press) -> None:
    paper = press.lay_out(docx_of(lines=["正" * 28 * 50]), name="T")
    for number, page in enumerate(paper.pages[:-1], start=1):
        line = next(n for n in page.lines if re.fullmatch(r"— \d+ —", n.text))
        assert line.text == f"— {number} —"
        if number % 2:
            assert RIGHT - 12 < line.x + line.width < RIGHT - 4.9
        else:
            assert abs(line.x - (LEFT + 4.94)) < 0.3
    drawn = ink(press, paper, 1)
    strip = drawn[round((BOTTOM + 3) * DPI / 25.4) : round((BOTTOM + 14) * DPI / 25.4), : round(40 * DPI / 25.4)]
    dashes = (strip[:, round(33.5 * DPI / 25.4)] < 160).all(axis=1)
    (dash,) = bands(dashes)
    assert abs(3 + dash[0] - 7) < 0.7


def test_a_blank_page_before_the_close_and_the_close_carry_no_number(press: Press) -> None:
    found = next(
        paper
        for count in range(1, 40)
        if (paper := press.lay_out(docx_of(lines=["正" * 28] * count), name="T")) and not paper.pages[-2].lines
    )
    assert not any("—" in line.text for page in found.pages[-2:] for line in page.lines)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("@letter A4", "后面不写别的"),
        ("@redhead", "发文机关"),
        ("@reference {number} | nobody", "签发人"),
        ("@headline", "标题"),
        ("@annexes", "附件"),
        ("@signed issuer", "署名"),
        ("@imprint cc", "印发机关"),
        ("@remark", "附注"),
    ],
)
def test_a_part_of_a_letter_that_lacks_something_is_refused_with_its_line(line: str, why: str) -> None:
    with pytest.raises(SourceError, match=f"第 2 行.*{why}"):
        parse_source(f"@letter\n{line}\n", name="T.txt", wording="law_2020", terms={})


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_only_letters_reports_and_notices_between_organs_wear_a_red_head(wording: str) -> None:
    """Agreements, registration sheets, rosters, police instruments and receipts have none (forms.md §12.1)."""
    written = {code: _parts(code, wording) for code in source_codes()}
    assert {code for code, xml in written.items() if "E60012" in xml} == set(LETTERS)
    assert {code for code, xml in written.items() if "docGrid" in xml} == set(LETTERS)


def _parts(code: str, wording: str) -> str:
    with zipfile.ZipFile(io.BytesIO(find_template(code, wording).data)) as package:
        return "".join(package.read(f"word/{name}.xml").decode() for name in ("document", "styles"))
