"""Who may do which step with a table, and what the organs that verify it may say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docgen.workspace.quarter.keys import PartnerNotFoundError, Role
from docgen.workspace.quarter.package import PackageKind, open_package
from docgen.workspace.quarter.refusals import (
    InconsistentTableError,
)
from docgen.workspace.quarter.sending import (
    NoReasonError,
    NoScanError,
    NotARecipientError,
    NotSignedError,
)
from docgen.workspace.quarter.shelf import WrongRoleError
from docgen.workspace.quarter.states import NoLeaderError, NotPrincipalError, SamePersonError, WrongStateError
from docgen.workspace.quarter.table_file import TableFileError
from docgen.workspace.quarter.verifying import (
    NotVerifiedError,
    NotYourColumnError,
    VerifyChildrenError,
    VerifyReasonError,
    VerifySourceError,
    VerifyValueError,
    read_verification,
)
from forms.quarter.table import TableState
from tests.docgen.workspace.quarter.sample_offices import Q3, SOURCE, XIMA, XINGSHI, Offices, disagreed, forged, refused


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
