"""What stands together over the end of a page, as LibreOffice 7.4 was seen to keep it.

A page holds thirty lines. A case says its blocks as letters and a number of lines: `N` a paragraph, `K` one kept with
the next, `L` one whose lines are kept together, `B` one that begins a page, `T` a table of so many rows; `K1x20` is
twenty of them. `R5,8k` is a table of a row of five lines and one of eight that is kept with the next (`c`: it may not
be parted, `h`: it is repeated, `s`: the second cell alone says that it is kept). What was seen says for every page how
many lines of each block stand on it, named A, B, C …, those of rows a, b, c …
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from docgen.engine.press.pages import keeping
from docgen.engine.press.pages.keeping import begun_rows

LINES_OF_30 = (
    '<w:pgSz w:w="11906" w:h="14880"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800"'
    ' w:header="851" w:footer="992"/>'
)
MARKS = {"K": "<w:keepNext/>", "L": "<w:keepLines/>", "B": "<w:pageBreakBefore/>"}
ADDS_UP = "<w:doNotUseHTMLParagraphAutoSpacing/>"
EXACTLY_20 = '<w:spacing w:line="400" w:lineRule="exact"/>'


def body_of(wml: Any, blocks: str, *, widows: bool) -> str:
    """Return the markup of blocks as a case says them."""
    out = ""
    for number, block in enumerate(blocks.split()):
        if block.startswith("R"):
            out += table_of(wml, block[1:].split(","))
            continue
        found = re.fullmatch(r"([A-Z]+)(\d+)(?:x(\d+))?", block)
        assert found is not None
        marks, count = found[1], int(found[2])
        properties = "".join(MARKS.get(mark, "") for mark in marks) + EXACTLY_20
        name = chr(ord("A") + number)
        if "T" in marks:
            rows = [wml.cell(wml.paragraph(f"{name}{i}", properties)) for i in range(count)]
            out += wml.table(rows, columns=[2000])
            continue
        properties += f'<w:widowControl w:val="{int(widows)}"/>'
        for _ in range(int(found[3] or 1)):
            out += wml.paragraph("\n".join(f"{name}{i}" for i in range(count)), properties)
    return out


def table_of(wml: Any, rows: list[str]) -> str:
    """Return the markup of a table without lines, of rows as a case says them."""
    out = ""
    for number, row in enumerate(rows):
        lines = "\n".join(f"{chr(ord('a') + number)}{i}" for i in range(int(row.rstrip("chks"))))
        first, second = (EXACTLY_20 + (MARKS["K"] if mark in row else "") for mark in "ks")
        properties = ("<w:cantSplit/>" if "c" in row else "") + ("<w:tblHeader/>" if "h" in row else "")
        cells = wml.cell(wml.paragraph(lines, first)) + wml.cell(wml.paragraph(" ", second))
        out += f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>"
    grid = '<w:gridCol w:w="2000"/>' * 2
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{out}</w:tbl>"


def parted(lay_out: Any, wml: Any, body: str, **parts: str) -> str:
    """Return what stands on which page."""
    pages = []
    for page in lay_out(body, styles=wml.SMALL, section=LINES_OF_30, **parts).pages:
        counts = Counter(line.text[0] for line in page.lines if line.text.strip())
        pages.append("".join(f"{name}{counts[name]}" for name in sorted(counts)))
    return " | ".join(pages)


@pytest.mark.parametrize(
    ("blocks", "seen"),
    [
        # with the first line of what follows
        ("N10 K18 N5", "A10B18C2 | C3"),
        ("N10 K19 N5", "A10B19C1 | C4"),
        ("N26 K3 L5", "A26 | B3C5"),
        ("N20 K1 T5", "A20B1C5"),
        ("N28 K2 T5", "A28 | B2C5"),
        ("N20 K1 KT9 N3", "A20 | B1C9D3"),
        ("N20 K1x20 N3", "A20 | B20C3"),
        # it is not parted itself
        ("N10 K25 N5", "A10 | B25C5"),
        ("N28 K3", "A28 | B3"),
        ("N28 K2 K1", "A28 | B2C1"),
        ("N20 K15 B5", "A20 | B15 | C5"),
        # a chain goes to the next page, however long it is
        ("N5 K30 N4", "A5 | B30 | C4"),
        ("N1 K29 N3", "A1 | B29C1 | C2"),
        ("N20 K1x35 N3", "A20 | B30 | B5C3"),
        ("N28 K1 K40 N3", "A28 | B1 | C30 | C10D3"),
        ("N26 K3 L35", "A26 | B3 | C30 | C5"),
        # but not from a page that holds nothing else
        ("K10 K25 N4", "A10 | B25C4"),
        ("K10 K10 K15 N4", "A10B10 | C15D4"),
        ("N5 K8 K20 K8 N4", "A5 | B8C20 | D8E4"),
        ("N5 K3 K3 K25 N3", "A5 | B3C3 | D25E3"),
        # and not with what begins a page
        ("N28 K1 B5", "A28B1 | C5"),
    ],
)
def test_what_is_kept_with_the_next(lay_out: Any, wml: Any, blocks: str, seen: str) -> None:
    assert parted(lay_out, wml, body_of(wml, blocks, widows=False)) == seen


@pytest.mark.parametrize(
    ("blocks", "seen"),
    [
        ("N20 R5,8,5 N3", "A20a5b5 | C3b3c5"),
        ("N20 R5,8k,5 N3", "A20a5 | C3b8c5"),
        ("N20 R5,8s,5 N3", "A20a5b5 | C3b3c5"),
        ("N20 R5k,8,5 N3", "A20a5b5 | C3b3c5"),
        ("N20 R5k,8c,5 N3", "A20 | C3a5b8c5"),
        ("N20 R5k,5k,8c,5 N3", "A20 | C3a5b5c8d5"),
        ("N20 R12k,5 N3", "A20 | C3a12b5"),
        ("N20 R40k,3 N2", "A20 | a30 | C2a10b3"),
        ("N20 R5,40k,3 N2", "A20a5 | b30 | C2b10c3"),
        ("N2 R5k,5k,5k,5k,5k,5k,5k,3 N3", "A2 | a5b5c5d5e5f5 | C3g5h3"),
        ("R5k,5k,5k,5k,5k,5k,5k N3", "a5b5c5d5e5f5 | B3g5"),
        ("N20 R5,5k N3", "A20a5 | C3b5"),
        ("N25 R4k N3", "A25C1a4 | C2"),
        ("N20 K5 R8k,3 N3", "A20 | B5D3a8b3"),
        ("N20 K5 R3k,8c N3", "A20 | B5D3a3b8"),
        ("N20 K1 R9k N3", "A20 | B1D3a9"),
        ("N19 K1 R9k N3", "A19B1D1a9 | D2"),
        ("N28 K1 R1,1 N5", "A28B1a1 | D5b1"),
        ("K3 R20k,8k,5 N3", "A3 | a20b8c2 | C3c3"),
        ("K3 R20,8k,5 N3", "A3a20 | C3b8c5"),
        ("K10 R10k K5 N20", "A10C5D5a10 | D15"),
        ("R10,10k K15 N3", "a10 | B15C3b10"),
        ("R10k,10k K15 N3", "a10b10 | B15C3"),
        ("N20 R2h,12k,3 N2", "A20 | C2a2b12c3"),
        ("N20 R2h,3k,8c N2", "A20 | C2a2b3c8"),
        ("N24 R3h,3k,8 N2", "A24 | C2a3b3c8"),
        ("N23 R3h,3k,8 N2", "A23a3b3c1 | C2a3c7"),
        ("N26 R6h,3,3 N2", "A26 | C2a6b3c3"),
        ("N20 R2h,3k,3k K3 N2", "A20 | C3D2a2b3c3"),
        ("N20 R2hk,3k,8c N2", "A20 | C2a2b3c8"),
        ("R10h,10k,15k,3 N3", "a10b10 | B2a10c15d3 | B1"),
        ("N5 R2k,25c N1", "A5 | C1a2b25"),
        ("N5 R2k,40c N1", "A5a2b23 | C1b17"),
        ("N20 R2k,40c,3 N1", "A20a2b8 | b30 | C1b2c3"),
        ("N5 K2 R2k,40c N1", "A5B2a2b21 | D1b19"),
    ],
)
def test_rows_that_are_kept_with_the_next(lay_out: Any, wml: Any, blocks: str, seen: str) -> None:
    assert parted(lay_out, wml, body_of(wml, blocks, widows=False)) == seen


def test_no_more_is_looked_at_than_a_page_holds_though_everything_is_kept_together(
    lay_out: Any, wml: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def counted(rows: Any, *room: float) -> float:
        looked.append(len(rows))
        return begun_rows(rows, *room)

    monkeypatch.setattr(keeping, "begun_rows", counted)
    body = body_of(wml, "N1", widows=False) + body_of(wml, "R3k,3k K1", widows=False) * 60
    pages = lay_out(body, styles=wml.SMALL, section=LINES_OF_30).pages
    assert sum(line.text.strip() != "" for page in pages for line in page.lines) == 1 + 60 * 7
    assert len(looked) < 60 * 20


@pytest.mark.parametrize(("says", "seen"), [("", "A18a2b3 | c8"), ("<w:keepNext/>", "A18a2 | b3c8")])
@pytest.mark.parametrize("unusual", ["", '<w:tcPrChange w:id="1" w:author="某人"/>'])  # that is read plainly
def test_a_cell_continued_from_above_says_whether_its_row_is_kept(
    lay_out: Any, wml: Any, says: str, seen: str, unusual: str
) -> None:
    """Seen, though what it holds is not drawn."""
    merge = '<w:vMerge w:val="restart"/>', f"<w:vMerge/>{unusual}", ""
    names = ["a0\na1", "b0\nb1\nb2", "\n".join(["c0"] * 8)]
    rows = [
        wml.cell(wml.paragraph("", EXACTLY_20 + (says if number == 1 else "")), properties=merge[number])
        + wml.cell(wml.paragraph(name, EXACTLY_20))
        for number, name in enumerate(names)
    ]
    rows[2] = f"<w:trPr><w:cantSplit/></w:trPr>{rows[2]}"
    table = wml.table(rows, columns=[2000, 2000]).replace("w:tblBorders", "w:none")
    assert parted(lay_out, wml, body_of(wml, "N18", widows=False) + table) == seen


@pytest.mark.parametrize(
    ("blocks", "seen"),
    [
        ("N10 K18 N5", "A10B18C2 | C3"),
        ("N10 K19 N5", "A10 | B19C5"),  # of the next two lines must stand there
        ("N1 K29 N3", "A1 | B29 | C3"),  # and of three all
        ("N10 K18 N3", "A10 | B18C3"),
        ("N10 K17 N3", "A10B17C3"),
        ("N5 K26 K1 N4", "A5 | B26C1D2 | D2"),
        ("N29 N2", "A29 | B2"),
        ("N28 N3", "A28 | B3"),
        ("N28 N4", "A28B2 | B2"),
    ],
)
def test_no_line_of_what_follows_is_left_alone(lay_out: Any, wml: Any, blocks: str, seen: str) -> None:
    assert parted(lay_out, wml, body_of(wml, blocks, widows=True)) == seen


@pytest.mark.parametrize(
    ("says", "blocks", "seen"),
    [
        ("", "N26 K N", "A26B1C1"),
        ("", "N27 K N", "A27 | B1C1"),
        ("", "N24 K K N", "A24B1C1D1"),
        ("", "N25 K K N", "A25 | B1C1D1"),
        (ADDS_UP, "N25 K N", "A25B1C1"),
        (ADDS_UP, "N26 K N", "A26 | B1C1"),
        (ADDS_UP, "N22 K K N", "A22B1C1D1"),
        (ADDS_UP, "N23 K K N", "A23 | B1C1D1"),
    ],
)
def test_spaces_of_what_is_kept_are_shared_or_added_up(
    lay_out: Any, wml: Any, says: str, blocks: str, seen: str
) -> None:
    """Each paragraph has a line's height above and below it."""
    first, *kept = blocks.split()
    spaced = EXACTLY_20.replace("w:line=", 'w:before="400" w:after="400" w:line=')
    body = body_of(wml, first, widows=False)
    body += "".join(wml.paragraph(f"{chr(66 + i)}0", MARKS.get(mark, "") + spaced) for i, mark in enumerate(kept))
    settings = wml.STYLES.partition(">")[0].replace("styles", "settings") + f"><w:compat>{says}</w:compat></w:settings>"
    assert parted(lay_out, wml, body, settings=settings) == seen


