"""`docgen quarter`: contradictions, the frozen roster, the table, and who stands behind a figure."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.common import json_option, keep_snapshot, note, opened, say, show_problems, table, write_json

if TYPE_CHECKING:
    from docgen.workspace.quarter.contradictions import Contradiction
    from forms.quarter.period import Period
    from forms.quarter.table import Figure, PeriodTable, UnitRow
    from forms.values.blank import Blank

_PARTS = ("docgen.cli.quarter_send", "docgen.cli.quarter_print")
"""Modules whose `COMMANDS` belong to this group: sending and printing."""
_IN_FULL = 3
"""Findings of one kind in one village that are printed in full."""


class PeriodType(click.ParamType["Period"]):
    """A period as clerks write it: 2026Q3, 2026, 2017-01-01..2017-08-31."""

    name = "统计区间"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Read a period or fail with the sentence of the parser."""
        from forms.quarter.period import Period, PeriodError

        if isinstance(value, Period):
            return value
        try:
            return Period.parse(str(value))
        except PeriodError as error:
            self.fail(str(error), param, ctx)


PERIOD = PeriodType()
period_argument = click.argument("period", metavar="统计区间", type=PERIOD)
any_period = click.argument("period", metavar="[统计区间]", type=PERIOD, required=False)
"""Left out: the period frozen last, or to be frozen next."""
version_option = click.option("--edition", "version", type=int, metavar="版次", help="看第几版；不写就看最新的一版。")


@click.group(name="quarter")
def command() -> None:
    """季度报表：查矛盾、冻结名册、汇总表、每个数后面是谁。"""


@command.command()
@any_period
@click.option("--village", metavar="村名", help="只看这个村的。")
@click.option("--print", "is_printed", is_flag=True, help="另生成一份清单（PDF），一村一份，办一项勾一项。")
@json_option
@click.pass_context
def contradictions(
    ctx: click.Context, period: Period | None, village: str | None, *, is_printed: bool, as_json: bool
) -> None:
    """冻结之前先查：互相矛盾的、重复的、没有走访的，按村列出，写明怎样更正。"""
    from docgen.workspace.quarter.contradiction_sheet import print_contradictions

    with opened(ctx) as workspace:
        period = period or workspace.quarter.due()
        found = [c for c in workspace.quarter.contradictions(period) if not village or c.village == village]
        path = print_contradictions(workspace, period, found) if is_printed else None
    if as_json:
        write_json([c.as_json() for c in found])
        return
    for place, items in groupby(found, key=lambda c: c.village):
        say(f"\n{place or '全镇'}")
        for _, alike in groupby(items, key=lambda c: (c.blocking, c.code)):
            _show_alike(list(alike))
    blocking = sum(c.blocking for c in found)
    say(f"\n共 {len(found)} 处，其中 {blocking} 处不更正就不能冻结。" if found else "没有发现矛盾，可以冻结名册。")
    if path is not None:
        note(f"矛盾清单：{path}（可双面打印，各村分开）")


@command.command()
@period_argument
@click.option("--reason", default="", metavar="原因", help="更正已经冻结的名册时，写明为什么要另出一版。")
@json_option
@click.pass_context
def freeze(ctx: click.Context, period: Period, reason: str, *, as_json: bool) -> None:
    """按截止日冻结名册。冻结以后不能改，更正只能另出一版。"""
    with opened(ctx) as workspace:
        head = workspace.quarter.freeze(period, reason=reason)
        total = workspace.quarter.table(period, version=head.version).total.figures
        keep_snapshot(workspace)
    if as_json:
        write_json({"uid": head.uid, "period": period.code, "version": head.version, "digest": head.digest})
        return
    say(f"已冻结{period.label}名册第{head.version}版，编号 {head.uid}。")
    say(f"期末在册留守儿童 {_shown(total['KA4'])} 人，留守老人 {_shown(total['KH4'])} 人。")
    note(f"  看汇总表：docgen quarter table {period.code}")


