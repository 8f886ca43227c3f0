"""What a person decides about the desk: one act, recorded, undone as easily; nothing is lost on the way."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from archive.intake.stack import StrangerReason
from archive.registry.decisions import NothingToUndoError
from archive.registry.scans import DeskItemNotFoundError, PageState
from archive.registry.withdrawals import NotWithdrawableError
from archive.store import paper_object, scan_object
from docgen.workspace.intake.deciding import (
    NotAssignableError,
    PageTakenError,
    PaperNotOutError,
    WhereToError,
    WhichPageError,
)
from docgen.workspace.intake.desk_views import decided, view
from docgen.workspace.intake.filing import FilingDesk
from forms.values.enums import PaperStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docgen.workspace import Workspace
    from tests.conftest import Hands


def without_codes(scan: bytes, pages: Iterable[int] | None = None) -> bytes:
    """Return a scan in which the corners with the codes are torn off, on all or some pages."""
    document = pypdfium2.PdfDocument(scan)
    torn = set(range(len(document)) if pages is None else pages)
    pictures = []
    for number in range(len(document)):
        picture = document[number].render(scale=150 / 72).to_pil().convert("RGB")
        if number in torn:
            (w, h), k = picture.size, round(36 / 25.4 * 150)
            draw = ImageDraw.Draw(picture)
            for box in ((0, 0, k, k), (w - k, h - k, w, h)):
                draw.rectangle(box, fill="white")
        pictures.append(picture)
    target = io.BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=150, quality=80)
    return target.getvalue()


def certificate_pdf(pages: int = 1) -> bytes:
    """Return the scan of somebody else's paper: lines of something, no code."""
    pictures = []
    for number in range(pages):
        picture = Image.new("RGB", (1240, 1754), (246, 246, 244))
        draw = ImageDraw.Draw(picture)
        for line in range(200, 1500, 60):
            draw.line((150, line, 900 + 40 * number, line), fill=(30, 30, 30), width=9)
        pictures.append(picture)
    target = io.BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return target.getvalue()


def where(workspace: Workspace, scan: bytes) -> list[PageState]:
    with workspace.registry.read() as tx:
        pages = tx.scans.pages(hashlib.sha256(scan).hexdigest())
    return [page.state for page in sorted(pages, key=lambda page: page.page_index)]


