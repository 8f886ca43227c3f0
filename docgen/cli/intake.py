"""`docgen intake`: signed scans in, the desk, the folder watched, scans against what was issued."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations
from pathlib import Path

import click

from docgen.cli import desk, differences
from docgen.cli.common import DAY, json_option, keep_snapshot, opened, progress
from docgen.cli.desk import end_filing


@click.group(name="intake")
def command() -> None:
    """收件：收回签字的扫描件，办理待办桌面，看守文件夹，与签发时比对。"""


@command.command()
@click.argument("scans", metavar="扫描件.pdf...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--inbox", is_flag=True, help="收 inbox 文件夹里的全部文件；归档成功后才从 inbox 移走。")
@click.option("--signed-on", type=DAY, help="签字日期（最后一方签字的那天）；纸上写的是哪天就写哪天，可以以后再补。")
@json_option
@click.pass_context
def file(ctx: click.Context, scans: tuple[Path, ...], signed_on: date | None, *, inbox: bool, as_json: bool) -> None:
    """收回签字后的扫描件：认页、分份、排序、归档。认不出的放到待办桌面，写明原因。"""
    if bool(scans) == inbox:
        raise click.UsageError("请写扫描件的文件名，或者写 --inbox，二者选一。")
    with opened(ctx) as workspace, progress("归档") as step:
        desk = workspace.filing
        if inbox:
            report = desk.file_inbox(signed_on=signed_on, progress=step)
        else:
            report = desk.file(scans, signed_on=signed_on, progress=step)
        if report.filed or report.desk:
            keep_snapshot(workspace)
    end_filing(ctx, report, as_json=as_json)


@command.command()
@click.argument("item", metavar="编号", type=int)
@click.option("--by", required=True, metavar="姓名", help="由谁看过纸面后确认。")
@click.option("--reason", required=True, metavar="理由", help="为什么可以算已签，会记入档案。")
@click.option("--signed-on", type=DAY, help="签字日期。")
@json_option
@click.pass_context
def accept(ctx: click.Context, item: int, by: str, reason: str, signed_on: date | None, *, as_json: bool) -> None:
    """确认一份看不清签名的文书确已签好，归档。编号用 docgen intake desk 查看。"""
    with opened(ctx) as workspace:
        report = workspace.filing.accept(item, by=by, reason=reason, signed_on=signed_on)
    end_filing(ctx, report, as_json=as_json)


for _command in (*desk.COMMANDS, *differences.COMMANDS):
    command.add_command(_command)
