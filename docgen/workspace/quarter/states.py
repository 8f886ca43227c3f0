"""The way of a table (汇总表) from made to locked, and who may take which step.

Source: forms.md §8.9, C1 (filler, reviewer and principal leader are three persons; the last no deputy), C6 (已报送 only
with every receipt). What must stay true: nothing leaves a step out, and a table that went on is never called back
silently – it is returned, and a new version takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.errors import RefusedError
from forms.quarter.table import TableState

if TYPE_CHECKING:
    from archive.registry.tables import TableRecord

S = TableState
_OWN: dict[TableState, frozenset[TableState]] = {
    S.MADE: frozenset({S.REVIEWED, S.RETURNED}),
    S.REVIEWED: frozenset({S.SIGNED, S.RETURNED}),
    S.SIGNED: frozenset({S.SENT, S.LOCKED, S.RETURNED}),
    S.LOCKED: frozenset({S.SENT, S.RETURNED}),
    S.SENT: frozenset({S.RETURNED}),
}
"""In the office that made it; an upper level locks before it sends."""
_RECEIVED: dict[TableState, frozenset[TableState]] = {
    S.SENT: frozenset({S.VERIFYING, S.RETURNED}),
    S.VERIFYING: frozenset({S.VERIFIED, S.RETURNED}),
    S.VERIFIED: frozenset({S.ADOPTED, S.RETURNED}),
    S.ADOPTED: frozenset({S.LOCKED, S.RETURNED}),
}
"""In the office that received it."""
_WAY_OUT = {
    S.MADE: "请先由复核人用 docgen quarter review 复核",
    S.REVIEWED: "请先由主要负责同志签字盖章，用 docgen quarter sign 登记扫描件",
    S.SIGNED: "请先用 docgen quarter pack 报送",
    S.SENT: "请等教育、公安的核实反馈",
    S.VERIFYING: "请等教育、公安的核实反馈到齐",
    S.VERIFIED: "请先用 docgen quarter adopt 采用",
    S.ADOPTED: "请先锁定全县汇总",
    S.RETURNED: "这一版已经退回，请用 docgen quarter freeze --reason 出新的一版",
    S.LOCKED: "这一版已经锁定，更正请出新的一版",
}


class WrongStateError(RefusedError):
    """The table does not stand where this step begins."""

    code = "table.state"

    def __init__(self, unit: str, state: TableState, wanted: TableState) -> None:
        self.state = state
        super().__init__(
            f"“{unit}”的汇总表现在是“{state.value}”，不能转为“{wanted.value}”。{_WAY_OUT.get(state, '请先收到它')}。"
        )


class SamePersonError(RefusedError):
    """Filler, reviewer and leader are not three persons."""

    code = "table.same-person"

    def __init__(self, step: str, other: str) -> None:
        super().__init__(
            f"{step}与{other}是同一个人。填表人、复核人、主要负责同志应当是三个人（C1）。"
            "请换一个人办理，用 docgen --as 姓名 写明是谁。"
        )


class NotPrincipalError(RefusedError):
    """A deputy cannot confirm the table."""

    code = "table.not-principal"

    def __init__(self, post: str) -> None:
        super().__init__(f"“{post}”不是主要负责同志，汇总表应由主要负责同志签字确认（C1），不能由副职代签。")


class NoLeaderError(RefusedError):
    """Nobody is named as the leader who signed."""

    code = "table.leader"

    def __init__(self) -> None:
        super().__init__(
            "没有写明签字的主要负责同志。请用 --leader 写姓名，或者在 office.toml 的 [people] 里写上 head。"
        )


def check_move(record: TableRecord, unit: str, to: TableState) -> None:
    """Refuse a step that does not begin where the table stands.

    Raises:
        WrongStateError: it does not.
    """
    steps = _OWN if record.is_own else _RECEIVED
    if to not in steps.get(record.state, frozenset()):
        raise WrongStateError(unit, record.state, to)


def check_leader(record: TableRecord, leader: str, post: str) -> None:
    """Refuse a leader who filled in or reviewed the table, or is a deputy.

    Raises:
        NoLeaderError: nobody is named.
        SamePersonError: it is the same person.
        NotPrincipalError: a deputy.
    """
    if not leader:
        raise NoLeaderError
    reviewed = record.last(TableState.REVIEWED)
    if leader == record.made_by:
        raise SamePersonError("主要负责同志", "填表人")
    if reviewed is not None and leader == reviewed.by:
        raise SamePersonError("主要负责同志", "复核人")
    if post.startswith("副") or "副" in post.rpartition("（")[0]:
        raise NotPrincipalError(post)
