"""Where tabs go, and what leads to them: ECMA-376 part 1 §17.3.1.37 (tab stops), §17.3.3.23 (ptab)."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2
import pytest

PAGE = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1906" w:bottom="1440" w:left="2000"/>'
LEFT, WIDE = 100.0, 400.0
EM = 10.5
LED = '<w:tab w:val="left" w:pos="2000" w:leader="dot"/>'


@pytest.fixture
def places(lay_out: Any, printed: Any, wml: Any) -> Any:
    """Where the characters of the first page stand, from the left edge of the text, in points."""

    def found(runs: str, properties: str = "") -> dict[str, float]:
        body = f"<w:p><w:pPr>{properties}</w:pPr><w:r>{runs}</w:r></w:p>"
        page = pypdfium2.PdfDocument(printed(lay_out(body, styles=wml.SMALL, section=PAGE)).data)[0]
        text, x, y = page.get_textpage(), ctypes.c_double(), ctypes.c_double()
        stand = {}
        for i in range(text.count_chars()):
            pypdfium2.raw.FPDFText_GetCharOrigin(text, i, x, y)
            stand[text.get_text_range(i, 1)] = round(x.value - LEFT, 1)
        return stand

    return found


def stops(*said: tuple[str, int]) -> str:
    """Return tab stops: their kind, and points from the left edge."""
    inside = "".join(f'<w:tab w:val="{kind}" w:pos="{20 * at}"/>' for kind, at in said)
    return f"<w:tabs>{inside}</w:tabs>"


def words(*said: str) -> str:
    return "<w:tab/>".join(f"<w:t>{word}</w:t>" for word in said)


@pytest.mark.parametrize(
    ("before", "said", "begins"),
    [
        ("", (), 36),
        ("一" * 3, (), 36),
        ("一" * 4, (), 72),  # past the first of the stops that are everywhere
        ("一", (("left", 100),), 100),
        ("一" * 10, (("left", 100), ("left", 150)), 150),
        ("一" * 10, (("left", 105),), 108),  # one where the tab stands already is passed
        ("一", (("bar", 50), ("left", 100)), 100),  # a bar is only drawn
        ("一", (("right", 200),), 200 - 2 * EM),
        ("一", (("right", 500),), WIDE - 2 * EM),  # none goes beyond the edge
        ("一" * 10, (("right", 110),), 105),  # and none goes back
        ("一", (("center", 200),), 200 - EM),
        ("一" * 10, (("center", 106),), 105),
    ],
)
def test_text_behind_a_tab_stands_by_its_stop(
    places: Any, before: str, said: tuple[tuple[str, int], ...], begins: float
) -> None:
    assert places(words(before, "甲乙"), stops(*said))["甲"] == pytest.approx(begins, abs=0.15)


@pytest.mark.parametrize("kind", ["right", "center"])
def test_a_stop_takes_the_text_up_to_the_next_tab(places: Any, kind: str) -> None:
    found = places(words("一", "甲乙", "丙"), stops((kind, 200), ("left", 300)))
    share = {"right": 1.0, "center": 0.5}[kind]
    assert (found["甲"], found["丙"]) == pytest.approx((200 - share * 2 * EM, 300), abs=0.15)


@pytest.mark.parametrize(("number", "begins"), [("8.25", "point"), ("825", "end"), ("甲8.25", "point")])
def test_numbers_stand_with_their_point_at_a_decimal_stop(places: Any, number: str, begins: str) -> None:
    found = places(words("一", number, "尾"), stops(("decimal", 200), ("left", 300)))
    end = found["."] if begins == "point" else found["5"] + (found["5"] - found["2"])
    assert end == pytest.approx(200, abs=0.15)


def test_a_hanging_indent_is_a_stop(places: Any) -> None:
    assert places(words("一", "甲"), '<w:ind w:left="1000" w:hanging="1000"/>')["甲"] == pytest.approx(50, abs=0.15)
    both = '<w:tabs><w:tab w:val="left" w:pos="600"/></w:tabs><w:ind w:left="1000" w:hanging="1000"/>'
    found = places(words("一", "甲", "乙"), both)
    assert (found["甲"], found["乙"]) == pytest.approx((30, 50), abs=0.15)


@pytest.mark.parametrize(
    ("align", "origin", "begins"),
    [
        ("right", "margin", WIDE - 30 - EM),  # no line is longer than its paragraph
        ("right", "indent", WIDE - 30 - EM),
        ("center", "margin", (WIDE - 30 - EM) / 2),
        ("center", "indent", (WIDE + 50 - 30 - EM) / 2),
        ("left", "indent", 50 + 3 * EM),  # it never goes back
    ],
)
def test_a_tab_that_knows_its_place_goes_there(places: Any, align: str, origin: str, begins: float) -> None:
    tab = f'<w:ptab w:alignment="{align}" w:relativeTo="{origin}" w:leader="none"/>'
    found = places(f"<w:t>一二三</w:t>{tab}<w:t>甲</w:t>", '<w:ind w:left="1000" w:right="600"/>')
    assert found["甲"] == pytest.approx(begins, abs=0.15)


def test_every_tab_goes_on_to_the_next_stop(places: Any) -> None:
    assert places(words("", "", "", "甲"))["甲"] == pytest.approx(3 * 36, abs=0.15)


def test_gaps_between_scripts_count_at_a_stop(places: Any) -> None:
    found = places(words("一", "甲a", "丙"), stops(("right", 200), ("left", 300)))
    letter = places(words("一", "a", "丙"), stops(("right", 200), ("left", 300)))["a"]
    assert found["a"] == pytest.approx(letter, abs=0.15)
    assert letter - found["甲"] == pytest.approx(1.2 * EM, abs=0.15)


@pytest.mark.parametrize(
    ("runs", "said", "leaders"),
    [
        (words("一", "甲"), LED, 1),
        (words("一", "甲"), '<w:tab w:val="left" w:pos="2000"/>', 0),
        (
            words("一", "甲", "乙"),
            '<w:tab w:val="left" w:pos="1000"/><w:tab w:val="left" w:pos="2000" w:leader="dot"/>',
            1,
        ),
        (words("一", "甲", "乙"), '<w:tab w:val="left" w:pos="1000" w:leader="dot"/>', 1),
        (words("一" * 10, "甲"), '<w:tab w:val="left" w:pos="1000" w:leader="dot"/>', 0),
        (words("", "", "甲"), '<w:tab w:val="left" w:pos="1000" w:leader="dot"/>', 1),
        (words("一", "甲"), '<w:tab w:val="bar" w:pos="1000" w:leader="dot"/><w:tab w:val="left" w:pos="2000"/>', 0),
        ('<w:t>一</w:t><w:ptab w:alignment="right" w:relativeTo="margin" w:leader="dot"/><w:t>甲</w:t>', "", 1),
        ('<w:t>一</w:t><w:ptab w:alignment="right" w:relativeTo="margin" w:leader="none"/><w:t>甲</w:t>', "", 0),
    ],
)
def test_what_leads_to_a_stop_stands_before_it_alone(
    lay_out: Any, wml: Any, runs: str, said: str, leaders: int
) -> None:
    body = f"<w:p><w:pPr><w:tabs>{said}</w:tabs></w:pPr><w:r>{runs}</w:r></w:p>"
    (page,) = lay_out(body, styles=wml.SMALL, section=PAGE).pages
    drawn = "".join(placed.fragment.operators + placed.fragment.rules for placed in page.art)
    assert drawn.count("[.01 3] 0 d") == leaders
