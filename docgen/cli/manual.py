"""The manual's pages that are made from the program: commands, exit codes, codes of findings.

`python -m docgen.cli.manual` writes docs/commands.md, docs/exit-codes.md and docs/problem-codes.md;
a test makes them again and compares.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli import speak_chinese
from docgen.cli.codes import errors, said_codes, sentence_of
from docgen.cli.root import COMMANDS, root

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[2] / "docs"
GENERAL = {
    0: "办好了。",
    1: "没有料到的情况；程序写了一份不含个人信息的记录，请交给维护人员。",
    2: "命令写错了，或者查询看不懂。",
    3: "数据里有必须先改正的问题（有的文书没有生成，有的行没有导入，有的页放在待办桌面）。",
    4: "要找的不存在。",
    5: "现在的状态不允许（已签字、号已用过、规则拒绝）。",
    6: "缺少外部程序。",
    7: "档案不完整。",
    130: "被 Ctrl+C 停下；已办好的都已保存。",
}
"""What an exit code means to a script, whatever the cause."""


def commands_page() -> str:
    """Return the page of all commands, in the order of daily work."""
    lines = [
        "# 命令",
        "",
        "本页由程序生成：`python -m docgen.cli.manual`。",
        "",
        "所有命令前面都可以写：",
        "",
        *_parameters(root, click.Context(root, info_name="docgen")),
        "",
        "结果写到标准输出，其余写到标准错误；加 `--json` 时标准输出只有一个 JSON。",
        "退出码见 [exit-codes.md](exit-codes.md)。",
    ]
    for path, command in leaves():
        context = click.Context(command, info_name=f"docgen {' '.join(path)}")
        usage = " ".join(command.collect_usage_pieces(context))
        lines += ["", f"## docgen {' '.join(path)}", "", _help(command), "", f"`docgen {' '.join(path)} {usage}`"]
        rows = _parameters(command, context)
        lines += ["", *rows] if rows else []
    return "\n".join(lines) + "\n"


def leaves() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that does something, with its path."""
    context = click.Context(root, info_name="docgen")
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from (((name, inner), found) for inner, found in command.commands.items())
        else:
            yield (name,), command


def _help(command: click.Command) -> str:
    return (command.help or "").replace("\n\n", "\n").strip().replace("\n", "\n\n")


def _parameters(command: click.Command, context: click.Context) -> list[str]:
    rows = []
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts and "--version" not in parameter.opts:
            record = parameter.get_help_record(context)
            assert record is not None
            rows.append(f"| `{record[0]}` | {record[1]} |")
    return ["| 选项 | 说明 |", "| --- | --- |", *(_cell(row) for row in rows)] if rows else []


def _cell(row: str) -> str:
    """Keep bars inside a cell from ending it."""
    first, _, rest = row[2:-2].partition(" | ")
    return f"| {first.replace('|', '／')} | {rest.replace('|', '／')} |"


def exit_codes_page() -> str:
    """Return the page of exit codes and of the errors behind them."""
    lines = [
        "# 退出码",
        "",
        "本页由程序生成：`python -m docgen.cli.manual`。",
        "脚本按退出码判断；同一个退出码下的原因用代码区分，代码不会改变。",
        "",
        "| 退出码 | 含义 |",
        "| --- | --- |",
        *(f"| {number} | {text} |" for number, text in GENERAL.items()),
        "| 10 以上 | 每个号一种原因，见下表。 |",
        "",
        "句子里的“…”是办理时填进去的内容。",
        "",
        "| 退出码 | 代码 | 说的话 |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {kind.exit_code} | `{kind.code}` | {_line(sentence_of(kind)) or '（各有各的话）'} |" for kind in errors()
    ]
    return "\n".join(lines) + "\n"


def problem_codes_page() -> str:
    """Return the page of the codes of findings."""
    lines = [
        "# 问题代码",
        "",
        "本页由程序生成：`python -m docgen.cli.manual`。导入、生成、归档、核查时发现的问题各有一个代码；",
        "程序按代码判断，代码不会改变，句子可能改写。规则（REF、WRN 等）的依据见 [rules.md](rules.md)，",
        "使命令停下的原因见 [exit-codes.md](exit-codes.md)。",
        "",
        "| 代码 | 说的话 |",
        "| --- | --- |",
        *(f"| `{said.code}` | {_line(said.sentence) or '见该处的说明'} |" for said in said_codes()),
    ]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return text.replace("\n", " ").replace("|", "／").strip()


def pages() -> dict[str, str]:
    """Return every page by file name."""
    speak_chinese()
    return {
        "commands.md": commands_page(),
        "exit-codes.md": exit_codes_page(),
        "problem-codes.md": problem_codes_page(),
    }


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8", newline="\n")
        sys.stdout.write(f"{DOCS / name}\n")


if __name__ == "__main__":
    main()
