"""`docgen template`: check an office's own template before it is used."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.common import json_option, opened, say, show_problems, write_json


@click.group(name="template")
def command() -> None:
    """模板：检查。"""


@command.command()
@click.argument("docx", metavar="模板.docx", type=click.Path(path_type=Path))
@click.option("--form", "form_code", required=True, metavar="表号", help="这个模板是哪张表的。")
@json_option
@click.pass_context
def check(ctx: click.Context, docx: Path, form_code: str, *, as_json: bool) -> None:
    """检查一个模板：不认识的名字、缺的栏目、缺的签字处、禁用的条款、失效的法律、画不出的排版和字。"""
    with opened(ctx) as workspace:
        problems = workspace.papers.check_template(docx, form_code)
    if as_json:
        write_json([{"code": p.code, "message": str(p), "blocking": p.blocking} for p in problems])
    else:
        show_problems(problems)
        say("没有发现问题。" if not problems else f"共 {len(problems)} 处。")
    ctx.exit(3 if any(p.blocking for p in problems) else 0)
