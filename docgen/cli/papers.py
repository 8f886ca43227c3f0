"""`docgen papers`: what was made, what has not come back."""

from __future__ import annotations

from datetime import date  # noqa: TC003  click reads the annotations

import click

from docgen.cli.common import DAY, json_option, note, opened, pair, say, show_problems, table, write_json


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
@click.option("--village", metavar="村名", help="只看一个村。")
@click.option("--days", type=click.IntRange(min=0), default=0, metavar="天数", help="只看已过这么多天的。")
@click.option("--print", "is_printed", is_flag=True, help="生成催收单（PDF），一村一张，交给村里逐户收。")
@json_option
@click.pass_context
def outstanding(ctx: click.Context, village: str | None, days: int, *, is_printed: bool, as_json: bool) -> None:
    """列出打印后还没有收回签字件的文书，按村、按天数；可以打印成催收单。

    例：docgen papers outstanding --days 14 --print
    """
    from docgen.workspace.papers.outstanding import print_reminders

    with opened(ctx) as workspace:
        rows = workspace.papers.outstanding(village=village, days=days)
        path, left_out = print_reminders(workspace, rows) if is_printed else (None, 0)
    _show(rows, as_json=as_json)
    if path is not None:
        note(f"催收单：{path}（可双面打印，各村分开）")
    if left_out:
        note(f"花名册等本单位的、案件类等不宜外传的，共 {left_out} 份，没有列入催收单，请自行联系。")
    if rows and not as_json:
        note("纸丢了的，用原来的文号补打：docgen make --reprint 文号")


@command.command()
@click.argument("number", metavar="文号|编号")
@click.option("--reason", required=True, metavar="原因", help="为什么作废，会记录下来。")
@click.pass_context
def void(ctx: click.Context, number: str, reason: str) -> None:
    """作废一份还没有签字的文书；它的文号不再使用。"""
    with opened(ctx) as workspace:
        row = workspace.papers.void(number, reason=reason)
    say(f"已作废：{row.number or row.uid} {row.title}。")


@command.command()
@click.argument("number", metavar="文号|编号")
@click.option("--set", "typed", multiple=True, metavar="栏目=内容", help="纸上用笔填写的一栏，可写多次。")
@click.option("--signed-on", type=DAY, help="签字日期（最后一方签字的那天），纸上写的是哪天就写哪天。")
@click.option("--signature", "signatures", multiple=True, metavar="签字处=方式",
              help="某一处怎样签的：carer=签名并捺印，或“carer=捺印；见证:姓名；说明:谁宣读的”。")  # fmt: skip
@json_option
@click.pass_context
def record(
    ctx: click.Context,
    number: str,
    typed: tuple[str, ...],
    signed_on: date | None,
    signatures: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """录入签字件上用笔填写的内容（对照扫描件）。写错了再录一次即可，先录的仍然保留。

    例：docgen papers record 洗民评估〔2026〕1号 --set 结论=合格 --signed-on 2026-11-20
    """
    with opened(ctx) as workspace:
        report = workspace.recording.record(
            number,
            typed=dict(pair(text, example="结论=合格") for text in typed),
            signed_on=signed_on,
            signatures=[pair(text, example="carer=签名并捺印") for text in signatures],
        )
    if as_json:
        write_json(report.as_json())
    else:
        show_problems(report.problems)
        (say if report.is_kept else note)(report.summary)
    ctx.exit(0 if report.is_kept else 3)


@command.command()
@click.argument("number", metavar="文号|编号")
@click.option("--copy", "recipient", required=True, metavar="份号|收件人",
              help="第几份，或者这一份的名称里的字（如“加害人”）。")  # fmt: skip
@click.option("--on", type=DAY, required=True, help="送达日期。")
@click.option("--method", required=True, metavar="方式", help="直接送达、成年家属代收、留置送达、邮寄送达……")
@click.option("--refused", default="", metavar="理由", help="拒收的，写明理由。")
@click.pass_context
def serve(ctx: click.Context, number: str, recipient: str, on: date, method: str, refused: str) -> None:
    """记录一份文书送达了谁；送达回证（D6）归档时系统会自动记录。

    例：docgen papers serve 洗公告诫〔2026〕1号 --copy 加害人 --on 2026-11-24 --method 直接送达
    """
    with opened(ctx) as workspace:
        line = workspace.serving.serve(number, recipient=recipient, on=on, method=method, refused_reason=refused)
    say(line)


def _show(rows: tuple, *, as_json: bool) -> None:  # type: ignore[type-arg]
    if as_json:
        write_json([row.as_json() for row in rows])
        return
    table(
        ["文号", "表", "姓名", "村", "生成日期", "版本", "打印", "状态", "已过天数"],
        [[r.number, r.title, r.subject, r.village, r.made_on, r.version, r.prints, r.status, r.days] for r in rows],
    )
    say(f"共 {len(rows)} 份。")
