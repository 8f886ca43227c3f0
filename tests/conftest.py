"""A fictitious town of a dozen children that covers the odd cases, and a small office that keeps it.

Nobody here can be met: ID numbers begin with 522799, which is no county's code, telephones with
1990000, which is given to nobody.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from docgen.demo.play import drop_in_inbox, inks_of
from docgen.demo.scanner import Copier, InkPlace, play_scan
from docgen.settings import OfficeSettings
from docgen.workspace import Actor, Workspace, init_office
from forms.people import Carer, Child, ChildRecord, Contact, Parent, Person, Staff, Unit
from forms.profiles.region import RegionProfile
from forms.values.blank import Blank
from forms.values.enums import AwayPattern, Boarding, Gender, Health, PersonStatus, Relation, Schooling, UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, id_check_character

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from docgen.workspace.intake.reports import FilingReport
    from docgen.workspace.papers.reports import MadePaper, MakeReport

# A machine with other work is slow and not wrong: no test is decided by a clock.
settings.register_profile("docgen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("docgen")

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=8)))
PINGSHAN, DABA = "PINGSHANC0", "DABACUN000"
"""Uids of the two villages."""

ASSESSED = {
    "入户日期": "2026-11-20",
    "照护意愿": "自愿",
    "身体与精神状况": "良好|无|正常",
    "道德品质及违法记录核查": "无",
    "核查来源": "本人陈述、村（居）了解",
    "核查人": "罗文静",
    "核查日期": "2026-11-20",
    "家庭成员及同住人": "王桂花|本人|66|无",
    "住房与安全隐患": "；".join(["符合"] * 5 + ["不涉及", "符合", "符合"]),
    "经济来源": "种养殖业",
    "已有照护负担": "2|0|0|",
    "与儿童情感联系": "亲密",
    "教育与沟通能力": "能",
    "距学校、医疗点": "2公里|3公里",
    "结论": "合格",
}
"""What an A5 takes to stand behind an A1."""

HEARD = {
    "能否表达意愿": "是",
    "能否表达意愿的判断理由": "入户时能说清自己和谁住、想和谁住，愿意回答问题。",
    "询问时间": "2026-11-20",
    "询问地点": "平山村一组家中",
    "是否单独听取": "是",
    "说明的选项": "由祖母照护；或者由母亲返乡照护。",
    "儿童原话": "我愿意，奶奶做饭好吃。",
    "态度": "同意",
}
"""What an A8 takes."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run write the golden texts anew; what it wrote is read before it is committed."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew")


def id_number(birth: date, sequence: int) -> IdNumber:
    """Return a number that passes its check: an odd sequence for men, an even one for women."""
    first = f"522799{birth:%Y%m%d}{sequence:03d}"
    return IdNumber.parse(first + id_check_character(first))


def _grown(name: str, year: int, sequence: int, **known: Any) -> Person:
    birth = date(year, 8, 9)
    person = Person(
        name=PersonName.parse(name),
        gender=Gender.MALE if sequence % 2 else Gender.FEMALE,
        ethnicity="布依族",
        birth=birth,
        id_number=id_number(birth, sequence),
        phones=(Phone.parse(f"1990000{sequence:04d}"),),
        health="健康",
    )
    return replace(person, **known)


def _family(
    father: str, mother: str, carer: str, address: str, *, sequence: int, relation: Relation = Relation.GRANDMOTHER
) -> dict[str, Any]:
    parents = {
        side: Parent(person=_grown(name, 1988 + at, sequence + at), away=True, work_place="浙江省温州市", capable=True)
        for at, (side, name) in enumerate((("father", father), ("mother", mother)))
    }
    keeper = _grown(carer, 1960, sequence + (3 if relation is Relation.GRANDMOTHER else 2), address=address)
    contact = Contact(name=PersonName.parse("韦明远"), relation="叔叔", phone=Phone.parse("19900009001"))
    return {
        **parents,
        "carer": Carer(person=keeper, relation=relation, lives_with_child=True),
        "emergency_contact": contact,
    }


def _child(
    name: str, birth: date, sequence: int, family: Mapping[str, Any], *, village: str = PINGSHAN, **known: Any
) -> ChildRecord:
    address = family["carer"].person.address
    person = Person(
        name=PersonName.parse(name),
        gender=Gender.MALE if sequence % 2 else Gender.FEMALE,
        ethnicity=known.pop("ethnicity", "布依族"),
        birth=birth,
        id_number=known.pop("id_number", id_number(birth, sequence)),
        phones=Blank.NOT_APPLICABLE,
        address=address,
    )
    child = Child(
        person=person,
        village_uid=village,
        hukou_registered=known.pop("hukou_registered", True),
        hukou_address=known.pop("hukou_address", address),
        health_primary=Health.HEALTHY,
        schooling=Schooling.PRIMARY,
        school="洗马镇中心小学",
        grade="三年级",
        boarding=Boarding.DAY,
        away_pattern=AwayPattern.BOTH_AWAY,
        entered_on=date(2026, 3, 10),
    )
    return ChildRecord(child=child, **{**family, **known})


