"""The cells of one row under their fields: 同上 resolved, faults of formulas said, findings collected."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from forms.law.sources import cite
from forms.lists.headings import label
from forms.lists.sheet import CellState
from forms.problems import Problem, Where
from forms.values.blank import Blank
from forms.values.enums import read
from forms.values.names_and_numbers import PersonName, ValueParseError, half_width
from forms.values.parse import parse_blank, parse_bool, split_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

    from forms.law.sources import Citation
    from forms.lists.headings import Heading
    from forms.lists.sheet import Cell, Row

    E = TypeVar("E", bound=StrEnum)

NC, NA = Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE
T = TypeVar("T")

_DITTO = frozenset({"同上", "同", "〃", "″", '"', "''", "””", "“", "”", "...", "……", "同前", "同上行"})
_CORE = frozenset({"child_name", "child_id_number", "child_birth", "village"})
"""Fields of which a wrong value keeps the row out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding with the column it stands in, so that the reason can be put beside the cell."""

    column: int
    """From 1; 0 for the row as a whole."""
    problem: Problem


class RowCells:
    """One row, read by field."""

    def __init__(self, heading: Heading, row: Row, above: Mapping[int, Cell], *, sheet: str) -> None:
        self.row = row
        self.columns = {c.field: c.number for c in reversed(heading.known)}
        self.remarks: list[Remark] = []
        self._sheet = sheet
        self._above = above
        self.resolved: dict[int, Cell] = {c.column: self._resolve(c) for c in row.cells}
        """The cells as read: what the next row's 同上 refers to."""

    def is_ditto(self, name: str) -> bool:
        """The cell was written as 同上."""
        column = self.columns.get(name, 0)
        return column in self.resolved and self.resolved[column] is not self.row.cell(column)

    def has_blocking(self, *names: str) -> bool:
        """Something that keeps the row out was found in one of the fields."""
        return any(r.problem.blocking and r.problem.where.field in names for r in self.remarks)

    def _resolve(self, cell: Cell) -> Cell:
        if half_width(cell.text).strip() not in _DITTO and cell.text not in _DITTO:
            return cell
        above = self._above.get(cell.column)
        return replace(above, column=cell.column) if above else cell

    def cell(self, name: str) -> Cell | None:
        """Return the cell of a field; a formula without result or a lone 同上 is said and counts as empty."""
        column = self.columns.get(name)
        cell = self.resolved.get(column) if column else None
        if cell is None:
            return None
        if cell.state is CellState.NO_RESULT:
            self.say(
                name, "cell.no-result", "是公式，文件里没有保存算出来的结果。请用 WPS 或 Excel 打开，保存一次再导入。"
            )
            return None
        if cell.state is CellState.FAULT:
            self.say(name, "cell.fault", f"显示为错误值“{cell.text}”。请直接填写内容。")
            return None
        if half_width(cell.text).strip() in _DITTO:
            self.say(name, "cell.ditto", f"写的是“{cell.text}”，但上面一行没有内容可以照抄。请直接填写。")
            return None
        return cell

    def text(self, name: str) -> str:
        """Return the text of a field, inner blanks made single."""
        cell = self.cell(name)
        return re.sub(r"\s+", " ", cell.text).strip() if cell else ""

    def say(
        self, name: str, code: str, message: str, *, blocking: bool | None = None, override: str = "",
        sources: tuple[Citation, ...] = (),
    ) -> None:  # fmt: skip
        """Add a finding; without `blocking` it keeps the row out when the field is one a child is known by."""
        stops = name in _CORE if blocking is None else blocking
        where = Where(sheet=self._sheet, row=self.row.number, column=label(name) if name else "", field=name)
        if stops and override:
            message += override
        problem = Problem(
            code=code, message=message, where=where, sources=sources, blocking=stops, override=override if stops else ""
        )
        remark = Remark(column=self.columns.get(name, 0), problem=problem)
        if remark not in self.remarks:  # a field may be looked at twice
            self.remarks.append(remark)

    def attempt(self, name: str, reader: Callable[[Cell], T | Blank]) -> T | Blank:
        """Read a cell; what cannot be read is said and left out."""
        cell = self.cell(name)
        if cell is None:
            return NC
        try:
            return reader(cell)
        except ValueParseError as error:
            gb11643 = (cite("gb11643"),) if error.rule.startswith("id-number") else ()
            self.say(name, error.rule, str(error), sources=gb11643)
            return NC

    def words(self, name: str) -> str | Blank:
        """Return free text, or why there is none."""
        text = self.text(name)
        blank = parse_blank(text, words=False)
        return text if blank is None else blank

    def choice(self, name: str, kind: type[E], guess: Callable[[str], E | None] = lambda _text: None) -> E | Blank:
        """Read one of a closed set, by label, alias, or `guess`."""

        def reader(cell: Cell) -> E | Blank:
            text = half_width(cell.text).strip()
            try:
                return read(kind, cell.text.strip())
            except ValueParseError:
                blank = parse_blank(text)
                found = guess(text)
                if found is not None:
                    return found
                if blank is not None:
                    return blank
                raise

        return self.attempt(name, reader)

    def choices(self, name: str, kind: type[E]) -> tuple[E, ...] | Blank:
        """Read several of a closed set."""
        text = self.text(name)
        blank = parse_blank(text, words=False)
        if blank is not None:
            return blank
        found: list[E] = []
        for part in split_list(text.replace("/", "、") if "孤儿/" not in text else text):
            try:
                found.append(read(kind, part))
            except ValueParseError as error:
                self.say(name, error.rule, str(error))
        return tuple(dict.fromkeys(found)) or NC

    def bool(self, name: str) -> bool | Blank:
        """Read 是/否."""
        return self.attempt(name, lambda cell: parse_bool(cell.text))

    def show_separator(self, name: str, read_as: PersonName, written: str) -> None:
        """Say that the separator in a name was replaced (V-NAME)."""
        if "·" in read_as.text and "·" not in written:
            message = f"“{written.strip()}”的间隔号已改为“·”，登记为“{read_as}”。"
            self.say(name, "name.separator", message, blocking=False, sources=(cite("minwei33"),))