@pytest.mark.parametrize(
    ("blocks", "seen"),
    [("N27 K N", "A27B1C1"), ("N28 K N", "A28 | B1C1"), ("N25 K K N", "A25B1C1D1"), ("N26 K K N", "A26 | B1C1D1")],
)
def test_leading_below_what_is_kept_counts(lay_out: Any, wml: Any, blocks: str, seen: str) -> None:
    """Lines of 15.1 points, as much again below them."""
    first, *kept, _ = blocks.split()
    double = MARKS["K"] + '<w:spacing w:line="480" w:lineRule="auto"/>'
    body = body_of(wml, first, widows=False) + "".join(
        wml.paragraph(f"{chr(66 + i)}0", double) for i in range(len(kept))
    )
    assert parted(lay_out, wml, body + wml.paragraph(f"{chr(66 + len(kept))}0", EXACTLY_20)) == seen


def test_the_last_paragraph_needs_no_space_after_it(lay_out: Any, wml: Any) -> None:
    last = wml.paragraph("B0", '<w:keepNext/><w:spacing w:after="400" w:line="400" w:lineRule="exact"/>')
    assert parted(lay_out, wml, body_of(wml, "N29", widows=False) + last) == "A29B1"


@pytest.mark.parametrize(("turn", "seen"), [("", "A2B28 | B12"), ("<w:pageBreakBefore/>", "A2 | B28 | B12")])
def test_at_the_top_of_a_page_no_paragraph_is_after_one_of_its_style(
    lay_out: Any, wml: Any, turn: str, seen: str
) -> None:
    """Seen: its space before counts there again where a page break was asked for, though it is contextual."""
    spaced = '<w:spacing w:before="800" w:line="400" w:lineRule="exact"/><w:contextualSpacing/>'
    text = wml.paragraph("\n".join(["B0"] * 40), turn + spaced)
    assert parted(lay_out, wml, body_of(wml, "N2", widows=False) + text) == seen


BREAK = '<w:r><w:br w:type="page"/></w:r>'


@pytest.mark.parametrize(
    ("last", "pages"),
    [
        (f"<w:p>{BREAK}</w:p>", 1),
        (f"<w:p><w:r><w:t>B0</w:t></w:r>{BREAK}{BREAK}</w:p>", 1),
        (f"<w:p>{BREAK}</w:p><w:p>{BREAK}</w:p>", 2),
        (f"<w:p>{BREAK}</w:p><w:p/>", 2),
        (f"<w:p>{BREAK}<w:r><w:t>B0</w:t></w:r></w:p>", 2),
    ],
)
def test_page_breaks_at_the_very_end_make_no_blank_sheet(lay_out: Any, wml: Any, last: str, pages: int) -> None:
    assert len(lay_out(body_of(wml, "N1", widows=False) + last).pages) == pages
