"""著录: what the archive says of one item (件), whether it was made here or taken over from an old scan.

Source: DA/T 22—2015 §5.5 (columns of the 归档文件目录), forms.md §12.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003  dataclass fields are read at run time
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.reference_code import ReferenceCode

OLD_FORM = "旧档"
"""What stands for the form of a file scanned before this program."""


class Origin(StrEnum):
    """Where an item comes from."""

    PAPER = "paper"
    OLD = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivalItem:
    """One 件."""

    uid: str
    origin: Origin
    object_id: str
    """In the store."""
    form_code: str
    """`OLD_FORM` for an old scan."""
    code: ReferenceCode | None
    """档号; ``None`` until it is given."""
    number: str
    """文号; may be empty."""
    responsible: str
    """责任者: the unit that issued it."""
    title: str
    """题名; what the archivist added to it stands in square brackets."""
    plain_title: str
    """The same without anybody's name."""
    day: date | None
    """Signed on, else made on; ``None``: only the year is known."""
    year: int
    """年度: year of filing."""
    pages: int
    retention: str
    """``Y``, ``D30`` or ``D10``."""
    retention_is_set: bool
    """By the unit's own table; else it is the product's suggestion and says so."""
    restricted: bool
    """Case staff only."""
    child_uid: str
    village_uid: str
    version: int
    """Signed version of a paper; 0 for an old scan."""
    order: int
    """Place in a dossier (forms.md §5); 0: none."""

    @property
    def day_digits(self) -> str:
        """The date in eight digits; unknown places are 0 (DA/T 18: 日期用8位阿拉伯数字)."""
        return f"{self.day:%Y%m%d}" if self.day else f"{self.year:04}0000"
