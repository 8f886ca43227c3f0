"""Cases as a clerk opens them: persons by a word, one case for each paper, several told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.registry.cases import CaseNotFoundError
from docgen.workspace.cases.desk import CasePersonError, CaseWantedError, SeveralCasesError
from forms.cases.casefile import CaseRole

if TYPE_CHECKING:
    from docgen.workspace import Workspace
    from tests.conftest import Hands

CHILD = "王𬱖"


def test_parents_and_carer_are_meant_by_a_word(workspace: Workspace, hands: Hands) -> None:
    people = ["加害人=父亲，同住:是", "接收人=被委托人", "承办民警=岑志远，19900009110，单位:洗马派出所"]
    view = workspace.cases.open(hands.uid(CHILD), people=people, title="疑似家庭暴力")
    shown = {role: (name, relation) for role, name, relation, _ in view.people}
    assert shown["加害人"] == ("王德才", "父亲")
    assert shown["接收人"] == ("吴秀英", "祖母")
    assert shown["承办民警"] == ("岑志远", "")
    with workspace.registry.read() as tx:
        entry = tx.cases.get(view.uid).one(CaseRole.PERPETRATOR)
        father = tx.people.get(hands.uid(CHILD)).father
    assert entry is not None
    assert entry.person.uid == father.person.uid  # type: ignore[union-attr]
    assert entry.lives_with_child is True


@pytest.mark.parametrize(
    "text", ["坏人=父亲", "加害人", "加害人=父亲，爱好:喝酒", "加害人=石大山，甲乙", "加害人=石大山，522730"]
)
def test_a_person_nobody_can_read_is_refused_and_no_case_is_opened(
    text: str, workspace: Workspace, hands: Hands
) -> None:
    with pytest.raises(CasePersonError):
        workspace.cases.open(hands.uid(CHILD), people=[text])
    assert workspace.cases.listing() == ()


def test_a_stranger_is_entered_with_number_telephone_and_address(workspace: Workspace, hands: Hands) -> None:
    said = "加害人=杨发财，522799198001010013，19900009120，关系:邻居，住址:平山村四组1号，单位:砖厂，岗位:工人"
    view = workspace.cases.open(hands.uid(CHILD), people=[said.replace("522799198001010013", _number())])
    with workspace.registry.read() as tx:
        entry = tx.cases.get(view.uid).named("杨发财")
    assert entry is not None
    assert (str(entry.person.birth), entry.relation, entry.unit, entry.post) == ("1980-01-01", "邻居", "砖厂", "工人")
    assert entry.person.address == "平山村四组1号"


def _number() -> str:
    from forms.values.names_and_numbers import id_check_character

    return "52279919800101001" + id_check_character("52279919800101001")


def test_papers_go_into_the_open_case_and_two_open_ones_are_told_apart(workspace: Workspace, hands: Hands) -> None:
    uid = hands.uid(CHILD)
    first = workspace.cases.open(uid, title="第一件")
    assert workspace.cases.for_papers([uid], "", [], dry_run=True)[uid].uid == first.uid
    second = workspace.cases.open(uid, title="第二件")
    with pytest.raises(SeveralCasesError, match=second.uid):
        workspace.cases.for_papers([uid], "", [], dry_run=True)
    assert workspace.cases.for_papers([], second.uid, [], dry_run=True)[uid].uid == second.uid
    workspace.cases.close(first.uid)
    assert workspace.cases.for_papers([uid], "", [], dry_run=True)[uid].uid == second.uid
    assert [v.uid for v in workspace.cases.listing(child=uid, open_only=True)] == [second.uid]


def test_a_dry_run_opens_no_case(workspace: Workspace, hands: Hands) -> None:
    uid = hands.uid(CHILD)
    imagined = workspace.cases.for_papers([uid], "", ["加害人=父亲"], dry_run=True)[uid]
    assert [p.role for p in imagined.people] == [CaseRole.VICTIM, CaseRole.PERPETRATOR]
    assert workspace.cases.listing() == ()
    assert workspace.cases.for_papers([uid], "", [], dry_run=False)[uid].uid
    assert len(workspace.cases.listing()) == 1


def test_a_whole_village_or_an_unknown_case_makes_no_paper(workspace: Workspace) -> None:
    with pytest.raises(CaseWantedError):
        workspace.papers.make(["D1"], village="平山村")
    with pytest.raises(CaseNotFoundError):
        workspace.papers.make(["D1"], case="没有这个")


def test_who_looked_at_a_case_is_on_record(workspace: Workspace, hands: Hands) -> None:
    view = workspace.cases.open(hands.uid(CHILD))
    workspace.cases.put_people(view.uid, ["见证人=潘文海"])
    with workspace.registry.read() as tx:
        actions = [row.action for row in tx.audit.rows(subject=view.uid)]
    assert actions == ["case.open", "case.view", "case.view"]
