"""Tables in cells, what a cell has to end with, and the margins of cells beside each other."""

from __future__ import annotations

from typing import Any

import pytest

PT = 72 / 25.4
LEFT = 90.0
LINE = 15.1
STEP = 15.6
GRID = '<w:docGrid w:type="lines" w:linePitch="312"/>'
SECTION = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"/>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MODE = (
    f'<w:settings {W}><w:compat><w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="{}"/></w:compat></w:settings>'
)


@pytest.fixture
def lay(lay_out: Any, wml: Any) -> Any:
    def laid(body: str, grid: str = "", mode: int = 15) -> dict[str, tuple[float, float]]:
        paper = lay_out(body, styles=wml.SMALL, section=SECTION + grid, settings=MODE.format(mode))
        return {line.text: (line.x * PT - LEFT, line.y * PT) for line in paper.pages[0].lines}

    return laid


def table(*cells: str, margins: tuple[str, ...] = ("", "")) -> str:
    """Return a row of cells, with margins of their own."""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/>{margin}</w:tcPr>{cell}</w:tc>'
        for cell, margin in zip(cells, margins, strict=False)
    )
    grid = '<w:gridCol w:w="2000"/>' * len(cells)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid><w:tr>{made}</w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("held", "grid", "lines"),
    [
        ("{inner}{end}", "", 1),
        ("{inner}{tall}", "", 1),
        ("{inner}{end}{end}", "", 3),
        ("{inner}{end}{inner}{end}", "", 3),
        ("{inner}{text}", "", 2),
        ("{inner}{end}", GRID, 2),
        ("{inner}{tall}", GRID, 2),
        ("{inner}{free}", GRID, 1),
    ],
)
def test_the_paragraph_that_a_cell_has_to_end_with_takes_no_room_under_a_table(
    lay: Any, wml: Any, held: str, grid: str, lines: int
) -> None:
    """Seen: whatever its size and spacing are; on a grid it takes one step."""
    inner = table(wml.paragraph("内"))
    parts = {
        "inner": inner,
        "end": "<w:p/>",
        "text": wml.paragraph("后"),
        "tall": '<w:p><w:pPr><w:spacing w:before="100" w:after="100" w:line="480" w:lineRule="auto"/></w:pPr></w:p>',
        "free": '<w:p><w:pPr><w:snapToGrid w:val="0"/></w:pPr></w:p>',
    }
    found = lay(wml.paragraph("上") + table(held.format(**parts)) + wml.paragraph("尾"), grid)
    height = found["尾"][1] - found["上"][1] - (STEP if grid else LINE)
    assert height == pytest.approx(lines * (STEP if grid else LINE), abs=0.2 * lines)


@pytest.mark.parametrize(("mode", "outer", "inner"), [(12, 0.0, 5.4), (14, 0.0, 5.4), (15, 5.4, 10.8)])
def test_a_table_in_a_cell_does_not_hang_out_of_it(lay: Any, wml: Any, mode: int, outer: float, inner: float) -> None:
    """Seen: in documents of older Words the text of a table is in line with that around it, but not in a cell."""
    found = lay(table(wml.paragraph("外") + table(wml.paragraph("内")) + "<w:p/>"), mode=mode)
    assert (found["外"][0], found["内"][0]) == pytest.approx((outer, inner), abs=0.1)


@pytest.mark.parametrize(("side", "down", "higher"), [("top", 5, 5), ("bottom", 0, 5)])
def test_cells_of_a_row_share_the_largest_margins_above_and_below(
    lay: Any, wml: Any, side: str, down: float, higher: float
) -> None:
    """Seen; the cell that asks for them is not the highest."""
    one, two = wml.paragraph("甲"), wml.paragraph("乙") + wml.paragraph("丙")
    margin = f'<w:tcMar><w:{side} w:w="100" w:type="dxa"/></w:tcMar>'
    plain = lay(table(one, two) + wml.paragraph("尾"))
    found = lay(table(one, two, margins=(margin, "")) + wml.paragraph("尾"))
    assert found["乙"][1] - plain["乙"][1] == pytest.approx(down, abs=0.1)
    assert found["尾"][1] - plain["尾"][1] == pytest.approx(higher, abs=0.1)
