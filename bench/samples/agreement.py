"""委托照护协议: a lean agreement of three A4 pages with everything our templates use.

Layout after GB/T 9704—2012 (margins 37, 35, 28, 26 mm; 16 pt on 28 pt, tables 12 on 22). 53 tags and 45 names:
header tag, PAGE footer, table with merged cells and a ``{%tr for %}``, ``{%p if %}``, and a picture that differs by
record. The base is python-docx's, reduced to what Word or WPS would write for such a paper.
"""

from __future__ import annotations

import io
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import segno
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from docx.document import Document as Paper
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_KEPT_STYLES = {"Normal", "Header", "Footer", "TableNormal", "TableGrid", "DefaultParagraphFont", "Title"}

_ARTICLES = (
    (
        "根据《中华人民共和国未成年人保护法》第二十二条、第二十三条的规定，甲方因{{ reason }}，自{{ away_from }}起"
        "不能亲自照护未成年子女{{ child_name }}，经与乙方协商一致，并听取有表达意愿能力的未成年人的意见，"
        "委托乙方代为照护，签订本协议。"
    ),
    "一、照护期限自{{ from_on }}起至{{ to_on }}止。期满需要继续委托的，应当在期满前重新评估并另行签订协议。",
    "二、照护地址为{{ care_address }}。乙方变更照护地址的，应当在三日内告知甲方和{{ village_name }}儿童主任。",
    (
        "三、甲方的监护人身份和监护责任不因委托照护而改变。甲方应当与{{ child_name }}、乙方至少每周联系和交流一次，"
        "了解未成年人的生活、学习、心理等情况，并给予未成年人亲情关爱；每年至少返乡与未成年人团聚一次。"
    ),
    (
        "四、甲方应当按月支付生活费{{ allowance }}元，于每月{{ allowance_day }}日前付至乙方账户；未成年人的学费、医疗费"
        "由甲方承担。甲方的联系方式、务工地点发生变化的，应当在三日内告知乙方、学校和{{ village_name }}。"
    ),
    (
        "五、乙方应当为未成年人提供安全、卫生的居住环境和必要的生活条件，保障未成年人接受义务教育，不得使其失学、辍学；"
        "教育未成年人防火、防溺水、防交通事故、防性侵害，未满十六周岁的，不得使其单独居住生活。"
    ),
    (
        "六、乙方接到学校、村（居）民委员会关于未成年人心理、行为异常的通知后，应当及时了解情况、采取干预措施，并告知甲方。"
        "发现未成年人身心健康受到侵害、疑似受到侵害或者面临其他危险情形的，应当立即向公安机关报案，并向民政部门报告。"
    ),
    "七、乙方不得对未成年人实施家庭暴力，不得遗弃、虐待未成年人，不得把未成年人再委托给其他人照护。",
    (
        "八、有下列情形之一的，本协议终止：照护期满；甲方恢复亲自照护；乙方因健康或者其他原因不能继续照护；未成年人要求变更"
        "并经核实确有理由的；法律规定的其他情形。"
    ),
    "九、本协议一式四份，甲方、乙方、{{ village_name }}、{{ office_name }}各执一份，自签字之日起生效。",
)

_ROWS = (
    ("被照护人", ("姓名", "child_name"), ("性别", "child_gender")),
    ("", ("出生日期", "child_birth"), ("民族", "child_ethnicity")),
    ("", ("证件号码", "child_id_number"), ("就读学校", "school")),
    ("委托人（甲方）", ("姓名", "father_name"), ("证件号码", "father_id_number")),
    ("", ("联系电话", "father_phone"), ("务工地点", "father_work_place")),
    ("", ("姓名", "mother_name"), ("证件号码", "mother_id_number")),
    ("", ("联系电话", "mother_phone"), ("务工地点", "mother_work_place")),
    ("受托人（乙方）", ("姓名", "carer_name"), ("关系", "carer_relation")),
    ("", ("证件号码", "carer_id_number"), ("联系电话", "carer_phone")),
    ("", ("健康状况", "carer_health"), ("文化程度", "carer_education")),
    ("", ("家庭住址", "carer_address"), ("职业", "carer_occupation")),
)


