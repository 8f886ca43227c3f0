"""The bench of intake counts rightly: what is misfiled, what is missed, what is reported without reason."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import segno
from PIL import Image, ImageDraw

from archive.intake.marks import PageRead
from archive.intake.stack import SortedStack, Stranger, StrangerReason
from bench.intake import QUICK, reading
from bench.intake_campaign import blank_pages, coded
from bench.intake_grid import Sheet, Tally, foreign_grid, identify
from bench.intake_ocr import distance
from bench.intake_stacks import Fault, foreign_outcome, judge, own_outcome
from bench.printed import SECRET
from forms.marks import QR_MASK, PageMark, mark_id_from

if TYPE_CHECKING:
    from pathlib import Path

OURS = [PageMark(mark_id=mark_id_from(11), page=page, pages=2) for page in (1, 2)]
ALIEN = PageMark(mark_id=mark_id_from(12), page=1, pages=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages of ours, one of another office, one without codes; a stack that lacks a page."""
    blank = blank_pages()[0]
    pages = [coded(blank, (mark.payload(SECRET),) * 2) for mark in OURS]
    pages += [coded(blank, (ALIEN.payload(b"another office's secret"),) * 2), blank]
    for number, page in enumerate(pages):
        page.convert("L").save(tmp_path / f"{number}.jpg", quality=70)
    marks = [[m.mark_id, m.page, m.pages] for m in OURS]
    truth: dict[str, Any] = {
        "secret": SECRET.hex(),
        "issued": [[OURS[0].mark_id, 2]],
        "pages": [
            {"file": "0.jpg", "mark": marks[0], "group": "graded", "condition": "clean"},
            {"file": "1.jpg", "mark": marks[1], "group": "both"},
            {"file": "2.jpg", "mark": None},
            {"file": "3.jpg", "mark": None},
        ],
        "stacks": [
            {
                "files": ["0.jpg", "2.jpg"],
                "faults": [
                    {"kind": "missing", "mark": OURS[0].mark_id, "page": 2},
                    {"kind": "foreign", "index": 1},
                ],
            }
        ],
    }
    (tmp_path / "truth.json").write_text(json.dumps(truth), "utf-8")
    return tmp_path


def test_a_grid_made_elsewhere_is_read_and_its_stacks_are_judged(folder: Path) -> None:
    office, sheets, stacks = foreign_grid(folder)
    tally = identify(office, sheets())
    assert (tally.share("graded"), tally.share("both"), tally.share("beyond")) == (1.0, 1.0, None)
    assert (tally.misfiled, tally.pages.total(), tally.conditions) == (0, 4, 3)
    outcome = foreign_outcome(folder, office, stacks)
    assert (outcome.share, outcome.false, outcome.misfiled, outcome.pages) == (1.0, 0, 0, 2)


def drawn_elsewhere(mark: PageMark, dpi: int) -> Image.Image:
    """Draw a page without the press and without the bench: white paper, lines, two codes of 15 mm."""
    page = Image.new("L", (round(210 / 25.4 * dpi), round(297 / 25.4 * dpi)), 255)
    for line in range(60, 230, 9):
        ImageDraw.Draw(page).line([(v / 25.4 * dpi) for v in (30, line, 180, line)], fill=40, width=4)
    code = segno.make(mark.payload(SECRET), mode="alphanumeric", error="M", version=1, mask=QR_MASK, boost_error=False)
    side, near = round(15 / 25.4 * dpi), round(16 / 25.4 * dpi)
    target = io.BytesIO()
    code.save(target, kind="png", scale=12, border=0)
    symbol = Image.open(target).convert("L").resize((side, side))
    for x, y in ((near, near), (page.width - near - side, page.height - near - side)):
        page.paste(symbol, (x, y))
    return page


