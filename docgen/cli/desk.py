"""`docgen intake desk …`: what waits for a person, and what a person decides about it."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from docgen.cli.common import DAY, json_option, keep_snapshot, note, opened, progress, say, table, write_json

if TYPE_CHECKING:
    from docgen.workspace import Workspace
    from docgen.workspace.intake.reports import DeskView, FilingReport
    from docgen.workspace.intake.watching import Event

_TEXT_LINES = 12
"""Lines of what was read that a screen shows."""


@click.command()
@click.argument("item", metavar="[编号]", type=int, required=False)
@click.option("--decided", is_flag=True, help="看人工处理过的各项，包括撤销了的。")
@json_option
@click.pass_context
def desk(ctx: click.Context, item: int | None, *, decided: bool, as_json: bool) -> None:
    """看待办桌面：没能归档的页，和为什么。写上编号，看这一页的图像、文字和可能属于谁。"""
    from docgen.workspace.intake.comparing import not_compared
    from docgen.workspace.intake.desk_views import decided as all_decided
    from docgen.workspace.intake.desk_views import view

    with opened(ctx) as workspace:
        if item is not None:
            found = view(workspace, item)
            write_json(found.as_json()) if as_json else _show_item(found)
            return
        rows = all_decided(workspace) if decided else ()
        items = () if decided else workspace.filing.desk()
        uncompared = 0 if decided or as_json else len(not_compared(workspace))
    if as_json:
        write_json([row.as_json() for row in (rows if decided else items)])
    elif decided:
        table(["编号", "时间", "办理人", "扫描件", "页", "怎样处理"],
              [[r.uid, r.decided, r.by, r.scan, r.pages, r.resolution] for r in rows])  # fmt: skip
        say(f"共 {len(rows)} 次。撤销用 docgen intake undo 编号。")
    else:
        table(["编号", "收到", "扫描件", "页", "原因"],
              [[i.uid, i.received, i.scan, i.pages, i.reason] for i in items])  # fmt: skip
        say(f"共 {len(items)} 项。看一项的图像和候选：docgen intake desk 编号。" if items else "桌面是空的。")
        if uncompared:
            note(f"还有 {uncompared} 份签字件没有与签发时比对：看守程序（docgen intake watch）空闲时会做，"
                 "也可以现在做：docgen intake differences --all。")  # fmt: skip


@click.command()
@click.argument("item", metavar="编号", type=int)
@click.argument("paper", metavar="文号|文书编号")
@click.option("--page", type=click.IntRange(min=1), metavar="页", help="是第几页；只有一页，或者只缺一页的，不用写。")
@click.option("--by", default="", metavar="姓名", help="签名没有看到而确已签好的：由谁看过纸面后确认。")
@click.option("--reason", default="", metavar="理由", help="为什么可以算已签，与 --by 一起写。")
@click.option("--signed-on", type=DAY, help="签字日期。")
@json_option
@click.pass_context
def assign(
    ctx: click.Context,
    item: int,
    paper: str,
    page: int | None,
    by: str,
    reason: str,
    signed_on: date | None,
    *,
    as_json: bool,
) -> None:
    """认定一页是哪份文书的第几页；这份文书的页齐了就归档。认错了用 docgen intake undo 撤销。

    例：docgen intake assign 12 洗民评估〔2026〕1号 --page 2
    """
    if bool(by.strip()) != bool(reason.strip()):
        raise click.UsageError("确认已签要写明由谁确认（--by）和理由（--reason），两样一起写。")
    with opened(ctx) as workspace:
        report = workspace.deciding.assign(item, paper, page=page or 0, by=by, reason=reason, signed_on=signed_on)
        if report.filed:
            keep_snapshot(workspace)
    end_filing(ctx, report, as_json=as_json)


@click.command()
@click.argument("items", metavar="编号...", type=int, nargs=-1, required=True)
@click.option("--paper", default="", metavar="文号|文书编号", help="是哪份文书的附件。")
@click.option("--child", default="", metavar="姓名|身份证号|编号", help="归入哪个孩子的档案。")
@click.option("--title", required=True, metavar="题名", help="是什么：出生医学证明、户口簿复印件、法院裁定书……")
@click.option("--made-on", type=DAY, help="材料上写的日期。")
@json_option
@click.pass_context
def attach(
    ctx: click.Context,
    items: tuple[int, ...],
    paper: str,
    child: str,
    title: str,
    made_on: date | None,
    *,
    as_json: bool,
) -> None:
    """把外来材料（证件、证明、裁定书）作为附件，归入一份文书或者一个孩子的档案；几页写几个编号，合成一份。

    例：docgen intake attach 14 15 --child 罗小山 --title 法院裁定书 --made-on 2026-11-02
    """
    with opened(ctx) as workspace:
        act = workspace.deciding.attach(items, paper=paper, child=child, title=title, made_on=made_on)
        keep_snapshot(workspace)
    write_json(act.as_json()) if as_json else say(act.sentence)


@click.command()
@click.argument("item", metavar="编号", type=int)
@click.option("--reason", default="", metavar="理由", help="为什么不归档，会记录下来。")
@click.pass_context
def discard(ctx: click.Context, item: int, reason: str) -> None:
    """了结一项不需要归档的：夹进来的废纸、别的单位的页、看过的隔离文件。收到的扫描件仍然原样保留。"""
    with opened(ctx) as workspace:
        say(workspace.deciding.discard(item, reason=reason).sentence)


@click.command()
@click.argument("item", metavar="编号", type=int)
@click.pass_context
def undo(ctx: click.Context, item: int) -> None:
    """撤销对一项待办的处理（assign、attach、discard）：它回到桌面；因它归档的文书退回待签。"""
    with opened(ctx) as workspace:
        act = workspace.deciding.undo(item)
        keep_snapshot(workspace)
    say(act.sentence)


@click.command()
@click.option("--most", type=click.IntRange(min=1), metavar="页数", help="最多识别几页，其余下次再读。")
@json_option
@click.pass_context
def read(ctx: click.Context, most: int | None, *, as_json: bool) -> None:
    """识别待办各页和附件上的印刷文字，用来提示可能是谁的、供检索。随时可以中断，下次接着读；不联网。"""
    with opened(ctx) as workspace, progress("识别文字") as step:
        report = workspace.recognising.read(most=most or 0, progress=step)
    write_json(report.as_json()) if as_json else say(report.summary)


@click.command()
@click.argument("folder", metavar="[文件夹]", type=click.Path(path_type=Path), required=False)
@click.option("--every", type=click.IntRange(1, 3600), default=10, metavar="秒", help="隔几秒看一次，不写就是 10 秒。")
@click.option("--take", is_flag=True, help="收好以后把文件从那个文件夹里移走；inbox 里的总是移走。")
@click.option("--read", "reads", is_flag=True, help="没有新文件时，也识别待办各页的文字。")
@click.pass_context
def watch(ctx: click.Context, folder: Path | None, every: int, *, take: bool, reads: bool) -> None:
    """看守 inbox 或复印机的共享文件夹：新扫描件写完就收，同样的内容不收第二遍。按 Ctrl-C 停下。

    没有新文件时，把收回的签字件与签发时的文书逐页比对；有加写、划改、缺字的，放到待办桌面。

    例：docgen intake watch；docgen intake watch //COPIER/scan --take
    """
    from docgen.workspace.intake.leisure import Leisure
    from docgen.workspace.intake.watching import Watch

    with opened(ctx) as workspace:
        watching = Watch(workspace, workspace.filing, folder, takes_away=take)
        note(f"正在看守 {watching.folder}，隔 {every} 秒看一次。按 Ctrl-C 停下。")
        try:
            idle = Leisure(workspace, reading=workspace.recognising if reads else None).spend
            watching.run(every=every, tell=lambda event: _tell(workspace, event), idle=idle)
        except KeyboardInterrupt:
            note("已停下。没有收完的文件，下次接着收。")


def _tell(workspace: Workspace, event: Event) -> None:
    if event.report is not None:
        _show_filing(event.report)
        keep_snapshot(workspace)
    else:
        note(click.style(event.sentence, fg="yellow"))


def end_filing(ctx: click.Context, report: FilingReport, *, as_json: bool) -> NoReturn:
    """Say what was filed and what was not, and end with the exit code that follows from it."""
    if as_json:
        write_json(report.as_json())
    else:
        _show_filing(report)
    ctx.exit(report.exit_code)


def _show_filing(report: FilingReport) -> None:
    """Print what was filed and what was not."""
    for scan in report.scans:
        if scan.error:
            note(click.style(f"错误：{scan.error}", fg="red"))
        for line in scan.notes:
            note(click.style(f"  注意 {scan.name}：{line}", fg="yellow"))
        for paper in scan.filed:
            say(
                f"  归档 {paper.number or paper.uid}  {paper.title}  {paper.subject}  {paper.pages} 页  {paper.outcome}"
            )
        for item in scan.desk:
            note(click.style(f"  待办 {item.uid}（{item.pages}）：{item.reason}", fg="yellow"))
    say(report.summary)


def _show_item(found: DeskView) -> None:
    from docgen.workspace.intake.desk_items import DIFFERENT

    item = found.item
    say(f"待办第 {item.uid} 项　{item.scan}　{item.pages}　收到 {item.received}")
    say(f"原因：{item.reason}")
    if item.picture:
        say(f"图像：{item.picture}")
    if found.crops:
        say(f"{'不同之处' if item.code == DIFFERENT else '签字处'}：{'、'.join(found.crops)}")
    if found.candidates:
        table(["可能是", "写法", "说明", "页", "依据"],
              [[c.kind, c.key, c.words, str(c.page or "—"), "；".join(c.why)] for c in found.candidates])  # fmt: skip
    if found.text:
        lines = found.text.splitlines()
        say("识别到的文字（仅供查找，以图像为准）：")
        for line in lines[:_TEXT_LINES]:
            say(f"  {line}")
        if len(lines) > _TEXT_LINES:
            say(f"  ……共 {len(lines)} 行")
    elif not found.is_read and found.is_foreign:
        say("这一页的文字还没有识别，识别后可以提示是谁的：docgen intake read")
    if found.commands:
        say("可以这样办：")
    for line in found.commands:
        say(f"  {line}")


COMMANDS = (desk, assign, attach, discard, undo, read, watch)
"""What `docgen.cli.intake` adds to its group."""
