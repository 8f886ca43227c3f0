"""Every form of the catalogue for two hundred children of the sample town, laid out and looked at by rule.

``python -m bench.catalogue --json`` counts, over every form, child and wording: names no form gives, text of the
docx that is not on the laid page, signature places on a page without the text they sign, pages that carry a seal
and nothing else, lines outside the sheet, pages without a word. What the register does not know is made up by the
field's type, short and long, with gaps and dashes; every third paper is a copy that hides what its recipient need
not see. ``--quick`` takes six children; ``--show`` names each fault with form, wording and child number.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import sys
import zipfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lxml import etree

from bench.town_records import town_records
from docgen.engine.context import DocumentHead, build_context
from docgen.engine.press import FontBook, Press
from docgen.engine.printed import choices
from docgen.engine.render import compile_template
from docgen.engine.template import find_template
from forms.cases.casefile import CaseFile, CasePerson, CaseRole
from forms.cases.facts import Facts, PaperRef
from forms.catalogue.library import FormLibrary
from forms.errors import TemplateError
from forms.filling.fill import fill
from forms.people import Parent, Person, Staff, Unit
from forms.profiles.region import RegionProfile
from forms.profiles.wording import WORDINGS, find_wording
from forms.profiles.words import print_title
from forms.spec import FieldType
from forms.values.blank import Blank
from forms.values.enums import UnitKind
from forms.values.names_and_numbers import IdNumber, PersonName, Phone, id_check_character

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docgen.engine.press import LaidPage, LaidPaper
    from forms.people import ChildRecord
    from forms.spec import FieldSpec, FormSpec

TODAY = date(2026, 3, 16)
KINDS = ("undefined", "cut", "orphan_signature", "seal_only", "outside", "empty_page")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROSTER = 24
"""Children on a roster: more than one page holds."""
_PROSE = (
    "父母外出务工期间，由祖母照料日常生活，每周视频联系一次；学校安排老师结对，寒假参加儿童之家的活动。"
    "入户时家中用电、用火、饮水均安全，门窗完好；本人情绪稳定，愿意与家人交流，作业按时完成，没有缺课。"
    "吉克·阿牛（8岁）与王𬱖、罗䶮同组，距学校约1.5公里，乘坐7：20的校车往返，冬季路面结冰时由村干部护送。"
)
_VILLAGE = Unit(
    uid="v1", kind=UnitKind.VILLAGE, name="龙里县洗马镇平山村村民委员会", short="平山村", contact_name="韦小青",
    contact_phone=Phone.parse("19900009002"),
)  # fmt: skip
_TOWN = Unit(
    uid="t1", kind=UnitKind.TOWN, name="龙里县洗马镇人民政府", short="洗马镇", contact_name="潘文海",
    contact_phone=Phone.parse("19900009003"),
)  # fmt: skip
_SCHOOL = Unit(uid="s1", kind=UnitKind.SCHOOL, name="龙里县洗马镇中心寄宿制小学", short="洗马镇中心小学")
_ROLES = (
    (CaseRole.REPORTER, "莫春燕"),
    (CaseRole.OFFICER, "岑志远"),
    (CaseRole.OFFICER, "班永康"),
    (CaseRole.RECEIVER, "韦明远"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing nobody would sign."""

    kind: str
    form: str
    wording: str
    child: int
    """From 0."""
    detail: str


