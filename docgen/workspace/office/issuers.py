"""Whose paper it is: the office's own unit, or another one whose papers the office makes.

Source: forms.md §2 (who may issue what). A unit is another issuer only where office.toml says so
under ``[issuers]``; its kind follows from its name as on the seal, and REF-11 judges by that kind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forms.errors import RefusedError
from forms.people import Unit
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from archive.registry import Registry, Tx
    from docgen.settings import OfficeSettings

_KINDS = (
    (UnitKind.POLICE, r"公安局|公安分局|派出所|公安处"),
    (UnitKind.EDUCATION, r"教育局|教育委员会|教委|教育体育局|教育和体育局"),
    (UnitKind.COUNTY, r"民政局"),
    (UnitKind.SCHOOL, r"学校|小学|中学|幼儿园|教学点"),
    (UnitKind.VILLAGE, r"(?:村民|居民)委员会|村委会|居委会"),
    (UnitKind.TOWN, r"人民政府|街道办事处|办事处|管理委员会"),
)


class UnknownIssuerError(RefusedError):
    """A unit whose papers this office does not make."""

    code = "issuer.unknown"

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        listed = f"现有：{'、'.join(known)}。" if known else ""
        super().__init__(
            f"本办公室没有受托打印“{name}”的文书。{listed}"
            "确实受托的，请先在 office.toml 的 [issuers] 里写上它的全称和机关代字。"
        )


def kind_of(name: str) -> UnitKind:
    """Return the kind of a unit by its name as on the seal; a town's office when the name says nothing else."""
    return next((kind for kind, words in _KINDS if re.search(words, name)), UnitKind.TOWN)


def issuer_unit(registry: Registry, settings: OfficeSettings, name: str) -> Unit:
    """Return the unit that issues, entered into the directory when it is new there.

    Args:
        registry: Of the office.
        settings: Of the office.
        name: Full name, or a part that only one of the units under ``[issuers]`` has; empty: the office's own.

    Raises:
        UnknownIssuerError: none of the units under ``[issuers]``.
    """
    with registry.read() as tx:
        owner = tx.units.owner()
        if not name or name in {owner.name, owner.short}:
            return owner
        known = tuple(settings.issuers)
        fits = [full for full in known if full == name] or [full for full in known if name in full]
        if len(fits) != 1:
            raise UnknownIssuerError(name, known)
        found = _in_directory(tx, fits[0])
    if found is None:
        with registry.begin() as tx:
            found = tx.units.save(
                Unit(kind=kind_of(fits[0]), name=fits[0], short=fits[0], parent_uid=owner.parent_uid or owner.uid)
            )
    return found


def _in_directory(tx: Tx, name: str) -> Unit | None:
    return next((unit for unit in tx.units.find(name) if unit.name == name), None)
