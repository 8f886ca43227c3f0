"""`docgen people`: village lists in, people shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.common import DAY, json_option, keep_snapshot, note, opened, pair, progress, say, table, write_json

if TYPE_CHECKING:
    from datetime import date


@click.group(name="people")
def command() -> None:
    """人员：从村里的名单导入、查看。"""


@command.command(name="import")
@click.argument("sheet", metavar="名单.xlsx", type=click.Path(path_type=Path))
@click.option("--village", metavar="村名", help="名单里没有写村名时，在这里写明。")
@click.option("--column", "columns", multiple=True, metavar="列=栏目", help="没有认出的列在这里写明，如 C=儿童性别。")
@click.option("--on", type=DAY, metavar="日期", help="名单反映的是哪一天的情况；不写就是今天。")
@click.option("--dry-run", is_flag=True, help="只看结果，不写入。")
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    sheet: Path,
    village: str | None,
    columns: tuple[str, ...],
    on: date | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """导入一份村里的名单（xlsx 或 csv）。同一份名单导入两次，不会有任何变化。"""
    told = dict(pair(text, example="C=儿童性别") for text in columns)
    with opened(ctx) as workspace, progress("导入") as step:
        report = workspace.people.import_sheet(
            sheet, village=village, columns=told, on=on, dry_run=dry_run, progress=step
        )
        keep_snapshot(workspace)
    if as_json:
        write_json(report.as_json())
    else:
        for line in report.lines():
            say(line)
        if report.rejected_file:
            note(f"没有导入的行和原因：{report.rejected_file}")
    ctx.exit(3 if report.rejected else 0)


@command.command(name="list")
@click.option("--village", metavar="村名", help="只看一个村。")
@json_option
@click.pass_context
def list_(ctx: click.Context, village: str | None, *, as_json: bool) -> None:
    """列出在册儿童（身份证号只显示前六位和后两位）。"""
    with opened(ctx) as workspace:
        rows = workspace.people.listing(village)
    if as_json:
        write_json([row.as_json() for row in rows])
        return
    table(
        ["编号", "姓名", "性别", "出生日期", "身份证号", "村", "照护人", "关系"],
        [[r.uid, r.name, r.gender, r.birth, r.masked_id, r.village, r.carer, r.relation] for r in rows],
    )
    say(f"共 {len(rows)} 人。")
