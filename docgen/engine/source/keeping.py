"""What stays on one page: places to sign together, and with the last words before them.

Nobody signs on a page that does not show what is signed. A block of signatures at the end of a table, or a table of
them, is kept in one piece and tied to the row or paragraph before it. Where that row comes from a loop, only the
last turn of the loop is tied, so that a long list still breaks where it must.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.engine.source.blocks import Control, PageBreak, Paragraph, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docgen.engine.source.blocks import Block

_PLACE = re.compile(r"\{(?:sign|finger|seal):\w+\}")
LONGEST = 9
"""Rows: a longer stretch from the first place to the end of a table is a form with places in it, no block of them."""


def keep_together(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with what must stay together marked as kept."""
    found: list[Block] = []
    tied = bool(blocks) and isinstance(blocks[-1], Table) and not blocks[-1].at_bottom
    """Whether the block at hand must stay with the one after it: a last table with the paragraph Word wants there."""
    for block in reversed(blocks):
        if isinstance(block, Table):
            table = _kept_rows(block, tied=tied)
            tied = _starts_kept(block)
            found.append(table)
        elif isinstance(block, Paragraph):
            found.append(replace(block, keep=True) if tied else block)
            tied = tied and not block.text
        else:
            found.append(block)
            # a loop or a condition may print nothing: what stands before it keeps to itself
            tied = tied and not isinstance(block, PageBreak) and _is_closing(block)
    return tuple(_split_loops(list(reversed(found))))


def _is_closing(block: Block) -> bool:
    return isinstance(block, Control) and block.text.startswith("end")


def _split_loops(blocks: list[Block]) -> Iterator[Block]:
    """Yield the blocks; of a kept paragraph inside a loop only the last turn is kept."""
    loops = 0
    for block in blocks:
        if isinstance(block, Control):
            loops += block.text.startswith("for ") - (block.text == "endfor")
        if isinstance(block, Paragraph) and block.keep and loops:
            yield Control(text="if loop.last", line=block.line)
            yield block
            yield Control(text="else", line=block.line)
            yield replace(block, keep=False)
            yield Control(text="endif", line=block.line)
        else:
            yield block


def _places(row: Row) -> bool:
    return any(_PLACE.search(text) for cell in row.cells for text in cell.paragraphs)


def first_place(table: Table) -> int:
    """Return the first row of the block of signatures at the end of a table; the number of rows when there is none."""
    signed = [n for n, row in enumerate(table.rows) if _places(row)]
    count = len(table.rows)
    if not signed:
        return count
    if count - signed[0] <= LONGEST:
        return signed[0]
    # places all over: the last of them with the row before it
    return max(n for n in signed if n - 1 not in signed)


def _starts_kept(table: Table) -> bool:
    return not table.at_bottom and (table.keep or first_place(table) == 0)


def _kept_rows(table: Table, *, tied: bool) -> Table:
    rows = list(table.rows)
    if table.keep or table.at_bottom:
        kept = [row if row.control else replace(row, keep=True) for row in rows]
        if not tied or table.at_bottom:
            kept = _ended(kept)
        return replace(table, rows=tuple(kept))
    start = first_place(table)
    for number in range(start, len(rows)):
        if not rows[number].control and (number < len(rows) - 1 or tied):
            rows[number] = replace(rows[number], keep=True)
    if start < len(rows) or tied:
        rows = _tied_before(rows, start)
    return replace(table, rows=tuple(rows))


def _last(rows: list[Row], stop: int) -> tuple[int, bool]:
    """Return the last printed row before ``stop``, -1 when there is none, and whether it stands in a loop."""
    number, is_repeated = stop - 1, False
    while number >= 0 and rows[number].control:
        is_repeated |= rows[number].control == "endfor"
        number -= 1
    return number, is_repeated


def _turns(last: Row, other: Row) -> list[Row]:
    """Return the rows of a loop whose last turn is another than the others."""
    controls = [Row(control=text, line=last.line) for text in ("if loop.last", "else", "endif")]
    return [controls[0], last, controls[1], other, controls[2]]


def _ended(rows: list[Row]) -> list[Row]:
    """Release the last row of a table that is kept whole: what follows it goes its own way."""
    number, is_repeated = _last(rows, len(rows))
    if number < 0:
        return rows
    free = replace(rows[number], keep=False)
    return [*rows[:number], *(_turns(free, rows[number]) if is_repeated else [free]), *rows[number + 1 :]]


def _tied_before(rows: list[Row], start: int) -> list[Row]:
    """Tie the last row before ``start``; of a row in a loop only the last turn."""
    number, is_repeated = _last(rows, start)
    if number < 0 or rows[number].head:
        return rows
    kept = replace(rows[number], keep=True)
    if not is_repeated:
        return [*rows[:number], kept, *rows[number + 1 :]]
    before = number
    while before >= 0 and not rows[before].control.startswith("for "):
        before -= 1
    # the loop may be empty: then it is the row before it that the places stand under
    return [
        *_tied_before(rows[:before], before),
        *rows[before:number],
        *_turns(kept, rows[number]),
        *rows[number + 1 :],
    ]
