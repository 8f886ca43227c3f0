"""`docgen archive …`: numbering, lists, appraisal, transfer, old scans – the archivist's half of the group."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.common import DAY, json_option, note, opened, progress, say, table, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


def _by_two(command: Callable[..., None]) -> Callable[..., None]:
    """Add what every destruction is asked: the two who answer for it (REF-19), and whether to ask once more."""
    for option in (
        json_option,
        click.option("--yes", is_flag=True, help="不再询问。"),
        click.option("--second", required=True, metavar="姓名", help="另一名鉴定人、监销人。"),
        click.option("--by", "first", required=True, metavar="姓名", help="鉴定人、监销人之一。"),
    ):
        command = option(command)
    return command


@click.command()
@click.option("--year", type=int, required=True, metavar="年度", help="给这一年形成的归档文书编档号。")
@click.option("--lists-only", is_flag=True, help="不编新号，只重新生成目录和备考表。")
@json_option
@click.pass_context
def accession(ctx: click.Context, year: int, *, lists_only: bool, as_json: bool) -> None:
    """编档号，生成归档文件目录（xlsx、PDF）、备考表和归档章。可以反复运行，已编的号不变。"""
    with opened(ctx) as workspace, progress("编档号") as step:
        desk = workspace.describing
        report = desk.catalogue(year) if lists_only else desk.accession(year, progress=step)
    if as_json:
        write_json(report.as_json())
        return
    say(report.summary)
    if report.folder:
        say(f"目录、备考表和归档章：{report.folder}")


@click.command(name="void-code")
@click.argument("code", metavar="档号")
@click.option("--reason", required=True, metavar="原因", help="写进备考表。")
@click.pass_context
def void_code(ctx: click.Context, code: str, reason: str) -> None:
    """作废一个编错的档号；号保留不再使用，这一件可以重新编号。"""
    with opened(ctx) as workspace:
        row = workspace.describing.void(code, reason=reason)
    say(f"已作废。{row.title} 下次运行 docgen archive accession 时重新编号。")


@click.command()
@json_option
@click.pass_context
def appraise(ctx: click.Context, *, as_json: bool) -> None:
    """列出保管期限届满、应当鉴定的档案，生成可填写的清单。"""
    with opened(ctx) as workspace:
        result = workspace.disposing.appraise()
    if as_json:
        write_json(result.as_json())
        return
    if result.rows:
        table(["序号", "档号", "题名", "日期", "页数", "保管期限", "期满年份"], [list(row[:7]) for row in result.rows])
    say(result.summary)
    if result.path:
        say(f"清单：{result.path}")


@click.command()
@click.argument("sheet", metavar="清单.xlsx", type=_FILE)
@_by_two
@click.pass_context
def dispose(ctx: click.Context, sheet: Path, first: str, second: str, *, yes: bool, as_json: bool) -> None:
    """照填好的鉴定清单办理：销毁或者续存。销毁后不能恢复，只留销毁清册。"""
    if not yes:
        click.confirm("销毁以后不能恢复，确定照清单办理吗？", abort=True, err=True)
    with opened(ctx) as workspace:
        report = workspace.disposing.dispose(sheet, first=first, second=second)
    if as_json:
        write_json(report.as_json())
        return
    say(report.summary)
    if report.folder:
        say(f"销毁清册：{report.folder}")


@click.command(name="dispose-copy")
@click.argument("item", metavar="待办编号", type=int)
@_by_two
@click.pass_context
def dispose_copy(ctx: click.Context, item: int, first: str, second: str, *, yes: bool, as_json: bool) -> None:
    """销毁以后又扫来一份的：按同一决定销毁这份扫描件，另出一张清册。编号用 docgen intake desk 查看。"""
    if not yes:
        click.confirm("销毁以后不能恢复，确定销毁这份扫描件吗？", abort=True, err=True)
    with opened(ctx) as workspace:
        report = workspace.disposing.dispose_copy(item, first=first, second=second)
    if as_json:
        write_json(report.as_json())
        return
    say(f"已销毁待办第 {item} 项的扫描件，清册编号 {report.uid}。")
    say(f"销毁清册：{report.folder}")


@click.command()
@click.argument("uid", metavar="清册编号")
@click.argument("scan", metavar="扫描件", type=_FILE)
@click.pass_context
def certificate(ctx: click.Context, uid: str, scan: Path) -> None:
    """把签字后的销毁清册存入库房，永久保存。"""
    with opened(ctx) as workspace:
        workspace.disposing.add_signed(uid, scan)
    say("签字的销毁清册已经存入。")


@click.command()
@click.option("--year", "years", type=int, multiple=True, metavar="年度", help="移交这一年的全部档案，可写多次。")
@click.option("--paper", "papers", multiple=True, metavar="档号|文号|编号", help="只移交这一件，可写多次。")
@click.option("--to", type=_FOLDER, required=True, metavar="文件夹", help="移交包放在哪里，例如移动硬盘。")
@click.option("--receiver", default="", metavar="单位", help="接收单位；不写就是县（区）档案馆。")
@json_option
@click.pass_context
def transfer(
    ctx: click.Context, years: tuple[int, ...], papers: tuple[str, ...], to: Path, receiver: str, *, as_json: bool
) -> None:
    """生成移交包（BagIt）：全部文件、目录、校验值、四性检测报告。"""
    if not years and not papers:
        raise click.UsageError("请写 --year 或 --paper。")
    with opened(ctx) as workspace, progress("移交") as step:
        report = workspace.transferring.make(to, years=years, papers=papers, receiver=receiver, progress=step)
    if as_json:
        write_json(report.as_json())
        return
    say(report.summary)
    say(f"移交包：{report.folder}")
    say(f"请双方签章：{report.form}")


@click.command()
@click.argument("uid", metavar="移交包编号")
@click.argument("scan", metavar="回执扫描件", type=_FILE)
@click.option("--on", type=DAY, help="接收日期；不写就是今天。")
@click.pass_context
def receipt(ctx: click.Context, uid: str, scan: Path, on: date | None) -> None:
    """登记接收单位签章的回执。"""
    with opened(ctx) as workspace:
        workspace.transferring.receive(uid, scan, on=on)
    say("回执已经登记。")


@click.command()
@click.argument("folder", metavar="文件夹", type=_FOLDER)
@click.option("--apply", "is_real", is_flag=True, help="真正收存；不写只预查，什么也不改。")
@json_option
@click.pass_context
def adopt(ctx: click.Context, folder: Path, *, is_real: bool, as_json: bool) -> None:
    """收存以前的旧扫描件：按文件名、文件夹名认人认村，认不准的放到待办桌面。

    先不写 --apply 预查一遍，看过清单再收存。中断了再运行一次，会接着办。原文件不动。
    """
    with opened(ctx) as workspace, progress("旧档") as step:
        report = workspace.adopting.adopt(folder, dry_run=not is_real, progress=step)
    if as_json:
        write_json(report.as_json())
        return
    say(report.summary)
    say(f"逐个文件的清单：{report.path}")
    if report.dry_run:
        note("这是预查。看过清单没有问题，加 --apply 再运行一次。")


@click.command()
@click.argument("uid", metavar="旧档编号")
@click.argument("who", metavar="姓名|身份证号|编号")
@click.pass_context
def place(ctx: click.Context, uid: str, who: str) -> None:
    """认定一件旧档是哪个孩子的。"""
    with opened(ctx) as workspace:
        child_uid = workspace.adopting.place(uid, who)
    say(f"已归到档案编号 {child_uid}。")


COMMANDS = (accession, void_code, appraise, dispose, dispose_copy, certificate, transfer, receipt, adopt, place)
"""What `docgen.cli.archive` adds to its group."""
