"""``python -m docgen.demo.county [FOLDER]``: a quarter in a county of twelve towns, through files only.

forms.md §8.9. Sixteen offices that share nothing but what one of them hands to another as a file: twelve towns, the
county's civil affairs, education and police bureaus, the prefecture. One town is late, one table is returned, the
education bureau disagrees, one child stands on two rolls and another has moved. The county's table is right, and it
says so.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from docgen.demo.arguments import folder_of
from docgen.demo.county_people import PRINCIPALS, child_of, entered_on, settings_of, without_hukou
from docgen.demo.story import Days, StoryError
from docgen.workspace import Actor, Workspace, init_office
from docgen.workspace.quarter.keys import PublicKey, Role
from docgen.workspace.quarter.refusals import ReplayedPackageError
from docgen.workspace.quarter.table_desk import StillOpenError
from forms.law.time import print_date
from forms.people import ChildRecord, Unit
from forms.quarter.period import Period
from forms.quarter.table import TableState
from forms.values.blank import Blank
from forms.values.enums import UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docgen.workspace.quarter.receiving import Received
    from docgen.workspace.quarter.rolling_up import Rolled
    from forms.errors import AppError
    from forms.quarter.table import PeriodTable, UnitRow

QUARTER = Period.quarter(2026, 3)
TOWNS = (
    "洗马镇",
    "醒狮镇",
    "花京镇",
    "大坝镇",
    "平山镇",
    "羊场镇",
    "石板镇",
    "新庄镇",
    "水尾镇",
    "高坪镇",
    "龙井镇",
    "松林镇",
)
"""Invented, most of them; the first two share a child, the third has sent one to the fourth."""
RETURNED, DISPUTED = "平山镇", "羊场镇"
LATE = TOWNS[-1]


@dataclass(slots=True)
class Office:
    """One office and who works there."""

    workspace: Workspace
    role: Role
    short: str
    received: list[Received] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Full name."""
        return self.workspace.settings.unit_name

    @contextmanager
    def at_the_desk(self, name: str) -> Iterator[Workspace]:
        """Let somebody else sit down for a moment."""
        before = self.workspace.actor
        self.workspace.actor = Actor(name=name)
        try:
            yield self.workspace
        finally:
            self.workspace.actor = before


