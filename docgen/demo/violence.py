"""`python -m docgen.demo.violence`: one case from the teacher's report to the proposal to the court, two weeks long.

A father beats his son and looks after his brother's boy besides. The papers are those of D1 to D14, each
by the unit that may issue it; what they open and close is shown, and who is refused afterwards.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from docgen.demo.__main__ import Show
from docgen.demo.arguments import folder_of
from docgen.demo.play import drop_in_inbox, signed_and_scanned
from docgen.settings import SETTINGS_FILE, OfficeSettings
from docgen.workspace import Actor, Workspace, init_office
from forms.cases.casefile import CaseRole
from forms.people import Carer, Child, ChildRecord, Parent, Person, Staff, Unit
from forms.profiles.region import RegionProfile
from forms.values.enums import AwayPattern, Boarding, Gender, Health, Relation, Schooling, UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, id_check_character

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.workspace.papers.reports import MakeReport

ZONE = timezone(timedelta(hours=8))
POLICE = "龙里县公安局洗马派出所"
SCHOOL = "龙里县洗马镇中心小学"
BOY, NEPHEW, FATHER = "莫小禾", "莫小宝", "莫大勇"
BOYS_HOME = "洗马镇大坝村三组安置点2号"
"""Where the boy lives after the handover; the father never reads it on a paper."""


@dataclass(slots=True)
class Days:
    """The clock of the story."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 9, 30, tzinfo=ZONE))

    def __call__(self) -> datetime:
        """Return the present moment."""
        return self.now

    def go_to(self, day: date, hour: int = 9) -> None:
        """Let time pass."""
        self.now = datetime(day.year, day.month, day.day, hour, 30, tzinfo=ZONE)


