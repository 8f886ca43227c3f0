"""Packages between offices: packed, received, and every one refused that must be."""

from __future__ import annotations

import json

import pytest

from docgen.workspace.quarter.keys import Role
from docgen.workspace.quarter.package import PackageKind, open_package
from docgen.workspace.quarter.recipients import DETAILS, columns_of
from docgen.workspace.quarter.refusals import (
    BrokenChainError,
    ConflictingVersionError,
    InconsistentTableError,
    NotOursError,
    ReplayedPackageError,
    UnknownKeyError,
    WrongAddresseeError,
    WrongPeriodError,
    WrongSenderError,
)
from docgen.workspace.quarter.table_file import TableFileError, read_table, table_bytes, table_digest
from forms.quarter.columns import columns
from forms.quarter.frozen_roster import FrozenRoster
from forms.quarter.period import Period
from forms.quarter.table import TableState
from tests.docgen.workspace.quarter.sample_offices import Q3, SOURCE, UPPER, XIMA, Offices, forged, refused


def test_a_table_is_sent_when_all_three_have_confirmed_it(offices: Offices) -> None:
    states = []
    for name, role in UPPER.items():
        taken = offices.desk(name).receive(offices.pack(XIMA, role))
        assert (taken.kind, taken.state, taken.is_repeat) == (PackageKind.TABLE, TableState.SENT, False)
        assert taken.receipt is not None
        offices.desk(XIMA).receive(taken.receipt)
        states.append(offices.desk(XIMA).own(Q3).state)
    assert states == [TableState.SIGNED, TableState.SIGNED, TableState.SENT]


def test_the_same_package_twice_is_taken_once(offices: Offices) -> None:
    path = offices.pack(XIMA)
    desk = offices.desk("县民政局")
    first = desk.receive(path)
    before = desk.states()
    again = desk.receive(path)
    assert (first.is_repeat, again.is_repeat) == (False, True)
    (status,) = desk.states()
    assert [p.kind for p in status.packages if p.direction == "received"] == ["table"]
    assert status.record == before[0].record
    assert "以前已经收过" in again.summary


def test_what_came_is_kept_byte_for_byte(offices: Offices) -> None:
    path = offices.pack(XIMA)
    desk = offices.desk("县民政局")
    desk.receive(path)
    record = desk.of_unit(XIMA, Q3)
    store = offices["县民政局"].store
    object_id = f"urn:docgen:table:{record.uid}"
    (name,) = (p for p in store.paths(object_id) if p.startswith("received-"))
    assert store.read(object_id, name) == path.read_bytes()
    assert offices["县民政局"].checking.check().problems == ()


def test_each_recipient_gets_its_own_columns_and_no_more_of_a_child_than_it_needs(offices: Offices) -> None:
    desk = offices.desk(XIMA)
    for role in (Role.EDUCATION, Role.POLICE):
        package = open_package(
            offices.pack(XIMA, role).read_bytes(), desk.shelf.partners, name="x", own=desk.shelf.key.public
        )
        assert not any(path.startswith("signed/") for path in package.files)
        table = read_table(package.files["table.json"])
        assert set(table.total.figures) == columns_of(role)
        assert all(set(row.figures) == columns_of(role) for row in table.rows)
        roster = FrozenRoster.from_bytes(package.files["roster.json"])
        assert {key for p in roster.children for key in p.details} == set(DETAILS[role])
        assert (roster.elders, roster.women, roster.hardship) == ((), (), ())
        text = package.files["roster.json"].decode()
        assert "health" not in text
        assert "浙江省温州市" not in text
    assert columns_of(Role.EDUCATION) == {c.id for c in columns().values() if c.block == "D"}
    assert {columns()[c].block for c in columns_of(Role.POLICE)} == {"B", "C", "E"}


def test_the_original_goes_to_the_county_with_the_signed_scan(offices: Offices) -> None:
    desk = offices.desk(XIMA)
    package = open_package(offices.pack(XIMA).read_bytes(), desk.shelf.partners, name="x", own=desk.shelf.key.public)
    scans = [data for path, data in package.files.items() if path.startswith("signed/")]
    assert scans == [(offices.folder / XIMA / "out" / "scan.pdf").read_bytes()]
    assert table_digest(package.files["table.json"]) == package.statement.table


def test_a_package_for_somebody_else_is_refused(offices: Offices) -> None:
    refused(offices, "县民政局", offices.pack(XIMA, Role.EDUCATION), WrongAddresseeError)
    refused(offices, "县教育局", offices.pack(XIMA, Role.POLICE), WrongAddresseeError)


