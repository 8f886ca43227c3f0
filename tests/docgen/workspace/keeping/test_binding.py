"""One child's volume: everything in its order, what is unsigned marked, what a recipient may not see left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from docgen.workspace.keeping.extracts import UnknownRecipientError, View
from docgen.workspace.people.choosing import SeveralChildrenError
from forms.values.blank import is_value

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.workspace import Workspace


def uid_of(workspace: Workspace, name: str) -> str:
    """Return the child of a name who has papers."""
    with workspace.registry.read() as tx:
        return next(r.uid for r in tx.people.find(name) if tx.papers.of_child(r.uid))


def pages(path: Path) -> list[str]:
    return [page.extract_text().replace("\n", "") for page in pypdf.PdfReader(path).pages]


def test_the_volume_holds_cover_list_papers_in_order_and_remarks(filed: Workspace) -> None:
    filed.describing.accession(2026)
    volume = filed.binding.bind(uid_of(filed, "罗小山"))
    read = pypdf.PdfReader(volume.path)
    outline: Any = read.outline
    titles = [str(entry["/Title"]) for entry in outline]
    assert titles[:2] == ["封面", "卷内目录"]
    assert titles[-1] == "备考表"
    order = [title.split(" ")[1] for title in titles[2:-1]]
    assert order == [filed.title_of(code) for code in ("A5", "A8", "A1")]
    assert (volume.items, volume.unsigned, volume.left_out) == (3, 0, 0)
    text = pages(volume.path)
    assert "罗小山" in text[0]
    assert volume.pages == len(text) - 3
    assert read.page_labels == ["封面", "卷内目录", *map(str, range(1, volume.pages + 1)), "备考表"]


def test_page_numbers_in_the_list_lead_to_the_papers(filed: Workspace) -> None:
    volume = filed.binding.bind(uid_of(filed, "罗小山"))
    read = pypdf.PdfReader(volume.path)
    outline: Any = read.outline
    starts = [read.get_destination_page_number(entry) or 0 for entry in outline][2:-1]
    listed = pages(volume.path)[1]
    for start in starts:
        number = read.page_labels[start]
        assert number in listed
        assert number in read.pages[start].extract_text().split()


def test_the_stamp_stands_on_the_first_page_of_each_item_only(filed: Workspace) -> None:
    filed.describing.accession(2026)
    volume = filed.binding.bind(uid_of(filed, "罗小山"))
    text = pages(volume.path)
    read = pypdf.PdfReader(volume.path)
    outline: Any = read.outline
    starts = [read.get_destination_page_number(entry) or 0 for entry in outline][2:-1]
    stamped = [index for index, page in enumerate(text) if "0194" in page and 2 <= index < len(text) - 1]
    assert stamped == starts


def test_what_is_not_signed_is_marked_on_the_page_and_in_the_list(filed: Workspace) -> None:
    volume = filed.binding.bind(uid_of(filed, "罗小水"))
    assert volume.unsigned == 1
    text = pages(volume.path)
    assert "未签" in text[1]
    assert sum("本件尚未签署" in page for page in text) >= 1
    assert "未签署的 1 件" in text[-1].replace("　", "")


def test_the_restricted_volume_holds_no_restricted_form_and_no_identity_number(filed: Workspace) -> None:
    uid = uid_of(filed, "罗小山")
    full = "".join(pages(filed.binding.bind(uid).path))
    volume = filed.binding.bind(uid, recipient="restricted")
    text = "".join(pages(volume.path))
    with filed.registry.read() as tx:
        record = tx.people.get(uid)
    number = record.child.person.id_number
    assert is_value(number)
    assert str(number) in full
    assert str(number) not in text
    assert filed.title_of("A8") in full
    assert "儿童原话" not in text
    assert volume.left_out == 1
    assert "摘录" in text
    assert "（略）" in text


def test_a_recipient_of_copies_gets_its_own_forms_only(filed: Workspace) -> None:
    volume = filed.binding.bind(uid_of(filed, "罗小山"), recipient="school")
    assert (volume.items, volume.left_out) == (1, 2)
    view = View(filed, "school")
    assert view.hidden(filed.library.get("A1")) == {
        name for copy in filed.library.get("A1").copies if copy.recipient == "school" for name in copy.hide
    }


def test_nobody_in_particular_is_refused(filed: Workspace) -> None:
    with pytest.raises(UnknownRecipientError):
        filed.binding.bind(uid_of(filed, "罗小山"), recipient="nobody")


def test_a_name_that_several_have_is_refused(filed: Workspace) -> None:
    with filed.registry.read() as tx:
        names = [str(record.child.person.name) for record in tx.people.all()]
    twice = next(name for name in names if names.count(name) > 1)
    with pytest.raises(SeveralChildrenError):
        filed.binding.bind(twice)


def test_a_child_without_papers_has_a_volume_all_the_same(workspace: Workspace) -> None:
    with workspace.registry.read() as tx:
        uid = tx.people.all()[-1].uid
    volume = workspace.binding.bind(uid)
    assert (volume.items, volume.pages) == (0, 0)
    assert len(pages(volume.path)) == 3


def test_nobodys_name_is_in_the_file_name_or_the_files_properties(filed: Workspace) -> None:
    volume = filed.binding.bind(uid_of(filed, "罗小山"))
    read = pypdf.PdfReader(volume.path)
    assert "罗小山" not in volume.path.name
    assert "罗小山" not in str(read.metadata)
    metadata: Any = read.root_object["/Metadata"]
    assert "罗小山" not in metadata.get_object().get_data().decode()


def test_every_binding_is_in_the_audit_chain(filed: Workspace) -> None:
    uid = uid_of(filed, "罗小山")
    filed.binding.bind(uid, recipient="restricted")
    with filed.registry.read() as tx:
        acts = [row for row in tx.audit.rows(subject=uid) if row.action == "dossier.bind"]
    assert [act.detail for act in acts] == [{"recipient": "restricted"}]
