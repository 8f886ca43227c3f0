"""`docgen make`: one paper, or a village's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.common import json_option, keep_snapshot, note, opened, pair, progress, say, show_problems, write_json

if TYPE_CHECKING:
    from docgen.workspace.papers.reports import MakeReport


@click.command(name="make")
@click.argument("codes", metavar="表号|文号...", nargs=-1, required=True)
@click.option("--child", "children", multiple=True, metavar="姓名|身份证号|编号", help="给哪个孩子，可写多次。")
@click.option("--village", metavar="村名", help="给整个村。")
@click.option("--person", "persons", multiple=True, metavar="姓名|身份证号|身份=姓名",
              help="给哪个大人（老人登记表、家庭档案）；写成“加害人=姓名”的，先记入案卷。可写多次。")  # fmt: skip
@click.option("--case", default="", metavar="案卷编号", help="D 类文书属于哪个案卷；不写就用孩子没有结的案卷。")
@click.option(
    "--issuer", default="", metavar="单位", help="由 office.toml 的 [issuers] 里哪个单位出具；不写就是本单位。"
)
@click.option("--set", "typed", multiple=True, metavar="栏目=内容", help="填写某一栏，可写多次。")
@click.option("--values", type=click.Path(path_type=Path), multiple=True, metavar="表.xlsx",
              help="从表格读每个孩子要填的内容，可写多次。")  # fmt: skip
@click.option(
    "--reprint", is_flag=True, help="再打印一次已经打印过的（编号和版本不变，次数记账）；只写文号的，补打这一份。"
)
@click.option("--revise", is_flag=True, help="内容有变时生成新版本；旧版本的纸不再收。")
@click.option("--override", "overrides", multiple=True, nargs=3, metavar="代码 放行人 理由",
              help="上一级负责人放行某条拒绝（只有写明可以放行的才行），记入档案。")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="只检查，不编号、不打印。")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    codes: tuple[str, ...],
    children: tuple[str, ...],
    village: str | None,
    persons: tuple[str, ...],
    case: str,
    issuer: str,
    typed: tuple[str, ...],
    values: tuple[Path, ...],
    overrides: tuple[tuple[str, str, str], ...],
    *,
    reprint: bool,
    revise: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """生成文书：一份可双面打印的 PDF（按签字顺序）和每份的 docx。

    例：docgen make A1 A2 --village 平山村；纸丢了，补打：docgen make --reprint 洗民委照〔2026〕3号
    """
    from forms.filling.fill import Override

    people = [text for text in persons if "=" in text]
    adults = [text for text in persons if "=" not in text]
    if reprint and not (children or village or persons or case):
        _reprint(ctx, codes, as_json=as_json)
        return
    if bool(children) == bool(village) and not (adults and not children) and not (case and not children):
        raise click.UsageError(
            "请写 --child 或 --village，二者选一；给大人办的表写 --person，案卷的文书可以写 --case。"
        )
    with opened(ctx) as workspace, progress("生成") as step:
        report = workspace.papers.make(
            codes,
            children=children,
            village=village,
            case=case,
            people=people,
            issuer=issuer,
            persons=adults,
            typed=dict(pair(text, example="委托起始日=2026-12-01") for text in typed),
            values_sheets=values,
            reprint=reprint,
            revise=revise,
            dry_run=dry_run,
            overrides=[Override(code=code, by=by, reason=reason) for code, by, reason in overrides],
            progress=step,
        )
        keep_snapshot(workspace)
    if as_json:
        write_json(report.as_json())
    else:
        _show(report)
    ctx.exit(3 if report.failed else 0)


def _reprint(ctx: click.Context, numbers: tuple[str, ...], *, as_json: bool) -> None:
    """Print papers again by their numbers."""
    with opened(ctx) as workspace, progress("补打") as step:
        report = workspace.papers.reprint(numbers, step)
        keep_snapshot(workspace)
    write_json(report.as_json()) if as_json else _show(report)


def _show(report: MakeReport) -> None:
    for failed in report.failed:
        note(click.style(f"没有生成：{failed.subject} {failed.form_code}", fg="red"))
        show_problems(failed.problems)
    for made in report.made:
        if made.problems:
            note(f"{made.subject} {made.title}：")
            show_problems(made.problems)
    for skipped in report.skipped:
        note(f"跳过：{skipped.subject} {skipped.form_code}，{skipped.reason}")
    say(report.summary)
    if report.stack:
        say(f"打印用：{report.stack}")
        say(f"可编辑：{report.docx_folder}")
    for stack, folder in report.more_stacks:
        say(f"打印用：{stack}")
        say(f"可编辑：{folder}")
