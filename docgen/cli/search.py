"""`docgen search`: name, ID, last four, pinyin, number, phrase; filters beside it."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations
from typing import Literal

import click

from docgen.cli.common import DAY, json_option, note, opened, say, write_json


@click.command(name="search")
@click.argument("words", metavar="要找的...", nargs=-1)
@click.option("--village", metavar="村名", help="只找一个村。")
@click.option("--form", "form_code", metavar="表号", help="只找一种表，如 A1。")
@click.option("--status", metavar="状态", help="只找一种状态，如 已归档。")
@click.option("--from", "first", type=DAY, help="从这一天起。")
@click.option("--to", "last", type=DAY, help="到这一天止。")
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True,
              help="排列：relevance 最相关的在前，date 最近的在前。")  # fmt: skip
@click.option("--limit", default=20, show_default=True, help="最多列出几条。")
@click.option("--offset", default=0, help="跳过前几条。")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    village: str | None,
    form_code: str | None,
    status: str | None,
    first: date | None,
    last: date | None,
    sort: Literal["relevance", "date"],
    limit: int,
    offset: int,
    *,
    as_json: bool,
) -> None:
    """检索。例：docgen search 张三；docgen search zs；docgen search '村:平山 表:责任书 "不得脱离监护"'。"""
    with opened(ctx) as workspace:
        result = workspace.finding.search(
            " ".join(words),
            village=village,
            form_code=form_code,
            status=status,
            first=first,
            last=last,
            sort=sort,
            limit=limit,
            offset=offset,
        )
    if as_json:
        write_json(result.as_json())
        return
    if result.notice:
        note(click.style(result.notice, fg="yellow"))
    for number, hit in enumerate(result.hits, start=offset + 1):
        say(f"{number}. {click.style(hit.title, bold=True)}  {hit.subject}  {hit.number}  {hit.day}  {hit.status}")
        say(f"   档案：{hit.child_uid}  {hit.village}")
        say(f"   {_marked(hit.snippet, hit.marks)}" if hit.snippet else "")
    say(f"共 {result.total} 条。" if result.total else "没有找到。可以试试姓名中的两个字、拼音首字母或身份证号后四位。")
    ctx.exit(0 if result.total else 4)


def _marked(text: str, marks: tuple[tuple[int, int], ...]) -> str:
    """Return the snippet with the met places in bold red."""
    out, at = "", 0
    for start, stop in marks:
        out += text[at:start] + click.style(text[start:stop], fg="red", bold=True)
        at = stop
    return out + text[at:]
