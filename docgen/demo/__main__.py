"""`make demo`: the whole loop on a fictitious town, in under two minutes."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from docgen.demo.arguments import folder_of
from docgen.demo.play import drop_in_inbox, signed_and_scanned
from docgen.demo.town import TOWN, VILLAGES
from docgen.settings import SETTINGS_FILE, OfficeSettings
from docgen.workspace import Actor, Workspace, init_office
from forms.people import Staff
from forms.profiles.region import RegionProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.workspace.intake.reports import FilingReport
    from docgen.workspace.papers.reports import MakeReport

SEED = 2026
LISTS = ("merged-heading.xlsx", "numbers.xlsx", "gb18030.csv")
VILLAGE = VILLAGES[0]


class Show:
    """Prints the steps and keeps the time."""

    def __init__(self) -> None:
        self.console = Console(width=None if sys.stdout.isatty() else 110)
        self.times: list[tuple[str, float]] = []

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """Announce a step, show its progress, note how long it took."""
        self.console.rule(f"[bold]{title}", align="left")
        start = time.perf_counter()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        self.times.append((title, time.perf_counter() - start))

    def say(self, text: str = "") -> None:
        """Print one line, without markup."""
        self.console.print(text, markup=False, highlight=False)


ABOUT = "用虚构的一个镇演示整个流程：导入名单、生成文书、签字扫描、归档、查找。"


def main() -> None:
    """Play the town."""
    folder = folder_of(
        "docgen.demo", "用虚构的一个镇演示整个流程：导入名单、生成文书、签字扫描、归档、查找。", "demo-office"
    )
    show = Show()
    if folder.exists():
        if not (folder / SETTINGS_FILE).is_file():
            raise SystemExit(f"“{folder}”里有别的文件，没有动它。请换一个文件夹：python -m docgen.demo 新文件夹")
        shutil.rmtree(folder)
    profile = RegionProfile.load("longli")
    settings = OfficeSettings(
        unit_name=f"龙里县{TOWN}人民政府",
        town_name=f"龙里县{TOWN}人民政府",
        county_name="龙里县民政局",
        profile=profile.key,
        wording=profile.wording,
        number_prefix="洗民",
        filler=Staff(name="潘文海", post="儿童主任"),
        reviewer=Staff(name="龙秀英", post="儿童督导员"),
        head=Staff(name="罗建国", post="镇长"),
    )
    show.console.rule("[bold]一、建办公文件夹", align="left")
    init_office(folder, settings)
    show.say(f"{settings.unit_name}，地区方案：{profile.name}，用语：{settings.wording.title}")
    with Workspace.open(folder, actor=Actor(name="潘文海")) as workspace:
        children = _import(workspace, show)
        with resources.as_file(resources.files("docgen.demo") / "sheets") as sheets:
            values = [sheets / "assessments.xlsx", sheets / "opinions.xlsx"]
            first = _make(workspace, show, "三、评估和听取意见（A5、A8）", ["A5", "A8"], values)
        _file(workspace, show, "四、签字、扫描、归档", first, name="0001.pdf", seed=SEED)
        second = _make(workspace, show, f"五、{VILLAGE}的确认书和责任书（A1、A2）", ["A1", "A2"], [])
        filed = _file(workspace, show, "六、签字、扫描、归档", second, name="0002.pdf", seed=SEED + 1)
        name = _search(workspace, show, second)
        _dossier(workspace, show, name)
        with show.step("九、核查"):
            check = workspace.checking.check()
        show.say(check.summary)
        _summary(show, workspace, children=children, reports=(first, second), filed=filed)


def _import(workspace: Workspace, show: Show) -> int:
    with show.step("二、导入三个村的名单") as step:
        for name in LISTS:
            with resources.as_file(resources.files("docgen.demo") / "sheets" / name) as path:
                report = workspace.people.import_sheet(path, progress=step)
            show.say(name)
            for line in report.lines():
                show.say(f"  {line}")
            if report.rejected_file:
                show.say(f"  没有导入的行和原因：{report.rejected_file}")
    rows = workspace.people.listing()
    show.say(f"在册儿童共 {len(rows)} 人。")
    return len(rows)


def _make(workspace: Workspace, show: Show, title: str, codes: list[str], values: list[Path]) -> MakeReport:
    with show.step(title) as step:
        report = workspace.papers.make(codes, village=VILLAGE, values_sheets=values, progress=step)
    show.say(report.summary)
    for failed in report.failed:
        show.say(f"  没有生成：{failed.subject} {failed.form_code}")
        for problem in failed.problems:
            if problem.blocking:
                show.say(f"    {problem.code} {problem}")
    warned = [m for m in report.made if m.problems]
    if warned:
        show.say(f"  有提醒的 {len(warned)} 份，例如 {warned[0].subject}：{warned[0].problems[0]}")
    show.say(f"  打印用：{report.stack}")
    return report


def _file(workspace: Workspace, show: Show, title: str, made: MakeReport, *, name: str, seed: int) -> FilingReport:
    with show.step(f"{title}（扫描）") as step:
        scan = signed_and_scanned(workspace, made, seed=seed, progress=step)
        drop_in_inbox(workspace, name, scan)
    with show.step(f"{title}（归档）") as step:
        report = workspace.filing.file_inbox(signed_on=workspace.today, progress=step)
    show.say(report.summary)
    for item in report.desk:
        show.say(f"  待办 {item.pages}：{item.reason}")
    return report


def _search(workspace: Workspace, show: Show, made: MakeReport) -> str:
    subject = made.made[0].subject
    queries = (subject, subject[-2:], made.made[0].number, '"不打骂、不虐待"', f"村:{VILLAGE} 表:责任书 状态:已归档")
    with show.step("七、检索"):
        rows = []
        for query in queries:
            start = time.perf_counter()
            found = workspace.finding.search(query)
            took = (time.perf_counter() - start) * 1000
            best = found.hits[0] if found.hits else None
            rows.append((query, str(found.total), f"{best.title} {best.subject}" if best else "—", f"{took:.1f} 毫秒"))
    table = Table("检索", "条数", "第一条", "用时")
    for row in rows:
        table.add_row(*row)
    show.console.print(table)
    return subject


def _dossier(workspace: Workspace, show: Show, name: str) -> None:
    with show.step("八、一人一档"):
        views = workspace.dossiers.show(name)
    for view in views[:1]:
        show.say(view.headline)
        for line in view.people:
            show.say(f"  {line}")
        table = Table("序", "表", "文号", "日期", "版本", "状态", "页", "扫描件")
        for row in view.rows:
            table.add_row(*row)
        show.console.print(table)
        for line in view.missing:
            show.say(f"  缺：{line}")
        for line in view.due[:3]:
            show.say(f"  到期：{line}")


def _summary(
    show: Show, workspace: Workspace, *, children: int, reports: tuple[MakeReport, ...], filed: FilingReport
) -> None:
    show.console.rule("[bold]小结", align="left")
    papers = sum(len(r.made) for r in reports)
    pages = sum(m.pages for r in reports for m in r.made)
    took = sum(t for _, t in show.times)
    show.say(
        f"三个村 {children} 名儿童；{VILLAGE}生成文书 {papers} 份 {pages} 页，最后一批归档 {len(filed.filed)} 份。"
    )
    show.say(f"用时 {took:.0f} 秒：" + "；".join(f"{title} {t:.1f} 秒" for title, t in show.times))
    show.say("可以看看：")
    for report in reports:
        show.say(f"  打印用的整摞：{report.stack}")
        show.say(f"  可编辑的 docx：{report.docx_folder}")
    show.say(f"  档案库（OCFL 1.1）：{workspace.folder / 'store'}")
    show.say(f"  再试试：docgen --office {workspace.folder.name} search {reports[-1].made[0].subject}")


if __name__ == "__main__":
    main()
