"""Capitals and small capitals: their sizes as LibreOffice was seen to set them, in points, and what is read of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pypdfium2
import pytest

SMALL = "<w:smallCaps/>"
PT = 72 / 25.4


@pytest.fixture
def lay(lay_out: Any, wml: Any) -> Any:
    """Lay out in 10.5 points with single leading."""
    return lambda body, **parts: lay_out(body, styles=wml.SMALL, **parts)


def sizes(data: bytes) -> list[tuple[str, float]]:
    """Return what a page shows in one size, as pdfium finds it, without spaces."""
    text = pypdfium2.PdfDocument(data)[0].get_textpage()
    chars = [(text.get_text_range(i, 1), i) for i in range(text.count_chars())]
    found = [
        (char, round(pypdfium2.raw.FPDFText_GetFontSize(text, i), 1)) for char, i in chars if char.strip("\0\r\n ")
    ]
    return [("".join(char for char, _ in group), size) for size, group in groupby(found, key=lambda one: one[1])]


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (("Hello 12", SMALL), [("H", 10.5), ("ELLO", 8.4), ("12", 10.5)]),
        (("a，B。é", SMALL), [("A", 8.4), ("，B。", 10.5), ("É", 8.4)]),
        (("Hello", f'{SMALL}<w:sz w:val="45"/>'), [("H", 22.5), ("ELLO", 18.0)]),
        (("Hello", f"{SMALL}<w:caps/>"), [("HELLO", 10.5)]),
        (("甲ß", SMALL), [("甲ß", 10.5)]),
    ],
)
def test_lower_case_letters_are_capitals_of_four_fifths(
    lay: Any, wml: Any, printed: Any, said: tuple[str, str], seen: list[tuple[str, float]]
) -> None:
    paper = lay(wml.paragraph(said[0], run=said[1]))
    assert sizes(printed(paper).data) == seen
    assert paper.text == "".join(part for part, _ in seen).replace("O12", "O 12")
    assert "layout.undrawn" not in {problem.code for problem in paper.problems}


def test_small_capitals_are_as_wide_as_they_are_drawn_and_their_lines_as_high_as_others(lay: Any, wml: Any) -> None:
    texts = [("HELLO", ""), ("hello", SMALL), ("Hello", SMALL), ("H", ""), ("ello", SMALL)]
    lines = lay("".join(wml.paragraph(text, run=run) for text, run in texts)).pages[0].lines
    large, small, mixed, first, rest = (line.width for line in lines)
    assert small == pytest.approx(0.8 * large, abs=0.02)
    assert mixed == pytest.approx(first + rest, abs=0.02)
    assert len({round(line.height, 2) for line in lines}) == 1


def test_lines_of_small_capitals_end_where_they_were_seen_to(lay: Any, wml: Any) -> None:
    text = "the quick brown fox jumps over the lazy dog and again " * 4
    section = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"/>'
    lines = lay(wml.paragraph(text, run=SMALL), section=section).pages[0].lines
    assert [line.text.split()[-1] for line in lines] == ["FOX", "DOG", "AGAIN"]


def test_a_word_longer_than_its_line_is_parted_into_small_capitals(lay: Any, wml: Any, printed: Any) -> None:
    paper = lay(wml.table([wml.cell(wml.paragraph("abcdefghijklmnop", run=SMALL), width=1000)], columns=[1000]))
    assert len(paper.pages[0].lines) > 2
    assert all(line.width * PT <= 50 for line in paper.pages[0].lines)
    assert sizes(printed(paper).data) == [("ABCDEFGHIJKLMNOP", 8.4)]


def test_small_capitals_lie_in_lines_that_run_down(lay: Any, wml: Any, printed: Any) -> None:
    down = '<w:textDirection w:val="tbRlV"/>'
    cell = wml.cell(wml.paragraph("甲Ab", run=SMALL), width=1600, properties=down)
    table = wml.table([f'<w:trPr><w:trHeight w:val="2400"/></w:trPr>{cell}'], columns=[1600])
    assert sizes(printed(lay(table)).data) == [("甲A", 10.5), ("B", 8.4)]


def test_small_capitals_are_the_same_however_the_body_is_read(lay: Any, wml: Any) -> None:
    """A content control is not planned but parsed."""
    body = wml.paragraph("Hello World", run=SMALL)
    assert lay(body).to_json() == lay(f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>").to_json()