def _records() -> tuple[ChildRecord, ...]:
    luo = _family("罗大山", "李秋月", "王桂花", "平山村一组12号", sequence=101)
    yang = _family("杨正明", "石小兰", "龙玉芬", "平山村二组3号", sequence=111)
    jike = _family("吉克·拉日", "阿西·木呷", "吉克·五各", "平山村二组9号", sequence=121)
    wang = _family("王德才", "潘金凤", "吴秀英", "平山村三组1号", sequence=131)
    li = _family("李光明", "韦小青", "李福生", "平山村三组7号", sequence=141, relation=Relation.GRANDFATHER)
    zhou = _family("周志远", "唐丽娟", "谢春梅", "大坝村一组5号", sequence=151)
    dead = replace(li["father"].person, status=PersonStatus.DEAD, phones=Blank.NOT_APPLICABLE)
    return (
        _child("罗小山", date(2016, 2, 29), 1, luo),
        _child("罗小水", date(2018, 5, 20), 2, luo),
        _child("吉克·阿牛", date(2015, 7, 1), 3, jike, ethnicity="彝族"),
        _child("王𬱖", date(2014, 9, 3), 4, wang),
        _child("陈㛃", date(2017, 1, 15), 6, {**wang, "carer": luo["carer"]}),
        _child("罗䶮", date(2016, 12, 31), 5, luo),
        _child(
            "杨春花",
            date(2019, 10, 8),
            8,
            yang,
            id_number=Blank.NOT_APPLICABLE,
            hukou_registered=False,
            hukou_address=Blank.NOT_APPLICABLE,
        ),
        _child("张大龙", date(2015, 3, 3), 7, {**yang, "carer": jike["carer"]}),
        _child("张小龙", date(2015, 3, 3), 9, {**yang, "carer": jike["carer"]}),
        _child("李思雨", date(2013, 4, 5), 10, {**li, "father": Parent(person=dead, away=False)}),
        _child("周浩然", date(2016, 6, 1), 11, zhou, village=DABA),
        _child("罗小山", date(2017, 7, 7), 13, zhou, village=DABA),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The units and the children before anybody is saved; uids of villages are fixed, all others are drawn."""

    villages: tuple[Unit, ...]
    records: tuple[ChildRecord, ...]

    def record(self, name: str) -> ChildRecord:
        """Return the first child of a name."""
        return next(r for r in self.records if str(r.child.person.name) == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What people do with paper: sign a printed stack and put it through the copier."""

    workspace: Workspace

    def uid(self, name: str) -> str:
        """Return the uid of the first child of a name."""
        return next(row.uid for row in self.workspace.people.listing() if row.name == name)

    def make(self, codes: Sequence[str], *names: str, **how: Any) -> MakeReport:
        """Make papers for children by name."""
        return self.workspace.papers.make(codes, children=[self.uid(name) for name in names], **how)

    @staticmethod
    def sides(report: MakeReport) -> list[list[list[int]]]:
        """Return for each paper of a stack, for each of its originals, its pages in the stack, from 0."""
        place, found = 0, []
        for made in report.made:
            originals = []
            for _ in range(max(made.copies, 1)):
                originals.append(list(range(place, place + made.pages)))
                place += made.pages + made.pages % 2  # a blank back, so that the next begins on a front
            found.append(originals)
        return found

    def scan(
        self,
        report: MakeReport,
        order: Sequence[int] | None = None,
        *,
        seed: int = 1,
        is_signed: bool = True,
        **copier: Any,
    ) -> bytes:
        """Return the scan of the first original of every paper, or of the pages given, half of them upside down."""
        assert report.stack is not None
        inks: dict[int, list[InkPlace]] = {}
        for made, originals in zip(report.made, self.sides(report), strict=True):
            of_paper = inks_of(self.workspace, made)
            inks |= {page: ink for original in originals for page, ink in zip(original, of_paper, strict=True)}
        wanted = [page for paper in self.sides(report) for page in paper[0]] if order is None else order
        how = Copier(**{"dpi": 150, "upside_down": 0.5, "noise": 2.0, **copier})
        places = [inks.get(page, []) if is_signed else [] for page in range(max(inks) + 1)]
        return play_scan(report.stack.read_bytes(), places, seed=seed, copier=how, order=wanted).pdf

    def drop(self, name: str, scan: bytes) -> Path:
        """Put a scan into the inbox."""
        return drop_in_inbox(self.workspace, name, scan)

    def file(self, name: str, scan: bytes, **how: Any) -> FilingReport:
        """Put a scan into the inbox and file the inbox."""
        self.drop(name, scan)
        return self.workspace.filing.file_inbox(**how)

    def sign(self, report: MakeReport, **how: Any) -> tuple[MadePaper, ...]:
        """Have a whole stack signed, scanned and filed."""
        filed = self.file("签字.pdf", self.scan(report), **how)
        assert len(filed.filed) == len(report.made), filed
        return report.made


@pytest.fixture(scope="session")
def now() -> datetime:
    """Give the moment at which everything happens."""
    return NOW


@pytest.fixture(scope="session")
def today() -> date:
    """Give the day on which everything happens."""
    return NOW.date()


@pytest.fixture(scope="session")
def town() -> Town:
    """Give a dozen people and more: no hukou, twins, siblings, a namesake, rare characters, a dead father."""
    villages = tuple(
        Unit(uid=uid, kind=UnitKind.VILLAGE, name=f"洗马镇{name}村民委员会", short=name, contact_name="潘文海")
        for uid, name in ((PINGSHAN, "平山村"), (DABA, "大坝村"))
    )
    return Town(villages=villages, records=_records())


@pytest.fixture(scope="session")
def office_settings() -> OfficeSettings:
    """Give the settings of a town office in 龙里县."""
    return OfficeSettings(
        unit_name="龙里县洗马镇人民政府",
        town_name="龙里县洗马镇人民政府",
        county_name="龙里县民政局",
        profile="longli",
        wording=RegionProfile.load("longli").wording,
        number_prefix="洗民",
        forms_on=("A3", "A6", "B6", "D13", "D15", "E7", "E9"),
        filler=Staff(name="潘文海", post="儿童主任"),
        reviewer=Staff(name="龙秀英", post="儿童督导员"),
        head=Staff(name="罗建国", post="镇长"),
    )


@pytest.fixture(scope="session")
def town_office(tmp_path_factory: pytest.TempPathFactory, town: Town, office_settings: OfficeSettings) -> Path:
    """Give an office folder that keeps the town; to be copied and never opened itself."""
    folder = tmp_path_factory.mktemp("town") / "office"
    init_office(folder, office_settings)
    with Workspace.open(folder, clock=lambda: NOW) as opened, opened.registry.begin() as tx:
        owner = tx.units.owner()
        for village in town.villages:
            tx.units.save(replace(village, parent_uid=owner.uid))
        for record in town.records:
            tx.people.save(record, source="名单", on=date(2026, 3, 10))
    return folder


@pytest.fixture(scope="session")
def open_office() -> Callable[[Path], Workspace]:
    """Give the way to open an office folder on the fixed day."""
    return lambda folder: Workspace.open(folder, actor=Actor(name="潘文海"), clock=lambda: NOW)


@pytest.fixture
def office(town_office: Path, tmp_path: Path) -> Path:
    """Give an office folder of the town that a test may do anything to."""
    return Path(shutil.copytree(town_office, tmp_path / "office"))


@pytest.fixture
def workspace(office: Path, open_office: Callable[[Path], Workspace]) -> Iterator[Workspace]:
    """Give the same, open."""
    with open_office(office) as opened:
        yield opened


@pytest.fixture
def hands(workspace: Workspace) -> Hands:
    """Give the people around the printer and the copier of `workspace`."""
    return Hands(workspace=workspace)


@pytest.fixture(scope="session")
def hands_of() -> Callable[[Workspace], Hands]:
    """Give the same for any workspace."""
    return lambda workspace: Hands(workspace=workspace)


@pytest.fixture(scope="session")
def assessed() -> Mapping[str, str]:
    """Give what is typed into an A5 that passes."""
    return ASSESSED


@pytest.fixture(scope="session")
def heard() -> Mapping[str, str]:
    """Give what is typed into an A8."""
    return HEARD


@pytest.fixture(scope="session")
def loop_office(town_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an office in which two children have gone round the whole loop; to be copied, not opened.

    罗小山 and 罗小水 have A5 and A8 filed and A1 printed; A1 of 罗小山 is filed, that of 罗小水 is out.
    """
    folder = Path(shutil.copytree(town_office, tmp_path_factory.mktemp("loop") / "office"))
    with Workspace.open(folder, actor=Actor(name="潘文海"), clock=lambda: NOW) as opened:
        hands = Hands(workspace=opened)
        names = ("罗小山", "罗小水")
        first = [hands.make([code], *names, typed=typed) for code, typed in (("A5", ASSESSED), ("A8", HEARD))]
        for number, report in enumerate(first):
            assert not report.failed, report.failed
            hands.file(f"{number}.pdf", hands.scan(report), signed_on=date(2026, 11, 21))
        confirmations = hands.make(["A1"], *names)
        assert not confirmations.failed, confirmations.failed
        pages = hands.sides(confirmations)[0][0]
        filed = hands.file("A1.pdf", hands.scan(confirmations, pages), signed_on=date(2026, 11, 23))
        assert len(filed.filed) == 1, filed
    return folder