@command.command(name="table")
@any_period
@version_option
@click.option("--block", metavar="A—H", help="只看一个部分，例如 D（控辍保学）。")
@json_option
@click.pass_context
def table_(ctx: click.Context, period: Period | None, version: int | None, block: str | None, *, as_json: bool) -> None:
    """汇总表：由冻结的名册和已签文书数出来，不能改写。"""
    with opened(ctx) as workspace:
        period = period or workspace.quarter.latest()
        found = workspace.quarter.table(period, version=version)
        rules = workspace.profile.quarter
    if as_json:
        write_json(_as_json(found))
        return
    say(f"{found.unit_name} {period.label} 第{found.version}版")
    for part in rules.blocks():
        if block and part.key != block.strip().upper():
            continue
        columns = [c for c in part.columns if not c.is_gap or _any(found, c.id)]
        rows = [
            [c.id, rules.heading(c), _shown(found.total.figures[c.id]), *(_cell(r, c.id) for r in found.rows)]
            for c in columns
        ]
        names = [row.unit_name for row in found.rows]
        table(["栏号", "栏目", "合计", *names], rows, title=f"{part.key} {part.title}")
    for change in found.adjustments:
        note(
            f"  {change.column} 合计比各村相加{'多' if change.delta > 0 else '少'} {abs(change.delta)}：{change.reason}"
        )
    show_problems(found.problems)


@command.command()
@click.argument("column", metavar="栏号")
@any_period
@click.option("--village", metavar="村名", help="只看这个村的。")
@version_option
@json_option
@click.pass_context
def why(
    ctx: click.Context, column: str, period: Period | None, village: str | None, version: int | None, *, as_json: bool
) -> None:
    """一个数后面是谁：逐人列出姓名、村、依据的文书和日期，人数与表上的数相同。"""
    with opened(ctx) as workspace:
        period = period or workspace.quarter.latest()
        found = workspace.quarter.why(period, _column(column), village=village, version=version)
    if as_json:
        write_json(
            [
                {"person_uid": b.person_uid, "person": b.person, "village": b.unit, "paper": b.paper, "on": b.on}
                for b in found
            ]
        )
        return
    table(
        ["序号", "姓名", "村（居）", "情形", "依据", "日期"],
        [
            [str(n), b.person, b.unit, b.label, b.paper or "登记", b.on.isoformat() if b.on else "—"]
            for n, b in enumerate(found, start=1)
        ],
    )
    say(f"{_column(column)} 共 {len(found)} 条。")


def _show_alike(alike: list[Contradiction]) -> None:
    """Print findings of one kind in one village: a few in full, of many the first and the names of the others."""
    is_long = len(alike) > _IN_FULL and all(c.who for c in alike)
    shown, rest = (alike[:1], alike[1:]) if is_long else (alike, [])
    for item in shown:
        mark = click.style("必须更正", fg="red") if item.blocking else click.style("请核实", fg="yellow")
        say(f"  {mark} {item.code}  {item.message}（依据：{item.basis}）")
        say(f"      怎样办：{item.mend}")
    if rest:
        say(f"      同样的还有 {len(rest)} 处：{'、'.join(c.who for c in rest)}")


def _column(text: str) -> str:
    """Return an identifier as the table writes it, whatever its case: kb5 is KB5, ka6AM is KA6am."""
    plain = text.strip()
    return plain[:2].upper() + plain[2:].lower()


def _shown(figure: Figure) -> str:
    value: int | Blank = figure.adopted
    return "—" if value == "不适用" else str(value)


def _any(found: PeriodTable, column: str) -> bool:
    return any(row.figures[column].adopted != 0 for row in (found.total, *found.rows) if column in row.figures)


def _cell(row: UnitRow, column: str) -> str:
    """Return a figure as text; of a unit that is not in the sum, where its table stands: 未报, never 0."""
    return _shown(row.figures[column]) if column in row.figures else row.state.value


def _as_json(found: PeriodTable) -> dict[str, Any]:
    def row(figures: Any) -> dict[str, Any]:
        return {name: figure.adopted if isinstance(figure.adopted, int) else None for name, figure in figures.items()}

    return {
        "unit": found.unit_name,
        "period": found.period.code,
        "version": found.version,
        "roster_version": found.roster_version,
        "total": row(found.total.figures),
        "rows": [{"unit": r.unit_name, "state": r.state.value, "figures": row(r.figures)} for r in found.rows],
        "adjustments": [
            {"column": a.column, "delta": a.delta, "unit": a.unit_name, "reason": a.reason} for a in found.adjustments
        ],
        "problems": [{"code": p.code, "message": str(p), "blocking": p.blocking} for p in found.problems],
    }


for _name in _PARTS:
    if find_spec(_name) is not None:
        for _command in getattr(import_module(_name), "COMMANDS", ()):
            command.add_command(_command)
