"""An office that is no more than the desk of people asks of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from archive.registry import Registry

TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Clerk:
    """Who is at the desk."""

    name: str = "罗文静"


@dataclass(frozen=True)
class BareOffice:
    """Where things lie, who is at the desk and what day it is."""

    folder: Path
    registry: Registry
    today: date = TODAY
    actor: Clerk = Clerk()
