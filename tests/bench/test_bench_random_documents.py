"""Documents made at random are the same everywhere, and set like LibreOffice sets them."""

from __future__ import annotations

import pytest

from bench.random_documents import KINDS, Author, Comparison, Document
from docgen.engine.press import FontBook, Press


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_makes_one_document(kind: str) -> None:
    made = Author(kind, 7).document()
    assert made == Author(kind, 7).document()
    assert made != Author(kind, 8).document()
    assert made.docx() == Author(kind, 7).document().docx()


@pytest.mark.parametrize("kind", KINDS)
def test_the_press_lays_all_of_them_out(kind: str) -> None:
    press = Press(FontBook.default())
    for seed in range(20):
        document = Author(kind, seed).document()
        paper = press.lay_out(document.docx(), name="样张")
        assert not paper.fallbacks
        assert ("<w:tbl>" in "".join(document.blocks)) is (kind in {"tables", "forms"})
        assert bool(document.notes) is ("footnoteReference" in "".join(document.blocks))
        assert any(page.lines for page in paper.pages)


@pytest.mark.oracle
def test_lines_end_and_pages_turn_as_in_libreoffice() -> None:
    """A few of them; the campaign compares hundreds."""
    comparison = Comparison(Press(FontBook.default()))
    for kind, least in (("running", 0.98), ("kept", 0.98), ("tables", 0.9), ("noted", 0.95)):
        tally = comparison.tally(kind, range(12))
        assert tally.documents == 12
        assert tally.equal >= least * tally.lines
        assert tally.ended_alike >= 0.97 * tally.lines
        assert tally.pages_equal >= 11


@pytest.mark.oracle
def test_a_document_that_differs_is_boiled_down_to_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here one paragraph, that the press is made to leave out."""
    comparison = Comparison(Press(FontBook.default()))
    ours = comparison._ours
    monkeypatch.setattr(comparison, "_ours", lambda docx: [page - page.__class__({"异": 1}) for page in ours(docx)])
    blocks = [f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in "一二三异四五六"]
    made = comparison.boiled(Document("", '<w:pgSz w:w="11906" w:h="16838"/>', tuple(blocks)))
    assert made.blocks == (blocks[3],)
