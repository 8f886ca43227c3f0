"""`docgen archive`: what is kept is whole, in order, and handed on."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import keeping
from docgen.cli.common import json_option, note, opened, say, show_problems, write_json


@click.group(name="archive")
def command() -> None:
    """档案：核查、修复；编档号、鉴定、移交、收存旧档。"""


for _command in keeping.COMMANDS:
    command.add_command(_command)


@command.command()
@click.option("--level", type=click.Choice(["structure", "completeness", "fixity"]), default="fixity",
              show_default=True, help="查到哪一层：结构、完整、逐字节校验。")  # fmt: skip
@click.option("--root", type=click.Path(path_type=Path), metavar="文件夹",
              help="查别处的 OCFL 1.0、1.1 存储根或单个对象，不需要办公文件夹。")  # fmt: skip
@json_option
@click.pass_context
def check(ctx: click.Context, level: str, root: Path | None, *, as_json: bool) -> None:
    """核查档案：每个文件都在，一个字节都没变，与登记对得上；报告写到 out 文件夹。"""
    from docgen.workspace.safety.checking import check_elsewhere

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
    from docgen.workspace.recovery.repairing import repair as repair_store

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
