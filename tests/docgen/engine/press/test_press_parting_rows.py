"""Which lines stay where cells of a parted row wait for each other, and which rows stay whole; as LibreOffice has it.

Lines are of 12 points; `room` is what is left on the first page for the rows under a row of one line. The figures were
seen with the press's own faces.
"""

from __future__ import annotations

from typing import Any

import pytest

WHOLE = "<w:cantSplit/>"
SPACED = '<w:spacing w:after="240"/>'


@pytest.mark.parametrize(
    ("left", "right", "looks", "seen"),
    [
        ((2,), (6,), (SPACED, ""), {20: (1, 1), 36: (2, 2), 54: (2, 3)}),  # the right one makes the row higher
        ((6,), (2,), ("", SPACED), {36: (2, 1), 48: (2, 2)}),  # nothing is set after the spaced one
        ((3,), (3,), (SPACED, ""), {48: (2, 2), 54: (0, 0), 58: (0, 0), 66: (3, 3)}),  # nothing would go on
        ((2, 1), (6,), (SPACED, ""), {36: (1, 2), 48: (2, 2)}),  # what begins its cell above others comes late
        ((0,), (4,), (SPACED, ""), {20: (0, 0), 36: (0, 2)}),  # a paragraph of no line needs its space
    ],
)
def test_a_last_line_comes_back_where_a_later_cell_makes_the_row_higher(
    probe: Any,
    left: tuple[int, ...],
    right: tuple[int, ...],
    looks: tuple[str, str],
    seen: dict[int, tuple[int, int]],
) -> None:
    cells = [probe.cell(sign, sizes, look=look) for sign, sizes, look in zip("左右", (left, right), looks, strict=True)]
    pages = {room: probe.pages(probe.row(*cells), room=room)[0] for room in seen}
    assert {room: (page["左"], page["右"]) for room, page in pages.items()} == seen


@pytest.mark.parametrize(("line", "seen"), [("nil", {20: 1, 38: 2, 60: 3, 72: 0}), ("single", {20: 0, 60: 0, 72: 0})])
def test_a_height_said_keeps_a_row_whole_only_above_a_line(probe: Any, line: str, seen: dict[int, int]) -> None:
    """Seen: a row of 100 points that hold all of it is parted like any other where no line is under it."""
    borders = f'<w:tcBorders><w:bottom w:val="{line}" w:sz="4" w:space="0" w:color="auto"/></w:tcBorders>'
    row = probe.row(probe.cell("签", (1,), properties=borders), probe.cell("行", (4,), properties=borders), height=100)
    assert probe.stay(row, rooms=seen) == seen


def test_repeated_rows_stand_wherever_a_line_of_the_next_row_fits_under_them(probe: Any) -> None:
    """Seen: however high they are."""
    head = probe.row(probe.cell("标", (33,)), probe.cell("标", (1,)), properties="<w:tblHeader/>")
    rows = [probe.row(probe.cell("签", (1,)), probe.cell("行", (size,))) for size in (1, 2, 1)]
    pages = probe.pages(head, *rows, room=595, under=False)
    assert [(page["标"], page["行"]) for page in pages] == [(34, 1), (34, 1), (34, 1), (34, 1), (0, 0)]


@pytest.mark.parametrize(
    ("left", "right", "seen"),
    [
        ((1,), (45,), 6),
        ((1,), (15, 15, 15), 0),  # of these 30 lines are met, which a page holds
        ((1,), (5, 20, 20), 6),
        ((4,) * 10, (45,), 0),  # nothing of the right one is met
    ],
)
def test_what_is_met_before_the_end_of_a_page_decides_whether_a_page_holds_a_row(
    probe: Any, left: tuple[int, ...], right: tuple[int, ...], seen: int
) -> None:
    row = probe.row(probe.cell("左", left), probe.cell("行", right), properties=WHOLE)
    assert probe.stay(row, rooms={120: seen}) == {120: seen}


def test_a_row_that_may_not_be_parted_goes_on_whole_where_repeated_rows_leave_it_too_little(probe: Any) -> None:
    """Seen: it goes to the next page, and so it does as the only row of its table, which no page holds."""
    head = probe.row(probe.cell("标", (10,)), probe.cell("标", (1,)), properties="<w:tblHeader/>")
    low, high = (probe.row(probe.cell("签", (1,)), probe.cell("行", (size,)), properties=WHOLE) for size in (30, 45))
    between = probe.row(probe.cell("签", (1,)), probe.cell("间", (1,)))
    assert probe.stay(head, between, low, rooms={280: 0}, under=False) == {280: 0}
    assert probe.stay(high, rooms={120: 0}, under=False) == {120: 0}
