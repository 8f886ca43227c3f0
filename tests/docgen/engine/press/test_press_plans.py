"""What papers of one template share is planned once; what one record says of itself is not kept."""

from __future__ import annotations

import gc
import io
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from docx.shared import Mm

from bench.samples import agreement
from docgen.engine.press import FontBook, Press, PrintJob
from docgen.engine.press.model.blocks import Paragraph
from docgen.engine.press.reading import reader
from docgen.engine.press.reading.cutting import open_part
from docgen.engine.press.uncollected import uncollected
from docgen.engine.render import CompiledTemplate, Picture, compile_template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docgen.engine.press import LaidPaper
    from docgen.engine.press.reading.cutting import OpenPart


@pytest.fixture(scope="module")
def template() -> CompiledTemplate:
    return compile_template(agreement.template(), name="协议")


def lay_out(press: Press, template: CompiledTemplate, records: Sequence[dict[str, Any]]) -> list[LaidPaper]:
    return [
        press.lay_out_rendered(
            template.render_parts({**record, "qr": Picture(data=record["qr"], width=Mm(25), height=Mm(25))}),
            name="协议",
        )
        for record in records
    ]


def stacked(press: Press, papers: Sequence[LaidPaper]) -> bytes:
    out = io.BytesIO()
    press.write([PrintJob(paper=paper) for paper in papers], out)
    return out.getvalue()


def kept_paragraphs() -> int:
    gc.collect()
    return sum(isinstance(thing, Paragraph) for thing in gc.get_objects())


def test_part_is_cut_once_for_all_records_that_differ_in_words(
    template: CompiledTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = Press(FontBook.default())
    records = agreement.records(12)
    lay_out(press, template, records[:4])
    opened: list[bytes] = []

    def counted(raw: bytes) -> OpenPart | None:
        opened.append(raw)
        return open_part(raw)

    monkeypatch.setattr(reader, "open_part", counted)
    lay_out(press, template, records[4:])
    assert len(opened) <= 1  # a paragraph that only some records have


def test_planned_papers_are_those_of_a_press_that_has_seen_nothing(template: CompiledTemplate) -> None:
    press = Press(FontBook.default())
    records = agreement.records(9)
    records[7] = {**records[6], "child_name": "甲 & 乙", "reason": "a\tb\n<c>"}
    for record in [*records, *records]:
        (paper,) = lay_out(press, template, [record])
        (alone,) = lay_out(Press(FontBook.default()), template, [record])
        assert paper.to_json() == alone.to_json()


def test_stack_does_not_depend_on_what_the_press_made_before(template: CompiledTemplate) -> None:
    records = agreement.records(30)
    fresh, used = Press(FontBook.default()), Press(FontBook.default())
    lay_out(used, template, records[5:])
    lay_out(used, template, records[:12])
    papers = lay_out(fresh, template, records[:12])
    assert stacked(used, lay_out(used, template, records[:12])) == stacked(fresh, papers)


def test_words_of_single_records_do_not_pile_up(template: CompiledTemplate) -> None:
    press = Press(FontBook.default())
    records = agreement.records(240)
    lay_out(press, template, records[:120])
    before = kept_paragraphs()
    lay_out(press, template, records[120:])
    assert kept_paragraphs() - before < 600  # of more than two thousand that were read: names that came again


def test_collector_goes_on_as_it_was() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_stack_leaves_nothing_that_only_the_collector_takes_away(template: CompiledTemplate) -> None:
    press = Press(FontBook.default())
    records = agreement.records(8)
    stacked(press, lay_out(press, template, records[:4]))
    gc.collect()
    with uncollected():
        stacked(press, lay_out(press, template, records[4:]))
        assert gc.collect() == 0


def test_papers_alike_but_for_an_empty_last_page_are_written_one_after_the_other(wml: Any) -> None:
    press = Press(FontBook.default())
    said = wml.paragraph("一")
    blank = "<w:p><w:pPr><w:pageBreakBefore/></w:pPr></w:p>"
    papers = [press.lay_out(wml.Docx(body=said + more).bytes(), name="样张") for more in (blank, "", blank)]
    assert [len(paper.pages) for paper in papers] == [2, 1, 2]
    for paper in papers:
        stacked(press, [paper])
    assert len(pypdf.PdfReader(io.BytesIO(stacked(press, papers))).pages) == 5