@dataclass(slots=True)
class Story:
    """The papers of the case, one chapter after another; `sign` has them signed, scanned and filed."""

    workspace: Workspace
    days: Days
    sign: Callable[[MakeReport], None]
    say: Callable[[str], None]
    made: list[MakeReport] = field(default_factory=list)
    uids: dict[str, str] = field(default_factory=dict)
    """Name of a child → uid."""

    def make(self, code: str, *, issuer: str = "", child: str = BOY, **values: str) -> MakeReport:
        """Make one paper and have it signed."""
        report = self.workspace.papers.make([code], children=[self.uids[child]], issuer=issuer, typed=values)
        for failed in report.failed:
            for problem in failed.problems:
                if problem.blocking:
                    self.say(f"  {code} 没有生成：{problem}")
        for paper in report.made:
            self.say(f"  {self.days.now:%m月%d日} {paper.title} {paper.number}　{paper.pages} 页")
        if report.made:
            self.made.append(report)
            self.sign(report)
        return report

    def due(self, child: str = BOY) -> dict[str, date]:
        """Return the duties of a child that are open, the earliest day of each kind."""
        with self.workspace.registry.read() as tx:
            duties = [d for d in tx.duties.of_child(self.uids[child]) if d.done_on is None]
        return {d.kind: d.due_on for d in reversed(duties)}

    def report(self) -> None:
        """The teacher's report and what the police do on the first day."""
        self.workspace.cases.open(
            self.uids[BOY],
            people=[
                "受害人=莫小禾，地址保密:是",
                "加害人=父亲，同住:是",
                "报告人=吴秋月，19900009009，单位:龙里县洗马镇中心小学，岗位:班主任",
                "承办民警=岑志远，19900009110，单位:龙里县公安局洗马派出所",
                "承办民警=班永康，单位:龙里县公安局洗马派出所",
                "接收人=莫兴菊，19900009021，关系:祖母，住址:洗马镇大坝村三组安置点2号",
                "拟定监护人=母亲",
            ],
            title="疑似家庭暴力",
        )
        self.make(
            "D1",
            issuer=SCHOOL,
            found="2026-11-23 08:10|洗马镇中心小学三年级教室|早读时发现手臂有多处青紫",
            reported="2026-11-23 08:30|拨打110|龙里县公安局洗马派出所|岑志远",
            report_kind="疑似遭受家庭暴力",
            details="左臂、背部有多处青紫，儿童说是在家里被打的。",
            condition="已送镇卫生院检查，没有骨折。",
            measures="送医、专人陪护",
            evidence="卫生院检查记录\n教室走廊监控录像",
        )
        self.make(
            "D2",
            issuer=POLICE,
            case_no="洗公受案字〔2026〕21号",
            facts="11月22日晚，父亲酒后用衣架打伤儿童左臂、背部，情节较轻。母亲在外务工。",
            measures="批评教育、告诫书、护送临时监护",
            child_at="洗马镇卫生院|派出所民警陪护|",
            parents_contact="莫大勇|是|2026-11-23|认错||已批评教育；岑玉梅|是|2026-11-23|年底返回|2026-12-20|",
            requests="跟踪回访、调查评估、帮扶",
        )
        self.make(
            "A8",
            matter="临时监护的安置地点",
            can_express="是",
            asked_at="2026-11-23",
            asked_place="镇卫生院",
            heard_alone="是",
            options_shown="由祖母照料；或者去镇未成年人保护站。",
            child_words="我想去奶奶家。",
            preference="同意",
        )
        self.make(
            "D11",
            issuer=POLICE,
            ground="家庭暴力",
            ground_article="第七项",
            receiver_kind="近亲属",
            parents_contact="莫大勇|2026-11-23 10:00|19900009001|已告知；岑玉梅|2026-11-23 10:20|19900009002|承诺返回",
            health_check="有|左臂、背部青紫|洗马镇卫生院|4",
            handed_at="2026-11-23 15:00",
            handed_place="大坝村三组",
        )

    def warn(self) -> None:
        """The warning letter, served on both, told to the village."""
        self.days.go_to(date(2026, 11, 24))
        self.make(
            "D5",
            issuer=POLICE,
            facts="2026-11-22|家中|用衣架抽打|左臂、背部青紫",
            violence_kinds="殴打",
            evidence="加害人陈述、受害人陈述、就诊记录、伤情检查、照片、录音、录像",
            light_reason="初次实施，伤情轻微，当场认错",
        )
        self.make("D6", issuer=POLICE, place="洗马派出所", served_at="2026-11-24 10:00")
        self.make("D6", issuer=POLICE, recipient_role="受害人一方", place="平山村二组", served_at="2026-11-24 11:00")
        self.make("D7", issuer=POLICE)

    def refuse(self) -> MakeReport:
        """Ask for the papers of another child whom the same man looks after."""
        report = self.workspace.papers.make(["A1"], children=[self.uids[NEPHEW]], dry_run=True)
        for failed in report.failed:
            for problem in failed.problems:
                if problem.code == "REF-01" and problem.where.field == "carer_name":
                    self.say(f"  {NEPHEW} {failed.form_code} 拒绝 {problem.code}：{problem}")
        return report

    def visit(self) -> None:
        """First visits, each party alone; the father threatens again."""
        self.days.go_to(date(2026, 11, 30))
        self.make(
            "D8",
            issuer=POLICE,
            visited_at="2026-11-30 09:00",
            place="平山村二组",
            alone="是",
            repeated="疑似",
            attitude="承认但推卸责任",
            child_state="同住的没有其他儿童；儿童在祖母家。",
            help="无",
        )
        self.make(
            "D8",
            issuer=POLICE,
            role="受害人",
            visited_at="2026-11-30 10:30",
            place="祖母家",
            alone="是",
            repeated="疑似",
            victim_state="夜里还会惊醒，说爸爸打电话骂他。",
            child_state="在祖母家，吃住正常，按时上学。",
            help="心理疏导、告知申请人身安全保护令",
        )

    def protect(self) -> None:
        """The court's order, the assessment, the plan, the proposal."""
        self.days.go_to(date(2026, 12, 1))
        self.make(
            "D10",
            ruling_no="（2026）黔2730民保令3号",
            court="龙里县人民法院",
            applicant_kind="村（居）民委员会代为申请",
            measures="禁止实施家庭暴力、禁止骚扰、跟踪、接触申请人及其相关近亲属",
            from_on="2026-12-01",
        )
        self.days.go_to(date(2026, 12, 2))
        self.make(
            "D13",
            participants="龙里县洗马镇人民政府|龙秀英；龙里县民政局|吴建明；龙里县公安局洗马派出所|岑志远",
            methods="入户、访谈儿童、学校了解",
            safety="危险|父亲在告诫以后仍然威胁",
            guardianship="差|父亲怠于照护并实施暴力，母亲在外务工",
            health="需要干预|夜里惊醒，不敢回家",
            family="祖母身体健康，愿意照料；母亲计划返回。",
            conclusion="建议撤销监护人资格",
            conclusion_reason="告诫以后继续威胁，儿童处于危险之中",
        )
        self.make(
            "D13a",
            goal="三个月内由母亲或者祖母稳定照护",
            plan="每周一次|镇社工站|2026-12-03|2027-03-03|；—；镇卫生院心理门诊|洗马镇卫生院|2026-12-03||；—；"
            "协助申请|县法律援助中心|2026-12-03||；—；—；—",
            relief_refs="临时救助",
        )
        self.make(
            "D14",
            grounds="实施严重损害被监护人身心健康的行为",
            plan_grounds="实施家庭暴力、虐待、遗弃造成严重后果",
            facts="2026-11-22|莫大勇酒后殴打儿童|卫生院检查记录；2026-11-29|告诫以后打电话威胁|查访记录",
            court="龙里县人民法院",
        )

    def play(self) -> None:
        """Play the whole story."""
        for title, chapter in (
            ("报告和处置", self.report),
            ("告诫、送达、通知村里", self.warn),
            ("同一个人照护的另一名儿童", self.refuse),
            ("查访", self.visit),
            ("保护令、评估、帮扶、撤销建议", self.protect),
        ):
            self.say(title)
            chapter()
            for kind, day in sorted(self.due().items(), key=lambda pair: pair[1]):
                self.say(f"    应办 {day:%m月%d日} {kind}")