def test_a_package_of_another_period_is_refused(offices: Offices) -> None:
    path = offices.pack(XIMA)
    with pytest.raises(WrongPeriodError):
        offices.desk("县民政局").receive(path, period=Period.parse("2026Q2"))
    wrong = forged(offices, XIMA, path, period=Period.parse("2026Q4"))
    refused(offices, "县民政局", wrong, WrongPeriodError)


def test_figures_that_the_roster_does_not_count_are_refused(offices: Offices) -> None:
    path = offices.pack(XIMA)
    desk = offices.desk(XIMA)
    package = open_package(path.read_bytes(), desk.shelf.partners, name="x", own=desk.shelf.key.public)
    said = json.loads(package.files["table.json"])
    said["total"]["figures"]["KA4"] += 1
    table = json.dumps(said).encode()
    wrong = forged(offices, XIMA, path, payload={"table.json": table}, table=table_digest(table))
    refused(offices, "县民政局", wrong, InconsistentTableError)


def test_an_office_nobody_compared_is_refused(offices: Offices) -> None:
    (offices.folder / "县民政局" / "partners.json").unlink()
    refused(offices, "县民政局", offices.pack(XIMA), UnknownKeyError)


def test_a_bureau_does_not_report_tables(offices: Offices) -> None:
    desk = offices.desk("县教育局")
    desk.receive(offices.pack(XIMA, Role.EDUCATION))
    desk.agree(desk.of_unit(XIMA, Q3), source=SOURCE)
    sent = desk.pack(Q3, Role.COUNTY, unit=XIMA)
    wrong = forged(offices, "县教育局", sent.path, kind=PackageKind.TABLE)
    refused(offices, "县民政局", wrong, WrongSenderError)


def test_a_reply_about_a_table_that_is_not_here_is_refused(offices: Offices) -> None:
    desk = offices.desk("县教育局")
    desk.receive(offices.pack(XIMA, Role.EDUCATION))
    desk.agree(desk.of_unit(XIMA, Q3), source=SOURCE)
    refused(offices, "县民政局", desk.pack(Q3, Role.COUNTY, unit=XIMA).path, NotOursError)


def test_an_old_version_cannot_take_the_place_of_a_new_one(offices: Offices) -> None:
    old = offices.pack(XIMA)
    offices.desk("县民政局").receive(old)
    offices.desk(XIMA).return_table(Q3, reason="漏了一项")
    offices.again(XIMA, "补录")
    new = offices.pack(XIMA)
    taken = offices.desk("县民政局").receive(new)
    assert (taken.version, taken.state) == (2, TableState.SENT)
    refused(offices, "县民政局", old, ReplayedPackageError)
    first = offices.desk("县民政局").of_unit(XIMA, Q3, 1)
    assert offices.desk("县民政局").shown(first).version == 1, "the replaced one stays readable"


def test_two_tables_under_one_number_are_refused(offices: Offices) -> None:
    path = offices.pack(XIMA)
    offices.desk("县民政局").receive(path)
    refused(offices, "县民政局", forged(offices, XIMA, path, table="0" * 128), ConflictingVersionError)


def test_a_version_that_names_another_predecessor_is_refused(offices: Offices) -> None:
    path = offices.pack(XIMA)
    offices.desk("县民政局").receive(path)
    offices.desk(XIMA).return_table(Q3, reason="漏了一项")
    offices.again(XIMA, "补录")
    refused(offices, "县民政局", forged(offices, XIMA, offices.pack(XIMA), previous="1" * 128), BrokenChainError)


def test_a_table_reads_back_as_it_was_written(offices: Offices) -> None:
    table = offices[XIMA].quarter.table(Q3)
    found = read_table(table_bytes(table))
    assert table_bytes(found) == table_bytes(table)
    assert (found.total.figures, found.rows) == (table.total.figures, table.rows)


@pytest.mark.parametrize(
    "change",
    [b"[]", b"", b'{"format": 2}', b"{}", b'{"format": 1, "head": {}}'],
)
def test_what_is_no_table_is_refused(change: bytes) -> None:
    with pytest.raises(TableFileError):
        read_table(change)


def test_a_backup_holds_the_key_and_the_partners(offices: Offices) -> None:
    from docgen.workspace.safety.desk import own_files

    assert {"sign.key", "partners.json"} <= set(own_files(offices.folder / XIMA))
