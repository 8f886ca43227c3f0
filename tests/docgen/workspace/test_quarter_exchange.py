"""Five offices, nothing between them but files: what may be done, by whom, in which order, and what is refused."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from archive.registry.tables import TableNotFoundError
from archive.store import digest_of, paper_object
from docgen.cli.root import run
from docgen.demo import county as demo
from docgen.demo.story import Days
from docgen.workspace import Actor, Workspace, init_office
from docgen.workspace.objects import signed_path
from docgen.workspace.quarter.keys import PartnerNotFoundError, PublicKey, Role
from docgen.workspace.quarter.package import PackageKind, open_package, pack
from docgen.workspace.quarter.printing import QuarterPrinter
from docgen.workspace.quarter.recipients import DETAILS, MATCH, columns_of
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
from docgen.workspace.quarter.rolling_up import NothingReportedError, RollUpError
from docgen.workspace.quarter.sending import (
    ChangedTableError,
    NoReasonError,
    NoScanError,
    NotARecipientError,
    NotSignedError,
    TableBrokenError,
)
from docgen.workspace.quarter.shelf import TableShelf, WrongRoleError
from docgen.workspace.quarter.states import NoLeaderError, NotPrincipalError, SamePersonError, WrongStateError
from docgen.workspace.quarter.table_desk import StillOpenError
from docgen.workspace.quarter.table_file import TableFileError, read_table, table_bytes, table_digest
from docgen.workspace.quarter.verifying import (
    NotVerifiedError,
    NotYourColumnError,
    VerifyChildrenError,
    VerifyReasonError,
    VerifySourceError,
    VerifyValueError,
    read_verification,
)
from docgen.workspace.signed import mark_signed
from forms.columns import columns
from forms.frozen_roster import FrozenRoster
from forms.library import FormLibrary
from forms.period import Period
from forms.period_table import Figure, TableState
from forms.problems import Problem
from forms.profile import RegionProfile
from forms.wording import LAW_2020

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.registry import Tx
    from archive.registry.tables import TableRecord
    from docgen.workspace.quarter.receiving import Received
    from docgen.workspace.quarter.sending import SentPackage
    from docgen.workspace.quarter.table_desk import TableDesk
    from forms.errors import AppError
    from forms.period_table import PeriodTable

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


@pytest.fixture(scope="module", autouse=True)
def _one_library() -> Iterator[None]:
    """Read the forms once: every office here has the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        loaded = FormLibrary.load(None, wording=LAW_2020, profile=RegionProfile.load("longli"))
        patch.setattr(FormLibrary, "load", lambda *_, **__: loaded)
        yield


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two towns that share a child, both signed; the three bureaus; everybody knows everybody."""
    folder = tmp_path_factory.mktemp("county")
    for name in FOLDERS:
        full = f"龙里县{name}人民政府" if name not in UPPER else f"龙里{name}"
        init_office(folder / name, demo._settings(full))
    offices = Offices(folder)
    keys = {name: offices.desk(name).shelf.key.public for name in FOLDERS}
    for name in FOLDERS:
        for other in FOLDERS:
            if other != name and (name in UPPER or other in UPPER):
                offices.desk(name).add_partner(keys[other], fingerprint=keys[other].fingerprint)
    twice = demo._child(50, 0)
    for number, town in enumerate((XIMA, XINGSHI)):
        office = demo.Office(offices[town], Role.TOWN, town)
        for place in range(2):
            demo._register(office, demo._child(number, place), on=date(2026, 3, 10))
        entered = date(2026, 3, 10) if town == XIMA else date(2026, 8, 15)
        demo._register(office, demo.replace_entry(twice, entered), on=entered)
        offices.desk(town, "潘文海")
        offices[town].quarter.freeze(Q3)
        offices.desk(town).review(Q3)
        offices.sign(town)
    offices.close()
    return folder


@pytest.fixture
def offices(signed: Path, tmp_path: Path) -> Iterator[Offices]:
    found = Offices(shutil.copytree(signed, tmp_path / "county"))
    yield found
    found.close()


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


# packing and receiving


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


# steps and persons


def test_filler_reviewer_and_leader_are_three_persons_and_the_leader_no_deputy(offices: Offices) -> None:
    offices.desk(XIMA).return_table(Q3, reason="重来")
    desk = offices.desk(XIMA, "潘文海")
    offices[XIMA].quarter.freeze(Q3, reason="重来")
    with pytest.raises(SamePersonError):
        desk.review(Q3)
    offices.desk(XIMA).review(Q3)
    scan = offices.scan(XIMA)
    for leader in ("潘文海", "龙秀英"):
        with pytest.raises(SamePersonError):
            desk.sign(Q3, scan, leader=leader, post="镇长")
    offices[XIMA].settings = replace(offices[XIMA].settings, head=None)
    with pytest.raises(NoLeaderError):
        desk.sign(Q3, scan)
    with pytest.raises(NotPrincipalError):
        desk.sign(Q3, scan, leader="罗建国", post="副镇长")
    assert desk.sign(Q3, scan, leader="罗建国", post="镇长").state is TableState.SIGNED


def test_no_step_is_left_out(offices: Offices) -> None:
    desk = offices.desk(XIMA)
    with pytest.raises(WrongStateError):
        desk.review(Q3)
    desk.return_table(Q3, reason="重来")
    with pytest.raises(WrongStateError):
        desk.sign(Q3, offices.scan(XIMA))
    with pytest.raises(NotSignedError):
        desk.pack(Q3, Role.COUNTY)
    above = offices.desk("县民政局")
    above.receive(offices.pack(XINGSHI))
    with pytest.raises(WrongStateError):
        above.adopt(Q3, XINGSHI)


def test_what_is_no_scan_signs_nothing(offices: Offices) -> None:
    desk = offices.desk(XIMA)
    desk.return_table(Q3, reason="重来")
    desk = offices.desk(XIMA, "潘文海")
    offices[XIMA].quarter.freeze(Q3, reason="重来")
    offices.desk(XIMA).review(Q3)
    path = offices.scan(XIMA)
    path.write_bytes(b"signed, trust me")
    with pytest.raises(NoScanError):
        desk.sign(Q3, path)


def test_a_table_goes_only_where_the_plan_sends_it(offices: Offices) -> None:
    with pytest.raises(NotARecipientError):
        offices.desk(XIMA).pack(Q3, Role.PREFECTURE)
    (offices.folder / XIMA / "partners.json").unlink()
    with pytest.raises(PartnerNotFoundError):
        offices.desk(XIMA).pack(Q3, Role.COUNTY)


def test_steps_belong_to_their_level(offices: Offices) -> None:
    with pytest.raises(WrongRoleError):
        offices.desk(XIMA).adopt(Q3)
    with pytest.raises(WrongRoleError):
        offices.desk("县教育局").lock(Q3)
    with pytest.raises(WrongRoleError):
        offices.desk("县公安局").review(Q3)
    desk = offices.desk("县民政局")
    desk.receive(offices.pack(XIMA))
    with pytest.raises(WrongRoleError):
        desk.verify(desk.of_unit(XIMA, Q3), "KD5", 1, source=SOURCE)


def test_a_returned_table_comes_back_as_a_new_version(offices: Offices) -> None:
    offices.deliver(XIMA)
    above = offices.desk("县民政局")
    with pytest.raises(NoReasonError):
        above.return_table(Q3, XIMA, reason=" ")
    back = above.return_table(Q3, XIMA, reason="KA4 与走访情况不符")
    assert back is not None
    taken = offices.desk(XIMA).receive(back.path)
    assert (taken.kind, taken.state) == (PackageKind.RETURN, TableState.RETURNED)
    record = offices.desk(XIMA).own(Q3)
    assert record.events[-1].note == "KA4 与走访情况不符"
    offices.again(XIMA, "按县民政局意见更正")
    assert [t.version for t in offices.deliver(XIMA)] == [2, 2, 2]
    newest = above.of_unit(XIMA, Q3)
    assert (newest.version, newest.correction) == (2, "按县民政局意见更正")
    assert above.of_unit(XIMA, Q3, 1).state is TableState.RETURNED


# verification


def test_an_organ_verifies_its_own_columns_and_says_why(offices: Offices) -> None:
    desk = offices.desk("县教育局")
    desk.receive(offices.pack(XIMA, Role.EDUCATION))
    record = desk.of_unit("", Q3)
    with pytest.raises(NotYourColumnError):
        desk.verify(record, "KE5", 1, reason="漏报", source=SOURCE)
    with pytest.raises(VerifyReasonError):
        desk.verify(record, "KD7", 1, source=SOURCE)
    with pytest.raises(VerifySourceError):
        desk.verify(record, "KD5", 0, source=" ")
    with pytest.raises(VerifyValueError):
        desk.verify(record, "KD5", -1, reason="错报", source=SOURCE)
    with pytest.raises(VerifyChildrenError):
        desk.verify(record, "kd5", 2, reason="漏报", source=SOURCE, children=["某某"])
    with pytest.raises(NotVerifiedError):
        desk.pack(Q3, Role.COUNTY, unit=XIMA)
    desk.verify(record, "kd5", 1, reason="漏报", source=SOURCE, children=["某某"])
    assert "KD5" not in desk.agree(desk.of_unit(XIMA, Q3), source=SOURCE)
    assert desk.pack(Q3, Role.COUNTY, unit=XIMA).kind is PackageKind.VERIFICATION
    assert desk.of_unit(XIMA, Q3).state is TableState.VERIFIED
    with pytest.raises(WrongStateError):
        desk.verify(desk.of_unit(XIMA, Q3), "KD5", 0, source=SOURCE)


def disagreed(offices: Offices) -> SentPackage:
    """Let education find one child more than the town, and answer."""
    desk = offices.desk("县教育局")
    record = desk.of_unit(XIMA, Q3)
    desk.verify(record, "KD5", 1, reason="漏报", source=SOURCE, children=["某某"])
    desk.agree(desk.of_unit(XIMA, Q3), source=SOURCE)
    return desk.pack(Q3, Role.COUNTY, unit=XIMA)


def test_what_was_found_stands_beside_what_was_reported(offices: Offices) -> None:
    offices.deliver(XIMA)
    above = offices.desk("县民政局")
    taken = above.receive(disagreed(offices).path)
    assert taken.state is TableState.VERIFYING, "the police have not answered"
    figure = above.shown(above.of_unit(XIMA, Q3)).total.figures["KD5"]
    assert (figure.reported, figure.verified, figure.adopted, figure.verified_by) == (0, 1, 1, "龙里县教育局")
    with pytest.raises(WrongStateError):
        above.adopt(Q3, XIMA)
    police = offices.desk("县公安局")
    police.agree(police.of_unit(XIMA, Q3), source=SOURCE)
    assert above.receive(police.pack(Q3, Role.COUNTY, unit=XIMA).path).state is TableState.VERIFIED
    assert above.adopt(Q3) == ("龙里县洗马镇人民政府",)


def test_the_town_sees_what_was_found_about_its_table(offices: Offices) -> None:
    offices.deliver(XIMA)
    disagreed(offices)
    told = offices.desk("县教育局").pack(Q3, Role.TOWN, unit=XIMA)
    taken = offices.desk(XIMA).receive(told.path)
    assert (taken.kind, taken.state) == (PackageKind.VERIFICATION, TableState.SENT)
    table = offices.desk(XIMA).shown(offices.desk(XIMA).own(Q3))
    assert table.total.figures["KD5"].adopted == 1


def test_an_organ_cannot_change_what_is_not_its_own_by_a_forged_reply(offices: Offices) -> None:
    offices.deliver(XIMA)
    sent = disagreed(offices)
    for old, new, kind in (
        (b'"column": "KD5"', b'"column": "KE5"', NotYourColumnError),
        (b'"reported": 0, "source"', b'"reported": 3, "source"', InconsistentTableError),
    ):
        desk = offices.desk("县教育局")
        found = open_package(sent.path.read_bytes(), desk.shelf.partners, name="x", own=desk.shelf.key.public)
        data = found.files["verification.json"]
        assert old in data
        wrong = forged(offices, "县教育局", sent.path, payload={"verification.json": data.replace(old, new)})
        refused(offices, "县民政局", wrong, kind)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"format": 2, "values": []}', b'{"format": 1, "values": [{}]}'])
def test_a_reply_that_says_nothing_is_refused(data: bytes) -> None:
    with pytest.raises(TableFileError):
        read_verification(data)


# the county


def test_a_town_that_has_not_reported_is_not_a_zero(offices: Offices) -> None:
    above = offices.desk("县民政局")
    with pytest.raises(NothingReportedError):
        above.roll_up(Q3)
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above.adopt(Q3)
    rolled = above.roll_up(Q3)
    late = rolled.table.rows[1]
    assert (late.state, dict(late.figures), rolled.missing) == (
        TableState.NOT_REPORTED,
        {},
        ("龙里县醒狮镇人民政府",),
    )
    assert [p.code for p in rolled.table.problems if "醒狮" in p.message] == ["table.unreported"]
    above.review(Q3)
    offices.sign("县民政局")
    with pytest.raises(StillOpenError):
        above.lock(Q3)
    assert above.lock(Q3, reason="醒狮镇遭灾，推迟报送").state is TableState.LOCKED


def test_a_child_on_two_rolls_is_counted_once_and_the_adjustment_says_so(offices: Offices) -> None:
    for town in (XIMA, XINGSHI):
        offices.deliver(town)
        offices.verified(town)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    rolled = above.roll_up(Q3)
    assert [row.figures["KA4"].reported for row in rolled.table.rows] == [3, 3]
    assert rolled.table.total.figures["KA4"].reported == 5
    assert rolled.table.total.figures["KA2"].reported == 0, "it was in the county before"
    (double,) = rolled.doubles
    assert (double.kept_by, double.is_move, double.by_number) == ("龙里县醒狮镇人民政府", False, True)
    assert "公民身份号码相同" in double.reason
    assert double.name
    assert not any(double.name in a.reason for a in rolled.table.adjustments), "no names in a table (forms.md §13)"


def test_a_locked_county_table_goes_to_the_prefecture_without_a_name(offices: Offices) -> None:
    for town in (XIMA, XINGSHI):
        offices.deliver(town)
        offices.verified(town)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    above.review(Q3)
    offices.sign("县民政局")
    key = PublicKey(unit="黔南布依族苗族自治州民政局", role=Role.PREFECTURE, key=bytes(32))
    above.add_partner(key, fingerprint=key.fingerprint)
    with pytest.raises(NotSignedError):
        above.pack(Q3, Role.PREFECTURE)
    above.lock(Q3)
    assert {s.record.state for s in above.states(Q3)} == {TableState.LOCKED}
    sent = above.pack(Q3, Role.PREFECTURE)
    package = open_package(sent.path.read_bytes(), above.shelf.partners, name="x", own=above.shelf.key.public)
    text = package.files["roster.json"].decode()
    roster = FrozenRoster.from_bytes(package.files["roster.json"])
    assert len([p for p in roster.children if p.at_end]) == 5
    assert {key for p in roster.children for key in p.details} == {MATCH}
    for name in ("小山", "小水", "522799"):
        assert name not in text
    assert len(offices["县民政局"].quarter.why(Q3, "KA4")) == 5, "the county can still say who"


def test_what_arrives_after_the_review_is_not_locked_unseen(offices: Offices) -> None:
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    above.review(Q3)
    offices.sign("县民政局")
    offices.deliver(XINGSHI)
    with pytest.raises(StillOpenError):
        offices.desk("县民政局").lock(Q3, reason="急")
    offices.verified(XINGSHI)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    with pytest.raises(ChangedTableError):
        above.lock(Q3)
    above.return_table(Q3, reason="补入醒狮镇")
    with pytest.raises(NoReasonError):
        above.review(Q3)
    assert above.review(Q3, reason="补入醒狮镇").version == 2
    assert above.shown(above.own(Q3, 1)).total.figures["KA4"].reported == 3


def test_a_stock_that_does_not_go_on_from_the_last_locked_table_is_told(offices: Offices) -> None:
    above = offices.desk("县民政局")
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above.adopt(Q3)
    offices.desk("县民政局").review(Q3)
    offices.sign("县民政局")
    above.lock(Q3, reason="醒狮镇推迟报送")
    offices.period = Period.quarter(2026, 4)
    offices.days.today = date(2026, 12, 31)
    for town in (XIMA, XINGSHI):
        offices.desk(town, "潘文海")
        offices[town].quarter.freeze(offices.period)
        offices.desk(town).review(offices.period)
        offices.sign(town)
        offices.deliver(town)
        offices.verified(town)
    above = offices.desk("县民政局")
    above.adopt(offices.period)
    rolled = above.roll_up(offices.period)
    (told,) = (p for p in rolled.table.problems if p.code == "table.opening")
    assert "期初在册 5 人，上期锁定的期末在册是 3 人" in told.message
    assert not told.blocking


def test_a_table_whose_identities_do_not_hold_is_not_reviewed(offices: Offices) -> None:
    offices.desk(XIMA).return_table(Q3, reason="重来")
    offices.desk(XIMA, "潘文海")
    offices[XIMA].quarter.freeze(Q3, reason="重来")
    table = offices[XIMA].quarter.table(Q3)
    broken = replace(table, problems=(Problem(code="R-01", message="KA4 不等于 KA1+KA2-KA3。", blocking=True),))
    with pytest.raises(TableBrokenError):
        offices.desk(XIMA)._sender.review(broken, made_by="潘文海")


def test_rows_that_do_not_give_the_total_are_never_shown(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    offices.deliver(XIMA)
    offices.verified(XIMA)
    above = offices.desk("县民政局")
    above.adopt(Q3)
    read = TableShelf.with_verified

    def one_more(shelf: TableShelf, tx: Tx, record: TableRecord) -> PeriodTable:
        table = read(shelf, tx, record)
        figures = {**table.total.figures, "KA4": Figure(column="KA4", reported=99)}
        return replace(table, total=replace(table.total, figures=figures))

    monkeypatch.setattr(TableShelf, "with_verified", one_more)
    with pytest.raises(RollUpError):
        above.roll_up(Q3)


def test_a_table_that_is_gone_from_the_store_is_found_by_the_check(offices: Offices) -> None:
    record = offices.desk(XIMA).own(Q3)
    assert offices[XIMA].store.purge(f"urn:docgen:table:{record.uid}")
    codes = [p.code for p in offices[XIMA].checking.check().problems]
    assert codes == ["agreement.table-missing"]


def test_a_unit_that_is_not_named_must_be_the_only_one(offices: Offices) -> None:
    for town in (XIMA, XINGSHI):
        offices.desk("县教育局").receive(offices.pack(town, Role.EDUCATION))
    with pytest.raises(TableNotFoundError):
        offices.desk("县教育局").of_unit("", Q3)


# files


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
    from docgen.workspace.safety import own_files

    assert {"sign.key", "partners.json"} <= set(own_files(offices.folder / XIMA))


# what goes with the figures, and the commands


def printed(offices: Offices, town: str) -> tuple[str, bytes]:
    """Print a town's table as a paper, and file a signed scan of it as intake does; return its uid and the scan."""
    ws = offices[town]
    offices.desk(town, "潘文海")
    report = QuarterPrinter(ws).print(Q3, codes=("C1",), formats=("pdf",))
    (made,) = report.made
    data = b"%PDF-1.7 signed C1"
    files = {signed_path(made.version, digest_of(data)): data}
    ws.store.put(paper_object(made.uid), files, message="收回签字件", user="潘文海", at=ws.now)
    with ws.registry.begin() as tx:
        tx.papers.add_files(made.uid, made.version, {path: digest_of(d) for path, d in files.items()})
        paper, version = tx.papers.get(made.uid), tx.papers.version(made.uid, made.version)
        mark_signed(ws, tx, paper, version, signed_on=ws.today)
    return made.uid, data


