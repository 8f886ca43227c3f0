"""Offices that exchange tables: two towns, the county and two bureaus, and the hands that carry packages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from docgen.demo import county as demo
from docgen.demo.story import Days
from docgen.workspace import Actor, Workspace
from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.package import open_package, pack

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace.quarter.receiving import Received
    from docgen.workspace.quarter.sending import SentPackage
    from docgen.workspace.quarter.table_desk import TableDesk
    from forms.errors import AppError


Q3 = demo.QUARTER
XIMA, XINGSHI = "洗马镇", "醒狮镇"
UPPER = {"县民政局": Role.COUNTY, "县教育局": Role.EDUCATION, "县公安局": Role.POLICE}
FOLDERS = (XIMA, XINGSHI, *UPPER)
SOURCE = "学籍系统，2026年10月9日查询"


class Offices:
    """The offices of one folder, opened when they are needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.days = Days(date(2026, 9, 30))
        self.period = Q3
        self._open: dict[str, Workspace] = {}

    def __getitem__(self, name: str) -> Workspace:
        if name not in self._open:
            self._open[name] = Workspace.open(self.folder / name, clock=self.days)
        return self._open[name]

    def desk(self, name: str, by: str = "龙秀英") -> TableDesk:
        self[name].actor = Actor(name=by)
        return self[name].tables

    def close(self) -> None:
        for workspace in self._open.values():
            workspace.close()

    def scan(self, name: str) -> Path:
        path = self.folder / name / "out" / "scan.pdf"
        path.write_bytes(b"%PDF-1.7 " + name.encode() + self.days.today.isoformat().encode())
        return path

    def sign(self, name: str) -> None:
        self.desk(name).sign(self.period, self.scan(name))

    def pack(self, town: str, to: Role = Role.COUNTY) -> Path:
        return self.desk(town).pack(self.period, to).path

    def again(self, town: str, reason: str) -> None:
        """Freeze, review and sign another version."""
        self.desk(town, "潘文海")
        self[town].quarter.freeze(self.period, reason=reason)
        self.desk(town).review(self.period)
        self.sign(town)

    def deliver(self, town: str) -> list[Received]:
        """Carry a town's three packages and the receipts."""
        found = []
        for name, role in UPPER.items():
            taken = self.desk(name).receive(self.pack(town, role))
            assert taken.receipt is not None
            self.desk(town).receive(taken.receipt)
            found.append(taken)
        return found

    def verified(self, town: str) -> None:
        for name in ("县教育局", "县公安局"):
            desk = self.desk(name)
            desk.agree(desk.of_unit(town, self.period), source=SOURCE)
            self.desk("县民政局").receive(desk.pack(self.period, Role.COUNTY, unit=town).path)


def forged(offices: Offices, town: str, sent: Path, *, payload: dict[str, bytes] | None = None, **changes: Any) -> Path:
    """Make a package anew with another statement or payload, signed with the town's real key."""
    desk = offices.desk(town)
    package = open_package(sent.read_bytes(), desk.shelf.partners, name="x", own=desk.shelf.key.public)
    kept = {path: data for path, data in package.files.items() if not path.endswith(".rows")}
    said = replace(package.statement, **changes)
    path = sent.with_name("forged.zip")
    path.write_bytes(pack(said, kept | (payload or {}), desk.shelf.key, work=offices.folder / town / "work"))
    return path


def refused(offices: Offices, name: str, path: Path, kind: type[AppError]) -> None:
    """A refused package changes nothing but the audit chain, and stays where it lies."""
    desk, before = offices.desk(name), path.read_bytes()
    tables = desk.states()
    objects = list(offices[name].store.objects())
    with pytest.raises(kind):
        desk.receive(path)
    assert desk.states() == tables
    assert list(offices[name].store.objects()) == objects
    assert path.read_bytes() == before
    with offices[name].registry.read() as tx:
        assert list(tx.audit.rows())[-1].detail["code"] == kind.code


def disagreed(offices: Offices) -> SentPackage:
    """Let education find one child more than the town, and answer."""
    desk = offices.desk("县教育局")
    record = desk.of_unit(XIMA, Q3)
    desk.verify(record, "KD5", 1, reason="漏报", source=SOURCE, children=["某某"])
    desk.agree(desk.of_unit(XIMA, Q3), source=SOURCE)
    return desk.pack(Q3, Role.COUNTY, unit=XIMA)