def settings() -> OfficeSettings:
    """Return the settings of the town; the police station and the school have their papers made there."""
    profile = RegionProfile.load("longli")
    return OfficeSettings(
        unit_name="龙里县洗马镇人民政府",
        town_name="龙里县洗马镇人民政府",
        county_name="龙里县民政局",
        profile=profile.key,
        wording=profile.wording,
        number_prefix="洗民",
        forms_on=("D13",),
        issuers={POLICE: "洗公", SCHOOL: "洗小"},
        filler=Staff(name="潘文海", post="儿童主任"),
        reviewer=Staff(name="龙秀英", post="儿童督导员"),
        head=Staff(name="罗建国", post="镇长"),
    )


def people(workspace: Workspace) -> dict[str, str]:
    """Enter the two children and their families; return uids by name."""
    with workspace.registry.begin() as tx:
        town = tx.units.owner()
        villages = [
            tx.units.save(
                Unit(
                    kind=UnitKind.VILLAGE,
                    name=f"洗马镇{name}村民委员会",
                    short=name,
                    parent_uid=town.uid,
                    contact_name=contact,
                )
            )
            for name, contact in (("平山村", "潘文海"), ("大坝村", "罗文静"))
        ]
        father = _person(FATHER, date(1986, 3, 4), 1, "洗马镇平山村二组6号")
        boy = ChildRecord(
            child=_child(BOY, date(2016, 5, 20), 11, villages[0].uid, BOYS_HOME),
            father=Parent(person=father, away=False, capable=True),
            mother=Parent(
                person=_person("岑玉梅", date(1988, 7, 1), 2, "洗马镇平山村二组6号"),
                away=True,
                work_place="浙江省宁波市",
                capable=True,
            ),
            carer=Carer(
                person=_person("莫兴菊", date(1960, 2, 2), 4, BOYS_HOME),
                relation=Relation.GRANDMOTHER,
                lives_with_child=True,
            ),
        )
        elsewhere = "洗马镇大坝村一组1号"
        nephew = ChildRecord(
            child=_child(NEPHEW, date(2017, 8, 8), 13, villages[1].uid, "洗马镇平山村二组6号"),
            father=Parent(person=_person("莫大伟", date(1984, 1, 1), 5, elsewhere), away=True, capable=True),
            mother=Parent(person=_person("韦小青", date(1987, 1, 1), 6, elsewhere), away=True, capable=True),
            carer=Carer(person=father, relation=Relation.UNCLE_AUNT, lives_with_child=True),
        )
        return {
            name: tx.people.save(r, source="名单", on=date(2026, 3, 10)).uid
            for name, r in ((BOY, boy), (NEPHEW, nephew))
        }


