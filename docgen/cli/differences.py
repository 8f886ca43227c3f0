"""`docgen intake differences`: a signed scan against the paper as issued."""

from __future__ import annotations

import click

from docgen.cli.common import json_option, note, opened, progress, say, table, write_json


@click.command()
@click.argument("number", metavar="[文号|文书编号]", required=False)
@click.option("--all", "is_all", is_flag=True, help="比对全部还没有比对过的签字件；可以中断，下次接着做。")
@json_option
@click.pass_context
def differences(ctx: click.Context, number: str | None, *, is_all: bool, as_json: bool) -> None:
    """比对签字件与签发时的文书：不该有字的地方加写的、划改的、缺失的印字。只供人核对，不作结论。"""
    from docgen.workspace.intake.comparing import compare, compare_all

    if (number is None) != is_all:
        raise click.UsageError("请写文号或文书编号，或者写 --all，二者选一。")
    with opened(ctx) as workspace:
        if number is None:
            with progress("比对") as step:
                found = compare_all(workspace, progress=step)
        else:
            found = compare(workspace, number)
    if as_json:
        write_json([one.as_json() for one in found])
        return
    for one in found:
        if number is None and not one.differences:
            continue
        say(one.summary)
        if one.differences:
            table(["页", "情况", "位置", "原来的字", "图像"],
                  [[str(d.page), d.what, d.place, d.printed or "—", d.picture] for d in one.differences])  # fmt: skip
    if number is None:
        changed = sum(bool(one.differences) for one in found)
        say(f"比对了 {len(found)} 份签字件，{changed} 份与签发时不同。")
    elif any(one.differences for one in found):
        note("图像在办公文件夹里，按上面的路径打开。")


COMMANDS = (differences,)
"""What `docgen.cli.intake` adds to its group."""
