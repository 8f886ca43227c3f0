"""`docgen dossier`: one child's papers in order."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations

import click

from docgen.cli.common import DAY, json_option, note, opened, say, table, write_json


@click.group(name="dossier")
def command() -> None:
    """一人一档：看一个孩子的全部材料。"""


@command.command()
@click.argument("who", metavar="姓名|身份证号|编号")
@json_option
@click.pass_context
def show(ctx: click.Context, who: str, *, as_json: bool) -> None:
    """显示一个孩子的档案：有什么、缺什么、什么到期。"""
    with opened(ctx) as workspace:
        views = workspace.dossiers.show(who)
    if as_json:
        write_json([view.as_json() for view in views])
        return
    for view in views:
        say(view.headline)
        for line in view.people:
            say(f"  {line}")
        table(["序", "表", "文号", "形成日期", "版本", "状态", "页数", "扫描件"], [list(row) for row in view.rows])
        for line in view.read:
            say(f"  录入：{line}")
        for line in view.unread:
            note(f"  待录入：{line}")
        for line in view.missing:
            note(f"  缺：{line}")
        for line in view.due:
            note(f"  到期：{line}")
    if len(views) > 1:
        say(f"同名 {len(views)} 人，以上全部列出；可用编号或身份证号只看一人。")


@command.command()
@click.argument("who", metavar="姓名|身份证号|编号")
@click.option("--on", "day", type=DAY, required=True, help="哪一天。")
@click.option("--known-on", type=DAY, help="只按到这一天为止登记过的回答，之后的更正不算。")
@json_option
@click.pass_context
def past(ctx: click.Context, who: str, day: date, known_on: date | None, *, as_json: bool) -> None:
    """某一天的情况：那一天父母是谁、由谁照护。例：docgen dossier past 罗小山 --on 2026-03-01"""
    with opened(ctx) as workspace:
        views = workspace.dossiers.on(who, day, known_on)
    if as_json:
        write_json([view.as_json() for view in views])
        return
    for view in views:
        say(view.headline)
        for line in view.people or ("这一天还没有登记。",):
            say(f"  {line}")


@command.command()
@click.argument("who", metavar="姓名|身份证号|编号")
@click.option(
    "--recipient",
    default="full",
    show_default=True,
    metavar="接收方",
    help="full 全卷；restricted 不含限制利用的材料和敏感内容；或者 school、village 等，按这一方应得的份。",
)
@json_option
@click.pass_context
def bind(ctx: click.Context, who: str, recipient: str, *, as_json: bool) -> None:
    """把一个孩子的全部材料装成一册 PDF：封面、卷内目录、页号、书签、备考表。"""
    with opened(ctx) as workspace:
        volume = workspace.binding.bind(who, recipient=recipient)
    if as_json:
        write_json(volume.as_json())
        return
    say(volume.summary)
    say(f"案卷：{volume.path}")
