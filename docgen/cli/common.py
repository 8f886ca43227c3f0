"""What the commands share: opening the office, value types, printing tables and JSON, progress."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docgen.workspace import Workspace
    from forms.problems import Problem

json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON，供其他程序读取。")


@contextmanager
def opened(ctx: click.Context) -> Iterator[Workspace]:
    """Open the office named by ``--office`` and close it afterwards."""
    from docgen.workspace import Actor, Workspace, find_office

    with Workspace.open(find_office(ctx.obj["office"]), actor=Actor(name=ctx.obj["actor"] or "")) as workspace:
        yield workspace


def keep_snapshot(workspace: Workspace) -> None:
    """Put the registry into the store once a day, after a command that wrote; never a reason to fail."""
    from forms.errors import AppError

    try:
        workspace.safety.snapshot_if_due()
    except AppError as error:
        note(click.style(f"登记库快照没有存成：{error}", fg="yellow"))


def write_json(data: Any) -> None:
    """Print one JSON document in UTF-8, whatever the console's encoding."""
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")
    sys.stdout.buffer.flush()


class DayType(click.ParamType[date]):
    """A day as clerks write it: 2026-03-05, 2026.3.5, 2026年3月5日."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day or fail with the sentence of the parser."""
        from forms.errors import AppError
        from forms.values.blank import Blank
        from forms.values.parse import parse_date

        if isinstance(value, date):
            return value
        try:
            day = parse_date(value)
        except AppError as error:
            self.fail(str(error), param, ctx)
        if isinstance(day, Blank):
            self.fail("请写日期，例如 2026-03-05。", param, ctx)
        return day


DAY = DayType()


def pair(text: str, *, example: str) -> tuple[str, str]:
    """Split ``name=value`` as typed after an option."""
    name, mark, value = text.partition("=")
    if not mark:
        raise click.UsageError(f"“{text}”应写成 名称=内容，例如 {example}。")
    return name.strip(), value.strip()


def say(text: str = "") -> None:
    """Print one line for the user to standard output."""
    click.echo(text)


def note(text: str) -> None:
    """Print one line that is not the result (standard error)."""
    click.echo(text, err=True)


def show_problems(problems: tuple[Problem, ...]) -> None:
    """Print findings, blocking ones first, each with its code."""
    for problem in sorted(problems, key=lambda p: not p.blocking):
        mark, colour = ("拒绝", "red") if problem.blocking else ("提醒", "yellow")
        note(click.style(f"  {mark} {problem.code}  ", fg=colour) + str(problem))


def table(titles: list[str], rows: list[list[str]], *, title: str = "") -> None:
    """Print a table to standard output; widths follow the display columns of Chinese."""
    from rich.console import Console
    from rich.table import Table

    grid = Table(title=title or None, header_style="bold")
    for name in titles:
        grid.add_column(name)
    for row in rows:
        grid.add_row(*row)
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140).print(grid)


def markdown(text: str) -> None:
    """Print a page of the manual as a terminal shows it."""
    from rich.console import Console
    from rich.markdown import Markdown

    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140).print(Markdown(text))


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error; yields ``step(done, total)``. Silent when not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def step(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield step
