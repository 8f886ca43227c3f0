"""Each letter of the catalogue, filled in as a clerk fills it in, measured on the laid page (GB/T 9704—2012)."""

from __future__ import annotations

import itertools
import re
import runpy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docgen.engine.context import DocumentHead, build_context
from docgen.engine.press import FontBook, Press
from docgen.engine.render import compile_template
from docgen.engine.template import find_template
from forms.catalogue.library import FormLibrary
from forms.profiles.region import RegionProfile
from forms.profiles.wording import WORDINGS, find_wording

if TYPE_CHECKING:
    from docgen.engine.press import LaidLine, LaidPage, LaidPaper

LETTERS = ("B5", "C2", "C5", "C5a", "C6", "D14", "E5", "E6", "E7")
LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 37.0, 262.0
"""Edges of the type area on the sheet, mm."""
LINE, CHARACTER = 225 / 22, 156 / 28
POINT = 25.4 / 72
NUMBER, DAY = "云民〔2026〕3号", date(2026, 11, 23)
MAIN = {"B5": "龙里县公安局、各镇（街道）：", "D14": "龙里县民政局：", "E6": "石大山、李秋月："}
CASES = {
    name: case
    for path in sorted((Path(__file__).parents[2] / "forms").glob("forms_*.py"))
    for name, case in runpy.run_path(str(path)).items()
    if name.endswith("_passes")
}
TOWN = runpy.run_path(str(Path(__file__).parents[2] / "forms" / "conftest.py"))


@pytest.fixture(scope="module")
def press() -> Press:
    return Press(FontBook.default())


def letter(code: str, wording: str, press: Press, monkeypatch: pytest.MonkeyPatch) -> LaidPaper:
    """Lay out the case of the form that passes."""
    profile = RegionProfile.load("longli")
    library = FormLibrary.load(wording=find_wording(wording), profile=profile)
    known: list[Any] = []
    fill = TOWN["Kit"].fill

    def seen(kit: Any, code: str, typed: Any = None, *, facts: Any = None) -> Any:
        known.append(facts)
        return fill(kit, code, typed, facts=facts)

    monkeypatch.setattr(TOWN["Kit"], "fill", seen)
    spec = library.get(code)
    filled = CASES[f"{code.lower()}_passes"](TOWN["Kit"](library=library, profile=profile))
    assert filled.is_ready
    head = DocumentHead(title=spec.title, number=NUMBER, made_on=DAY, copies=2)
    facts = known[-1] or TOWN["known_facts"]()
    context = build_context(spec, filled.values, facts, wording=find_wording(wording), profile=profile, document=head)
    return press.lay_out(compile_template(find_template(code, wording).data, name=code).render(context), name=code)


def line_of(page: LaidPage, pattern: str) -> LaidLine:
    return next(line for line in page.lines if re.search(pattern, line.text))


@pytest.mark.parametrize(("code", "wording"), list(itertools.product(LETTERS, sorted(WORDINGS))))
def test_a_letter_of_the_catalogue_keeps_the_measures_of_the_standard(
    code: str, wording: str, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = letter(code, wording, press, monkeypatch)
    first, last = paper.pages[0], paper.pages[-1]
    _head(code, first)
    _grid(paper)
    _close(paper)
    printed = line_of(last, "印发$")
    assert len(paper.pages) % 2 == 0
    assert abs(printed.y + printed.height - BOTTOM) < 1
    assert abs(printed.x + printed.width - (RIGHT - 14 * POINT)) < 0.6  # one character of 14 pt in
    copies = [line for line in last.lines if line.text.startswith("抄送：")]
    assert (code in {"C2", "C6", "D14", "E5"}) == bool(copies)
    assert all(line.text.endswith("。") or line.width > 120 for line in copies)


def _head(code: str, page: LaidPage) -> None:
    name = page.lines[0]
    assert abs(name.x + name.width / 2 - 106) < 0.5
    assert name.height > 20 * POINT  # the issuer's name is the largest thing on the page
    number = line_of(page, re.escape(NUMBER))
    if "签发人：" in page.text:
        assert abs(number.x - (LEFT + CHARACTER)) < 0.4
    else:
        assert abs(number.x + number.width / 2 - 106) < 0.5
    receiver = line_of(page, "：$")
    title = [line for line in page.lines if number.y < line.y < receiver.y and line.width > 20]
    assert title
    assert all(abs(line.x + line.width / 2 - 106) < 0.5 for line in title if line is not number)
    assert abs(receiver.x - LEFT) < 0.2
    if code in MAIN:
        assert receiver.text == MAIN[code]


def _grid(paper: LaidPaper) -> None:
    """Body lines stand one line apart, at most 22 on a page and 28 characters wide."""
    for number, page in enumerate(paper.pages, start=1):
        body = [n for n in page.lines if n.y < BOTTOM - 0.5]
        assert all(n.x >= LEFT - 0.2 and n.x + n.width <= RIGHT + 0.4 and n.y >= TOP - 0.1 for n in body)
        text = [n for n in body if n.width > 150 and n.height > 9.5 and n.x < LEFT + 0.3]
        assert all(len(n.text) <= 46 for n in text)  # digits are half a character
        steps = [b.y - a.y for a, b in itertools.pairwise(text)]
        assert all(abs(step - round(step / LINE) * LINE) < 0.35 for step in steps), (number, steps)
        foot = [n for n in page.lines if re.fullmatch(r"— \d+ —", n.text)]
        if page.lines and number < len(paper.pages):
            assert [n.text for n in foot] == [f"— {number} —"]
            outer = foot[0].x + foot[0].width > RIGHT - 12 if number % 2 else foot[0].x < LEFT + 6
            assert outer


def _close(paper: LaidPaper) -> None:
    """The date ends four characters from the margin, the name is centred over it, words stand on the page."""
    name = next(box for box in paper.boxes if box.startswith("seal_") and box != "seal_recipient")
    at, box = paper.boxes[name]
    page = paper.pages[at - 1]
    inside = [n for n in page.lines if box.y <= n.y < box.y + box.height and n.x > box.x]
    when = next(n for n in inside if re.fullmatch(r"\d{4}年\d+月\d+日", n.text))
    issuer = inside[inside.index(when) - 1]
    assert abs(when.x + when.width - (RIGHT - 4 * 16 * POINT)) < 0.3
    assert abs((issuer.x + issuer.width / 2) - (when.x + when.width / 2)) < 0.6
    above = [n for n in page.lines if n.y < box.y and len(n.text) > 3]
    assert above, "no page with only a seal"
