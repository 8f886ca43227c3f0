"""`docgen office`: make an office folder, prove that it is whole."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.common import json_option, keep_snapshot, note, opened, progress, say, show_problems, table, write_json


@click.group(name="office")
def command() -> None:
    """办公文件夹：新建、检查。一个单位一个文件夹，整个拷走就是搬家。"""


@command.command()
@click.argument("folder", metavar="文件夹", type=click.Path(file_okay=False, path_type=Path))
@click.option("--profile", required=True, metavar="方案", help="地区方案：wuhai yubei qinzhou shouxian longli。")
@click.option("--unit", required=True, metavar="全称", help="单位全称，与公章一致，如“龙里县洗马镇人民政府”。")
@click.option("--town", default="", metavar="名称", help="镇（街道）名称；不写就与单位相同。")
@click.option("--county", default="", metavar="名称", help="县（区）民政部门名称。")
@click.option("--number-prefix", default="", metavar="代字", help="发文字号的机关代字，如“洗民”。")
@click.option("--wording", type=click.Choice(["law_2020", "plan_2016"]), help="用语；不写就按地区方案。")
@click.option("--filler", default="", metavar="姓名", help="填表人。")
@click.option("--reviewer", default="", metavar="姓名", help="复核人，不能与填表人相同。")
@click.option("--head", default="", metavar="姓名", help="单位负责人。")
def init(
    folder: Path,
    profile: str,
    unit: str,
    town: str,
    county: str,
    number_prefix: str,
    wording: str | None,
    filler: str,
    reviewer: str,
    head: str,
) -> None:
    """新建一个办公文件夹。"""
    from docgen.settings import OfficeSettings
    from docgen.workspace import Workspace, init_office
    from forms.people import Staff
    from forms.profiles.region import RegionProfile
    from forms.profiles.wording import find_wording

    region = RegionProfile.load(profile, folder / "profiles")
    settings = OfficeSettings(
        unit_name=unit,
        town_name=town or unit,
        county_name=county,
        profile=profile,
        wording=find_wording(wording) if wording else region.wording,
        number_prefix=number_prefix,
        filler=Staff(name=filler),
        reviewer=Staff(name=reviewer) if reviewer else None,
        head=Staff(name=head) if head else None,
    )
    init_office(folder, settings)
    with Workspace.open(folder) as workspace:
        keep_snapshot(workspace)
    say(f"办公文件夹建好了：{folder}")
    say("接下来：docgen --office 文件夹 people import 名单.xlsx")


@command.command()
@click.option("--level", type=click.Choice(["structure", "completeness", "fixity"]),
              help="查到哪一层：结构、完整、逐字节校验；不写就按 office.toml 的 [check]。")  # fmt: skip
@click.option("--due", is_flag=True, help="到期才查（office.toml 的 [check] every_days）；适合定时任务。")
@json_option
@click.pass_context
def check(ctx: click.Context, level: str | None, *, due: bool, as_json: bool) -> None:
    """检查办公文件夹是否完整：档案、登记、索引互相对得上；报告写到 out 文件夹。"""
    with opened(ctx) as workspace:
        next_on = workspace.checking.due_on()
        if due and next_on is not None and workspace.now < next_on:
            note(f"还没有到期，下一次检查在 {next_on:%Y-%m-%d}。")
            return
        report, path = workspace.checking.run(level or "")
    if as_json:
        write_json(report.as_json())
    else:
        show_problems(report.problems)
        (note if report.problems else say)(report.summary)
        note(f"报告：{path}")
    ctx.exit(7 if report.is_broken else 0)


@command.command()
@click.argument("name", metavar="单位", required=False, default="")
@click.option("--contact", metavar="姓名", help="联系人（儿童主任、儿童督导员等）；写“无”表示没有。")
@click.option("--phone", metavar="电话", help="联系电话；写“无”表示没有。")
@click.option("--address", metavar="地址", help="单位地址。")
@click.option("--short", metavar="简称", help="平时的叫法，如“平山村”。")
@click.option("--add", is_flag=True, help="新增这个单位；名称写全称，与公章一致。")
@json_option
@click.pass_context
def unit(
    ctx: click.Context,
    name: str,
    contact: str | None,
    phone: str | None,
    address: str | None,
    short: str | None,
    *,
    add: bool,
    as_json: bool,
) -> None:
    """查看、修改、新增单位：村（居）、学校、派出所的联系人和电话，印在写到它的文书上。

    不写单位列出全部；只写单位显示一个；带选项就修改。
    """
    from docgen.workspace.people.units import UnitChange

    change = UnitChange(contact=contact, phone=phone, address=address, short=short)
    if not name and (add or not change.is_empty):
        raise click.UsageError("请写明是哪个单位。")
    with opened(ctx) as workspace:
        desk = workspace.units
        rows = [desk.add(name, change)] if add else []
        if not add:
            rows = [*desk.listing(name)] if change.is_empty else [desk.change(name, change)]
        if add or not change.is_empty:
            keep_snapshot(workspace)
    if as_json:
        write_json([row.as_json() for row in rows])
        return
    table(["单位", "简称", "类别", "联系人", "电话", "地址"],
          [[r.name, r.short, r.kind, r.contact, r.phone, r.address] for r in rows])  # fmt: skip


@command.command()
@click.pass_context
def snapshot(ctx: click.Context) -> None:
    """把登记库的快照存进库房；有了它，只剩库房也能恢复。平时每天自动存一次。"""
    with opened(ctx) as workspace:
        version = workspace.safety.snapshot()
    say(f"登记库快照已存入库房（第 {version} 版）。" if version else "登记库没有变化，不用再存。")


@command.command()
@click.argument("folder", metavar="文件夹", type=click.Path(file_okay=False, exists=True, path_type=Path))
@json_option
def rescue(folder: Path, *, as_json: bool) -> None:
    """登记库坏了、丢了，又没有备份：只凭库房重建。损坏的登记库移到 work/damaged，不删除。"""
    from docgen.workspace.recovery.rescue import rescue as rescue_office

    with progress("重建") as step:
        report = rescue_office(folder, progress=step)
    if as_json:
        write_json(report.as_json())
    else:
        for line in report.left:
            note(f"  {line}")
        say(report.summary)
