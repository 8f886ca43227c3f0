"""Findings that no other test brings about, each by the smallest input that does."""

from __future__ import annotations

import io
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest

from archive.check import check_store
from archive.disk import digest_of
from archive.intake.marks import PageRead
from archive.intake.stack import IssuedPaper, StrangerReason, sort_stack
from archive.store import Store, layout, paper_object
from docgen.engine.sheets.rejected import SheetInUseError
from docgen.engine.template import find_template
from docgen.workspace.intake.filing import StoreMismatchError
from docgen.workspace.papers.desk import VillageFormError
from docgen.workspace.papers.issuing import ChangedLayoutError
from forms.profiles.wording import UnknownWordingError, find_wording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docgen.workspace import Workspace
    from tests.conftest import Hands

HEAD = "姓名,身份证号,出生日期,年龄,父亲,父亲年龄,监护人,与儿童关系,监护人年龄,父亲电话,父亲手机号\n"
LISTS = {
    "age.not-kept": "黄小一,,2016.3.5,10,黄大,38,吴桂芬,奶奶,,,\n",
    "birth.age-mismatch": "黄小二,,2016.3.5,15,黄大,,吴桂芬,奶奶,,,\n",
    "name.several": "黄小三,,2016.3.5,10,黄大,,吴桂芬、黄国民,奶奶,,,\n",
    "column.doubled": "黄小四,,2016.3.5,10,黄大,,吴桂芬,奶奶,,19900000071,19900000071\n",
}


