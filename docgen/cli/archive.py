"""`docgen archive`: signed scans in, proof that what is kept is whole."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations
from pathlib import Path

import click

from docgen.cli import desk, differences, keeping
from docgen.cli.common import (
    DAY,
    json_option,
    keep_snapshot,
    note,
    opened,
    progress,
    say,
    show_problems,
    write_json,
)
from docgen.cli.desk import show_filing


@click.group(name="archive")
def command() -> None:
    """归档：收回签字的扫描件、核查档案；编档号、鉴定、移交、收存旧档。"""


for _command in (*keeping.COMMANDS, *desk.COMMANDS, *differences.COMMANDS):
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
        if report.filed or report.desk:
            keep_snapshot(workspace)
    if as_json:
        write_json(report.as_json())
    else:
        show_filing(report)
    ctx.exit(report.exit_code)


@command.command()
@click.argument("item", metavar="编号", type=int)
@click.option("--by", required=True, metavar="姓名", help="由谁看过纸面后确认。")
@click.option("--reason", required=True, metavar="理由", help="为什么可以算已签，会记入档案。")
@click.option("--signed-on", type=DAY, help="签字日期。")
@json_option
@click.pass_context
def accept(ctx: click.Context, item: int, by: str, reason: str, signed_on: date | None, *, as_json: bool) -> None:
    """确认一份看不清签名的文书确已签好，归档。编号用 docgen archive desk 查看。"""
    with opened(ctx) as workspace:
        report = workspace.filing.accept(item, by=by, reason=reason, signed_on=signed_on)
    if as_json:
        write_json(report.as_json())
    else:
        show_filing(report)


@command.command()
@click.option("--level", type=click.Choice(["structure", "completeness", "fixity"]), default="fixity",
              show_default=True, help="查到哪一层：结构、完整、逐字节校验。")  # fmt: skip
@click.option("--root", type=click.Path(path_type=Path), metavar="文件夹",
              help="查别处的 OCFL 1.0、1.1 存储根或单个对象，不需要办公文件夹。")  # fmt: skip
@json_option
@click.pass_context
def check(ctx: click.Context, level: str, root: Path | None, *, as_json: bool) -> None:
    """核查档案：每个文件都在，一个字节都没变，与登记对得上；报告写到 out 文件夹。"""
    from docgen.workspace.checking import check_elsewhere

    if root is not None:
        report, path = check_elsewhere(root, level), None
    else:
        with opened(ctx) as workspace:
            report, path = workspace.checking.run(level)
    if as_json:
        write_json(report.as_json())
    else:
        show_problems(report.problems)
        say(report.summary)
        if path is not None:
            note(f"报告：{path}")
    ctx.exit(7 if report.is_broken else 0)


@command.command()
@click.option(
    "--from", "backup", required=True, type=click.Path(path_type=Path), metavar="备份文件夹", help="从哪份备份取。"
)
@click.option("--identity", type=click.Path(path_type=Path), metavar="密钥文件", help="打开加密备份的密钥文件。")
@click.option("--passphrase", is_flag=True, help="用口令打开（会提问）。")
@json_option
@click.pass_context
def repair(ctx: click.Context, backup: Path, identity: Path | None, *, passphrase: bool, as_json: bool) -> None:
    """修复：逐字节核查，损坏、缺失的从备份取回，再核查一遍。损坏的移到 work/damaged，不删除。"""
    from docgen.workspace.repairing import repair as repair_store

    words = click.prompt("口令", hide_input=True) if passphrase else ""
    with opened(ctx) as workspace:
        report = repair_store(workspace, backup, identity=identity, passphrase=words)
    if as_json:
        write_json(report.as_json())
    else:
        for line in report.repaired:
            say(f"  修好 {line}")
        for line in report.left:
            note(click.style(f"  没能修好 {line}", fg="red"))
        show_problems(report.problems)
        say(report.summary)
    ctx.exit(0 if report.is_whole and not report.left else 7)