def test_a_page_without_its_codes_is_assigned_and_its_paper_filed(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5"], "罗小山")
    (made,) = report.made
    scan = without_codes(hands.scan(report, skew=0.5, upside_down=0.0, is_shuffled=False), [1])
    filed = hands.file("0001.pdf", scan)
    assert sorted(i.code for i in filed.desk) == ["missing-pages", "no-mark"]
    item = int(next(i.uid for i in filed.desk if i.code == "no-mark"))
    seen = view(workspace, item)
    assert [(c.kind, c.key, c.page) for c in seen.candidates] == [("文书", made.number or made.uid, 2)]
    assert seen.item.picture == f"desk/{item}/page.jpg"
    with Image.open(workspace.folder / seen.item.picture) as picture:
        assert picture.height > picture.width > 600
    done = workspace.deciding.assign(item, made.number or made.uid, by="罗建国", reason="看过原件")
    assert [p.uid for p in done.filed] == [made.uid]
    assert workspace.filing.desk() == ()
    assert where(workspace, scan) == [PageState.FILED, PageState.FILED]
    assert not any((workspace.folder / "desk").iterdir()), "the picture goes when the item is settled"
    (path,) = [
        p for p in workspace.store.paths(paper_object(made.uid)) if p.startswith("signed-") and p.endswith(".pdf")
    ]
    evidence = workspace.store.read(paper_object(made.uid), path.removesuffix(".pdf") + ".json").decode()
    assert '"person"' in evidence
    assert [d.resolution.endswith("第 2 页") for d in decided(workspace)] == [True]
    assert workspace.checking.check().problems == ()

    back = workspace.deciding.undo(item)
    assert back.items == (item,)
    with workspace.registry.read() as tx:
        assert tx.papers.get(made.uid).status is PaperStatus.ISSUED
        assert len(tx.withdrawals.of(made.uid)) == 1
    assert sorted(i.code for i in workspace.filing.desk()) == ["missing-pages", "no-mark"]
    assert where(workspace, scan) == [PageState.WAITING, PageState.DESK]
    with pytest.raises(NothingToUndoError):
        workspace.deciding.undo(item)
    again = workspace.deciding.assign(item, made.number or made.uid, page=2, by="罗建国", reason="看过原件")
    assert [p.uid for p in again.filed] == [made.uid]
    assert workspace.checking.check().problems == ()


def test_a_wrong_assignment_is_refused_or_asks_which_page(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A5", "A8"], "罗小山")
    a5, a8 = report.made
    first = hands.sides(report)[0][0]
    filed = hands.file("0001.pdf", hands.scan(report, [first[0]]))
    missing = int(filed.desk[0].uid)
    stranger = int(hands.file("0002.pdf", certificate_pdf()).desk[0].uid)
    with pytest.raises(NotAssignableError):
        workspace.deciding.assign(missing, a8.uid)
    with pytest.raises(DeskItemNotFoundError):
        workspace.deciding.assign(999, a8.uid)
    with pytest.raises(WhichPageError):
        workspace.deciding.assign(stranger, a5.uid, page=9)
    with pytest.raises(PageTakenError):
        workspace.deciding.assign(stranger, a5.uid, page=1)
    workspace.papers.void(a8.number or a8.uid, reason="写错了")
    with pytest.raises(PaperNotOutError):
        workspace.deciding.assign(stranger, a8.uid)
    other = hands.make(["A5"], "罗小水")
    with pytest.raises(WhichPageError) as which:
        workspace.deciding.assign(stranger, other.made[0].uid)
    assert which.value.missing == tuple(range(1, other.made[0].pages + 1))
    with pytest.raises(NotAssignableError):
        workspace.deciding.discard(missing)
    assert {i.uid for i in workspace.filing.desk()} == {str(missing), str(stranger)}


def test_a_page_that_names_itself_is_never_given_to_another_paper(hands: Hands, workspace: Workspace) -> None:
    old = hands.make(["A8"], "罗小山")
    scan = hands.scan(old)
    new = hands.make(["A8"], "罗小山", revise=True)
    (item,) = hands.file("旧版.pdf", scan).desk
    assert item.code == StrangerReason.OLD_VERSION.value
    with pytest.raises(NotAssignableError):
        workspace.deciding.assign(int(item.uid), new.made[0].uid)
    act = workspace.deciding.discard(int(item.uid), reason="已经重签")
    assert act.items == (int(item.uid),)
    assert workspace.filing.desk() == ()
    assert where(workspace, scan) == [PageState.DUPLICATE]
    assert hands.file("旧版又来.pdf", scan).scans[0].known
    workspace.deciding.undo(int(item.uid))
    assert [i.uid for i in workspace.filing.desk()] == [item.uid]
    assert where(workspace, scan) == [PageState.DESK]


def test_foreign_pages_become_one_enclosure_of_a_childs_dossier(hands: Hands, workspace: Workspace) -> None:
    scan = certificate_pdf(2)
    items = [int(i.uid) for i in hands.file("外来.pdf", scan).desk]
    assert len(items) == 2
    with pytest.raises(WhereToError):
        workspace.deciding.attach(items, title="裁定书")
    act = workspace.deciding.attach(items, child="周浩然", title="法院裁定书", made_on=date(2026, 11, 2))
    assert act.items == tuple(items)
    assert workspace.filing.desk() == ()
    (dossier,) = workspace.dossiers.show("周浩然")
    row = next(r for r in dossier.rows if "法院裁定书" in r[1])
    assert row[3] == "2026-11-02"
    assert row[6] == "2"
    with workspace.registry.read() as tx:
        (old,) = tx.old.of_child(dossier.child_uid)
        pages = tx.scans.pages(old.sha256)
    assert [p.state for p in pages] == [PageState.FILED] * 2
    pdf = workspace.store.read(scan_object(old.sha256), "original.pdf")
    assert len(pypdfium2.PdfDocument(pdf)) == 2
    assert workspace.finding.search("法院裁定书").total == 1
    assert workspace.checking.check().problems == ()
    workspace.deciding.undo(items[1])
    assert [int(i.uid) for i in workspace.filing.desk()] == items
    assert workspace.finding.search("法院裁定书").total == 0
    assert not any("法院裁定书" in r[1] for r in workspace.dossiers.show("周浩然")[0].rows)
    assert workspace.checking.check().problems == ()
    workspace.deciding.attach(items, child="周浩然", title="法院裁定书")
    assert workspace.finding.search("法院裁定书").total == 1


def test_an_enclosure_of_a_paper_belongs_to_its_child(hands: Hands, workspace: Workspace) -> None:
    (made,) = hands.make(["A8"], "罗小水").made
    (item,) = hands.file("外来.pdf", certificate_pdf()).desk
    workspace.deciding.attach([int(item.uid)], paper=made.number or made.uid, title="户口簿复印件")
    with workspace.registry.read() as tx:
        (old,) = tx.old.of_child(hands.uid("罗小水"))
        (decision,) = tx.desk.of_paper(made.uid)
    assert decision.old_uid == old.uid
    assert (made.number or made.uid) in old.title


def test_a_filing_on_which_a_reading_rests_is_not_pulled_away(hands: Hands, workspace: Workspace) -> None:
    report = hands.make(["A8"], "罗小山")
    (made,) = report.made
    (item,) = hands.file(
        "0001.pdf", without_codes(hands.scan(report, skew=0.5, upside_down=0.0, is_shuffled=False))
    ).desk
    workspace.deciding.assign(int(item.uid), made.uid, by="罗建国", reason="看过原件")
    assert workspace.recording.record(made.uid, typed={}, signed_on=workspace.today, signatures=[]).is_kept
    with pytest.raises(NotWithdrawableError):
        workspace.deciding.undo(int(item.uid))
    assert workspace.filing.desk() == ()


def test_a_power_cut_after_a_decision_is_healed_at_the_next_filing(
    hands: Hands, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = hands.make(["A5"], "罗小山")
    (made,) = report.made
    scan = without_codes(hands.scan(report, skew=0.5, upside_down=0.0, is_shuffled=False), [1])
    item = int(next(i.uid for i in hands.file("0001.pdf", scan).desk if i.code == "no-mark"))

    def power_cut(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FilingDesk, "resettle", power_cut)
        with pytest.raises(KeyboardInterrupt):
            workspace.deciding.assign(item, made.uid)
    assert where(workspace, scan) == [PageState.WAITING, PageState.WAITING]
    healed = workspace.filing.file_inbox()
    assert [p.uid for p in healed.filed] + [i.code for i in healed.desk] in ([made.uid], ["unsigned"])
    assert PageState.WAITING not in where(workspace, scan)
    assert workspace.filing.file_inbox().scans == ()

    with monkeypatch.context() as patch:
        patch.setattr(FilingDesk, "resettle", power_cut)
        with pytest.raises(KeyboardInterrupt):
            workspace.deciding.undo(item)
    assert workspace.filing.file_inbox().desk[0].code == "missing-pages"
    assert sorted(i.code for i in workspace.filing.desk()) == ["missing-pages", "no-mark"]
    assert workspace.checking.check().problems == ()


def test_the_places_in_doubt_are_shown_to_who_decides(hands: Hands, workspace: Workspace) -> None:
    (item,) = hands.file("空白.pdf", hands.scan(hands.make(["A8"], "罗小山"), is_signed=False)).desk
    seen = view(workspace, int(item.uid))
    assert seen.crops
    assert all((workspace.folder / name).stat().st_size > 100 for name in (*seen.crops, seen.item.picture))
    assert any(command.startswith("docgen intake accept") for command in seen.commands)
    workspace.deciding.discard(int(item.uid), reason="是复印件")
    assert workspace.filing.desk() == ()
    workspace.deciding.undo(int(item.uid))
    assert [i.uid for i in workspace.filing.desk()] == [item.uid]
    assert len(workspace.filing.accept(int(item.uid), by="罗建国", reason="看过原件").filed) == 1