@pytest.mark.parametrize("code", LISTS)
def test_a_list_of_people_brings_its_finding_about(code: str, workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "平山村.csv"
    path.write_text("平山村留守儿童名单\n" + HEAD + LISTS[code], "utf-8")
    report = workspace.people.import_sheet(path, village="平山村")
    said = repr(report.as_json())
    assert code in said, said


ONE = paper_object("7K3M9Q2PA4")
HERE = layout.object_path(ONE)


def without(path: str) -> Callable[[Path], None]:
    return lambda root: (root / path).unlink()


def with_more(path: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / path).write_bytes((root / path).read_bytes() + b"x")

    return change


def rewritten(path: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    """Change an inventory and prove it anew, as somebody would who knows how."""

    def change(root: Path) -> None:
        inventory = root / path
        data = inventory.read_bytes()
        assert old in data
        inventory.write_bytes(data.replace(old, new))
        (inventory.parent / layout.SIDECAR).write_text(f"{digest_of(inventory)} {layout.INVENTORY}\n", "ascii")

    return change


STORES: dict[str, Callable[[Path], None]] = {
    "ocfl.E003": without(f"{HERE}/{layout.OBJECT_MARK}"),
    "ocfl.E007": with_more(f"{HERE}/{layout.OBJECT_MARK}"),
    "ocfl.E034": rewritten(f"{HERE}/{layout.INVENTORY}", b'"head"', b'"haed"'),
    "ocfl.E058": without(f"{HERE}/{layout.SIDECAR}"),
    "ocfl.E060": with_more(f"{HERE}/{layout.INVENTORY}"),
    "ocfl.E063": without(f"{HERE}/{layout.INVENTORY}"),
    "ocfl.E064": rewritten(f"{HERE}/v2/{layout.INVENTORY}", b"v1/content/a", b"v1/content/b"),
    "ocfl.E066": rewritten(f"{HERE}/v1/{layout.INVENTORY}", "生成".encode(), "改写".encode()),
    "ocfl.E069": without("0=ocfl_1.1"),
    "ocfl.E080": with_more("0=ocfl_1.1"),
}


@pytest.mark.parametrize("code", STORES)
def test_a_change_behind_the_back_of_the_store_brings_its_finding_about(
    code: str, workspace: Workspace, tmp_path: Path
) -> None:
    store = Store.create(tmp_path / "store", work=tmp_path / "work")
    for content in (b"1", b"2"):
        store.put(ONE, {"a": content}, message="生成", user="张敏", at=workspace.now)
    STORES[code](store.root)
    assert code in {p.code for p in check_store(store.root).problems}


def test_pages_that_contradict_themselves_go_to_a_person() -> None:
    def read(index: int, **known: Any) -> PageRead:
        return PageRead(scan="0" * 64, index=index, **known)

    stack = sort_stack([read(0, is_whole=False), read(1, is_readable=False)], lambda _: None)
    assert [s.reason for s in stack.strangers] == [StrangerReason.CUT_OFF, StrangerReason.UNREADABLE]
    assert {s.reason.value for s in stack.strangers} == {"cut-off", "unreadable"}


def test_a_page_count_that_differs_from_the_registry_goes_to_a_person(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hands.make(["A8"], "罗小水")
    scan = hands.scan(report)

    def other_count(*args: Any) -> IssuedPaper:
        return IssuedPaper(mark_id=args[1], pages=7)

    monkeypatch.setattr("docgen.workspace.intake.filing._issued", other_count)
    assert [item.code for item in hands.file("1.pdf", scan).desk] == ["page-count"]
    assert workspace.papers.listing()[0].status == "已生成待签"


def test_two_sheets_scanned_as_one_page_go_to_a_person(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小水", "王𬱖")
    pages = [paper[0][0] for paper in hands.sides(report)]
    assert report.stack is not None
    document = pypdfium2.PdfDocument(report.stack)
    first, second = (document[n].render(scale=2).to_pil().convert("L") for n in pages)
    # the second sheet lies over the lower half of the first
    half = second.height // 2
    first.paste(second.crop((0, half, second.width, second.height)), (0, half))
    both = io.BytesIO()
    first.save(both, "PDF", resolution=144)
    assert [item.code for item in hands.file("1.pdf", both.getvalue()).desk] == ["two-marks"]
    assert {row.status for row in workspace.papers.listing()} == {"已生成待签"}


def test_a_tag_in_a_part_that_is_not_filled_in_is_named(workspace: Workspace, tmp_path: Path) -> None:
    out = io.BytesIO()
    note = (
        '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:comment w:id="1">'
        "<w:p><w:r><w:t>{{ child_name }}</w:t></w:r></w:p></w:comment></w:comments>"
    )
    with (
        zipfile.ZipFile(io.BytesIO(find_template("A8", "law_2020", None).data)) as source,
        zipfile.ZipFile(out, "w") as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml":
                kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
                entry = b'<Override PartName="/word/comments.xml" ContentType="' + kind + b'"/></Types>'
                data = data.replace(b"</Types>", entry)
            if name == "word/_rels/document.xml.rels":
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
                entry = b'<Relationship Id="rIdNotes" Type="' + kind + b'" Target="comments.xml"/></Relationships>'
                data = data.replace(b"</Relationships>", entry)
            target.writestr(name, data)
        target.writestr("word/comments.xml", note)
    path = tmp_path / "A8.docx"
    path.write_bytes(out.getvalue())
    assert "template.untouched" in {p.code for p in workspace.papers.check_template(path, "A8")}


def test_a_paper_whose_pages_would_differ_now_is_not_printed_again(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    hands.make(["A8"], "罗小水")
    long = hands.make(["A5"], "罗小水")
    other = workspace.store.read(paper_object(long.made[0].uid), "issued-v1.docx")
    read = workspace.store.read

    def swapped(object_id: str, path: str, version: int | None = None) -> bytes:
        return other if path == "issued-v1.docx" else read(object_id, path, version)

    monkeypatch.setattr(workspace.store, "read", swapped)
    with pytest.raises(ChangedLayoutError):
        hands.make(["A8"], "罗小水", reprint=True)


def test_a_store_that_gives_back_other_bytes_keeps_the_scan_in_the_inbox(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hands.drop("1.pdf", hands.scan(hands.make(["A8"], "罗小水")))
    with monkeypatch.context() as patch:
        patch.setattr(workspace.store, "chunks", lambda *_: iter([b"other"]))
        with pytest.raises(StoreMismatchError):
            workspace.filing.file_inbox()
    assert path.exists()
    assert len(workspace.filing.file_inbox().filed) == 1


def test_a_form_of_a_village_is_refused_for_a_child(hands: Hands) -> None:
    with pytest.raises(VillageFormError):
        hands.make(["B1"], "罗小水")


def test_wording_that_nobody_has_written_is_refused() -> None:
    with pytest.raises(UnknownWordingError):
        find_wording("law_1999")


def test_a_copy_that_somebody_has_open_stops_the_import_before_it_is_written(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = tmp_path / "平山村.csv"
    sheet.write_text(
        "平山村留守儿童名单\n姓名,出生日期,父亲,监护人\n,2016.3.5,黄大,吴桂芬\n黄小五,2016.3.5,黄大,吴桂芬\n"
    )

    def held(*_: Any) -> None:
        raise PermissionError(13, "held")

    before = len(workspace.people.listing())
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", held)
        with pytest.raises(SheetInUseError):
            workspace.people.import_sheet(sheet, village="平山村")
    assert len(workspace.people.listing()) == before
    shutil.rmtree(workspace.folder / "out")
    assert workspace.people.import_sheet(sheet, village="平山村").rejected_file is not None
    assert len(workspace.people.listing()) == before + 1