@dataclass(slots=True)
class County:
    """The offices, the day it is, and what one told the other."""

    days: Days
    towns: dict[str, Office]
    county: Office
    education: Office
    police: Office
    prefecture: Office
    say: Callable[[str], None]

    @classmethod
    def begin(cls, folder: Path, *, towns: int = len(TOWNS), say: Callable[[str], None] = print) -> County:
        """Make the offices in a folder that does not exist and let them exchange their keys.

        Args:
            folder: Where; every office is a folder in it.
            towns: How many, at least six.
            say: Where the story is told.
        """
        days = Days(date(2026, 7, 1))
        chosen = (*TOWNS[: towns - 1], LATE)

        def made(name: str, role: Role, short: str) -> Office:
            init_office(folder / short, settings_of(name))
            return Office(Workspace.open(folder / short, clock=days), role, short)

        county = cls(
            days=days,
            towns={t: made(f"龙里县{t}人民政府", Role.TOWN, t) for t in chosen},
            county=made("龙里县民政局", Role.COUNTY, "县民政局"),
            education=made("龙里县教育局", Role.EDUCATION, "县教育局"),
            police=made("龙里县公安局", Role.POLICE, "县公安局"),
            prefecture=made("黔南布依族苗族自治州民政局", Role.PREFECTURE, "州民政局"),
            say=say,
        )
        for town in county.towns.values():
            for other in (county.county, county.education, county.police):
                _introduce(town, other)
                _introduce(other, town)
        for organ in (county.education, county.police, county.prefecture):
            _introduce(county.county, organ)
            _introduce(organ, county.county)
        say(f"{len(chosen)} 个镇、县民政局、县教育局、县公安局、州民政局，各有各的办公文件夹，已互相登记公钥。")
        return county

    def close(self) -> None:
        """Close every office."""
        for office in (*self.towns.values(), self.county, self.education, self.police, self.prefecture):
            office.workspace.close()

    def turn_to(self, day: date, title: str) -> None:
        """Turn the calendar over."""
        self.days.today = day
        self.say(f"\n{print_date(day)}　{title}")

    # who lives where

    def settle(self) -> None:
        """Let the children be registered: two or three a town, one of them twice, and one that moves in August."""
        for number, office in enumerate(self.towns.values()):
            for place in range(2 + number % 2):
                register(office, child_of(number, place), on=date(2026, 3, 10))
            if number == 4:
                register(office, entered_on(child_of(number, 3), date(2026, 8, 3)), on=date(2026, 8, 3))
        first, second, third, fourth = (self.towns[t] for t in TOWNS[:4])
        twice = child_of(50, 0)
        register(first, twice, on=date(2026, 3, 10))
        register(second, entered_on(twice, date(2026, 8, 15)), on=date(2026, 8, 15))
        mover = without_hukou(child_of(59, 1))
        uid = register(third, mover, on=date(2026, 3, 10))
        gone = replace(
            mover.child,
            person=replace(mover.child.person, uid=uid),
            left_on=date(2026, 8, 20),
            exit_reason="户籍迁出本辖区",
        )
        register(third, replace(mover, child=gone), on=date(2026, 8, 20))
        register(fourth, entered_on(mover, date(2026, 8, 20)), on=date(2026, 8, 20))

    # one town's way

    def report(self, town: str, *, reason: str = "") -> list[Path]:
        """Let a town freeze, review, sign and pack its table; return the three packages."""
        office = self.towns[town]
        with office.at_the_desk("潘文海") as ws:
            head = ws.quarter.freeze(QUARTER, reason=reason)
        with office.at_the_desk("龙秀英") as ws:
            ws.tables.review(QUARTER)
            self.sign(office)
            packages = [ws.tables.pack(QUARTER, to) for to in (Role.COUNTY, Role.EDUCATION, Role.POLICE)]
        total = ws.quarter.table(QUARTER).total.figures["KA4"].reported
        self.say(f"  {town} 第 {head.version} 版：期末在册 {total} 人，已复核、签字盖章，生成三个报送包。")
        return [p.path for p in packages]

    def deliver(self, paths: list[Path], town: str) -> None:
        """Carry a town's packages to the three recipients, and their receipts back."""
        for path, office in zip(paths, (self.county, self.education, self.police), strict=True):
            taken = office.workspace.tables.receive(path)
            office.received.append(taken)
            assert taken.receipt is not None
            self.towns[town].workspace.tables.receive(taken.receipt)
        state = self.towns[town].workspace.tables.own(QUARTER).state
        if state is not TableState.SENT:
            raise StoryError(f"{town} has three receipts and is {state}")

    def verify(self, town: str) -> None:
        """Let education and police verify a town's table and answer the county."""
        for office in (self.education, self.police):
            desk = office.workspace.tables
            record = desk.of_unit(town, QUARTER)
            if town == DISPUTED and office is self.education:
                desk.verify(
                    record,
                    "KD5",
                    1,
                    reason="漏报",
                    source="学籍系统，2026年10月12日查询",
                    children=["某名学生（初二）"],
                )
                self.say(f"  县教育局：{town} KD5 期末失学辍学，报送 0 人，核实 1 人（漏报）。")
            desk.agree(record, source="业务系统，2026年10月12日查询")
            self.county.workspace.tables.receive(desk.pack(QUARTER, Role.COUNTY, unit=town).path)

    def sign(self, office: Office) -> None:
        """Let the principal sign the printed table; its scan is filed."""
        scan = office.workspace.folder / "out" / "签字盖章的汇总表.pdf"
        scan.write_bytes(f"%PDF-1.7\n% {office.name} {self.days.today} {PRINCIPALS}\n%%EOF\n".encode())
        office.workspace.tables.sign(QUARTER, scan)

    def finish(self, upper: Office, *, reason: str = "") -> Rolled:
        """Let an upper level review, sign and lock what it rolled up; return it."""
        with upper.at_the_desk("龙秀英") as ws:
            ws.tables.review(QUARTER, reason=reason)
            self.sign(upper)
            rolled = ws.tables.roll_up(QUARTER)
            ws.tables.lock(QUARTER)
        return rolled


