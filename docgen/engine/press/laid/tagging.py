"""What the layout says of meaning: which paragraph a piece of a page belongs to, where tables, rows and cells begin.

The drawing itself knows nothing of it; `structure` makes the tree of a tagged PDF from both. Source:
ISO 32000-1 §14.7 (logical structure), §14.8 (tagged PDF).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple, TypeAlias


@dataclass(slots=True, eq=False)
class Tag:
    """The element of one paragraph, or the rest of it on a later page."""

    role: str
    """Standard structure type: `P`, `H1` … `H6`, `Figure`."""

    rest_of: Tag | None = None
    """The tag that the paragraph began with; ``None`` where it begins."""

    alt: str = ""
    """What somebody who cannot see a figure is told."""


class Cut(IntEnum):
    """What begins or ends at a place among the pieces of a page."""

    TABLE = 0
    ROW = 1
    CELL = 2
    END = 3
    """Of the innermost table, as far as it stands on this page."""


Event: TypeAlias = "tuple[int, Cut, Any]"
"""Index of the piece before which it happens, what, and of which `LaidTable`, `LaidRow` or `LaidCell`."""


class Scope(NamedTuple):
    """What of a page is its content; the pieces before and after are running heads and feet."""

    start: int = 0
    stop: int | None = None
    events: tuple[Event, ...] = ()
    """Indices count from `start`."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in a line, drawn apart from the words around it; from the upper left corner of its piece."""

    operators: str
    """Placed by the piece's own corner."""

    x: float
    y: float
    width: float
    height: float
    alt: str = ""
