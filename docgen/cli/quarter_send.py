"""`docgen quarter review … lock` and `docgen quarter keys`: a table's way from one office to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.common import json_option, keep_snapshot, note, opened, say, show_problems, table, write_json

if TYPE_CHECKING:
    from archive.registry.tables import TablePackage
    from docgen.workspace.quarter.keys import PublicKey
    from docgen.workspace.quarter.table_desk import TableStatus
    from forms.quarter.period import Period
    from forms.quarter.table import Figure, UnitRow

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_ROLES = ("town", "county", "education", "police", "prefecture")
"""Levels as in `docgen.workspace.quarter.keys.Role`, said here so that --help need not load it."""
_period = click.argument("period", metavar="区间")
_unit_option = click.option("--unit", default="", metavar="单位", help="哪个单位的报表，写全称或者其中几个字。")
_edition = click.option("--edition", "version", type=int, metavar="版次", help="第几版；不写就是最新的一版。")
_REASONS = ("重复", "漏报", "错报", "时点不同", "身份不符", "跨镇", "其他")


@click.command()
@_period
@click.option("--reason", default="", metavar="原因", help="县（州）级汇总出新的一版时，写明为什么。")
@click.pass_context
def review(ctx: click.Context, period: str, reason: str) -> None:
    """复核本单位的汇总表。复核人不能是填表人，用 docgen --as 姓名 写明是谁；复核以后数就定了。"""
    with opened(ctx) as workspace:
        record = workspace.tables.review(_period_of(period), reason=reason)
        keep_snapshot(workspace)
    say(f"{record.period.label}汇总表第 {record.version} 版已复核（{record.events[-1].by}）。")
    note("接下来：打印，由主要负责同志签字盖章，扫描后用 docgen quarter sign 登记。")


@click.command()
@_period
@click.option("--scan", type=_FILE, metavar="扫描件", help="签字盖章的汇总表；打印的 C1 已经扫描归档的，不用写。")
@click.option("--leader", default="", metavar="姓名", help="签字的主要负责同志；不写就是 office.toml 里的负责人。")
@click.option("--post", default="", metavar="职务", help="职务；副职不能代签。")
@click.pass_context
def sign(ctx: click.Context, period: str, scan: Path | None, leader: str, post: str) -> None:
    """登记主要负责同志签字盖章的汇总表。填表人、复核人、主要负责同志应当是三个人。"""
    with opened(ctx) as workspace:
        record = workspace.tables.sign(_period_of(period), scan, leader=leader, post=post)
        keep_snapshot(workspace)
    say(
        f"{record.period.label}汇总表第 {record.version} 版已登记签字盖章（{record.events[-1].by}），扫描件已存入库房。"
    )


@click.command()
@_period
@click.option(
    "--to", "role", required=True, type=click.Choice(_ROLES), help="报给谁：县民政、教育、公安、州市民政、镇。"
)
@_unit_option
@_edition
@json_option
@click.pass_context
def pack(ctx: click.Context, period: str, role: str, unit: str, version: int | None, *, as_json: bool) -> None:
    """生成报送包（一个 zip 文件），由本单位的密钥签名。每个收件单位一个包，内容按其职责各不相同。

    教育、公安核实完以后，也用这条命令把核实结果报县民政（--to county --unit 镇）或者告知镇（--to town --unit 镇）。
    """
    from docgen.workspace.quarter.keys import Role

    with opened(ctx) as workspace:
        made = workspace.tables.pack(_period_of(period), Role(role), unit=unit, version=version)
        keep_snapshot(workspace)
    if as_json:
        write_json({"path": made.path, "recipient": made.recipient, "kind": made.kind.value, "version": made.version})
        return
    say(f"报送包已生成，报{made.recipient}：{made.path}")
    note("请用 U 盘或者政务网送达，不要解开；对方签收后把回执文件带回来，用 docgen quarter receive 登记。")


@click.command()
@click.argument("file", metavar="报送包", type=_FILE)
@click.option("--period", default="", metavar="区间", help="应当是哪个区间的；不符就拒收。")
@json_option
@click.pass_context
def receive(ctx: click.Context, file: Path, period: str, *, as_json: bool) -> None:
    """接收别的单位的报送包、核实反馈、退回通知、签收回执：先验包，有一个字节被改动过都不收。"""
    with opened(ctx) as workspace:
        found = workspace.tables.receive(file, period=_period_of(period) if period else None)
        keep_snapshot(workspace)
    if as_json:
        write_json(
            {
                "kind": found.kind.value,
                "sender": found.sender,
                "unit": found.unit,
                "period": found.period.code,
                "version": found.version,
                "state": found.state.value,
                "is_repeat": found.is_repeat,
                "receipt": found.receipt,
            }
        )
        return
    say(found.summary)
    if found.receipt:
        say(f"请把签收回执交给对方：{found.receipt}")


@click.command()
@_period
@click.argument("column", metavar="[栏号]", required=False)
@click.argument("value", metavar="[核实数]", type=click.IntRange(min=0), required=False)
@_unit_option
@click.option("--reason", type=click.Choice(_REASONS), help="与报送数不同的原因。")
@click.option("--note", "remark", default="", metavar="说明", help="原因的说明。")
@click.option("--source", default="", metavar="依据", help="查的什么系统、哪一天，例如“学籍系统，2026年10月9日查询”。")
@click.option("--child", "children", multiple=True, metavar="姓名", help="差异涉及的儿童，可写多次。")
@click.option("--list", "as_list", is_flag=True, help="把随表报来的名册写成表格，供与学籍、户籍系统核对。")
@click.option("--agree", is_flag=True, help="其余各栏与报送数一致，一次确认。")
@click.pass_context
def verify(
    ctx: click.Context,
    period: str,
    column: str | None,
    value: int | None,
    unit: str,
    reason: str | None,
    remark: str,
    source: str,
    children: tuple[str, ...],
    *,
    as_list: bool,
    agree: bool,
) -> None:
    """教育、公安逐栏核实镇（街道）的汇总表。不写栏号，就列出要核实的栏和报送数。

    例：docgen quarter verify 2026Q3 KD5 3 --unit 洗马 --reason 漏报 --child 某某 --source "学籍系统，10月9日查询"
    """
    with opened(ctx) as workspace:
        desk = workspace.tables
        record = desk.of_unit(unit, _period_of(period))
        if column is not None and value is not None:
            desk.verify(
                record, column, value, reason=reason or "", note=remark, source=source, children=children
            )  # fmt: skip
            say(f"已记录：{column} 核实数 {value}。")
        elif column is not None:
            raise click.UsageError("请在栏号后面写核实数，例如 KD5 3。")
        if agree:
            done = desk.agree(record, source=source)
            say(f"已确认 {len(done)} 栏与报送数一致：{'、'.join(done) or '没有剩下的栏'}。")
        if as_list:
            say(f"名册：{desk.roster_list(record)}")
        if column is None and not agree and not as_list:
            _show_open(workspace, record)
        keep_snapshot(workspace)


@click.command()
@_period
@_unit_option
@click.pass_context
def adopt(ctx: click.Context, period: str, unit: str) -> None:
    """采用核实过的报表，计入汇总。不写 --unit，就采用全部已核实的。"""
    with opened(ctx) as workspace:
        names = workspace.tables.adopt(_period_of(period), unit)
        keep_snapshot(workspace)
    say(f"已采用 {len(names)} 个单位的报表：{'、'.join(names)}。" if names else "没有已核实、等待采用的报表。")


@click.command(name="return")
@_period
@_unit_option
@click.option("--reason", required=True, metavar="原因", help="为什么退回，对方看得到。")
@click.pass_context
def return_(ctx: click.Context, period: str, unit: str, reason: str) -> None:
    """退回更正：退回下级的报表（--unit），或者本单位自己的。退回的一版留着，更正后是新的一版。"""
    with opened(ctx) as workspace:
        made = workspace.tables.return_table(_period_of(period), unit, reason=reason)
        keep_snapshot(workspace)
    say(
        f"已退回，请把退回通知交给{made.recipient}：{made.path}"
        if made
        else "本单位的这一版已退回，请更正后出新的一版。"
    )


@click.command()
@_period
@json_option
@click.pass_context
def rollup(ctx: click.Context, period: str, *, as_json: bool) -> None:
    """县（州）级汇总：看现在汇总出来是多少。跨镇重复的儿童只计一次，怎样计的逐条列出；没有报的印“未报”。"""
    with opened(ctx) as workspace:
        rolled = workspace.tables.roll_up(_period_of(period))
        rules = workspace.profile.quarter
    found = rolled.table
    if as_json:
        write_json(
            {
                "unit": found.unit_name,
                "period": found.period.code,
                "version": found.version,
                "missing": rolled.missing,
                "waiting": rolled.waiting,
                "rows": [_row_json(row) for row in (*found.rows, found.total)],
                "doubles": [
                    {"units": d.units, "kept_by": d.kept_by, "reason": d.reason, "deltas": d.deltas}
                    for d in rolled.doubles
                ],
            }
        )
        return
    say(f"{found.unit_name} {found.period.label}，现在的汇总（复核以后才定下来，将是第 {found.version} 版）")
    table(
        ["单位", "状态", "版次", "收到", "核实", "KA4 期末在册", "KA2 新增", "KA3 退出", "KD5 失学辍学", "KE5 无户籍"],
        [_line(row) for row in (*found.rows, found.total)],
    )
    for part in rules.blocks():
        changed = [c.id for c in part.columns if c.id in found.total.figures and _differs(found.total.figures[c.id])]
        for name in changed:
            figure = found.total.figures[name]
            say(f"  {name} 报送 {_text(figure.reported)}，{figure.verified_by}核实 {_text(figure.adopted)}")
    for double in rolled.doubles:
        who = f"{double.name}：" if double.name else ""
        moved = "，".join(f"{name} {delta:+}" for name, delta in double.deltas.items() if name in {"KA2", "KA3", "KA4"})
        say(f"  调整 {who}{double.reason}。{moved}，共涉及 {len(double.deltas)} 栏。")
    show_problems(found.problems)


@click.command()
@_period
@click.option("--reason", default="", metavar="原因", help="还有单位未报而确实要锁定的，写明原因。")
@click.pass_context
def lock(ctx: click.Context, period: str, reason: str) -> None:
    """锁定县（州）级汇总表，连同汇总进去的各单位报表。锁定以后的更正，各级都要出新的一版。"""
    with opened(ctx) as workspace:
        record = workspace.tables.lock(_period_of(period), reason=reason)
        keep_snapshot(workspace)
    say(f"{record.period.label}汇总表第 {record.version} 版已锁定。")


@click.command()
@click.argument("period", metavar="[区间]", required=False)
@click.option("--all", "everything", is_flag=True, help="连被替代的旧版和每一步是谁、哪一天都列出来。")
@json_option
@click.pass_context
def state(ctx: click.Context, period: str | None, *, everything: bool, as_json: bool) -> None:
    """看本单位的和收到的汇总表走到了哪一步；被替代的旧版也在。"""
    with opened(ctx) as workspace:
        found = workspace.tables.states(_period_of(period) if period else None)
    if as_json:
        write_json([_status_json(s) for s in found])
        return
    newest = {(s.unit, s.record.period): s.record.version for s in found}
    shown = [s for s in found if everything or newest[s.unit, s.record.period] == s.record.version]
    table(
        ["区间", "单位", "版次", "状态", "谁", "日期", "签收、核实反馈"],
        [
            [
                s.record.period.label,
                s.unit,
                str(s.record.version),
                s.record.state.value,
                s.record.events[-1].by,
                s.record.events[-1].day.isoformat(),
                "、".join(dict.fromkeys(p.party for p in s.packages if _is_answer(p))),
            ]
            for s in shown
        ],
    )
    if everything:
        for s in shown:
            for e in s.record.events:
                extra = f"：{e.note}" if e.note else ""
                say(f"  {s.unit} 第 {s.record.version} 版 {e.day.isoformat()} {e.state.value} {e.by}{extra}")


@click.group(name="keys")
def keys() -> None:
    """公钥：本单位的签名密钥，登记别的单位的公钥。收发报送包以前，双方先互相登记、电话核对。"""


@keys.command(name="show")
@click.option("--role", type=click.Choice(_ROLES), help="第一次生成时写明本单位是哪一级；不写就按单位名称判断。")
@json_option
@click.pass_context
def show_keys(ctx: click.Context, role: str | None, *, as_json: bool) -> None:
    """看本单位公钥的核对码，和登记了哪些单位。还没有密钥的，这时生成。"""
    from docgen.workspace.quarter.keys import Role

    with opened(ctx) as workspace:
        own = workspace.tables.make_key(Role(role) if role else None).public
        partners = workspace.tables.shelf.partners.all()
    if as_json:
        write_json({"own": _key_json(own), "partners": [_key_json(p.key) for p in partners if p.retired_on is None]})
        return
    say(f"{own.unit}（{own.role.label}）\n核对码：{own.fingerprint}")
    if partners:
        table(
            ["单位", "层级", "核对码", "登记", "停用"],
            [
                [
                    p.key.unit,
                    p.key.role.label,
                    p.key.fingerprint,
                    f"{p.added_on.isoformat()} {p.added_by}",
                    p.retired_on.isoformat() if p.retired_on else "",
                ]
                for p in partners
            ],
        )


@keys.command(name="export")
@click.pass_context
def export_key(ctx: click.Context) -> None:
    """导出本单位的公钥文件，交给要与本单位往来的单位。公钥不用保密。"""
    with opened(ctx) as workspace:
        path = workspace.tables.export_key()
        own = workspace.tables.shelf.key.public
    say(f"公钥文件：{path}")
    say(f"核对码：{own.fingerprint}\n请在对方打电话来核对时，逐组念给对方听。")


@keys.command(name="add")
@click.argument("file", metavar="公钥文件", type=_FILE)
@click.option("--fingerprint", default="", metavar="核对码", help="电话里听到的核对码；不写就在屏幕上核对。")
@click.option("--replace", is_flag=True, help="对方换了密钥，用新的代替旧的。")
@click.pass_context
def add_key(ctx: click.Context, file: Path, fingerprint: str, *, replace: bool) -> None:
    """登记一个单位的公钥。先给对方打电话，逐组核对核对码，一致才登记。"""
    from docgen.workspace.quarter.keys import PublicKey

    key = PublicKey.from_bytes(file.read_bytes(), name=file.name)
    if not fingerprint:
        note(f"{key.unit}（{key.role.label}）\n核对码：{key.fingerprint}")
        click.confirm("已经与对方电话逐组核对，完全一致？", abort=True, err=True)
        fingerprint = key.fingerprint
    with opened(ctx) as workspace:
        partner = workspace.tables.add_partner(key, fingerprint=fingerprint, replace=replace)
    say(f"已登记：{partner.key.unit}（{partner.key.role.label}）。")


def _period_of(text: str) -> Period:
    from forms.quarter.period import Period

    return Period.parse(text)


def _show_open(workspace: Any, record: Any) -> None:
    """List what this organ has to verify, with what was reported and what it has entered."""
    from docgen.workspace.quarter.shelf import verifiable
    from forms.quarter.columns import columns

    desk = workspace.tables
    figures = desk.shown(record).total.figures
    rows = [
        [name, columns()[name].title, _text(figures[name].reported), _found(figures[name])]
        for name in verifiable(desk.shelf.role)
        if name in figures
    ]
    table(["栏号", "指标", "报送数", "核实数"], rows)


def _found(figure: Figure) -> str:
    return "" if figure.verified is None else _text(figure.verified)


def _text(value: Any) -> str:
    return "—" if value == "不适用" else str(value)


def _differs(figure: Figure) -> bool:
    return figure.verified is not None and figure.verified != figure.reported


def _line(row: UnitRow) -> list[str]:
    cells = [
        _text(row.figures[name].adopted) if name in row.figures else row.state.value
        for name in ("KA4", "KA2", "KA3", "KD5", "KE5")
    ]
    days = [d.isoformat() if d else "" for d in (row.received_on, row.verified_on)]
    return [row.unit_name, row.state.value, str(row.version or ""), *days, *cells]


def _row_json(row: UnitRow) -> dict[str, Any]:
    return {
        "unit": row.unit_name,
        "state": row.state.value,
        "version": row.version,
        "received_on": row.received_on,
        "verified_on": row.verified_on,
        "figures": {
            name: {"reported": f.reported, "verified": f.verified, "by": f.verified_by}
            for name, f in row.figures.items()
        },
    }


def _is_answer(package: TablePackage) -> bool:
    """Tell whether another office confirmed a table or said what it found."""
    return package.direction == "received" and package.kind in {"receipt", "verification"}


def _status_json(status: TableStatus) -> dict[str, Any]:
    record = status.record
    return {
        "unit": status.unit,
        "period": record.period.code,
        "version": record.version,
        "state": record.state.value,
        "is_own": record.is_own,
        "correction": record.correction,
        "events": [{"state": e.state.value, "by": e.by, "day": e.day, "note": e.note} for e in record.events],
        "packages": [
            {"direction": p.direction, "kind": p.kind, "party": p.party, "day": p.day, "sha256": p.sha256}
            for p in status.packages
        ],
    }


def _key_json(key: PublicKey) -> dict[str, str]:
    return key.as_json() | {"fingerprint": key.fingerprint}


COMMANDS = (review, sign, pack, receive, verify, adopt, return_, rollup, lock, state, keys)
"""What `docgen.cli.quarter` adds to its group."""
