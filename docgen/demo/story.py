"""A story told with the real program: papers made, signed, scanned, filed, on days that go by.

One `Story` is one office and a calendar that the story turns over. Everything it does it asks of the
workspace, as a clerk would; everything refused on the way is shown with its reason.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from importlib import resources
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console

from docgen.demo.play import drop_in_inbox, signed_and_scanned
from docgen.demo.scanner import Copier
from docgen.demo.town import TOWN
from docgen.settings import SETTINGS_FILE, OfficeSettings
from docgen.workspace import Actor, Workspace, init_office
from forms.people import Staff
from forms.profiles.region import RegionProfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from docgen.workspace.papers.reports import FailedPaper, MadePaper
    from forms.people import ChildRecord

CHINA = timezone(timedelta(hours=8))
SCHOOL = f"{TOWN}初级中学"
LIST = "merged-heading.xlsx"
"""The list of one village, with its heading in merged cells."""


class StoryError(AssertionError):
    """The program did not do what the story needs: the demo stops and says what was refused."""


@dataclass(slots=True)
class Days:
    """The clock of a story."""

    today: date

    def __call__(self) -> datetime:
        """Return half past nine in the morning of the day."""
        return datetime.combine(self.today, time(9, 30), tzinfo=CHINA)


@dataclass(slots=True)
class Story:
    """An office and the day it is."""

    workspace: Workspace
    days: Days
    console: Console
    copier: Copier = field(default_factory=Copier)
    scans: int = 0

    @classmethod
    def begin(cls, folder: Path, first: date) -> Self:
        """Make an office with one village in it; a folder with an older story in it is made anew.

        Raises:
            SystemExit: the folder holds something else.
        """
        if folder.exists():
            if not (folder / SETTINGS_FILE).is_file():
                raise SystemExit(f"“{folder}”里有别的文件，没有动它。请换一个文件夹。")
            shutil.rmtree(folder)
        days = Days(first)
        init_office(folder, town_settings())
        story = cls(Workspace.open(folder, actor=Actor(name="潘文海"), clock=days), days, Console(width=110))
        with resources.as_file(resources.files("docgen.demo") / "sheets" / LIST) as path:
            report = story.workspace.people.import_sheet(path)
        story.say(f"{story.workspace.settings.unit_name}，导入名单：{next(iter(report.lines()))}")
        return story

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.workspace.close()

    def say(self, text: str) -> None:
        """Print one line, without markup."""
        self.console.print(text, markup=False, highlight=False)

    def turn_to(self, day: date, title: str = "") -> None:
        """Turn the calendar over; it never goes back."""
        if day < self.days.today:
            raise StoryError(f"{day} lies before {self.days.today}")
        self.days.today = day
        if title:
            self.console.rule(f"[bold]{day.isoformat()}　{title}", align="left")

    def record(self, uid: str) -> ChildRecord:
        """Return the child as the register has it today."""
        with self.workspace.registry.read() as tx:
            return tx.people.get(uid)

    def make(self, code: str, uid: str, typed: Mapping[str, str] | None = None, **how: Any) -> MadePaper:
        """Make one paper of a child.

        Raises:
            StoryError: it was refused, or left alone because it was printed before.
        """
        report = self.workspace.papers.make([code], children=[uid], typed=typed, **how)
        if len(report.made) != 1:
            said = [str(p) for f in report.failed for p in f.problems if p.blocking]
            raise StoryError(f"{code}: {said or [s.reason for s in report.skipped]}")
        made = report.made[0]
        self.say(f"  做成 {code} {made.title} {made.number}，{made.pages} 页，{made.copies} 份")
        for problem in made.problems:
            if problem.code != "field.for-pen":
                self.say(f"    提醒 {problem.code} {problem}")
        return made

    def refused(self, code: str, uid: str, typed: Mapping[str, str] | None = None, **how: Any) -> FailedPaper:
        """Try what must not be possible, and show why not.

        Raises:
            StoryError: it was made all the same.
        """
        report = self.workspace.papers.make([code], children=[uid], typed=typed, **how)
        if len(report.failed) != 1:
            raise StoryError(f"{code} was made and must not be")
        for problem in report.failed[0].problems:
            if problem.blocking:
                self.say(f"  没有做 {code}：{problem.code} {problem}")
        return report.failed[0]

    def sign(self, *codes: str, uid: str, typed: Mapping[str, str] | None = None, **how: Any) -> tuple[MadePaper, ...]:
        """Make papers of a child, have them signed, scanned and filed today; return them.

        Raises:
            StoryError: one of them was refused, or did not come back into the archive.
        """
        ws = self.workspace
        report = ws.papers.make(list(codes), children=[uid], typed=typed, **how)
        if report.failed or len(report.made) != len(codes):
            said = [f"{f.form_code} {p}" for f in report.failed for p in f.problems if p.blocking]
            raise StoryError("；".join(said or [s.reason for s in report.skipped]))
        self.scans += 1
        drop_in_inbox(ws, f"{self.scans:04d}.pdf", signed_and_scanned(ws, report, seed=self.scans, copier=self.copier))
        filed = ws.filing.file_inbox(signed_on=self.days.today)
        if len(filed.filed) != len(report.made):
            raise StoryError("；".join(item.reason for item in filed.desk))
        for made in report.made:
            self.say(f"  {made.form_code} {made.title} {made.number}：做成、签字、扫描、归档（{made.pages} 页）")
        return report.made

    def receipt(self, made: MadePaper, recipient: str, *, method: str = "直接送达") -> None:
        """Note that a copy reached its recipient today."""
        said = self.workspace.serving.serve(
            made.number or made.uid, recipient=recipient, on=self.days.today, method=method
        )
        self.say(f"  {said}")

    def duties(self, uid: str) -> tuple[str, ...]:
        """Show what is due for a child; return the titles."""
        rows = self.workspace.duties.listing(child=uid)
        for row in rows:
            left = f"过期 {-row.days} 天" if row.is_overdue else f"还有 {row.days} 天"
            form = f"，用 {row.form_code}" if row.form_code else ""
            self.say(f"  到期 {row.due_on}（{left}）：{row.title}{form}，{row.who}")
        return tuple(row.title for row in rows)


def town_settings() -> OfficeSettings:
    """Return the settings of the town of the demo; its office also prints for the middle school."""
    profile = RegionProfile.load("longli")
    return OfficeSettings(
        unit_name=f"龙里县{TOWN}人民政府",
        town_name=f"龙里县{TOWN}人民政府",
        county_name="龙里县民政局",
        profile=profile.key,
        wording=profile.wording,
        number_prefix="洗民",
        forms_on=("A6", "E7"),
        filler=Staff(name="潘文海", post="儿童主任"),
        reviewer=Staff(name="龙秀英", post="儿童督导员"),
        head=Staff(name="罗建国", post="镇长"),
        issuers={SCHOOL: "洗中", "龙里县冠山街道办事处": "冠办"},
    )