def play(folder: Path, *, towns: int = len(TOWNS), say: Callable[[str], None] = print) -> PeriodTable:
    """Tell the story of the quarter; return the county's locked table.

    Raises:
        StoryError: the program did something it must not, or a figure is wrong.
    """
    county = County.begin(folder, towns=towns, say=say)
    try:
        return _told(county)
    finally:
        county.close()


def _told(county: County) -> PeriodTable:
    say = county.say
    county.settle()
    county.turn_to(date(2026, 9, 30), "季度末：各镇冻结名册，复核，签字盖章，报送")
    early = [t for t in county.towns if t != LATE]
    sent = {town: county.report(town) for town in early}
    for town, paths in sent.items():
        county.deliver(paths, town)
    say(f"  {len(early)} 个镇的报送包都已由县民政局、教育局、公安局验包签收；{LATE}未报。")
    county.turn_to(date(2026, 10, 12), "教育、公安核实；县民政局退回一张")
    desk = county.county.workspace.tables
    back = desk.return_table(QUARTER, RETURNED, reason="KA4 与走访情况不符，请核对后重报")
    assert back is not None
    county.towns[RETURNED].workspace.tables.receive(back.path)
    register(county.towns[RETURNED], child_of(75, 0), on=date(2026, 3, 10))
    again = county.report(RETURNED, reason="补登漏报的 1 名儿童")
    county.deliver(again, RETURNED)
    _must_refuse(county, "旧版", ReplayedPackageError, lambda: desk.receive(sent[RETURNED][0]))
    for town in early:
        county.verify(town)
    adopted = desk.adopt(QUARTER)
    rolled = desk.roll_up(QUARTER)
    say(
        f"  县民政局采用了 {len(adopted)} 个镇的报表。"
        f"{_row(rolled.table, LATE).state.value}：{'、'.join(rolled.missing)}。"
    )
    if _row(rolled.table, LATE).figures:
        raise StoryError("a town that has not reported has figures")
    county.turn_to(date(2026, 10, 14), "锁定以前还差一个镇")
    with county.county.at_the_desk("龙秀英") as ws:
        ws.tables.review(QUARTER)
    county.sign(county.county)
    _must_refuse(county, "锁定", StillOpenError, lambda: desk.lock(QUARTER))
    desk.return_table(QUARTER, reason=f"{LATE}已答应补报，等它报来再锁定")
    county.turn_to(date(2026, 10, 15), f"{LATE}补报")
    county.deliver(county.report(LATE), LATE)
    county.verify(LATE)
    desk.adopt(QUARTER, LATE)
    rolled = county.finish(county.county, reason=f"补入{LATE}")
    _show(county, rolled)
    table = desk.shown(desk.own(QUARTER))
    _prove(county, table, rolled)
    county.turn_to(date(2026, 10, 18), "报州民政局")
    taken = county.prefecture.workspace.tables.receive(desk.pack(QUARTER, Role.PREFECTURE).path)
    assert taken.receipt is not None
    desk.receive(taken.receipt)
    county.prefecture.workspace.tables.adopt(QUARTER)
    above = county.finish(county.prefecture)
    if _adopted(above.table.total, "KA4") != _adopted(table.total, "KA4"):
        raise StoryError("the prefecture counts other children than its one county")
    say(f"  州民政局验包、采用、汇总、锁定：期末在册 {_adopted(above.table.total, 'KA4')} 人，与县里一致。")
    return table