def template() -> bytes:
    """Return the template as docx."""
    paper = _lean_paper()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _write(section.header.paragraphs[0], "编号：{{ document_number }}", WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.footer.paragraphs[0])
    _write(paper.add_paragraph(), "{{ title }}", WD_ALIGN_PARAGRAPH.CENTER)
    _write(paper.add_paragraph(), "{{ qr }}", WD_ALIGN_PARAGRAPH.CENTER)
    _people(paper)
    for article in _ARTICLES:
        _write(paper.add_paragraph(), article, WD_ALIGN_PARAGRAPH.JUSTIFY, indent=True)
    for line in ("{%p if special_terms %}", "十、双方另行约定：{{ special_terms }}", "{%p endif %}"):
        _write(paper.add_paragraph(), line, WD_ALIGN_PARAGRAPH.JUSTIFY, indent=True)
    _contacts(paper)
    for line in (
        "甲方（签字、捺印）：　　　　　　　　　　乙方（签字、捺印）：",
        "见证人：{{ witness }}　　　　　　　　　　儿童主任：{{ officer }}",
        "{{ village_name }}（盖章）　　　　　　　　{{ signed_on }}",
        "填表人：{{ filler }}　审核人：{{ reviewer }}　联系电话：{{ office_phone }}",
    ):
        _write(paper.add_paragraph(), line, WD_ALIGN_PARAGRAPH.LEFT)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def records(count: int) -> list[dict[str, Any]]:
    """Return contexts of fictitious people; ``qr`` holds the bytes of a PNG, to be wrapped by each contestant."""
    dice = random.Random(20260901)
    return [_record(dice, number) for number in range(1, count + 1)]


def _record(dice: random.Random, number: int) -> dict[str, Any]:
    surname, other = dice.choice("赵钱孙李周吴郑王"), dice.choice("龙石麻廖隆杨田")
    birth = date(2012, 1, 1) + timedelta(days=dice.randrange(3000))
    start = date(2026, 9, 1) + timedelta(days=dice.randrange(60))
    code = f"示例委照〔2026〕{number:04d}号"
    image = io.BytesIO()
    segno.make(code, error="m", micro=False).save(image, kind="png", scale=4)

    def person(family: str, year: int) -> tuple[str, str, str]:
        name = family + "".join(dice.choice("明华秀英桂兰建国玉珍小红志强") for _ in range(dice.choice((1, 2))))
        return (
            name,
            f"000000{year}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}{dice.randrange(9999):04d}",
            (f"1000000{dice.randrange(10000):04d}"),
        )

    child, father, mother = person(surname, birth.year), person(surname, 1986), person(other, 1988)
    carer = person(surname, 1959)
    village = dice.choice(("示例村", "桐木村", "岩口村"))
    return {
        "qr": image.getvalue(),
        "title": "未成年人委托照护协议",
        "document_number": code,
        "child_name": child[0],
        "child_gender": dice.choice(("男", "女")),
        "child_birth": f"{birth.year}年{birth.month}月{birth.day}日",
        "child_ethnicity": dice.choice(("汉族", "苗族", "土家族")),
        "child_id_number": child[1],
        "school": "示例镇中心小学",
        "father_name": father[0],
        "father_id_number": father[1],
        "father_phone": father[2],
        "father_work_place": "示例省示例市第一工业区",
        "mother_name": mother[0],
        "mother_id_number": mother[1],
        "mother_phone": mother[2],
        "mother_work_place": "示例省示例市 A&B 制衣厂",
        "carer_name": carer[0],
        "carer_relation": dice.choice(("祖父", "祖母", "外祖母")),
        "carer_id_number": carer[1],
        "carer_phone": carer[2],
        "carer_health": "良好",
        "carer_education": "小学",
        "carer_address": f"{village}{dice.randrange(1, 20)}组{dice.randrange(1, 99)}号",
        "carer_occupation": "务农",
        "reason": "外出务工",
        "away_from": "2026年2月20日",
        "from_on": f"{start.year}年{start.month}月{start.day}日",
        "to_on": f"{start.year + 1}年{start.month}月{start.day}日",
        "care_address": f"{village}{dice.randrange(1, 20)}组",
        "village_name": f"{village}村民委员会",
        "office_name": "示例镇人民政府",
        "allowance": dice.randrange(3, 12) * 100,
        "allowance_day": dice.randrange(1, 29),
        "special_terms": dice.choice(
            ("", "寒暑假期间未成年人可以前往甲方务工地团聚，往返途中由乙方或者甲方亲自陪同。")
        ),
        "contacts": [
            {"name": person(other, 1990)[0], "relation": relation, "phone": f"1000000{dice.randrange(10000):04d}"}
            for relation in ("班主任", "邻居", "舅父")
        ],
        "witness": person(other, 1970)[0],
        "officer": person(other, 1975)[0],
        "signed_on": f"{start.year}年{start.month}月{start.day}日",
        "filler": person(other, 1992)[0],
        "reviewer": person(other, 1980)[0],
        "office_phone": "0000-0000000",
    }


