"""Villages as lists name them, and the units they are: found, or added to the directory when new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forms.lists.rows import village_in
from forms.people import Unit
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from archive.registry import Tx


class VillageFinder:
    """Finds the unit for what a title, a column or a clerk calls a village; remembers each answer."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._answers: dict[str, Unit | None] = {}
        self.added: list[str] = []
        """Full names of the units that had to be added."""

    def find(self, said: str) -> Unit | None:
        """Return the unit; ``None`` when the words do not name a village or more than one has the name."""
        if said not in self._answers:
            self._answers[said] = self._look(said)
        return self._answers[said]

    def _look(self, said: str) -> Unit | None:
        short = village_in(said) or said
        known = [u for u in self._tx.units.of_kind(UnitKind.VILLAGE) if short in {u.short, u.name, village_in(u.name)}]
        if not known and short == said:
            known = [u for u in self._tx.units.find(said) if u.kind is UnitKind.VILLAGE]
        if known:
            return known[0] if len(known) == 1 else None
        if not village_in(short):
            return None
        town = self._town()
        committee = "居民委员会" if short.endswith(("社区", "居委会")) else "村民委员会"
        name = f"{_place_of(town)}{short.removesuffix('居委会')}{committee}"
        unit = self._tx.units.save(
            Unit(kind=UnitKind.VILLAGE, name=name, short=short, parent_uid=town.uid if town else "")
        )
        self.added.append(unit.name)
        return unit

    def _town(self) -> Unit | None:
        owner = self._tx.units.owner()
        towns = self._tx.units.of_kind(UnitKind.TOWN)
        if owner.kind is UnitKind.TOWN:
            parent = next((t for t in towns if t.uid == owner.parent_uid), None)
            return parent or owner
        return towns[0] if len(towns) == 1 else None


def _place_of(town: Unit | None) -> str:
    """洗马镇 from 龙里县洗马镇人民政府: what stands before a village's name on its seal."""
    if town is None:
        return ""
    name = re.sub(
        r"(人民政府|街道办事处|办事处|党政办公室|民政办公室|社会事务办公室|社会事务办)$", "", town.short or town.name
    )
    name = re.sub(r"^.*(?:自治县|[市州盟]|(?<=.)[县旗])(?=.{2,}(?:镇|乡|街道|$))", "", name)
    return (
        name
        if name.endswith(("镇", "乡", "街道", "苏木"))
        else f"{name}街道"
        if town.name.endswith("街道办事处")
        else name
    )
