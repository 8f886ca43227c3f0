"""How the three villages write their lists, each messy in its own way, and the two sheets of a visit.

`python -m docgen.demo.town_sheets` writes the files under `docgen/demo/sheets`, byte for byte the same
every time; with `--check` it only says whether they are up to date. They are shipped, so that the demo
starts from files as an office gets them and not from objects.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from docgen.demo.town import COUNTY_CODE, LISTED_ON, TOWN, Family, Kid, Village, make_town
from forms.law.time import age_on, print_date
from forms.values.names_and_numbers import id_check_character

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

FOLDER = Path(__file__).with_name("sheets")
LISTS = ("merged-heading.xlsx", "numbers.xlsx", "gb18030.csv")
"""The lists of 平山村, 大坝村, 花京村; names in ASCII because they travel inside a wheel."""
ASSESSMENTS = "assessments.xlsx"
"""A5 for the children of 平山村."""
OPINIONS = "opinions.xlsx"
"""A8 for the same children."""
_EXCEL_EPOCH = date(1899, 12, 30)
_STAMP = (2026, 3, 10, 9, 0, 0)
_LINE = Side(style="thin")


def files() -> dict[str, bytes]:
    """Return every shipped sheet by name."""
    pingshan, daba, huajing = make_town()
    return {
        LISTS[0]: _pingshan(pingshan),
        LISTS[1]: _daba(daba, visitor=pingshan.kids[4]),
        LISTS[2]: _huajing(huajing),
        ASSESSMENTS: _assessments(pingshan),
        OPINIONS: _opinions(pingshan),
    }


def _pingshan(village: Village) -> bytes:
    """Titles over a two-row merged heading, group lines, siblings under merged cells, totals, signatures."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "花名册"
    page.append([f"龙里县{TOWN}平山村农村留守儿童花名册"])
    page.append([f"填报单位：{TOWN}平山村村民委员会（盖章）          填报时间：{print_date(LISTED_ON)}"])
    page.append(
        _cells("序号 儿童基本情况 . . . . . 就读学校、年级 父亲 . . 母亲 . . 委托监护人 . . . . . 留守类型 备注")
    )
    page.append(
        _cells(
            ". 姓　名 性别 民族 出生日期 身份证号码（18位） 现居住地（村、组） . 姓名 务工地点 联系电话 "
            "姓名 务工地点 联系电话 姓名 与儿童关系 身份证号 联系电话 住址 健康状况 . ."
        )
    )
    for area in ("A1:V1", "A2:V2", "B3:G3", "I3:K3", "L3:N3", "O3:T3", "A3:A4", "H3:H4", "U3:U4", "V3:V4"):
        page.merge_cells(area)
    number, group = 0, ""
    for index, family in enumerate(village.families):
        if family.group != group:
            group = family.group
            page.append([group])
            page.merge_cells(start_row=page.max_row, end_row=page.max_row, start_column=1, end_column=22)
        first = page.max_row + 1
        for kid in family.kids:
            number += 1
            page.append(_pingshan_row(number, index, family, kid))
        if len(family.kids) > 1:
            for column in range(9, 22):
                page.merge_cells(start_row=first, end_row=page.max_row, start_column=column, end_column=column)
    number = _pingshan_faults(page, village, number)
    page.append([])
    page.append(["合计", f"{number} 人"])
    page.append(["注：父亲或者母亲去世的填“—”，没有电话的填“无”。"])
    page.append(["填表人：罗文静", "", "", "", "审核人：杨国平", "", "", "", "村支书（签字）："])
    _dress(page, head_rows=(3, 4))
    return _frozen(book)


def _pingshan_row(number: int, index: int, family: Family, kid: Kid) -> list[object]:
    spaced = f"{kid.id_number[:6]} {kid.id_number[6:14]} {kid.id_number[14:]}" if number % 4 == 0 else kid.id_number
    name = kid.name if len(kid.name) != 2 or index != 5 else "　".join(kid.name)
    day: object = kid.birth if number % 3 == 0 else f"{kid.birth.year}.{kid.birth.month}.{kid.birth.day}"
    carer = family.carer
    both = family.father and family.mother
    row: list[object] = [number, name.replace("·", "•"), _sex(kid), family.ethnicity, day, spaced or "无"]
    row += [family.address, f"{kid.school}{kid.grade}"]
    for parent, place in ((family.father, family.father_place), (family.mother, family.mother_place)):
        row += [parent.name, place, "、".join(parent.phones)] if parent else ["—", "—", "—"]
    row += [carer.name, family.relation, carer.id_number, " / ".join(carer.phones), family.address, "良好"]
    return [*row, "父母双方外出务工" if both else "父亲去世，母亲外出", kid.remark]


