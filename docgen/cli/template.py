"""`docgen template`: check an office's own template and look at its pages before it is used."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.common import json_option, note, opened, say, show_problems, write_json


@click.group(name="template")
def command() -> None:
    """模板：检查、预览。"""


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


@command.command()
@click.argument("docx", metavar="模板.docx", type=click.Path(path_type=Path))
@click.option("--form", "form_code", metavar="表号", help="这个模板是哪张表的；写了就按表检查，样例用表里的栏目名。")
@click.option("--values", type=click.Path(path_type=Path), metavar="内容.toml",
              help='填进去的内容，一行一项，如 child_name = "石小山"；没有写到的名字会被拒绝。')  # fmt: skip
@click.option("--sample", is_flag=True, help="没有内容的名字用栏目名代替（不写 --values 时就是这样）。")
@click.option("--pages", "pictures", is_flag=True, help="每页另存一张 PNG 图片。")
@json_option
@click.pass_context
def preview(
    ctx: click.Context,
    docx: Path,
    form_code: str | None,
    values: Path | None,
    *,
    sample: bool,
    pictures: bool,
    as_json: bool,
) -> None:
    """预览一个模板：填上样例或内容，排成 PDF，放在 out 文件夹；不编号，不归档。

    例：docgen template preview A2.docx --form A2 --pages
    """
    from docgen.workspace.own_forms.preview import preview_template

    with opened(ctx) as workspace:
        spec = workspace.library.get(form_code) if form_code else None
        found = preview_template(
            workspace, docx, spec=spec, values=values, sample=sample or values is None, pictures=pictures
        )
    if as_json:
        write_json(found.as_json())
    else:
        show_problems(found.problems)
        if found.fallbacks:
            note(f"换了字体的字：{'、'.join(found.fallbacks)}")
        if found.pdf is None:
            say("没有生成预览，请先改好上面的问题。")
        else:
            say(f"预览 {found.pages} 页：{found.pdf}")
        for picture in found.pictures:
            say(f"  {picture}")
    ctx.exit(3 if found.pdf is None or any(p.blocking for p in found.problems) else 0)
