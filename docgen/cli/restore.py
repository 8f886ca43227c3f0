"""`docgen restore`: an office out of a backup, into an empty folder."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.common import json_option, progress, say, show_problems, write_json


@click.command(name="restore")
@click.argument("backup", metavar="备份文件夹", type=click.Path(path_type=Path))
@click.argument("folder", metavar="空文件夹", type=click.Path(path_type=Path))
@click.option("--identity", type=click.Path(path_type=Path), metavar="密钥文件", help="打开加密备份的密钥文件。")
@click.option("--passphrase", is_flag=True, help="用口令打开（会提问）。")
@click.option("--local", is_flag=True, help="登记库放在文件夹里，不放到 office.toml 写的服务器上。")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    backup: Path,
    folder: Path,
    identity: Path | None,
    *,
    passphrase: bool,
    local: bool,
    as_json: bool,
) -> None:
    """从备份恢复到一个空文件夹：先核对备份的每个字节，恢复后重建索引、再检查一遍。"""
    from docgen.workspace.recovery.restoring import restore

    words = click.prompt("口令", hide_input=True) if passphrase else ""
    with progress("恢复") as step:
        report = restore(backup, folder, identity=identity, passphrase=words, local=local, progress=step)
    if as_json:
        write_json(report.as_json())
    else:
        show_problems(report.check.problems)
        say(report.summary)
    ctx.exit(7 if report.check.is_broken else 0)