def _pingshan_faults(page: Worksheet, village: Village, number: int) -> int:
    """The same child once more, two digits changed round, a birthday by the old calendar."""
    family, kid = village.kids[0]
    again = _pingshan_row(number + 1, 0, family, kid)
    again[21] = "前面漏了学校，重填"
    page.append(again)
    family, kid = village.kids[-2]
    swapped = _pingshan_row(number + 2, 0, family, kid)
    digits = "52279920150817013"
    swapped[1], swapped[2], swapped[4], swapped[5] = (
        "罗小满",
        "男",
        "2015.8.17",
        f"{digits[:-2]}{digits[-1]}{digits[-2]}5",
    )
    page.append(swapped)
    family, kid = village.kids[8]
    lunar = _pingshan_row(number + 3, 0, family, kid)
    lunar[1], lunar[4], lunar[5] = "杨谷雨", "2017.4.20", _number(date(2017, 5, 16), 907)
    lunar[2] = "男"
    page.append(lunar)
    return number + 3


def _daba(village: Village, *, visitor: tuple[Family, Kid]) -> bytes:
    """Numbers stored as numbers, a heading of two rows that nobody merged, names and telephones in one cell."""
    book = Workbook()
    notes = book.active
    assert notes is not None
    notes.title = "填表说明"
    notes.append(["1. 每个儿童填一行；2. 电话请填常用号码；3. 没有户口的在“是否上户”填“否”。"])
    page = book.create_sheet("Sheet1")
    page.append(["大坝村留守儿童基本情况统计表"])
    page.append([])
    page.append(
        _cells(
            "序号 儿童姓名 性别 民族 公民身份号码 出生年月日 是否上户 父亲信息 . . 母亲信息 . . "
            "监护人姓名及电话 与儿童关系 监护人身份证号 家庭地址 学校 年级 是否住校 家庭经济来源 鞋码 备注"
        )
    )
    page.append(_cells(". . . . . . . 姓名 打工地点 电话 姓名 打工地点 电话"))
    number = 0
    for index, (family, kid) in enumerate(village.kids):
        number += 1
        page.append(_daba_row(number, index, family, kid))
    family, kid = visitor
    page.append(_daba_row(number + 1, 1, family, kid))
    for offset, name in enumerate(("周立夏", "周白露")):
        row = _daba_row(number + 2 + offset, 1, *village.kids[3 + offset])
        row[1], row[5] = name, "2014/6/7"
        row[2] = "男" if offset == 0 else "女"
        row[4] = float(_number(date(2014, 6, 7), 911 + offset))
        page.append(row)
    page.append(["合计", f"=COUNTA(B5:B{page.max_row})", "人"])
    hidden = book.create_sheet("2024年旧名单")
    hidden.append(["姓名", "性别", "身份证号码", "出生日期"])
    hidden.append(["韦早春", "男", _number(date(2012, 1, 5), 921), "2012.1.5"])
    hidden.sheet_state = "hidden"
    _dress(page, head_rows=(3, 4))
    return _frozen(book)


def _daba_row(number: int, index: int, family: Family, kid: Kid) -> list[object]:
    serial = (kid.birth - _EXCEL_EPOCH).days
    day: object = (serial, int(f"{kid.birth:%Y%m%d}"), print_date(kid.birth), kid.birth)[index % 4]
    father, mother, carer = family.father, family.mother, family.carer
    full_width = {ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}
    shown = kid.id_number.translate(full_width) if index % 7 == 3 else kid.id_number.lower()
    row: list[object] = [number, kid.name.replace("·", "．"), _sex(kid), family.ethnicity.removesuffix("族")]
    row += [shown or None, day, "是" if kid.id_number else "否"]
    for parent, place in ((father, family.father_place), (mother, family.mother_place)):
        row += [parent.name, place, float(parent.phones[0])] if parent else ["—", None, None]
    vague = index % 5 == 0 and family.relation in {"爷爷", "奶奶"}
    row += [f"{carer.name} {' / '.join(carer.phones)}", "祖孙" if vague else family.relation, carer.id_number]
    row += [family.address, kid.school or None, kid.grade or None, "是" if kid.stage == "初中" else "否"]
    return [*row, "打工收入、种养殖业", 30 + index % 9, kid.remark or None]


