"""名册版本: a roster frozen on the last day of a period, with the events of the period, as one value.

Source: forms.md §8, B1, B3, pitfalls 2–5. What must stay true: every figure of the table is a number of rows
here; a value, — and 未采集 are three different texts in every cell; reading back what was written gives the
same bytes, so that its digest proves it in any office.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from forms.errors import DataError
from forms.quarter.period import Period
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping

DASH = "—"
"""不适用 as a cell of a roster holds it."""
UNKNOWN = "未采集"
YES, NO = "是", "否"

CHILD_FACTS = (
    "gender", "band", "schooling", "hukou", "health", "boarding", "away", "care", "quality", "hardship",
    "carer", "confirmed", "deed", "custody", "dropout", "marked", "poor", "low_income", "destitute",
    "allowance", "orphan", "visited", "hukou_before", "dropout_before", "custody_before",
)  # fmt: skip
"""What is counted of a child; the last three as of the day before the period."""
ELDER_FACTS = ("gender", "risk")
EVENT_KINDS = (
    "enter", "leave", "D3", "D2", "D2.dissuaded", "D2.criticised", "D2.penalised", "D2.prosecuted", "returned",
    "A1", "A1.in_force", "A2.in_force", "A5", "A10", "D1", "D1.child", "D11", "D11.ended", "D11.open", "D15.child",
    "D4", "D9", "D5.served", "D8", "D13.child", "D14", "D14.granted", "E2", "E2.open", "E8", "E8.other", "E5.pupil",
    "E6", "hukou.found", "hukou.done", "hukou.other", "relief.temporary", "relief.medical", "C3", "counsel",
    "E9.child", "elder.enter", "elder.leave", "elder.visit", "B4",
)  # fmt: skip
FORMAT = 1


class RosterFileError(DataError):
    """A roster file that cannot be read."""

    code = "roster.file"

    def __init__(self, why: str) -> None:
        super().__init__(f"名册文件读不出来（{why}），没有采用。请向报送单位要一份重新生成的。")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPerson:
    """One row: a person, where it is counted, and what is counted of it."""

    uid: str
    unit_uid: str
    """Village on the last day, or the last one before leaving."""
    start_unit_uid: str
    """Village at the beginning; empty when the person was not on the roll."""
    at_start: bool
    at_end: bool
    facts: Mapping[str, str]
    """By `CHILD_FACTS` or `ELDER_FACTS`; empty for women and 困境儿童."""
    details: Mapping[str, str]
    """What the roster prints, by the identifiers of B1 or B3; a value, — or 未采集."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenEvent:
    """One thing that counts: what, whose, where, when, on which paper."""

    kind: str
    label: str = ""
    """The sub-heading it counts under: reason, situation, kind of receiver."""
    unit_uid: str
    person_uid: str = ""
    person_name: str = ""
    on: date
    """The day of the event as §8 defines it, not of the paper; of what is in force, the paper's own day."""
    paper_uid: str = ""
    paper: str = ""
    """What a clerk finds it by: number of the paper, else its form."""
    inner: bool = False
    """A move within the unit that reports: counts for its villages, not for itself (X-15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterVersion:
    """Head of a frozen roster."""

    uid: str
    unit_uid: str
    """The unit that reports."""
    unit_name: str
    level: UnitKind
    period: Period
    version: int
    made_at: datetime
    made_by: str
    reason: str = ""
    """Why there is another version (更正说明)."""
    profile: str = ""
    opening_uid: str = ""
    """Version whose last day this one begins with; empty: taken from the history."""
    digest: str = ""
    """SHA-512 of the file; empty while it is being made."""

    @property
    def name(self) -> str:
        """How it is told apart in print: 2026Q3 第1版."""
        return f"{self.period.code} 第{self.version}版"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRoster:
    """The whole: people by group, and events."""

    head: RosterVersion
    units: Mapping[str, str]
    """Names of the units that rows and events name."""
    children: tuple[FrozenPerson, ...] = ()
    elders: tuple[FrozenPerson, ...] = ()
    women: tuple[FrozenPerson, ...] = ()
    hardship: tuple[FrozenPerson, ...] = ()
    events: tuple[FrozenEvent, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the file: JSON, one row a line, the same bytes for the same roster."""
        head = asdict(self.head) | {
            "level": self.head.level.value,
            "period": self.head.period.code,
            "made_at": self.head.made_at.isoformat(),
        }
        del head["digest"]
        parts = [f'"format": {FORMAT}', f'"head": {_line(head)}', f'"units": {_line(dict(sorted(self.units.items())))}']
        for name in ("children", "elders", "women", "hardship", "events"):
            rows = ",\n".join(_line(_plain(row)) for row in getattr(self, name))
            parts.append(f'"{name}": [\n{rows}\n]')
        return ("{\n" + ",\n".join(parts) + "\n}\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes, *, digest: str = "") -> FrozenRoster:
        """Read the file.

        Raises:
            RosterFileError: it is none, or of a newer program.
        """
        try:
            said = json.loads(data)
            if said["format"] != FORMAT:
                raise RosterFileError("由更新版本的程序生成")
            head = said["head"]
            return cls(
                head=RosterVersion(
                    **head
                    | {
                        "level": UnitKind(head["level"]),
                        "period": Period.parse(head["period"]),
                        "made_at": datetime.fromisoformat(head["made_at"]),
                        "digest": digest,
                    }
                ),
                units=said["units"],
                children=tuple(FrozenPerson(**row) for row in said["children"]),
                elders=tuple(FrozenPerson(**row) for row in said["elders"]),
                women=tuple(FrozenPerson(**row) for row in said["women"]),
                hardship=tuple(FrozenPerson(**row) for row in said["hardship"]),
                events=tuple(FrozenEvent(**row | {"on": date.fromisoformat(row["on"])}) for row in said["events"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise RosterFileError("内容残缺或者格式不对") from error


def _plain(row: FrozenPerson | FrozenEvent) -> dict[str, Any]:
    said = asdict(row)
    if isinstance(row, FrozenEvent):
        said["on"] = row.on.isoformat()
    return said


def _line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
