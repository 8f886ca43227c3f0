"""One child out of what a clerk typed: name, ID number, last four, uid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.blank import is_value
from forms.errors import DataError
from forms.legal_time import print_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.registry import Tx
    from forms.people import ChildRecord


class SeveralChildrenError(DataError):
    """More than one child fits; the way out is a uid."""

    code = "child.several"

    def __init__(self, text: str, candidates: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        super().__init__(
            f"有 {len(candidates)} 个孩子符合“{text}”：{'；'.join(candidates)}。请改用档案编号或公民身份号码。"
        )


def one_child(tx: Tx, text: str) -> ChildRecord:
    """Return the one child that is meant.

    Raises:
        ChildNotFoundError: nobody.
        SeveralChildrenError: several; the sentence lists them with their uids.
    """
    found = tx.people.find(text)
    if not found:
        return tx.people.get(text)
    if len(found) > 1:
        raise SeveralChildrenError(text, [_candidate(tx, record) for record in found])
    return found[0]


def _candidate(tx: Tx, record: ChildRecord) -> str:
    person = record.child.person
    village = tx.units.get(record.child.village_uid)
    birth = print_date(person.birth) + "生" if is_value(person.birth) else "出生日期未采集"
    return f"{person.name}（{village.short or village.name}，{birth}，编号 {record.uid}）"
