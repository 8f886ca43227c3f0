"""The loop of one village: its A1 and A2 printed, signed, scanned, filed, found.

A generated office with about sixty fictitious children in one village, their assessments and opinion
records already signed. Timed are `make` for the whole village (from values to the print stack on the
disk), `intake file` of the signed stack (from the PDF of the copier to the last paper archived and
indexed), and a search as a clerk types it. Playing the signing and scanning is not timed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.demo.play import signed_and_scanned
from docgen.demo.scanner import Copier
from docgen.demo.town import TOWN, make_town, schooling
from docgen.settings import OfficeSettings
from docgen.workspace import Actor, Workspace, init_office
from forms.people import Carer, Child, ChildRecord, Contact, Parent, Person, Staff, Unit
from forms.profiles.region import RegionProfile
from forms.values.blank import Blank
from forms.values.enums import AwayPattern, Boarding, Gender, Health, PaperStatus, Relation, Schooling, UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName, Phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.demo.town import Adult, Family, Kid

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=timezone(timedelta(hours=8)))
VILLAGE = "平山村"
CODES = ("A1", "A2")
ASSESSED = {
    "照护意愿": "自愿",
    "入户日期": "2026-03-10",
    "身体与精神状况": "良好|无|正常",
    "道德品质及违法记录核查": "无",
    "核查来源": "本人陈述、村（居）了解",
    "核查人": "罗文静",
    "核查日期": "2026-03-10",
    "住房与安全隐患": "；".join(["符合"] * 5 + ["不涉及", "符合", "符合"]),
    "经济来源": "种养殖业",
    "与儿童情感联系": "亲密",
    "教育与沟通能力": "能",
    "结论": "合格",
}
HEARD = {"询问时间": "2026-03-10", "能否表达意愿": "是", "儿童原话": "我愿意，家里人会回来。", "态度": "同意"}
_RELATIONS = {
    "奶奶": Relation.GRANDMOTHER,
    "爷爷": Relation.GRANDFATHER,
    "外婆": Relation.MATERNAL_GRANDMOTHER,
    "外公": Relation.MATERNAL_GRANDFATHER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is done."""

    children: int
    prints: int
    """How often the village is printed."""
    filings: int
    """How often the stack is filed."""
    searches: int
    """How often each query is asked."""


FULL = Size(children=60, prints=3, filings=3, searches=20)
QUICK = Size(children=6, prints=1, filings=1, searches=5)


def measure(size: Size, folder: Path) -> dict[str, float | int]:
    """Return the figures.

    Args:
        size: How much is done.
        folder: An empty folder; offices of some hundred megabytes are made in it.
    """
    ready = _prepared(folder / "ready", size.children)
    printing = []
    for run in range(size.prints):
        office = Path(shutil.copytree(ready, folder / f"print-{run}"))
        with _opened(office) as workspace:
            _warm(workspace)
            start = time.perf_counter()
            report = workspace.papers.make(CODES, village=VILLAGE)
            printing.append(time.perf_counter() - start)
            assert not report.failed, report.failed[0].problems
            if run == size.prints - 1:
                scan = signed_and_scanned(workspace, report, seed=1, copier=Copier(dpi=200))
    filing, pages = [], 0
    for run in range(size.filings):
        copy = Path(shutil.copytree(office, folder / f"file-{run}"))
        (copy / "inbox" / "0001.pdf").write_bytes(scan)
        with _opened(copy) as workspace:
            start = time.perf_counter()
            filed = workspace.filing.file_inbox(signed_on=NOW.date())
            filing.append(time.perf_counter() - start)
            assert len(filed.filed) == len(report.made), filed.summary
            pages = sum(scan.pages for scan in filed.scans)
            searching = [*_searches(workspace, size.searches)]
    return {
        "print_village_s": round(statistics.median(printing), 2),
        "file_stack_s": round(statistics.median(filing), 2),
        "search_ms": round(statistics.median(searching) * 1000, 2),
        "children": size.children,
        "papers": len(report.made),
        "pages": pages,
    }


