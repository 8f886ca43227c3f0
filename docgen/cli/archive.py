"""`docgen archive`: signed scans in, proof that what is kept is whole."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli import keeping
from docgen.cli.common import DAY, json_option, note, opened, progress, say, show_problems, table, write_json

if TYPE_CHECKING:
    from docgen.workspace.reports import FilingReport


@click.group(name="archive")
def command() -> None:
    """归档：收回签字的扫描件、核查档案；编档号、鉴定、移交、收存旧档。"""


for _command in keeping.COMMANDS:
    command.add_command(_command)


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
    if as_json:
        write_json(report.as_json())
    else:
        _show(report)
    ctx.exit(report.exit_code)


@command.command()
@json_option
@click.pass_context
def desk(ctx: click.Context, *, as_json: bool) -> None:
    """看待办桌面：没能归档的页，和为什么。"""
    with opened(ctx) as workspace:
        items = workspace.filing.desk()
    if as_json:
        write_json([item.as_json() for item in items])
        return
    table(["编号", "收到", "扫描件", "页", "原因"],
          [[i.uid, i.received, i.scan, i.pages, i.reason] for i in items])  # fmt: skip
    say(f"共 {len(items)} 项。" if items else "桌面是空的。")


@command.command()
@click.option("--level", type=click.Choice(["structure", "completeness", "fixity"]), default="fixity",
              show_default=True, help="查到哪一层：结构、完整、逐字节校验。")  # fmt: skip
@json_option
@click.pass_context
def check(ctx: click.Context, level: str, *, as_json: bool) -> None:
    """核查档案：每个文件都在，一个字节都没变，与登记对得上。"""
    with opened(ctx) as workspace:
        report = workspace.checking.check(level)
    if as_json:
        write_json(report.as_json())
    else:
        show_problems(report.problems)
        say(report.summary)
    ctx.exit(7 if report.is_broken else 0)


def _show(report: FilingReport) -> None:
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
            note(click.style(f"  待办 {item.pages}：{item.reason}", fg="yellow"))
    say(report.summary)
