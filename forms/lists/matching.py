"""Same-person check (同一人核对): is the child in this row one we already keep?

Source: forms.md B1 (no child twice; by ID number, without it by name, birth and parents), G-CHILD
(aliases help when there is no number). What must stay true: two children are never made one by a
guess. Whatever is not sure is left to a person, with what agrees and what differs in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from forms.law.time import print_date
from forms.values.blank import Blank, is_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from forms.people import ChildRecord, Parent, Person


class Likeness(StrEnum):
    """How sure it is that two records are of one child."""

    SURE = "同一人"
    LIKELY = "可能是同一人"
    """A person has to decide; the row stays out until then."""
    NEW = "另一人"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What was found about one row."""

    likeness: Likeness
    record: ChildRecord | None = None
    """The child already kept; ``None`` for a new one."""
    reason: str = ""
    """What agrees and what differs, in Chinese without a full stop; empty for a new child."""


def find_same(draft: ChildRecord, kept: Iterable[ChildRecord]) -> Match:
    """Look for a child among those kept.

    Args:
        draft: What the row says; `village_uid` is set.
        kept: Children who share the number, the name or an alias, in any village; order is not important.
    """
    matches = [m for m in (compare(draft, record) for record in kept) if m.likeness is not Likeness.NEW]
    sure = [m for m in matches if m.likeness is Likeness.SURE]
    if len(sure) == 1:
        return sure[0]
    if len(sure) > 1:
        return Match(likeness=Likeness.LIKELY, record=sure[0].record, reason=f"与已登记的 {len(sure)} 名儿童都相符")
    return matches[0] if matches else Match(likeness=Likeness.NEW)


def compare(draft: ChildRecord, kept: ChildRecord) -> Match:
    """Compare what a row says with one child already kept."""
    mine, theirs = draft.child.person, kept.child.person
    named = _shares_name(mine, theirs)
    numbers = _agree(mine.id_number, theirs.id_number)
    if numbers is True:
        if named:
            return _in_village(draft, kept, "公民身份号码和姓名相同")
        return _likely(kept, f"公民身份号码相同，姓名却不同（已登记的是“{theirs.name}”）")
    if not named:
        return Match(likeness=Likeness.NEW)
    births = _agree(mine.birth, theirs.birth)
    parents = (_same_parent(draft.father, kept.father), _same_parent(draft.mother, kept.mother))
    if births is None:
        return _without_birth(draft, kept, parents, numbers_differ=numbers is False)
    if not births:
        if parents == (True, True):
            assert is_value(theirs.birth)
            return _likely(kept, f"姓名和父母相同，出生日期不同（已登记的是{print_date(theirs.birth)}）")
        return Match(likeness=Likeness.NEW)
    if numbers is False:
        near = True in parents or _is_here(draft, kept)
        return _likely(kept, "姓名和出生日期相同，公民身份号码不同") if near else Match(likeness=Likeness.NEW)
    if parents == (False, False):
        return _likely(kept, "姓名和出生日期相同，父母都不同")
    return _in_village(draft, kept, "姓名和出生日期相同")


def _without_birth(
    draft: ChildRecord, kept: ChildRecord, parents: tuple[bool | None, bool | None], *, numbers_differ: bool
) -> Match:
    if parents == (True, True) and not numbers_differ:
        return _in_village(draft, kept, "姓名和父母相同")
    if _is_here(draft, kept) or True in parents:
        return _likely(kept, "姓名相同，缺少出生日期或公民身份号码，无法确定")
    return Match(likeness=Likeness.NEW)


def _is_here(draft: ChildRecord, kept: ChildRecord) -> bool:
    return draft.child.village_uid == kept.child.village_uid


def _in_village(draft: ChildRecord, kept: ChildRecord, reason: str) -> Match:
    if _is_here(draft, kept):
        return Match(likeness=Likeness.SURE, record=kept, reason=reason)
    return _likely(kept, f"{reason}，但登记在另一个村")


def _likely(kept: ChildRecord, reason: str) -> Match:
    return Match(likeness=Likeness.LIKELY, record=kept, reason=reason)


def _agree(mine: object, theirs: object) -> bool | None:
    """Tell whether two values agree; ``None`` when one of them is not known."""
    if isinstance(mine, Blank) or isinstance(theirs, Blank):
        return None
    return mine == theirs


def _shares_name(mine: Person, theirs: Person) -> bool:
    return bool({str(mine.name), *mine.aliases} & {str(theirs.name), *theirs.aliases})


def _same_parent(mine: Parent | Blank, theirs: Parent | Blank) -> bool | None:
    if not is_value(mine) or not is_value(theirs):
        return None
    numbers = _agree(mine.person.id_number, theirs.person.id_number)
    return numbers if numbers is not None else _shares_name(mine.person, theirs.person)