def _searches(workspace: Workspace, times: int) -> Iterator[float]:
    """Yield the seconds of each search: names, parts of names, numbers, sounds, a phrase, filters."""
    rows = workspace.papers.listing(form_code="A1")
    first = rows[len(rows) // 2]
    queries = (first.subject, first.subject[-2:], first.number, "lxm", '"不得脱离监护"', "表:责任书 状态:已归档")
    for query in queries:
        workspace.finding.search(query)
    for _ in range(times):
        for query in queries:
            start = time.perf_counter()
            workspace.finding.search(query)
            yield time.perf_counter() - start


def _opened(office: Path) -> Workspace:
    return Workspace.open(office, actor=Actor(name="潘文海"), clock=lambda: NOW)


def _warm(workspace: Workspace) -> None:
    """Load fonts and templates, as the first paper of the day does."""
    workspace.papers.make(["B1"], village=VILLAGE, dry_run=True)
    workspace.press.fonts.typeface("仿宋")


def _prepared(folder: Path, count: int) -> Path:
    """Make an office whose village has everything signed that an A1 rests on."""
    profile = RegionProfile.load("longli")
    settings = OfficeSettings(
        unit_name=f"龙里县{TOWN}人民政府",
        town_name=f"龙里县{TOWN}人民政府",
        profile=profile.key,
        wording=profile.wording,
        number_prefix="洗民",
        filler=Staff(name="潘文海", post="儿童主任"),
        reviewer=Staff(name="龙秀英", post="儿童督导员"),
        head=Staff(name="罗建国", post="镇长"),
    )
    init_office(folder, settings)
    with _opened(folder) as workspace:
        with workspace.registry.begin() as tx:
            name = f"{TOWN}{VILLAGE}村民委员会"
            unit = Unit(kind=UnitKind.VILLAGE, name=name, short=VILLAGE, parent_uid=tx.units.owner().uid)
            village = tx.units.save(unit)
            for record in islice(_records(village.uid), count):
                tx.people.save(record, source="名单", on=date(2026, 3, 10))
        for code, typed in (("A5", ASSESSED), ("A8", HEARD)):
            report = workspace.papers.make([code], village=VILLAGE, typed=typed)
            assert len(report.made) == count, report.failed
            with workspace.registry.begin() as tx:
                for made in report.made:
                    tx.papers.set_status(made.uid, 1, PaperStatus.ARCHIVED, signed_on=date(2026, 3, 11))
        shutil.rmtree(folder / "out")
    return folder


def _records(village_uid: str) -> Iterator[ChildRecord]:
    """Yield the children of the demo's town, all moved into one village."""
    for village in make_town():
        for family, kid in village.kids:
            if kid.id_number and family.father and family.mother:
                yield _record(family, kid, village_uid)


def _record(family: Family, kid: Kid, village_uid: str) -> ChildRecord:
    school, grade, stage = schooling(kid.birth)
    child = Child(
        person=Person(
            name=PersonName.parse(kid.name),
            gender=Gender.FEMALE if kid.is_girl else Gender.MALE,
            ethnicity=family.ethnicity,
            birth=kid.birth,
            id_number=IdNumber.parse(kid.id_number),
            phones=Blank.NOT_APPLICABLE,
            address=family.address,
        ),
        village_uid=village_uid,
        hukou_registered=True,
        hukou_address=family.address,
        health_primary=Health.HEALTHY,
        schooling=Schooling(stage),
        school=school or Blank.NOT_APPLICABLE,
        grade=grade or Blank.NOT_APPLICABLE,
        boarding=Boarding.DAY,
        away_pattern=AwayPattern.BOTH_AWAY,
        entered_on=date(2026, 3, 10),
    )
    assert family.father is not None
    assert family.mother is not None
    carer = Carer(
        person=_person(family.carer, address=family.address),
        relation=_RELATIONS.get(family.relation, Relation.UNCLE_AUNT),
        lives_with_child=True,
    )
    return ChildRecord(
        child=child,
        father=Parent(person=_person(family.father), away=True, work_place=family.father_place, capable=True),
        mother=Parent(person=_person(family.mother), away=True, work_place=family.mother_place, capable=True),
        carer=carer,
        emergency_contact=Contact(name=PersonName.parse("韦明远"), relation="邻居", phone=Phone.parse("19900009001")),
    )


def _person(adult: Adult, *, address: str = "") -> Person:
    return Person(
        name=PersonName.parse(adult.name),
        gender=Gender.FEMALE if adult.is_woman else Gender.MALE,
        birth=adult.birth,
        id_number=IdNumber.parse(adult.id_number),
        phones=tuple(Phone.parse(text) for text in adult.phones),
        address=address or Blank.NOT_COLLECTED,
        health="健康",
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="six children, once: some seconds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-loop-", ignore_cleanup_errors=True) as folder:
        figures = measure(QUICK if options.quick else FULL, Path(folder))
    if options.json:
        print(json.dumps(figures))
        return
    print(f"{figures['children']} children, {figures['papers']} papers, {figures['pages']} pages")
    print(f"  printed in {figures['print_village_s']} s, filed in {figures['file_stack_s']} s")
    print(f"  a search takes {figures['search_ms']} ms")


if __name__ == "__main__":
    main()
