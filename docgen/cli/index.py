"""`docgen index`: the cache behind search."""

from __future__ import annotations

import click

from docgen.cli.common import opened, progress, say


@click.group(name="index")
def command() -> None:
    """索引：只是缓存，随时可以删掉重建，不影响档案。"""


@command.command()
@click.pass_context
def rebuild(ctx: click.Context) -> None:
    """从登记和档案重建索引。"""
    with opened(ctx) as workspace, progress("重建索引") as step:
        count = workspace.finding.rebuild(progress=step)
    say(f"索引重建好了，共 {count} 条。")