def _prove(county: County, table: PeriodTable, rolled: Rolled) -> None:
    """Check the county's table against what was settled, and say what was checked."""
    say = county.say
    towns = len(county.towns)
    registered = sum(2 + n % 2 for n in range(towns)) + 1  # one new in the fifth town
    expected = registered + 1 + 1 + 1  # the child of two towns once, the one that moved once, the one that was left out
    checks: list[tuple[str, Any, Any]] = [
        ("期末在册 KA4（两镇都报的一人只计一次）", _adopted(table.total, "KA4"), expected),
        ("各镇之和减去重复", sum(_adopted(r, "KA4") for r in table.rows) - 1, expected),
        ("本期新增 KA2（县内迁移、重复登记不算）", _adopted(table.total, "KA2"), 1),
        ("本期退出 KA3（迁往本县其他镇不算）", _adopted(table.total, "KA3"), 0),
        ("期初 KA1 等于 KA4 减 KA2 加 KA3", _adopted(table.total, "KA1"), expected - 1),
        ("失学辍学 KD5：报送数", table.total.figures["KD5"].reported, 0),
        ("失学辍学 KD5：教育局核实数", _adopted(table.total, "KD5"), 1),
        ("未登记户口 KA8b（迁移的一人）", _adopted(table.total, "KA8b"), 1),
        (f"{RETURNED}用的是第几版", _row(table, RETURNED).version, 2),
        ("列明的重复", sorted((d.is_move, d.by_number) for d in rolled.doubles), [(False, True), (True, False)]),
        ("未报的镇", rolled.missing, ()),
    ]
    for what, found, wanted in checks:
        if found != wanted:
            raise StoryError(f"{what}: {found!r}, not {wanted!r}")
        say(f"  核对 {what}：{wanted if isinstance(wanted, int) else '相符'}")
    for column, figure in table.total.figures.items():
        if isinstance(figure.reported, Blank):
            continue
        cells = [r.figures[column].reported for r in table.rows if column in r.figures]
        listed = sum(a.delta for a in table.adjustments if a.column == column)
        if sum(c for c in cells if not isinstance(c, Blank)) + listed != figure.reported:
            raise StoryError(f"{column}: rows and adjustments do not give the total")
    say(f"  核对 每一栏：各镇之和加列明的调整等于合计，共 {len(table.total.figures)} 栏。县级汇总表正确。")


def _show(county: County, rolled: Rolled) -> None:
    for row in rolled.table.rows:
        version, received, verified = row.version, row.received_on, row.verified_on
        name = row.unit_name.removeprefix("龙里县").removesuffix("人民政府")
        county.say(
            f"  {name}　第 {version} 版　收到 {received}　核实 {verified}　{row.state.value}　"
            f"KA4 {_adopted(row, 'KA4')}　KD5 {_adopted(row, 'KD5')}"
        )
    for double in rolled.doubles:
        county.say(f"  调整：{double.reason}；涉及 {len(double.deltas)} 栏。")


def _must_refuse(county: County, what: str, kind: type[AppError], act: Callable[[], object]) -> None:
    try:
        act()
    except kind as error:
        county.say(f"  没有办理（{what}，{error.code}）：{error}")
        return
    raise StoryError(f"{kind.code} was let pass")


def _row(table: PeriodTable, town: str) -> UnitRow:
    return next(row for row in table.rows if town in row.unit_name)


def _adopted(row: UnitRow, column: str) -> int:
    value = row.figures[column].adopted
    return 0 if isinstance(value, Blank) else value


def _introduce(office: Office, other: Office) -> None:
    """Hand over a public key as a file; the digits are read out over the telephone."""
    path = other.workspace.tables.export_key()
    key = PublicKey.from_bytes(path.read_bytes(), name=path.name)
    office.workspace.tables.add_partner(key, fingerprint=other.workspace.tables.shelf.key.public.fingerprint)


def register(office: Office, record: ChildRecord, *, on: date) -> str:
    """Enter a child in the town's only village; return its uid."""
    with office.workspace.registry.begin() as tx:
        owner = tx.units.owner()
        name = f"{office.short.removesuffix('镇')}村村民委员会"
        village = tx.units.save(
            Unit(kind=UnitKind.VILLAGE, name=name, short=name.removesuffix("村民委员会"), parent_uid=owner.uid)
        )
        child = replace(record.child, village_uid=village.uid)
        return tx.people.save(replace(record, child=child), source="登记", on=on).uid


def main() -> None:
    """Play the story in a folder; an older one in it is made anew."""
    folder = folder_of(
        "docgen.demo.county", "用虚构的一个县十二个镇演示一个季度：报送、退回、核实、去重、汇总、锁定。", "demo-county"
    )
    if folder.exists():
        if not (folder / "县民政局" / "office.toml").is_file():
            raise SystemExit(f"“{folder}”里有别的文件，没有动它。请换一个文件夹。")
        shutil.rmtree(folder)
    play(folder)
    print(f"\n看县里的汇总表：docgen --office {folder.name}/县民政局 quarter state {QUARTER.code}")  # noqa: T201


if __name__ == "__main__":
    main()
