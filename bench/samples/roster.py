"""A roster of twenty columns under a heading of three rows, with as many fictitious children as are asked for."""

from __future__ import annotations

import io
import random
import zipfile
from xml.sax.saxutils import escape

HEADINGS: tuple[tuple[str, ...], ...] = (
    ("序号",),
    ("姓名",),
    ("性别",),
    ("出生日期",),
    ("证件号码",),
    ("家庭情况", "父亲", "姓名"),
    ("家庭情况", "父亲", "联系电话"),
    ("家庭情况", "母亲", "姓名"),
    ("家庭情况", "母亲", "联系电话"),
    ("被委托人", "姓名"),
    ("被委托人", "关系"),
    ("被委托人", "联系电话"),
    ("就读学校",),
    ("年级",),
    ("寄宿",),
    ("村",),
    ("组",),
    ("低保",),
    ("补助",),
    ("备注",),
)
UPRIGHT = frozenset({("寄宿",), ("低保",)})
TOTALLED = ("补助",)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def rows(count: int) -> list[list[str | int]]:
    """Return rows of fictitious people; the numbers stand in the column with a total."""
    dice = random.Random(20261121)

    def name() -> str:
        given = "".join(dice.choice("明华秀英桂兰建国玉珍小红志强") for _ in range(dice.choice((1, 2))))
        return dice.choice("赵钱孙李周吴郑王龙石麻廖") + given

    def phone() -> str:
        return f"1000000{dice.randrange(10000):04d}"

    return [
        [
            str(number),
            name(),
            dice.choice("男女"),
            f"{dice.randrange(2010, 2020)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
            (
                f"000000{dice.randrange(2010, 2020)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}"
                f"{dice.randrange(9999):04d}"
            ),
            name(),
            phone(),
            name(),
            phone(),
            name(),
            dice.choice(("祖父", "祖母", "外祖母")),
            phone(),
            dice.choice(("示例镇中心小学", "示例镇第二小学", "岩口教学点")),
            dice.choice(("一年级", "三年级", "六年级")),
            dice.choice("是否"),
            dice.choice(("示例村", "桐木村", "岩口村")),
            f"{dice.randrange(1, 20)}组",
            dice.choice("是否"),
            dice.randrange(0, 1000, 50),
            "" if dice.random() < 0.8 else "随祖父母生活，父母每年春节返乡一次",
        ]
        for number in range(1, count + 1)
    ]


def docx(count: int) -> bytes:
    """Return the same roster as a docx of one A3 table, as a word processor would have it."""
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    width = 22100 // len(HEADINGS)
    grid = f'<w:gridCol w:w="{width}"/>' * len(HEADINGS)
    body = [_row([path[-1] for path in HEADINGS], width, header=True)]
    body += [_row([str(cell) for cell in row], width) for row in rows(count)]
    document = (
        f'<w:document xmlns:w="{_W}"><w:body><w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(body)}</w:tbl><w:p/><w:sectPr>"
        '<w:pgSz w:w="23811" w:h="16838" w:orient="landscape"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134"'
        ' w:left="850" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )
    kinds = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="d" Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", kinds)
        archive.writestr("_rels/.rels", relations)
        archive.writestr("word/document.xml", document)
    return out.getvalue()


def _row(texts: list[str], width: int, *, header: bool = False) -> str:
    look = '<w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/><w:sz w:val="16"/></w:rPr>'
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
        f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
        for text in texts
    )
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if header else ''}{cells}</w:tr>"