def _huajing(village: Village) -> bytes:
    """Text saved by a spreadsheet program in GB 18030: one heading row, both parents in one cell, 同上."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([f"{TOWN}花京村留守儿童名单", *[""] * 20])
    writer.writerow([])
    writer.writerow(
        _cells(
            "编号 姓名 性别 民族 证件号 出生年月 父母姓名 父母务工地点 家长电话 照护人姓名 "
            "照护人身份证号码 照护人关系 手机号 家庭住址 就学情况 就读学校 年级 身体状况 户口性质 班主任 备注"
        )
    )
    number = 0
    for index, family in enumerate(village.families):
        for place, kid in enumerate(family.kids):
            number += 1
            row = _huajing_row(number, index, family, kid)
            if place:
                row[6:14] = ["同上"] * 8
            writer.writerow(row)
    base = _huajing_row(number, 2, *village.kids[5])
    faults: tuple[dict[int, str], ...] = (
        {1: "田处暑", 2: "男", 4: "5.22799E+17", 5: "2016年3月5日"},
        {1: "田霜降", 2: "女", 4: "", 5: "16.3.5"},
        {1: "田小雪", 2: "女", 4: _number(date(2009, 4, 1), 930), 5: "2009-04-01", 15: f"{TOWN}初级中学", 16: "九年级"},
        {1: "田大寒", 2: "女", 4: _number(date(2015, 11, 2), 933), 5: "2015-11-02"},
    )
    for fault in faults:
        number += 1
        writer.writerow([str(number), *(fault.get(i, base[i]) for i in range(1, len(base)))])
    writer.writerow([])
    writer.writerow(["合计", f"共{number}人", *[""] * 19])
    writer.writerow(["填表人：莫晓霞", *[""] * 20])
    return out.getvalue().encode("gb18030")


def _huajing_row(number: int, index: int, family: Family, kid: Kid) -> list[str]:
    father, mother, carer = family.father, family.mother, family.carer
    parents = f"父：{father.name if father else '—'}；母：{mother.name if mother else '—'}"
    phones = "；".join(f"{p.name}{p.phones[0]}" for p in (father, mother) if p)
    shown = f'="{kid.id_number}"' if index % 3 == 1 else kid.id_number
    day = (f"{kid.birth:%Y%m%d}", kid.birth.isoformat(), f"{kid.birth.year}年{kid.birth.month}月{kid.birth.day}日")[
        index % 3
    ]
    return [
        str(number), kid.name.replace("·", "・"), _sex(kid), family.ethnicity, shown, day, parents,
        family.father_place if father else family.mother_place, phones, carer.name, carer.id_number, family.relation,
        carer.phones[0], family.address, kid.stage, kid.school, kid.grade, "健康", "农业", "", kid.remark,
    ]  # fmt: skip


def _assessments(village: Village) -> bytes:
    """A5 for every child of the list that can be taken: what the two assessors found at the visit."""
    titles = _cells(
        "序号 儿童姓名 公民身份号码 入户日期 照护意愿 身体与精神状况 道德品质及违法记录核查 核查来源 核查人 核查日期 "
        "家庭成员及同住人 住房与安全隐患 经济来源 已有照护负担 与儿童情感联系 教育与沟通能力 距学校、医疗点 "
        "结论 改善要求 改善期限 第二评估人"
    )
    rows: list[list[object]] = []
    for number, (family, kid) in enumerate(village.kids, 1):
        visited = LISTED_ON + timedelta(days=number % 6)
        carer, day = family.carer, print_date(visited)
        old = age_on(carer.birth, LISTED_ON) >= 70
        row: list[object] = [number, kid.name, kid.id_number or None, day, "自愿", "良好|无|正常", "无"]
        row += ["本人陈述、村（居）了解、公安机关核查", "罗文静", day]
        row += [f"{carer.name}|本人|{age_on(carer.birth, LISTED_ON)}|无"]
        row += ["；".join(["符合"] * 5 + ["有隐患" if old else "不涉及", "符合", "符合"]), "打工收入、种养殖业"]
        row += [f"{len(family.kids)}|0|0|", "亲密", "需要帮助" if old else "能", "2公里|3公里"]
        if old:
            better = print_date(visited + timedelta(days=60))
            row += ["基本合格（限期改善）", "水井加盖，池塘边加装护栏。", better]
        else:
            row += ["合格", None, None]
        rows.append([*row, "杨国平"])
    return _plain("评估", titles, rows)


def _opinions(village: Village) -> bytes:
    """A8 for the same children, in their own words where they can speak for themselves."""
    titles = _cells(
        "序号 儿童姓名 公民身份号码 能否表达意愿 能否表达意愿的判断理由 询问时间 询问地点 是否单独听取 在场人 "
        "说明的选项 儿童原话 态度 询问人 记录人"
    )
    said = (
        "{0}做饭好吃，我想和{0}住。",
        "我愿意，爸爸妈妈过年会回来。",
        "可以的，我放学自己走回来。",
        "我想每个星期都和妈妈打视频。",
    )
    rows: list[list[object]] = []
    for number, (family, kid) in enumerate(village.kids, 1):
        asked, kin = print_date(LISTED_ON + timedelta(days=number % 6)), family.relation
        row: list[object] = [number, kid.name, kid.id_number or None]
        options = f"由{kin}照护；或者由母亲返乡照护。"
        place = f"平山村{family.group}家中"
        if age_on(kid.birth, LISTED_ON) >= 6:
            reason = "入户时能说清自己和谁住、想和谁住，愿意回答问题。"
            row += ["是", reason, asked, place, "是", None, options, said[number % len(said)].format(kin), "同意"]
        else:
            reason = "年龄太小，还不能说清自己的想法。"
            row += ["否", reason, asked, place, "否", f"{family.carer.name}|{kin}", options, None, "无法判断"]
        rows.append([*row, "罗文静", "罗文静"])
    return _plain("意见", titles, rows)


def _sex(kid: Kid) -> str:
    return "女" if kid.is_girl else "男"


def _cells(text: str) -> list[object]:
    """Return the titles of a heading; a full stop stands for an empty cell."""
    return ["" if word == "." else word for word in text.split(" ")]


def _number(birth: date, serial: int) -> str:
    first = f"{COUNTY_CODE}{birth:%Y%m%d}{serial:03d}"
    return first + id_check_character(first)


def _plain(title: str, titles: list[object], rows: Sequence[list[object]]) -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    page.append(titles)
    for row in rows:
        page.append(row)
    _dress(page, head_rows=(1, 1))
    return _frozen(book)


def _dress(page: Worksheet, *, head_rows: tuple[int, int]) -> None:
    """Lines, bold heads and widths, as a village would have them."""
    box = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    widest: dict[int, int] = {}
    for number, row in enumerate(page.iter_rows(min_row=head_rows[0]), head_rows[0]):
        for cell in row:
            head = number <= head_rows[1]
            cell.border = box
            cell.font = Font(bold=head)
            cell.alignment = Alignment(horizontal="center" if head else None, vertical="center", wrap_text=True)
            column = cell.column or 1
            widest[column] = max(widest.get(column, 4), len(str(cell.value)) if cell.value is not None else 0)
    for column, letters in widest.items():
        page.column_dimensions[get_column_letter(column)].width = min(6 + letters * 1.3, 26) if column > 1 else 6


def _frozen(book: Workbook) -> bytes:
    """Return the workbook with fixed times and uncompressed parts: the same bytes on every machine."""
    first = io.BytesIO()
    book.save(first)
    out = io.BytesIO()
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-03-10T09:00:00Z", data)
            target.writestr(zipfile.ZipInfo(name, date_time=_STAMP), data)
    return out.getvalue()


def main(arguments: Sequence[str]) -> int:
    """Write the sheets, or with ``--check`` compare them; 1 when they differ."""
    stale = [n for n, data in files().items() if not (FOLDER / n).is_file() or (FOLDER / n).read_bytes() != data]
    if "--check" in arguments:
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
