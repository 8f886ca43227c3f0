"""`docgen quarter print` and `docgen quarter report`: attachments, workbook and reports of a period."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.common import json_option, keep_snapshot, note, opened, pair, progress, say, show_problems, write_json

if TYPE_CHECKING:
    from docgen.workspace.quarter.printing import PrintedQuarter

FORMATS = ("pdf", "docx", "xlsx")
RECIPIENTS = ("office", "civil_affairs", "education", "police")
"""As in `docgen.workspace.quarter`, said here so that --help need not load it."""
_format = click.option(
    "--format",
    "kind",
    type=click.Choice([*FORMATS, "all"]),
    default="all",
    show_default=True,
    help="要哪种文件：打印用的 pdf、可编辑的 docx、能重算合计的 xlsx。",
)
_set = click.option("--set", "typed", multiple=True, metavar="栏目=内容", help="填写某一栏，可写多次。")


@click.command(name="print")
@click.argument("period", metavar="区间")
@click.option("--attachments", default="", metavar="号", help="打印哪几个附件，例如 3-7 或者 3,4；不写就全部打印。")
@_format
@click.option("--why", is_flag=True, help="另附数据来源名单：每一个数后面是哪些人、哪份文书。")
@click.option(
    "--for",
    "recipient",
    type=click.Choice(RECIPIENTS),
    default="office",
    show_default=True,
    help="名单给谁看；只印该单位有权看的姓名。",
)
@_set
@json_option
@click.pass_context
def print_(
    ctx: click.Context,
    period: str,
    attachments: str,
    kind: str,
    recipient: str,
    typed: tuple[str, ...],
    *,
    why: bool,
    as_json: bool,
) -> None:
    """打印一个季度（或者任意区间）的附件：汇总表、花名册、登记表。

    名册要先冻结。例：docgen quarter print 2026Q3 --attachments 3-4；按名册同一版再打一次，编号不变。
    """
    from forms.quarter.period import Period

    with opened(ctx) as workspace, progress("打印") as step:
        printer = workspace.quarter_printer
        report = printer.print(
            Period.parse(period),
            codes=printer.chosen(attachments),
            formats=FORMATS if kind == "all" else (kind,),
            companion=recipient if why else "",
            typed=dict(pair(text, example="复核人=罗文静") for text in typed),
            progress=step,
        )
        keep_snapshot(workspace)
    _show(ctx, report, as_json=as_json)


@click.command()
@click.argument("period", metavar="区间")
@click.option("--form", "code", default="C2", show_default=True, metavar="表号", help="C2 五个责任汇报，C5 总结报告。")
@_format
@_set
@click.option(
    "--values", type=click.Path(path_type=Path), multiple=True, metavar="表.xlsx", help="从表格读要填的内容。"
)
@json_option
@click.pass_context
def report(
    ctx: click.Context,
    period: str,
    code: str,
    kind: str,
    typed: tuple[str, ...],
    values: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """生成一个季度的书面报告，数字和图取自汇总表；正文里的数字与汇总表不同的不生成。

    例：docgen quarter report 2026Q3 --values 汇报.xlsx
    """
    from forms.quarter.period import Period

    with opened(ctx) as workspace, progress("报告") as step:
        printed = workspace.quarter_printer.report(
            Period.parse(period),
            code=code,
            formats=FORMATS if kind == "all" else (kind,),
            typed=dict(pair(text, example="存在问题=个别家长联系不及时。") for text in typed),
            values_sheets=values,
            progress=step,
        )
        keep_snapshot(workspace)
    _show(ctx, printed, as_json=as_json)


def _show(ctx: click.Context, printed: PrintedQuarter, *, as_json: bool) -> None:
    """Say what was printed and what was not."""
    if as_json:
        write_json(printed.as_json())
    else:
        for failed in printed.failed:
            note(click.style(f"没有生成：{failed.subject} {failed.form_code}", fg="red"))
            show_problems(failed.problems)
        for made in printed.made:
            show_problems(made.problems)
            number = made.number or "（无编号）"
            say(f"{made.title}：{number}，第 {made.version} 版，{made.pages} 页，{made.copies} 份。")
        for path in printed.files:
            say(f"  {path}")
        _people(printed)
    ctx.exit(3 if printed.failed else 0)


def _people(printed: PrintedQuarter) -> None:
    people = printed.people
    if people is None:
        return
    for failed in people.failed:
        note(click.style(f"没有生成：{failed.subject} {failed.form_code}", fg="red"))
        show_problems(failed.problems)
    done = len(people.skipped)
    say(f"登记表：新打印 {len(people.made)} 份，以前打印过的 {done} 份不再打印，没有生成 {len(people.failed)} 份。")
    if people.stack:
        say(f"  {people.stack}")


COMMANDS = (print_, report)
"""What the group `docgen quarter` takes from here."""
