"""The desk by command: what it shows can be typed, what was typed can be undone; the folder watched; what is out."""

from __future__ import annotations

import io
import json
import shlex
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from docgen.workspace.intake.filing import FilingDesk
from docgen.workspace.intake.reports import DeskItem, FiledScan, FilingReport
from docgen.workspace.intake.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from docgen.workspace import Workspace
    from tests.conftest import Hands

    Cli = Callable[..., Result]


def torn(scan: bytes) -> bytes:
    """Return a scan whose corners with the codes are gone."""
    pictures = []
    for page in pypdfium2.PdfDocument(scan):
        picture = page.render(scale=150 / 72).to_pil().convert("RGB")
        (w, h), k = picture.size, 215
        for box in ((0, 0, k, k), (w - k, h - k, w, h)):
            ImageDraw.Draw(picture).rectangle(box, fill="white")
        pictures.append(picture)
    target = io.BytesIO()
    pictures[0].save(target, "PDF", save_all=True, append_images=pictures[1:], resolution=150, quality=80)
    return target.getvalue()


def strange_page() -> bytes:
    picture = Image.new("RGB", (1240, 1754), "white")
    for line in range(200, 1500, 60):
        ImageDraw.Draw(picture).line((150, line, 900, line), fill="black", width=9)
    target = io.BytesIO()
    picture.save(target, "PDF", resolution=150)
    return target.getvalue()


def test_what_the_desk_shows_can_be_typed_and_undone(
    cli: Cli, office: Path, hands: Hands, workspace: Workspace
) -> None:
    report = hands.make(["A5"], "罗小山")
    scan = hands.scan(report, is_shuffled=False, upside_down=0.0, skew=0.5)
    both = hands.sides(report)[0][0]
    (office / "inbox" / "1.pdf").write_bytes(hands.scan(report, both[:1]))
    (office / "inbox" / "2.pdf").write_bytes(torn(scan))
    done = cli("intake", "file", "--inbox")
    assert done.exit_code == 3, done.output
    items = json.loads(cli("intake", "desk", "--json").stdout)
    page = next(i["uid"] for i in items if i["code"] == "no-mark" and i["pages"] == "第 2 页")
    seen = cli("intake", "desk", page)
    assert seen.exit_code == 0, seen.output
    assert f"desk/{page}/page.jpg" in seen.output
    assert (office / "desk" / page / "page.jpg").exists()
    typed = f"intake assign {page} {report.made[0].number} --page 2"
    assign = cli(*shlex.split(typed), "--by", "罗建国", "--reason", "看过原件", "--json")
    assert assign.exit_code == 0, assign.output
    assert [p["uid"] for p in json.loads(assign.stdout)["scans"][0]["filed"]] == [report.made[0].uid]
    assert report.made[0].number in cli("intake", "desk", "--decided").output
    undone = cli("intake", "undo", page)
    assert undone.exit_code == 0, undone.output
    assert f"第 {page} 项" in undone.output
    assert "已撤销" in cli("intake", "desk", "--decided").output
    assert [r.status for r in workspace.papers.listing()] == ["已生成待签"]


@pytest.mark.parametrize("wanted", [(), ("--json",)])
def test_accepting_ends_with_what_came_of_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, wanted: tuple[str, ...]
) -> None:
    item = DeskItem(uid="8", received="2026-11-22", scan="1.pdf", pages="第 1 页", code="missing", reason="还缺一页。")
    left = FilingReport(scans=(FiledScan(name="1.pdf", pages=1, desk=(item,)),))
    monkeypatch.setattr(FilingDesk, "accept", lambda *_, **__: left)
    done = cli("intake", "accept", 7, "--by", "罗建国", "--reason", "看过原件", *wanted)
    assert done.exit_code == 3, done.output
    assert "还缺一页" in done.output


def test_foreign_pages_are_attached_or_discarded(cli: Cli, office: Path) -> None:
    for number in (1, 2):
        (office / "inbox" / f"{number}.pdf").write_bytes(strange_page() + b"\n" * number)
    assert cli("intake", "file", "--inbox").exit_code == 3
    first, second = (i["uid"] for i in json.loads(cli("intake", "desk", "--json").stdout))
    seen = json.loads(cli("intake", "desk", first, "--json").stdout)
    assert seen["commands"][0].startswith(f"docgen intake attach {first}")
    attach = cli("intake", "attach", first, "--child", "周浩然", "--title", "出生医学证明")
    assert attach.exit_code == 0, attach.output
    assert "周浩然" in attach.output
    assert "附件 出生医学证明" in cli("dossier", "show", "周浩然").output
    assert cli("intake", "discard", second, "--reason", "废纸").exit_code == 0
    assert "桌面是空的" in cli("intake", "desk").output


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("intake", "desk", 99), 4),
        (("intake", "assign", 99, "洗民评估〔2026〕1号"), 4),
        (("intake", "attach", 99, "--child", "罗小水", "--title", "证明"), 4),
        (("intake", "attach", 99, "--title", "证明"), 3),
        (("intake", "discard", 99), 4),
        (("intake", "undo", 99), 5),
        (("intake", "watch", "没有的文件夹"), 4),
        (("make", "--reprint", "洗民评估〔2020〕1号"), 4),
        (("papers", "outstanding", "--village", "没有村"), 4),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    cli: Cli, one_sentence: Callable[[Result, int], str], arguments: tuple[Any, ...], exit_code: int
) -> None:
    one_sentence(cli(*arguments), exit_code)


def test_half_a_confirmation_is_a_mistake_in_typing(cli: Cli) -> None:
    done = cli("intake", "assign", 1, "洗民评估〔2026〕1号", "--by", "罗建国")
    assert done.exit_code == 2
    assert "--reason" in done.output


def test_the_watch_says_what_it_did_and_ends_cleanly(
    cli: Cli, office: Path, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office / "inbox" / "1.pdf").write_bytes(hands.scan(hands.make(["A8"], "罗小山")))
    honest, looks = Watch.look, []

    def look(watch: Watch) -> Any:
        looks.append(1)
        if len(looks) > 2:
            raise KeyboardInterrupt
        return honest(watch)

    monkeypatch.setattr(Watch, "look", look)
    done = cli("intake", "watch", "--every", 1)
    assert done.exit_code == 0, done.output
    assert "归档 1 份" in done.output
    assert "已停下" in done.output
    assert list((office / "inbox").iterdir()) == []


def test_what_is_out_is_listed_printed_and_printed_again(cli: Cli, office: Path, hands: Hands) -> None:
    (made,) = hands.make(["A5"], "罗小山").made
    listed = cli("papers", "outstanding", "--print")
    assert listed.exit_code == 0, listed.output
    assert made.number in listed.output
    assert len(list((office / "out").glob("催收单-*.pdf"))) == 1
    assert "共 0 份" in cli("papers", "outstanding", "--days", 9999).output
    again = cli("make", "--reprint", made.number, "--json")
    assert again.exit_code == 0, again.output
    assert [p["number"] for p in json.loads(again.stdout)["made"]] == [made.number]
    assert json.loads(cli("papers", "list", "--json").stdout)[0]["prints"] == "2"


def test_nothing_to_read_is_said(cli: Cli) -> None:
    assert cli("intake", "read").output.strip() == "没有要识别的页。"