def _id(birth: date, sequence: int) -> IdNumber:
    first = f"522799{birth:%Y%m%d}{sequence:03d}"  # no county's code: nobody can be met
    return IdNumber.parse(first + id_check_character(first))


def _person(name: str, birth: date, sequence: int, address: str) -> Person:
    return Person(
        name=PersonName.parse(name),
        gender=Gender.MALE if sequence % 2 else Gender.FEMALE,
        ethnicity="布依族",
        birth=birth,
        id_number=_id(birth, sequence),
        phones=(Phone.parse(f"1990000{9000 + sequence}"),),
        address=address,
        health="健康",
    )


def _child(name: str, birth: date, sequence: int, village_uid: str, address: str) -> Child:
    return Child(
        person=_person(name, birth, sequence, address),
        village_uid=village_uid,
        hukou_registered=True,
        hukou_address="洗马镇平山村二组",
        health_primary=Health.HEALTHY,
        schooling=Schooling.PRIMARY,
        school=SCHOOL,
        grade="三年级",
        boarding=Boarding.DAY,
        away_pattern=AwayPattern.BOTH_AWAY,
    )


ABOUT = "演示家庭暴力的处置：报告、告诫、送达、查访、保护、评估、撤销建议。"


def main() -> None:
    """Play the story in a new folder, with real signatures and scans."""
    folder = folder_of(
        "docgen.demo.violence", "演示家庭暴力的处置：报告、告诫、送达、查访、保护、评估、撤销建议。", "demo-violence"
    )
    show = Show()
    if folder.exists():
        if not (folder / SETTINGS_FILE).is_file():
            raise SystemExit(
                f"“{folder}”里有别的文件，没有动它。请换一个文件夹：python -m docgen.demo.violence 新文件夹"
            )
        shutil.rmtree(folder)
    init_office(folder, settings())
    days = Days()
    with Workspace.open(folder, actor=Actor(name="潘文海"), clock=days) as workspace:
        count = 0

        def sign(report: MakeReport) -> None:
            nonlocal count
            count += 1
            scan = signed_and_scanned(workspace, report, seed=count)
            drop_in_inbox(workspace, f"{count:04d}.pdf", scan)
            filed = workspace.filing.file_inbox(signed_on=workspace.today)
            for item in filed.desk:
                show.say(f"    待办：{item.reason}")

        story = Story(workspace=workspace, days=days, sign=sign, say=show.say)
        story.uids = people(workspace)
        with show.step("家庭暴力：从报告到撤销建议"):
            story.play()
        _close(workspace, story, show)


def _close(workspace: Workspace, story: Story, show: Show) -> None:
    view = workspace.cases.listing(child=story.uids[BOY])[0]
    show.say(f"案卷 {view.uid}　{view.number}　文书 {len(view.papers)} 件，送达 {len(view.services)} 次")
    with workspace.registry.read() as tx:
        letters = tx.cases.proven("D5", CaseRole.PERPETRATOR, date(2026, 10, 1), date(2026, 12, 31))
    show.say(f"本季度送达加害人的告诫书：{letters} 份")
    with show.step("核查"):
        check = workspace.checking.check()
    show.say(check.summary)


if __name__ == "__main__":
    main()