class Clerk:
    """Makes up what the register does not know, by type, the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._rng = random.Random(seed)

    def complete(self, spec: FormSpec, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values with most of the gaps filled; a paper for the pen keeps all of them."""
        if self._rng.random() < 0.05:
            return dict(values)
        made = {f.name: values.get(f.name, Blank.NOT_COLLECTED) for f in spec.fields if not f.system}
        for field in spec.fields:
            if not field.system and made[field.name] is Blank.NOT_COLLECTED and self._rng.random() < 0.93:
                made[field.name] = self.value(field)
        return made

    def value(self, field: FieldSpec) -> Any:
        """Make up a value."""
        kind, rng = field.type, self._rng
        if kind is FieldType.TABLE:
            rows = field.items or [""] * rng.randint(max(field.min_rows, 1), max(field.min_rows, 1) + 5)
            return tuple({c.name: item if c.name == "item" else self._cell(c) for c in field.columns} for item in rows)
        if kind is FieldType.STRUCT:
            return {c.name: self._cell(c) for c in field.columns}
        if kind in {FieldType.CLAUSES, FieldType.CHECKLIST}:
            return field.items or tuple(self._text(60) for _ in range(rng.randint(1, 4)))
        offered = choices(field)
        if kind is FieldType.BOOL:
            return rng.random() < 0.5
        if kind is FieldType.MULTI:
            return tuple(c for c in offered if rng.random() < 0.5) or offered[:1]
        if kind is FieldType.ENUM:
            return rng.choice(offered)
        return self._scalar(field)

    def _cell(self, column: FieldSpec) -> Any:
        if self._rng.random() < 0.08:
            return self._rng.choice((Blank.NOT_COLLECTED, Blank.NOT_APPLICABLE))
        return self.value(column)

    def _scalar(self, field: FieldSpec) -> Any:
        rng, day = self._rng, TODAY - timedelta(days=self._rng.randint(0, 400))
        birth = date(rng.randint(1950, 2020), rng.randint(1, 12), rng.randint(1, 28))
        first = f"522799{birth:%Y%m%d}{rng.randint(1, 999):03d}"
        made = {
            FieldType.DATE: day,
            FieldType.DATETIME: datetime(day.year, day.month, day.day, rng.randint(7, 21), 30),  # noqa: DTZ001
            FieldType.INT: max(field.minimum or 0, min(rng.randint(0, 400), field.maximum or 400)),
            FieldType.MONEY: Decimal(rng.randint(0, 9_999_999)) / 100,
            FieldType.ID_NUMBER: IdNumber.parse(first + id_check_character(first)),
            FieldType.NAME: PersonName.parse(rng.choice(("王𬱖", "吉克·阿牛", "买热古丽·阿卜杜热合曼", "欧阳沐晨"))),
            FieldType.PHONES: tuple(
                Phone.parse(f"1990000{rng.randint(0, 9999):04d}") for _ in range(rng.randint(1, 2))
            ),
            FieldType.PAPER_REF: PaperRef(
                uid="p", form_code=(field.form or ("A1",))[0], document_number="洗民委照〔2026〕128号", signed_on=day
            ),
            FieldType.STAFF: rng.choice(("罗晓芸", "陆远航", "吉克·阿牛")),
            FieldType.UNIT: rng.choice((_VILLAGE.name, _TOWN.name, _SCHOOL.name))[: field.max_length or None],
            FieldType.FILES: ("照片1", "照片2"),
        }
        if field.type in made:
            return made[field.type]
        usual = {FieldType.LONG_TEXT: 400, FieldType.ADDRESS: 40}.get(field.type, 60)
        return self._text(min(field.max_length or usual, usual))

    def _text(self, longest: int) -> str:
        length = longest if self._rng.random() < 0.15 else self._rng.randint(1, max(1, longest // 3))
        start = self._rng.randrange(len(_PROSE))
        return (_PROSE[start:] + _PROSE * 4)[:length].strip("，；。（") or "无"


def facts_of(spec: FormSpec, records: Sequence[ChildRecord], number: int) -> Facts:
    """Return what is known for one child, its village and a case of it."""
    record = records[number]
    parents = [p for p in (record.father, record.mother) if isinstance(p, Parent)]
    people = [CasePerson(role=CaseRole.VICTIM, person=record.child.person)]
    people += [CasePerson(role=CaseRole.PERPETRATOR, person=p.person, relation="父亲") for p in parents[:1]]
    people += [CasePerson(role=role, person=Person(name=PersonName.parse(name))) for role, name in _ROLES]
    case = CaseFile(
        uid="c", number="洗公受案字〔2026〕7号", child_uid=record.uid, opened_on=TODAY, people=tuple(people)
    )
    rolled = tuple(records[(number + n) % len(records)] for n in range(ROSTER))
    return Facts(
        record=None if spec.subject.value == "unit" else record,
        village=_VILLAGE,
        town=_TOWN,
        office=_SCHOOL if spec.issuers == ("学校",) else _TOWN,
        school=_SCHOOL,
        roster=rolled,
        case=case,
        filler=Staff(name="潘文海"),
        reviewer=Staff(name="龙秀英"),
        head=Staff(name="罗建国"),
    )


def faults_of(docx: bytes, paper: LaidPaper) -> Iterator[tuple[str, str]]:
    """Yield kind and detail of what is wrong with one laid paper."""
    shown = _plain("".join(line.text for page in paper.pages for line in page.lines if not _is_foot(line.text)))
    for text in _paragraphs(docx):
        if _plain(text) not in shown:
            yield "cut", text[:40]
    for problem in paper.problems:
        yield "cut", str(problem)
    for number, page in enumerate(paper.pages, start=1):
        width, height = page.width_pt * 25.4 / 72, page.height_pt * 25.4 / 72
        for line in page.lines:
            if line.x < 0 or line.x + line.width > width or line.y < 0 or line.y + line.height > height:
                yield "outside", f"{number}: {line.text[:20]}"
        words = [line for line in page.lines if not _is_foot(line.text)]
        if not words and (page.lines or page.boxes):
            yield "empty_page", str(number)
        if page.boxes:
            yield from _signatures(number, page)


def _signatures(number: int, page: LaidPage) -> Iterator[tuple[str, str]]:
    """Signatures stand under words: at least two lines that belong to no place to sign."""
    boxes = page.boxes
    apart = [
        line
        for line in page.lines
        if not _is_foot(line.text)
        and not any(b.y - 0.5 <= line.y < b.y + b.height and b.x - 0.5 <= line.x < b.x + b.width for b in boxes)
    ]
    above = [line for line in apart if line.y < min(b.y for b in boxes) and len(line.text.strip()) > 3]
    if not apart:
        yield "seal_only", str(number)
    elif not above:
        yield "orphan_signature", f"{number}: {', '.join(b.name for b in boxes)}"


def _is_foot(text: str) -> bool:
    return re.fullmatch(r"第\s*\d+\s*页\s*共\s*\d+\s*页|— \d+ —", text.strip()) is not None


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def _paragraphs(docx: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    for paragraph in root.iter(f"{W}p"):
        text = "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
        if text.strip():
            yield text


def campaign(children: range, total: int) -> tuple[Counter[str], list[Fault]]:
    """Make every form for some of the children; return how much was made, and the faults."""
    records, profile = town_records(max(total, ROSTER)), RegionProfile.load("longli")
    press, made, found = Press(FontBook.default()), Counter[str](), list[Fault]()
    for key in sorted(WORDINGS):
        wording = find_wording(key)
        for spec in FormLibrary.load(wording=wording, profile=profile).all():
            template = compile_template(find_template(spec.code, key).data, name=spec.code)
            title = print_title(spec, wording, profile)
            for number in children:
                if sorted(WORDINGS)[number % 2] != key and total > len(WORDINGS):
                    continue  # every child has every form in one of the wordings
                facts = facts_of(spec, records, number)
                filled = fill(spec, facts, {}, today=TODAY, profile=profile)
                values = Clerk(f"{spec.code} {number}").complete(spec, filled.values)
                hidden = [c.hide for c in spec.copies if c.hide] if number % 3 == 0 else []
                head = DocumentHead(
                    title=title.main, other_title=title.other, attachment=title.attachment,
                    number="洗民委照〔2026〕128号", made_on=TODAY, copies=4, uid="K7Q2M9X4",
                )  # fmt: skip
                where: dict[str, Any] = {"form": spec.code, "wording": key, "child": number}
                context = build_context(
                    spec, values, facts, wording=wording, profile=profile, document=head,
                    hide=hidden[0] if hidden else (),
                )  # fmt: skip
                made["papers"] += 1
                try:
                    docx = template.render(context)
                except TemplateError as error:
                    found.append(Fault(kind="undefined", detail=str(error), **where))
                    continue
                paper = press.lay_out(docx, name=spec.code)
                made["pages"] += len(paper.pages)
                found += [Fault(kind=kind, detail=detail, **where) for kind, detail in faults_of(docx, paper)]
    return made, found


def run(children: int, jobs: int = 1) -> tuple[dict[str, int], list[Fault]]:
    """Run the campaign; return the figures and the faults."""
    parts = [range(n, children, jobs) for n in range(jobs)]
    if jobs == 1:
        results = [campaign(parts[0], children)]
    else:
        with ProcessPoolExecutor(jobs) as pool:
            results = list(pool.map(campaign, parts, [children] * jobs))
    made, faults = sum((m for m, _ in results), Counter[str]()), [f for _, found in results for f in found]
    kinds = Counter(f.kind for f in faults)
    figures = {"children": children, "forms": len(FormLibrary.load().all()), "papers": made["papers"]}
    return figures | {"pages": made["pages"]} | {kind: kinds[kind] for kind in KINDS}, faults


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="six children")
    parser.add_argument("--children", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--show", action="store_true", help="name each fault on the standard error")
    options = parser.parse_args()
    figures, faults = run(6 if options.quick else options.children, options.jobs)
    if options.show:
        for fault in faults:
            print(f"{fault.form} {fault.wording} {fault.child}: {fault.kind} {fault.detail}", file=sys.stderr)
    print(json.dumps(figures) if options.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
