"""What signed papers say happened in a period: one event for each thing that a column counts.

Source: forms.md §8.2–8.7 (“from”), X-11 (a 告诫书 counts on the day it was served on the perpetrator), X-12 (a
written report counts its pupils, not letters). Block D counts left-behind children only.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from forms.cases.casefile import CaseRole
from forms.cases.facts import as_rows
from forms.quarter.frozen_roster import UNKNOWN, FrozenEvent
from forms.values.blank import is_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docgen.workspace.quarter.signed_papers import PaperShelf, Signed
    from forms.cases.facts import Row
    from forms.quarter.period import Period

_PER_PAPER = {"D3": "D3", "D4": "D4", "D9": "D9", "D8": "D8", "D14": "D14", "A1": "A1", "A10": "A10"}
"""Form → kind, where each signed paper is one event."""
_MEASURES = {
    "劝诫": "D2.dissuaded",
    "批评教育": "D2.criticised",
    "治安处罚": "D2.penalised",
    "刑事立案": "D2.prosecuted",
}
_COUNSEL = frozenset({"心理疏导", "行为矫治"})
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


class _Collector:
    def __init__(
        self, period: Period, names: Mapping[str, str], on_roll: Mapping[str, str], place: Callable[[str, date], str]
    ) -> None:
        self.period = period
        self.names = names
        self.on_roll = on_roll
        self.place = place
        self.found: list[FrozenEvent] = []

    def add(
        self, kind: str, paper: Signed, *, child: str = "", name: str = "", label: str = "", on: date | None = None
    ) -> None:
        """Keep an event if its day lies in the period."""
        day = on or paper.on
        if day not in self.period:
            return
        uid = child or paper.child_uid
        unit = self.on_roll.get(uid) or self.on_roll.get(paper.child_uid) or paper.village_uid
        unit = unit or (self.place(paper.child_uid, day) if paper.child_uid else "")
        self.found.append(
            FrozenEvent(
                kind=kind,
                label=label,
                unit_uid=unit,
                person_uid=uid or f"?{paper.uid}",
                person_name=name or self.names.get(uid, UNKNOWN),
                on=day,
                paper_uid=paper.uid,
                paper=paper.number,
            )
        )


def paper_events(
    shelf: PaperShelf,
    period: Period,
    *,
    served: Sequence[tuple[str, str, date, str]],
    names: Mapping[str, str],
    on_roll: Mapping[str, str],
    place: Callable[[str, date], str],
    victims: Callable[[str], Sequence[str]],
) -> list[FrozenEvent]:
    """Return the events of a period, those of stocks with a beginning and an end left out.

    Args:
        shelf: Signed papers.
        period: Both days belong to it.
        served: Served copies of D5 as paper, role, day, receipt.
        names: Of everybody in the register.
        on_roll: Village of each child that was on the roll in the period.
        place: Village that keeps a child on a day.
        victims: Children of the case a paper belongs to.
    """
    take = _Collector(period, names, on_roll, place)
    for form, kind in _PER_PAPER.items():
        for paper in shelf.of(form):
            take.add(kind, paper)
    _reports(take, shelf, victims)
    _police(take, shelf)
    _assessed(take, shelf)
    _contact(take, shelf)
    _counselled(take, shelf)
    _school(take, shelf)
    for paper_uid, role, on, _ in served:
        letter = shelf.by_uid.get(paper_uid)
        if letter is not None and role == CaseRole.PERPETRATOR.value:
            take.add("D5.served", letter, on=on)
    _outcomes(take, shelf)
    return take.found


def _reports(take: _Collector, shelf: PaperShelf, victims: Callable[[str], Sequence[str]]) -> None:
    for paper in shelf.of("D1"):
        kinds = paper.values.get("report_kind")
        only = str(kinds[0]) if isinstance(kinds, tuple) and len(kinds) == 1 else ""
        take.add("D1", paper, label=paper.text("report_kind_primary") or only or UNKNOWN)
    for form in ("D1", "D13"):
        for paper in shelf.of(form):
            for uid in dict.fromkeys((paper.child_uid, *victims(paper.uid))):
                if uid:
                    take.add(f"{form}.child", paper, child=uid)
    for paper in shelf.of("D15"):
        if paper.text("arrangement") in {"", "无需安排"}:
            continue
        for number, row in enumerate(as_rows(paper.values.get("children")), start=1):
            name = row.get("name")
            known = str(name) == take.names.get(paper.child_uid)
            uid = paper.child_uid if known else f"?{paper.uid}-{number}"
            take.add("D15.child", paper, child=uid, name=str(name))


def _police(take: _Collector, shelf: PaperShelf) -> None:
    for paper in shelf.of("D2"):
        take.add("D2", paper)
        measures = paper.values.get("measures")
        parents = [r for r in as_rows(paper.values.get("parents_contact")) if is_value(r.get("admonished", UNKNOWN))]
        for measure in measures if isinstance(measures, tuple) else ():
            kind = _MEASURES.get(str(measure))
            if kind == "D2.dissuaded" and parents:
                for row in parents:  # person-times: each parent spoken to
                    take.add(kind, paper, label=str(row.get("name", "")))
            elif kind is not None:
                take.add(kind, paper)


def _assessed(take: _Collector, shelf: PaperShelf) -> None:
    last: dict[str, Signed] = {}
    for paper in sorted(shelf.of("A5"), key=lambda p: p.on):
        if paper.on in take.period and paper.text("result"):
            last[paper.person_uid or paper.uid] = paper
    for uid, paper in last.items():  # a carer assessed twice counts once, by the later result
        unit = take.on_roll.get(paper.child_uid) or paper.village_uid or take.place(paper.child_uid, paper.on)
        name = paper.text("carer_name") or take.names.get(uid, UNKNOWN)
        take.found.append(
            FrozenEvent(
                kind="A5",
                label=paper.text("result"),
                unit_uid=unit,
                person_uid=uid,
                person_name=name,
                on=paper.on,
                paper_uid=paper.uid,
                paper=paper.number,
            )
        )


def _contact(take: _Collector, shelf: PaperShelf) -> None:
    for paper in shelf.of("A6"):
        if paper.text("filing_kind") == "返乡" and paper.child_uid in take.on_roll:
            take.add("returned", paper)
    for paper in shelf.of("C3"):
        if paper.text("mode") == "入户" and paper.child_uid in take.on_roll:
            take.add("C3", paper)
    for paper in shelf.of("E9"):
        for row in as_rows(paper.values.get("rows")):
            uid = str(row.get("child_uid", ""))
            if uid in take.on_roll:
                take.add("E9.child", paper, child=uid)


def _counselled(take: _Collector, shelf: PaperShelf) -> None:
    for paper in shelf.of("D8"):
        if "心理疏导" in {str(v) for v in _several(paper.values.get("help"))}:
            take.add("counsel", paper)
    for paper in shelf.of("D13a"):
        for row in as_rows(paper.values.get("plan")):
            begun = row.get("start_on")
            if str(row.get("item")) in _COUNSEL and isinstance(begun, date):
                take.add("counsel", paper, label=str(row.get("item")), on=begun)


def _school(take: _Collector, shelf: PaperShelf) -> None:
    for paper in shelf.of("E5"):
        for row in as_rows(paper.values.get("pupils")):
            uid = _pupil(take, paper, row)
            if uid:
                take.add("E5.pupil", paper, child=uid)
    for paper in shelf.of("E6"):
        if paper.child_uid in take.on_roll:
            take.add("E6", paper)


def _pupil(take: _Collector, paper: Signed, row: Row) -> str:
    """Return the left-behind child that a line of a written report means; empty when it is none."""
    name = str(row.get("name", ""))
    if paper.child_uid in take.on_roll and take.names.get(paper.child_uid) == name:
        return paper.child_uid
    same = [uid for uid in take.on_roll if take.names.get(uid) == name]
    return same[0] if len(same) == 1 else ""


def _outcomes(take: _Collector, shelf: PaperShelf) -> None:
    for paper in shelf.of("D14"):
        judgment = paper.text("outcome.judgment")
        if "撤销" not in judgment or re.search(r"驳回|不予|撤诉|撤回", judgment):
            continue
        told = _DAY.search(judgment)
        on = date(int(told[1]), int(told[2]), int(told[3])) if told else paper.day("outcome.filed_on")
        take.add("D14.granted", paper, on=on)


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
