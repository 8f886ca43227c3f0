"""`docgen duty`: what is due, what is overdue, whose it is."""

from __future__ import annotations

import click

from docgen.cli.common import json_option, note, opened, say, table, write_json


@click.group(name="duty")
def command() -> None:
    """到期事项：劝返、走访、续签、报告，谁该在哪天以前办。"""


@command.command(name="list")
@click.option("--village", metavar="村名", help="只看这个村的孩子。")
@click.option("--child", metavar="姓名|身份证号|编号", help="只看这个孩子。")
@click.option("--overdue", is_flag=True, help="只看已经过期的。")
@json_option
@click.pass_context
def list_(ctx: click.Context, village: str | None, child: str | None, *, overdue: bool, as_json: bool) -> None:
    """列出到期事项，最急的在前。"""
    with opened(ctx) as workspace:
        rows = workspace.duties.listing(village=village or "", child=child or "", overdue=overdue)
    if as_json:
        write_json([row.as_json() for row in rows])
        return
    titles = ["编号", "期限", "还有", "事项", "表", "责任单位", "儿童", "村", "来自"]
    table(
        titles,
        [
            [r.id or "—", r.due_on, _left(r.days), r.title, r.form_code, r.who, r.child, r.village, r.paper]
            for r in rows
        ],
    )
    late = sum(row.is_overdue for row in rows)
    say(f"共 {len(rows)} 项，其中过期 {late} 项。")
    for doubt in dict.fromkeys(row.doubt for row in rows if row.doubt):
        note(f"  注意：{doubt}；通知发布后请写入 calendar.toml。")


@command.command()
@click.argument("number", metavar="编号")
@click.pass_context
def done(ctx: click.Context, number: str) -> None:
    """办完了，消去一项；定期的会排下一次。"""
    with opened(ctx) as workspace:
        row = workspace.duties.done(number)
    say(f"已办结：{row.child} {row.title}（期限 {row.due_on}）。")


def _left(days: int) -> str:
    return f"过期 {-days} 天" if days < 0 else "今天" if days == 0 else f"{days} 天"