def test_images_made_elsewhere_may_be_of_any_kind_and_a_stack_one_file(tmp_path: Path) -> None:
    one, two = (drawn_elsewhere(mark, 200) for mark in OURS)
    one.rotate(2, fillcolor=255).save(tmp_path / "crooked.png")
    two.rotate(180).point([0] * 128 + [255] * 128).convert("1").save(tmp_path / "fax.tif", compression="group4")
    one.save(tmp_path / "page.pdf", resolution=200)
    one.convert("RGB").save(tmp_path / "stack.pdf", save_all=True, append_images=[two.convert("RGB")], resolution=200)
    first, second = ([m.mark_id, m.page, m.pages] for m in OURS)
    names = {"crooked.png": first, "fax.tif": second, "page.pdf": first}
    truth = {
        "secret": SECRET.hex(),
        "issued": [[OURS[0].mark_id, 2]],
        "pages": [{"file": name, "mark": mark} for name, mark in names.items()],
        "stacks": [
            {"files": ["stack.pdf"], "faults": []},
            {
                "files": ["stack.pdf", "page.pdf"],
                "faults": [{"kind": "doubled", "mark": OURS[0].mark_id, "page": 1}],
            },
        ],
    }
    (tmp_path / "truth.json").write_text(json.dumps(truth), "utf-8")
    figures = reading(replace(QUICK, reads=2, others=20), tmp_path)
    assert (figures["identified"], figures["misfiled"], figures["stack_faults_reported"]) == (1.0, 0, 1.0)
    assert (figures["stack_false_reports"], figures["stacks"], figures["grid_pages"]) == (0, 2, {"graded": 3})
    truth["pages"] = [{"file": "stack.pdf", "mark": first}]
    (tmp_path / "truth.json").write_text(json.dumps(truth), "utf-8")
    with pytest.raises(ValueError, match="stack"):
        reading(QUICK, tmp_path)


def test_a_page_with_anothers_mark_counts_as_misfiled_and_not_as_identified(folder: Path) -> None:
    office, sheets, _ = foreign_grid(folder)
    first, *_ = sheets()
    swapped = Sheet(path=first.path, mark=OURS[1], group="graded", condition="swapped")
    tally = identify(office, iter([swapped]))
    assert (tally.share("graded"), tally.misfiled) == (0.0, 1)
    assert dict(tally.lost) == {"swapped": 1}


@pytest.mark.parametrize(("key", "value"), [("file", "../elsewhere.jpg"), ("group", "easy")])
def test_a_truth_that_leads_out_of_its_folder_or_invents_a_group_is_refused(folder: Path, key: str, value: str) -> None:
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    truth["pages"][0][key] = value
    (folder / "truth.json").write_text(json.dumps(truth), "utf-8")
    with pytest.raises(ValueError, match=value):
        list(foreign_grid(folder)[1]())


def test_a_fault_that_is_not_reported_and_a_report_without_a_fault_are_both_counted() -> None:
    read = PageRead(scan="0" * 64, index=0)
    stack = SortedStack(strangers=(Stranger(read=read, reason=StrangerReason.NO_MARK),))
    missing = Fault(kind="missing", mark=OURS[0].mark_id, page=1)
    assert judge(stack, [read], [missing]) == ({"missing": 0}, 1)
    assert judge(stack, [read], [Fault(kind="foreign", index=0)]) == ({"foreign": 1}, 0)
    assert judge(stack, [read], [Fault(kind="void", index=0)]) == ({"void": 0}, 0)


def test_every_fault_of_a_few_drawn_stacks_is_reported() -> None:
    outcome = own_outcome(3)
    assert outcome.made.total() >= 3
    assert (outcome.share, outcome.false, outcome.misfiled) == (1.0, 0, 0)


def test_an_empty_tally_claims_nothing() -> None:
    assert Tally().share("graded") is None


@pytest.mark.parametrize(
    ("a", "b", "wrong"), [("照护", "照护", 0), ("照护", "照户", 1), ("", "照护", 2), ("委托照护", "托照护人", 2)]
)
def test_wrong_characters_are_counted_as_an_editor_would(a: str, b: str, wrong: int) -> None:
    assert distance(a, b) == distance(b, a) == wrong
