"""`docgen form`: which forms there are and what each asks."""

from __future__ import annotations

import click

from docgen.cli.common import json_option, markdown, opened, table, write_json


@click.group(name="form")
def command() -> None:
    """文书目录：有哪些表、每张表填什么。"""


@command.command(name="list")
@json_option
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """列出本单位可用的表。"""
    with opened(ctx) as workspace:
        forms = workspace.library.all()
        rows = [[f.code, workspace.title_of(f.code), f.identifier] for f in forms]
    if as_json:
        write_json([dict(zip(("code", "title", "name"), row, strict=True)) for row in rows])
        return
    table(["表号", "名称", "标识"], rows)


@command.command()
@click.argument("code", metavar="表号")
@json_option
@click.pass_context
def show(ctx: click.Context, code: str, *, as_json: bool) -> None:
    """显示一张表的栏目、签字人、份数和依据。"""
    from forms.json_schema import schema_of
    from forms.manual import page

    with opened(ctx) as workspace:
        spec = workspace.library.get(code)
    if as_json:
        write_json(schema_of(spec))
    else:
        markdown("\n".join(line for line in page(spec) if not line.startswith("<a ")))
