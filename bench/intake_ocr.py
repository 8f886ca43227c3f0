"""Printed pages that are not ours, read by the text reader: characters wrong of a hundred.

Three invented papers of other offices, set in the bundled faces, printed and scanned at 150 dpi. Compared is
the text without spaces, after NFKC, so that a full-width bracket read as a half-width one is no mistake.
"""

from __future__ import annotations

import tempfile
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from archive.intake.ocr import OcrMissingError, read_texts
from bench.wear import Condition, Scanner, play

if TYPE_CHECKING:
    from collections.abc import Sequence

_K = 300 / 25.4
_SCAN = Condition(name="foreign page", group="ocr", scanner=Scanner(dpi=150, quality=50, skew=1.0))
_SERIF, _SANS = "NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf"

PAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        _SERIF,
        (
            "在读证明",
            "兹证明吴小禾，女，二〇一六年三月五日出生，系我校三年级二班学生，",
            "学籍辅助号G520730201603051234，现住校。该生父母均在外务工，平时由",
            "祖母王桂花照料，每周五下午由祖母接回洗马镇平山村家中。该生本学期出勤",
            "正常，品行良好，未发现欺凌、旷课等情况。",
            "特此证明。",
            "联系电话：0854－5630199",
            "洗马镇中心小学（公章）",
            "二〇二六年三月十二日",
        ),
    ),
    (
        _SERIF,
        (
            "龙里县人民法院",
            "民事裁定书",
            "（2026）黔2730民特17号",
            "申请人：平山村村民委员会，住所地龙里县洗马镇平山村。",
            "法定代表人：潘文海，该村民委员会主任。",
            "本院于2026年4月8日立案受理申请人申请指定监护人一案，依法适用特别程序",
            "进行了审理。经审查认为，根据《中华人民共和国民法典》第三十一条的规定，",
            "对监护人的确定有争议的，有关当事人可以向人民法院申请指定监护人。",
            "依照《中华人民共和国民法典》第二十七条、第三十一条规定，裁定如下：",
            "指定李秋月为罗小川的监护人。",
            "本裁定一经作出即生效。",
            "审判员　石大勇",
            "书记员　杨晓燕",
        ),
    ),
    (
        _SANS,
        (
            "居住与务工情况说明",
            "我单位职工罗大山，身份证号码522730198503054413，自2024年2月起在我单位",
            "从事模具装配工作，住厂区宿舍5栋302室。每月实发工资约5,860元，按时足额",
            "发放。因生产需要，一般只在春节、国庆期间返乡，累计不超过25天。",
            "其子罗小川（9岁）留在贵州省龙里县洗马镇，由外婆照看。",
            "以上情况属实。",
            "单位名称：东莞市横沥镇恒达五金制品厂",
            "经办人：吴秀英　电话：13800006621",
            "日期：2026年2月27日",
        ),
    ),
)


def error_rate(pages: int) -> dict[str, Any]:
    """Read so many of the pages.

    Args:
        pages: 1 to 3.
    """
    chosen = PAGES[:pages]
    with tempfile.TemporaryDirectory() as name:
        paths = []
        for number, (face, lines) in enumerate(chosen):
            path = Path(name) / f"{number}.jpg"
            path.write_bytes(play(_SCAN, _printed(face, lines), str(number)))
            paths.append(path)
        try:
            read = [page.text for page in read_texts(paths)]
        except OcrMissingError as error:
            return {"ocr_cer": None, "ocr_note": str(error)}
    truths = [_plain("".join(lines)) for _, lines in chosen]
    wrong = sum(distance(truth, _plain(text)) for truth, text in zip(truths, read, strict=True))
    return {
        "ocr_cer": round(wrong / sum(map(len, truths)), 5),
        "ocr_pages": pages,
        "ocr_characters": sum(map(len, truths)),
    }


def distance(a: str, b: str) -> int:
    """Return how many characters must be put in, taken out or changed to make one of the other."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _printed(face: str, lines: Sequence[str]) -> Image.Image:
    paper = Image.new("RGB", (round(210 * _K), round(297 * _K)), "white")
    pen = ImageDraw.Draw(paper)
    y = 40.0
    for number, line in enumerate(lines):
        size = 7.0 if number == 0 else 4.6  # mm
        font = _font(face, round(size * _K))
        x = (210 - pen.textlength(line, font) / _K) / 2 if number == 0 else 25.0
        pen.text((x * _K, y * _K), line, fill="black", font=font)
        y += size * 2.1
    return paper


@cache
def _font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(pylopdf_fonts_zh_cn.__file__).parent / face), pixels)
