"""`docgen form`: which forms there are and what each asks."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.common import json_option, markdown, opened, say, show_problems, table, write_json


@click.group(name="form")
def command() -> None:
    """文书目录：有哪些表、每张表填什么。"""


@command.command(name="list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """列出本单位可用的表，和本地方案对每张表的要求。"""
    from docgen.workspace.papers.form_set import place_of

    with opened(ctx) as workspace:
        rows = [
            [f.code, workspace.title_of(f.code), place_of(f.code, workspace.profile, workspace.settings), f.identifier]
            for f in workspace.library.all()
        ]
    if as_json:
        write_json([dict(zip(("code", "title", "plan", "name"), row, strict=True)) for row in rows])
        return
    table(["表号", "名称", "本地方案", "标识"], rows)


@command.command()
@click.argument("code", metavar="表号")
@json_option
@click.pass_context
def show(ctx: click.Context, code: str, *, as_json: bool) -> None:
    """显示一张表的栏目、签字人、份数和依据。"""
    from forms.catalogue.json_schema import schema_of
    from forms.catalogue.manual import page

    with opened(ctx) as workspace:
        spec = workspace.library.get(code)
    if as_json:
        write_json(schema_of(spec))
    else:
        markdown("\n".join(line for line in page(spec) if not line.startswith("<a ")))


@command.command()
@click.argument("what", metavar="表号|文件")
@json_option
@click.pass_context
def check(ctx: click.Context, what: str, *, as_json: bool) -> None:
    """检查一张表：不认识的名字、缺的栏目和签字处、禁用的条款、失效的法律、模板的排版。

    写表号，或者写 .toml、.docx 文件。
    """
    path = Path(what)
    with opened(ctx) as workspace:
        desk = workspace.own_forms
        is_file = path.suffix.lower() in {".toml", ".docx"} and path.is_file()
        problems = desk.check_file(path) if is_file else desk.check(what)
    if as_json:
        write_json([{"code": p.code, "message": str(p), "blocking": p.blocking} for p in problems])
    else:
        show_problems(problems)
        say("没有发现问题。" if not problems else f"共 {len(problems)} 处。")
    ctx.exit(3 if any(p.blocking for p in problems) else 0)


@command.command()
@click.argument("code", metavar="表号")
@click.option("--title", required=True, metavar="名称", help="这张表叫什么。")
@json_option
@click.pass_context
def new(ctx: click.Context, code: str, title: str, *, as_json: bool) -> None:
    """新建一张本单位自己的表：表单、模板文字和 Word 模板，改好后用 form check 检查。

    例：docgen form new Z1 --title 入户谈话记录
    """
    with opened(ctx) as workspace:
        paths = workspace.own_forms.new(code, title)
    if as_json:
        write_json([str(path) for path in paths])
        return
    for what, path in zip(("栏目", "文字", "模板"), paths, strict=True):
        say(f"{what}：{path}")
    say(f"改好后运行 docgen form build {code}，再运行 docgen form check {code}。")


@command.command()
@click.argument("code", metavar="表号")
@click.pass_context
def build(ctx: click.Context, code: str) -> None:
    """由 templates/source 里的文字重做本单位一张表的 Word 模板。"""
    with opened(ctx) as workspace:
        say(f"模板：{workspace.own_forms.build(code)}")


@command.command()
@click.argument("code", metavar="表号")
@click.option("--village", metavar="村名", help="先列出这个村在册的儿童（名册类的表列出名册）。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="表.xlsx", help="写到哪个文件。")
@click.pass_context
def sheet(ctx: click.Context, code: str, village: str | None, out: Path | None) -> None:
    """生成一张表的 Excel 填写表：带下拉选项和检查，填好后用 docgen make --values 读回。"""
    from docgen.workspace.papers.form_sheet import write_sheet

    with opened(ctx) as workspace:
        spec = workspace.library.get(code)
        name = "-".join(part for part in (spec.code, "填写表", village or "") if part)
        target = out or workspace.folder / "out" / f"{name}.xlsx"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = write_sheet(workspace, spec, target, village)
    say(f"填写表：{target}" + (f"（{rows} 行）" if rows else ""))


@command.command()
@click.option("--tests", type=click.Path(file_okay=False, path_type=Path), metavar="文件夹", help="测试文件夹。")
@json_option
@click.pass_context
def coverage(ctx: click.Context, tests: Path | None, *, as_json: bool) -> None:
    """目录里每张表的齐备情况：表单、两套模板、正文样稿、通过和拒绝的例子；缺一样就退出 3。"""
    from docgen.coverage import coverage as rows_of

    rows = rows_of(tests)
    if as_json:
        write_json([{"code": row.code, "title": row.title, "missing": list(row.missing)} for row in rows])
    else:
        heads = ["表号", "名称", "表单", "模板", "样稿", "通过", "拒绝", "缺少"]
        marks = {True: "有", False: "—"}
        table(
            heads,
            [
                [
                    row.code,
                    row.title,
                    marks[row.spec],
                    str(len(row.templates)),
                    str(len(row.golden)),
                    marks[row.passes],
                    marks[row.refuses],
                    "、".join(row.missing),
                ]
                for row in rows
            ],
        )
        whole = sum(not row.missing for row in rows)
        say(f"共 {len(rows)} 张表，{whole} 张齐备，{len(rows) - whole} 张有缺。")
    ctx.exit(3 if any(row.missing for row in rows) else 0)
