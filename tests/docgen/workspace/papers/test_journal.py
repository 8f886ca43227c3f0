"""What a crash left between store and registry is carried over, or named and left; it never stops an office."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from archive import schema
from archive.store import Store, paper_object
from docgen.workspace.office.objects import inputs_path
from docgen.workspace.papers.journal import Intent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands


class PowerCutError(BaseException):
    """The process is gone: nothing below this point runs, not even a handler of Exception."""


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Cut the power after the next paper is in the store and before the registry knows of it."""

    def arm() -> None:
        put = Store.put

        def put_and_die(self: Store, object_id: str, *args: Any, **how: Any) -> int:
            put(self, object_id, *args, **how)
            monkeypatch.setattr(Store, "put", put)
            raise PowerCutError(object_id)

        monkeypatch.setattr(Store, "put", put_and_die)

    return arm


def orphan_of(hands: Hands, cut: Callable[[], None], name: str) -> str:
    """Return the uid of a paper that is in the store only."""
    cut()
    with pytest.raises(PowerCutError) as gone:
        hands.make(["B2"], name)
    return str(gone.value).removeprefix("urn:docgen:paper:")


def numbers(workspace: Workspace) -> list[str]:
    return [row.number for row in workspace.papers.listing()]


def test_a_paper_cut_off_before_the_registry_is_carried_over_with_its_number(
    hands: Hands, cut: Callable[[], None], workspace: Workspace
) -> None:
    uid = orphan_of(hands, cut, "罗小山")
    workspace.recover()
    (row,) = workspace.papers.listing()
    assert row.uid == uid
    hands.make(["B2"], "罗小水")
    assert len(set(numbers(workspace))) == 2
    assert workspace.checking.check().problems == ()


def test_a_number_that_was_given_again_leaves_an_orphan_that_is_named(
    hands: Hands, cut: Callable[[], None], workspace: Workspace
) -> None:
    """Two processes: one dies with a number in hand, the other, which does not see the intent, is given it again."""
    uid = orphan_of(hands, cut, "罗小山")
    intent = Intent(paper_uid=uid, version=1).path(workspace.folder / "work")
    hidden = intent.rename(intent.with_suffix(".hidden"))
    made = hands.make(["B2"], "罗小水").made[0]
    hidden.rename(intent)

    workspace.recover()

    assert not intent.exists()
    assert numbers(workspace) == [made.number]
    (item,) = workspace.filing.desk()
    assert item.code == "paper.orphan"
    assert uid in item.scan
    assert made.number in item.reason
    with workspace.registry.read() as tx:
        assert [row.action for row in tx.audit.rows(subject=uid)] == ["paper.orphan"]
        assert tx.audit.verify() == ()
    report = workspace.checking.check()
    assert not report.is_broken
    assert [p.code for p in report.problems] == ["agreement.unrecorded"]
    assert uid in report.problems[0].where.subject
    assert hands.make(["B2"], "罗小山").made[0].number != made.number


def test_an_orphan_whose_child_is_unknown_does_not_stop_the_office(
    hands: Hands, cut: Callable[[], None], workspace: Workspace, open_office: Callable[[Path], Workspace]
) -> None:
    uid = orphan_of(hands, cut, "罗小山")
    path = inputs_path(1)
    inputs = json.loads(workspace.store.read(paper_object(uid), path)) | {"child_uid": "0000000000"}
    files = {path: json.dumps(inputs).encode()}
    workspace.store.put(paper_object(uid), files, message="换", user="张敏", at=workspace.now)
    workspace.close()
    with open_office(workspace.folder) as again:
        assert [item.code for item in again.filing.desk()] == ["paper.orphan"]
        assert again.papers.listing() == ()


@pytest.mark.parametrize("inputs", [b"{}", b"not json"])
def test_an_orphan_nobody_can_read_does_not_stop_the_office(
    inputs: bytes, hands: Hands, cut: Callable[[], None], workspace: Workspace
) -> None:
    uid = orphan_of(hands, cut, "罗小山")
    workspace.store.put(paper_object(uid), {inputs_path(1): inputs}, message="换", user="张敏", at=workspace.now)
    workspace.recover()
    assert [item.code for item in workspace.filing.desk()] == ["paper.orphan"]
    workspace.recover()
    assert len(workspace.filing.desk()) == 1


def test_a_damaged_orphan_does_not_stop_the_office(hands: Hands, cut: Callable[[], None], workspace: Workspace) -> None:
    uid = orphan_of(hands, cut, "罗小山")
    (content,) = (workspace.folder / "store").rglob("inputs-v1.json")
    content.write_bytes(b"x")
    workspace.recover()
    assert [item.code for item in workspace.filing.desk()] == ["paper.orphan"]
    assert uid in workspace.filing.desk()[0].scan


def test_an_intent_that_reached_neither_store_nor_registry_is_forgotten(workspace: Workspace) -> None:
    work = workspace.folder / "work"
    Intent(paper_uid="7K3M9Q2PA4", version=1).write(work)
    shutil.copy(next(work.glob("*.intent")), work / "issue-torn-1.intent")
    (work / "issue-torn-1.intent").write_bytes(b'{"pap')
    workspace.recover()
    assert not list(work.glob("*.intent"))
    assert workspace.filing.desk() == ()
    with workspace.registry.read() as tx:
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(schema.papers)).scalar() == 0