def test_the_printed_table_comes_back_by_intake_and_goes_up_with_the_figures(offices: Offices) -> None:
    offices.desk(XIMA).return_table(Q3, reason="重来")
    offices.desk(XIMA, "潘文海")
    offices[XIMA].quarter.freeze(Q3, reason="重来")
    desk = offices.desk(XIMA)
    desk.review(Q3)
    with pytest.raises(NoScanError):
        desk.sign(Q3)
    _, scan = printed(offices, XIMA)
    assert offices.desk(XIMA).sign(Q3).state is TableState.SIGNED
    sent = desk.pack(Q3, Role.COUNTY)
    package = open_package(sent.path.read_bytes(), desk.shelf.partners, name="x", own=desk.shelf.key.public)
    assert [data for path, data in package.files.items() if path.startswith("signed/")] == [scan]
    assert package.files["printed/C1.pdf"].startswith(b"%PDF")
    book = load_workbook(io.BytesIO(package.files["printed/C1.xlsx"]))
    assert len(book.sheetnames) > 1


def test_a_clerk_does_the_whole_way_by_commands(
    offices: Offices, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    offices.close()
    monkeypatch.setattr("docgen.cli.quarter_send.keep_snapshot", lambda _: None)

    def said(office: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        who = ["--as", "龙秀英", "--office", str(offices.folder / office), "quarter", *words]
        assert run(who) == code, capsys.readouterr().err
        out = capsys.readouterr()
        return out.out + out.err

    def newest(office: str, start: str) -> str:
        found = (offices.folder / office / "out").glob(f"{start}*")
        return str(max(found, key=lambda p: p.stat().st_mtime_ns))

    for name, role in UPPER.items():
        assert "报送包已生成" in said(XIMA, "pack", "2026Q3", "--to", role.value)
        text = said(name, "receive", newest(XIMA, "汇总表"), "--period", "2026Q3")
        assert "验包合格" in text
        assert said(XIMA, "receive", newest(name, "签收回执"))
    assert "已报送" in said(XIMA, "state", "2026Q3")
    assert "期末失学辍学" in said("县教育局", "verify", "2026Q3")
    assert "名册：" in said("县教育局", "verify", "2026Q3", "--list")
    book = load_workbook(newest("县教育局", "名册-"))
    rows = list(book["儿童"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == (
        "序号",
        "村（居）",
        "期末",
        "姓名",
        "性别",
        "出生日期",
        "公民身份号码",
        "就学情况",
        "学校",
        "年级",
        "寄宿",
    )
    assert len(rows) == 4
    assert {row[1] for row in rows[1:]} == {"洗马村"}
    wrong = said("县教育局", "verify", "2026Q3", "KE5", "1", "--reason", "漏报", "--source", SOURCE, code=5)
    assert "KE5 不由县级教育部门核实" in wrong
    said("县教育局", "verify", "2026Q3", "KD5", "1", "--reason", "漏报", "--source", SOURCE, "--child", "某某")
    for name in ("县教育局", "县公安局"):
        assert "已确认" in said(name, "verify", "2026Q3", "--agree", "--source", SOURCE)
        said(name, "pack", "2026Q3", "--to", "county", "--unit", XIMA)
        assert "数据核实反馈" in said("县民政局", "receive", newest(name, "数据核实反馈"))
    assert "已采用 1 个单位" in said("县民政局", "adopt", "2026Q3")
    rolled = said("县民政局", "rollup", "2026Q3")
    assert "未报" in rolled
    assert "KD5 报送 0，龙里县教育局核实 1" in rolled
    assert "已复核" in said("县民政局", "review", "2026Q3")
    said("县民政局", "sign", "2026Q3", "--scan", str(offices.scan("县民政局")))
    assert "醒狮镇人民政府未报，不能锁定" in said("县民政局", "lock", "2026Q3", code=5)
    assert "已锁定" in said("县民政局", "lock", "2026Q3", "--reason", "醒狮镇推迟报送")
    assert "锁定" in said("县民政局", "state", "2026Q3", "--all")
    assert "未报" in said("县民政局", "table", "2026Q3", "--block", "D")


def test_keys_are_exchanged_by_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("龙里县洗马镇人民政府", "黔南布依族苗族自治州民政局"):
        init_office(tmp_path / name, demo._settings(name))

    def said(office: str, *words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["--office", str(tmp_path / office), "quarter", "keys", *words]) == code
        out = capsys.readouterr()
        return out.out + out.err

    town, above = "龙里县洗马镇人民政府", "黔南布依族苗族自治州民政局"
    assert "州（市）民政部门" in said(above, "show")
    exported = said(town, "export")
    path = next((tmp_path / town / "out").glob("公钥*.json"))
    digits = exported.split("核对码：")[1].splitlines()[0]
    assert "不一致，没有登记" in said(above, "add", str(path), "--fingerprint", "1" * 40, code=5)
    monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert "已登记：龙里县洗马镇人民政府" in said(above, "add", str(path))
    assert digits in said(above, "show")
    assert json.loads(said(above, "show", "--json"))["partners"][0]["fingerprint"] == digits
