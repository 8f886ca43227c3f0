"""Six children of the sample town through every form of the catalogue: nothing undefined, cut, orphaned or empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench.catalogue import KINDS, faults_of, run
from bench.town_records import town_records
from docgen.engine.press import FontBook, Press
from docgen.engine.source import parse_source
from docgen.engine.source.wordml import DocxWriter
from forms.catalogue.library import FormLibrary
from forms.values.blank import Blank

if TYPE_CHECKING:
    from docgen.engine.press import LaidPaper


def test_every_form_for_six_children_in_both_wordings_shows_no_fault() -> None:
    figures, faults = run(6)
    assert faults == []
    assert figures["papers"] == 6 * len(FormLibrary.load().all())
    assert figures["pages"] > figures["papers"]
    assert all(figures[kind] == 0 for kind in KINDS)


def test_the_children_of_the_campaign_are_two_hundred_and_odd_ones_among_them() -> None:
    records = town_records(200)
    assert len({r.uid for r in records}) == 200
    assert any(r.father is Blank.NOT_APPLICABLE for r in records)
    assert any(r.child.hukou_registered is False for r in records)
    assert any("·" in str(r.child.person.name) for r in records)
    assert any("𬱖" in str(r.child.person.name) for r in records)


def laid(text: str) -> tuple[bytes, LaidPaper]:
    docx = DocxWriter(parse_source(text, name="T.txt", wording="law_2020", terms={})).write()
    return docx, Press(FontBook.default()).lay_out(docx, name="T")


SIGN = "@table 60 94\n@row 30\n| *签名 | {sign:carer} |\n"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"一段足够长的正文。\n{SIGN}", []),
        (SIGN.replace("*签名", ""), ["empty_page", "seal_only"]),
        (SIGN.replace("{sign:carer}", "{sign:carer}{seal:town}"), ["orphan_signature"]),
    ],
)
def test_a_place_to_sign_without_words_above_it_is_found(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in faults_of(*laid(text))] == kinds


def test_text_that_is_not_on_the_page_is_found() -> None:
    docx, _ = laid("石小满的祖母王桂兰。\n")
    _, other = laid("石小满的祖母。\n")
    assert [kind for kind, _ in faults_of(docx, other)] == ["cut"]


@pytest.mark.parametrize("count", range(8, 22))
def test_signatures_take_the_last_row_before_them_along(count: int) -> None:
    rows = "".join(f"| 第{n}行 | 照护情况良好 |\n" for n in range(1, count))
    text = f"@table 60 94\n@row 12\n{rows}\n@space 4\n@table 60 94 keep\n@row 30\n| *签名 | {{sign:carer}} |\n"
    docx, paper = laid(text)
    assert list(faults_of(docx, paper)) == []
    at = paper.boxes["sign_carer"][0] - 1
    assert f"第{count - 1}行" in paper.pages[at].text


@pytest.mark.parametrize("count", range(10, 24))
def test_of_a_loop_only_the_last_turn_is_taken_along(count: int) -> None:
    from docgen.engine.render import compile_template

    text = (
        "@table 60 94\n@row 12\n@rows for r in rows\n| {r.no} | 照护情况良好 |\n@endrows\n\n"
        "@space 4\n@table 60 94 keep\n@row 30\n| *签名 | {sign:carer} |\n"
    )
    source = parse_source(text, name="T.txt", wording="law_2020", terms={})
    rows: list[dict[str, Any]] = [{"no": f"第{n}行"} for n in range(1, count)]
    docx = compile_template(DocxWriter(source).write(), name="T").render({"rows": rows})
    paper = Press(FontBook.default()).lay_out(docx, name="T")
    assert list(faults_of(docx, paper)) == []
    at = paper.boxes["sign_carer"][0] - 1
    assert f"第{count - 1}行" in paper.pages[at].text
    assert at == 0 or len(paper.pages[0].lines) > 20, "the first page is full"