def _lean_paper() -> Paper:
    paper = Document()
    styles = paper.styles.element
    for style in list(styles.findall(qn("w:style"))):
        if style.get(qn("w:styleId")) not in _KEPT_STYLES:
            styles.remove(style)
    part = paper.part
    for identifier, rel in list(part.rels.items()):
        if rel.reltype.endswith(("stylesWithEffects", "customXml")):
            del part.rels[identifier]
    package = part.package
    for identifier, rel in list(package.rels.items()):
        if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[identifier]
    paper.core_properties.title = "未成年人委托照护协议"
    paper.core_properties.author = "示例镇人民政府"
    paper.core_properties.comments = ""
    return paper


def _write(paragraph: Paragraph, text: str, align: WD_ALIGN_PARAGRAPH, *, indent: bool = False, size: int = 16) -> None:
    form = paragraph.paragraph_format
    paragraph.alignment = align
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(28 if size == 16 else 22)
    form.space_after = Pt(0)
    if indent:
        form.first_line_indent = Pt(32)
    if text == "{{ qr }}":
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    _font(run._r.get_or_add_rPr())  # noqa: SLF001 - python-docx has no word for the East Asian font


def _font(properties: Any) -> None:
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{script}"), "仿宋_GB2312")


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run._r.addnext(field)  # noqa: SLF001 - python-docx has no word for fields
    paragraph.add_run(" —")


def _cell(table: Table, row: int, column: int, text: str) -> None:
    _write(table.cell(row, column).paragraphs[0], text, WD_ALIGN_PARAGRAPH.CENTER, size=12)


def _people(paper: Paper) -> None:
    table = paper.add_table(rows=len(_ROWS), cols=5)
    table.style = "Table Grid"
    group = 0
    for number, (head, left, right) in enumerate(_ROWS):
        for column, text in enumerate((left[0], f"{{{{ {left[1]} }}}}", right[0], f"{{{{ {right[1]} }}}}"), start=1):
            _cell(table, number, column, text)
        if head:
            group = number
            _cell(table, number, 0, head)
        else:
            merged = table.cell(group, 0).merge(table.cell(number, 0))
            for paragraph in merged.paragraphs[1:]:
                paragraph._p.getparent().remove(paragraph._p)  # noqa: SLF001 - merging leaves empty paragraphs


def _contacts(paper: Paper) -> None:
    table = paper.add_table(rows=4, cols=3)
    table.style = "Table Grid"
    for column, text in enumerate(("紧急联系人", "关系", "联系电话")):
        _cell(table, 0, column, text)
    _cell(table, 1, 0, "{%tr for contact in contacts %}")
    for column, text in enumerate(("{{ contact.name }}", "{{ contact.relation }}", "{{ contact.phone }}")):
        _cell(table, 2, column, text)
    _cell(table, 3, 0, "{%tr endfor %}")
