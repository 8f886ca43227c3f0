"""`docgen papers`: what was made, what has not come back."""

from __future__ import annotations

import click

from docgen.cli.common import json_option, opened, say, table, write_json


@click.group(name="papers")
def command() -> None:
    """已生成的文书：清单、未收回的、作废。"""


@command.command(name="list")
@click.option("--village", metavar="村名")
@click.option("--form", "form_code", metavar="表号")
@click.option("--status", metavar="状态")
@json_option
@click.pass_context
def list_(ctx: click.Context, village: str | None, form_code: str | None, status: str | None, *, as_json: bool) -> None:
    """列出已生成的文书。"""
    with opened(ctx) as workspace:
        rows = workspace.papers.listing(village=village, form_code=form_code, status=status)
    _show(rows, as_json=as_json)


@command.command()
@click.option("--village", metavar="村名")
@json_option
@click.pass_context
def outstanding(ctx: click.Context, village: str | None, *, as_json: bool) -> None:
    """列出打印后还没有收回签字件的文书，按天数。"""
    with opened(ctx) as workspace:
        rows = workspace.papers.outstanding(village=village)
    _show(rows, as_json=as_json)


@command.command()
@click.argument("number", metavar="文号|编号")
@click.option("--reason", required=True, metavar="原因", help="为什么作废，会记录下来。")
@click.pass_context
def void(ctx: click.Context, number: str, reason: str) -> None:
    """作废一份还没有签字的文书；它的文号不再使用。"""
    with opened(ctx) as workspace:
        row = workspace.papers.void(number, reason=reason)
    say(f"已作废：{row.number or row.uid} {row.title}。")


def _show(rows: tuple, *, as_json: bool) -> None:  # type: ignore[type-arg]
    if as_json:
        write_json([row.as_json() for row in rows])
        return
    table(
        ["文号", "表", "姓名", "村", "生成日期", "版本", "打印", "状态", "已过天数"],
        [[r.number, r.title, r.subject, r.village, r.made_on, r.version, r.prints, r.status, r.days] for r in rows],
    )
    say(f"共 {len(rows)} 份。")
