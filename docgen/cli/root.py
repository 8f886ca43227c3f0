"""The root group: finds the office, holds the error boundary, loads a command only when it is called."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from forms.errors import AppError, DiskFullError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMMANDS: dict[str, tuple[str, str]] = {
    # name -> module, one line of help; read without importing the module, so that --help is instant
    "office": ("docgen.cli.office", "办公文件夹：新建、检查"),
    "people": ("docgen.cli.people", "人员：从村里的名单导入、查看"),
    "form": ("docgen.cli.form", "文书目录：有哪些表、每张表填什么"),
    "make": ("docgen.cli.make", "生成文书：一个孩子，或整个村"),
    "case": ("docgen.cli.case", "案卷：一件事里的人、文书和送达"),
    "papers": ("docgen.cli.papers", "已生成的文书：清单、未收回的"),
    "intake": ("docgen.cli.intake", "收件：收回签字的扫描件、待办桌面"),
    "archive": ("docgen.cli.archive", "档案：核查、编档号、鉴定、移交、收存旧档"),
    "duty": ("docgen.cli.duty", "到期事项：谁该在哪天以前办什么"),
    "quarter": ("docgen.cli.quarter", "季度报表：查矛盾、冻结名册、汇总表、每个数后面是谁"),
    "dossier": ("docgen.cli.dossier", "一人一档：看一个孩子的全部材料"),
    "search": ("docgen.cli.search", "检索：姓名、身份证号、拼音、文号、正文"),
    "backup": ("docgen.cli.backup", "备份：整个单位，只备份新的内容，可加密"),
    "restore": ("docgen.cli.restore", "恢复：从备份恢复到空文件夹"),
    "index": ("docgen.cli.index", "索引：重建"),
    "template": ("docgen.cli.template", "模板：检查、由源文本重建"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of daily work."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return _in_chinese(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        del ctx
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options before the command."""
        with _in_full_width():
            return super().make_context(info_name, args, parent, **extra)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one that is mistyped is answered with the nearest names."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=list(COMMANDS), ctx=ctx) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command inside the one place that turns exceptions into a sentence and an exit code."""
        try:
            with _in_full_width():
                return super().invoke(ctx)
        except AppError as error:
            click.secho(f"错误：{error}", fg="red", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.secho("已停下。办好的都已保存；再运行一次同样的命令会从停下的地方接着办。", fg="yellow", err=True)
            ctx.exit(130)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # the reader has gone (… | head); click knows what to do
            said = _of_the_disk(error)
            if said is None:
                self._unexpected(ctx, error)
            click.secho(f"错误：{said}", fg="red", err=True)
            ctx.exit(said.exit_code)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001  the boundary: one calm sentence and the place of the log
            self._unexpected(ctx, error)

    @staticmethod
    def _unexpected(ctx: click.Context, error: Exception) -> NoReturn:
        from docgen.cli.crashlog import write_crash

        path = write_crash(error)
        way_out = f"请把“{path}”这个文件交给维护人员。" if path else "请把刚才做了什么告诉维护人员。"
        click.secho(f"错误：程序遇到了没有料到的情况，已办好的内容没有丢失。{way_out}", fg="red", err=True)
        ctx.exit(1)


@contextlib.contextmanager
def _in_full_width() -> Iterator[None]:
    """Let click's refusals end and quote as Chinese sentences do: its catalogue leaves both to its own code."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise click.UsageError(_full_width(error.format_message()), error.ctx) from error


def _full_width(message: str) -> str:
    message = re.sub(r"'([^'\n]*)'", r"“\1”", message.strip().rstrip("."))
    message = re.sub(r"(?<=”), (?=“)", "、", message)
    message = re.sub(r" ?(“[^”]*”) ?", r"\1", message).replace("。 ", "。")
    return message if message.endswith(("。", "？", "?", "！", "）")) else f"{message}。"


def _in_chinese(command: click.Command) -> click.Command:
    """Say the placeholders of a usage line in Chinese; click writes them as they stand in the command."""
    command.options_metavar = "[选项]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]..."
        for inner in command.commands.values():
            _in_chinese(inner)
    return command


def _of_the_disk(error: OSError) -> AppError | None:
    """Return what a fault of the file system means to a clerk; ``None`` when it is none."""
    from archive.disk import UnwritableFolderError, is_disk_full

    place = Path(str(error.filename or ".")).name
    if is_disk_full(error):
        return DiskFullError(place)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOTDIR, errno.EISDIR}:
        return UnwritableFolderError(place)
    return None


@click.group(
    cls=LazyGroup,
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--office",
    type=click.Path(file_okay=False),
    envvar="DOCGEN_OFFICE",
    metavar="文件夹",
    help="办公文件夹；不写就用当前文件夹（或它的上级）。",
)
@click.option("--as", "actor", metavar="姓名", envvar="DOCGEN_ACTOR", help="经办人；不写就用 office.toml 里的填表人。")
@click.version_option(package_name="tongdang", message="docgen %(version)s")
@click.pass_context
def root(ctx: click.Context, office: str | None, actor: str | None) -> None:
    """留守儿童关爱保护文书：生成、签字后收回、归档、检索。"""
    for stream in (sys.stdout, sys.stderr):
        # a rare character that the console cannot show must not stop the work
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    ctx.obj = {"office": office, "actor": actor}


def run(arguments: Sequence[str]) -> int:
    """Run one command in this process and return its exit code; for tests and the demo."""
    try:
        root.main(args=list(arguments), prog_name="docgen", standalone_mode=True)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
