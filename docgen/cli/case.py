"""`docgen case`: cases, their persons and papers."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations
from typing import TYPE_CHECKING

import click

from docgen.cli.common import DAY, json_option, opened, say, table, write_json

if TYPE_CHECKING:
    from docgen.workspace.cases.desk import CaseView

_PERSON = click.option(
    "--person",
    "people",
    multiple=True,
    metavar="身份=姓名，…",
    help="身份：受害人、加害人、其他监护人、接收人、拟定监护人、见证人、报告人、承办民警。姓名可以写“父亲”“母亲”“被委托人”；"
    "后面可以接身份证号、电话、关系:…、单位:…、岗位:…、住址:…、同住:是、地址保密:是，用逗号隔开。可写多次。",
)


@click.group(name="case")
def command() -> None:
    """案卷：一件事里的人、文书和送达（D 类文书用）。"""


@command.command(name="open")
@click.option("--child", required=True, metavar="姓名|身份证号|编号", help="哪个孩子。")
@_PERSON
@click.option("--number", default="", metavar="编号", help="公安机关的案（事）件编号；没有的以后再补。")
@click.option("--title", default="", metavar="事由", help="例如：疑似家庭暴力。")
@click.option("--on", type=DAY, help="立卷日期；不写就是今天。")
@json_option
@click.pass_context
def open_(
    ctx: click.Context, child: str, people: tuple[str, ...], number: str, title: str, on: date | None, *, as_json: bool
) -> None:
    """立一个案卷。

    例：docgen case open --child 石小满 --person 加害人=父亲，同住:是 --person 承办民警=岑志远，单位:洗马派出所
    """
    with opened(ctx) as workspace:
        view = workspace.cases.open(child, people=people, number=number, title=title, on=on)
    _show(view, as_json=as_json)


@command.command()
@click.argument("case", metavar="案卷编号")
@_PERSON
@json_option
@click.pass_context
def person(ctx: click.Context, case: str, people: tuple[str, ...], *, as_json: bool) -> None:
    """往案卷里加人，或者补充、更正一个人的情况。"""
    if not people:
        raise click.UsageError("请用 --person 写明身份和姓名。")
    with opened(ctx) as workspace:
        view = workspace.cases.put_people(case, people)
    _show(view, as_json=as_json)


@command.command()
@click.argument("case", metavar="案卷编号")
@json_option
@click.pass_context
def show(ctx: click.Context, case: str, *, as_json: bool) -> None:
    """显示一个案卷：人、文书、送达。报告人的姓名不显示；谁看过会记录。"""
    with opened(ctx) as workspace:
        view = workspace.cases.show(case)
    _show(view, as_json=as_json)


@command.command(name="list")
@click.option("--child", default="", metavar="姓名|身份证号|编号")
@click.option("--open", "open_only", is_flag=True, help="只列没有结的。")
@json_option
@click.pass_context
def list_(ctx: click.Context, child: str, *, open_only: bool, as_json: bool) -> None:
    """列出案卷。"""
    with opened(ctx) as workspace:
        views = workspace.cases.listing(child=child, open_only=open_only)
    if as_json:
        write_json([view.as_json() for view in views])
        return
    rows = [[v.uid, v.number, v.child, v.village, v.title, v.opened_on, v.closed_on, str(len(v.papers))] for v in views]
    table(["案卷", "案（事）件编号", "儿童", "村", "事由", "立卷", "结卷", "文书"], rows)
    say(f"共 {len(views)} 个案卷。")


@command.command()
@click.argument("case", metavar="案卷编号")
@click.option("--on", type=DAY, help="结卷日期；不写就是今天。")
@json_option
@click.pass_context
def close(ctx: click.Context, case: str, on: date | None, *, as_json: bool) -> None:
    """结卷；文书仍在档案里。"""
    with opened(ctx) as workspace:
        view = workspace.cases.close(case, on=on)
    _show(view, as_json=as_json)


def _show(view: CaseView, *, as_json: bool) -> None:
    if as_json:
        write_json(view.as_json())
        return
    state = f"{view.closed_on} 结卷" if view.closed_on else "未结"
    say(f"案卷 {view.uid}　{view.number or '（未编号）'}　{view.title}　{view.opened_on} 立卷　{state}")
    say(f"儿童：{view.child}（{view.village}）")
    table(["身份", "姓名", "与儿童关系", "说明"], [list(row) for row in view.people])
    if view.papers:
        table(["表", "文号", "名称", "日期", "状态"], [list(row) for row in view.papers])
    for number, recipient, method, day in view.services:
        say(f"  送达：{number}　{recipient}　{method}　{day}")
