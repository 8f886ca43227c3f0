"""Beside LibreOffice: with the same fonts, the same lines on the same pages."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn
import pypdfium2
import pytest
from docx.shared import Mm
from PIL import Image

from bench.samples import agreement
from docgen.engine.press import PrintJob
from docgen.engine.press.printing.pdf_file import Level
from docgen.engine.press.printing.stack import MARK_FAMILY, write_stack
from docgen.engine.render import Picture, compile_template
from forms.marks import PageMark

if TYPE_CHECKING:
    from docgen.engine.press import Press

SERIF = ("宋体", "仿宋", "楷体", "Times New Roman", "方正小标宋简体")
SANS = ("黑体", "Arial")


@pytest.fixture(scope="module")
def converter(tmp_path_factory: pytest.TempPathFactory) -> Any:
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("DOCGEN_ORACLES"):
            pytest.fail("LibreOffice is missing: apt-get install libreoffice-writer-nogui")
        pytest.skip("LibreOffice is not installed here")
    folder = tmp_path_factory.mktemp("office")
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test><edit name="family" mode="assign"'
        f' binding="strong"><string>{face}</string></edit></match>'
        for face, names in (("Noto Serif SC", SERIF), ("Noto Sans SC", SANS))
        for name in names
    )
    fonts = Path(pylopdf_fonts_zh_cn.serif_path()).parent
    (folder / "fonts.conf").write_text(
        f"<fontconfig><dir>{fonts}</dir><cachedir>{folder}/cache</cachedir>{rules}</fontconfig>", encoding="utf-8"
    )

    def convert(files: dict[str, bytes]) -> dict[str, bytes]:
        for name, data in files.items():
            (folder / f"{name}.docx").write_bytes(data)
        subprocess.run(
            [
                program,
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                *("--headless", "--convert-to", "pdf", "--outdir", str(folder)),
                *(str(folder / f"{name}.docx") for name in files),
            ],
            check=True,
            capture_output=True,
            timeout=300,
            env=os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")},
        )
        return {name: (folder / f"{name}.pdf").read_bytes() for name in files}

    return convert


def lines_of(data: bytes) -> list[Counter[str]]:
    """Return the lines of each page: characters on one base line, in reading order."""
    pages = []
    for page in pypdfium2.PdfDocument(data):
        text = page.get_textpage()
        rows: dict[int, list[tuple[float, str]]] = {}
        for i in range(text.count_chars()):
            char = text.get_text_range(i, 1)
            if not char.strip():
                continue
            left, bottom, _, _ = text.get_charbox(i, loose=True)
            key = next((y for y in rows if abs(y - bottom * 10) < 40), round(bottom * 10))
            rows.setdefault(key, []).append((left, char))
        pages.append(Counter("".join(char for _, char in sorted(row)) for row in rows.values()))
    return pages


JARS = ("preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "javax.activation", "jaxb-api")


@pytest.mark.oracle
def test_the_older_level_is_valid_for_preflight(press: Press, tmp_path: Path) -> None:
    java, jars = shutil.which("java"), [Path(f"/usr/share/java/{name}.jar") for name in JARS]
    if java is None or not all(jar.exists() for jar in jars):
        if os.environ.get("DOCGEN_ORACLES"):
            pytest.fail("Preflight is missing: apt-get install libpdfbox2-java libactivation-java libjaxb-api-java")
        pytest.skip("PDFBox Preflight is not installed here")
    compiled = compile_template(agreement.template(), name="协议")
    record = agreement.records(1)[0]
    picture = Picture(data=record["qr"], width=Mm(25), height=Mm(25))
    paper = press.lay_out(compiled.render({**record, "qr": picture}), name="协议")
    marks = tuple(PageMark(mark_id="7K3M9Q0001", page=page, pages=3) for page in range(1, len(paper.pages) + 1))
    job = PrintJob(paper=paper, marks=marks, secret=bytes(32), copy_label="第 1 份")
    target = tmp_path / "paper.pdf"
    face = press.fonts.typeface(MARK_FAMILY)
    with target.open("wb") as file:
        write_stack([job], file, fonts=face, title="试样", duplex=False, progress=None, level=Level.A1B)
    command = [java, "-cp", os.pathsep.join(map(str, jars)), "org.apache.pdfbox.preflight.Validator_A1b", str(target)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert "is a valid PDF/A-1b file" in done.stdout + done.stderr, done.stdout + done.stderr


@pytest.mark.oracle
def test_agreements_have_the_lines_and_pages_that_libreoffice_gives_them(
    converter: Any, press: Press, printed: Any
) -> None:
    compiled = compile_template(agreement.template(), name="协议")
    files = {}
    for i, record in enumerate(agreement.records(4)):
        picture = Picture(data=record["qr"], width=Mm(25), height=Mm(25))
        files[f"a{i}"] = compiled.render({**record, "qr": picture})
    total = equal = 0
    for name, theirs in converter(files).items():
        ours = lines_of(printed(press.lay_out(files[name], name=name)).data)
        others = lines_of(theirs)
        assert len(ours) == len(others)
        for mine, other in zip(ours, others, strict=True):
            total += other.total()
            equal += (mine & other).total()
    assert total > 250
    assert equal / total > 0.99


def samples(wml: Any) -> dict[str, bytes]:
    """Return small documents with a drawing or with notes, by what they show."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(out, "PNG")
    long = "一二三四五六七八九十" * 12
    places = {
        "left": {"wrap": "Square"},
        "right": {"wrap": "Square", "across": "column:right"},
        "middle": {"wrap": "Square", "across": "column:50", "down": "paragraph:30"},
        "full": {"wrap": "TopAndBottom", "down": "paragraph:10"},
        "corner": {"wrap": "Square", "across": "margin:right", "down": "margin:bottom"},
    }
    bodies = {
        name: wml.around(wml.anchored(wml.picture("pic", 100, 100), 100, 100, **place), long) + wml.paragraph(long)
        for name, place in places.items()
    }
    inside = wml.paragraph("框内文字" * 4) + wml.paragraph("第二段")
    for name, body in (("fixed", ""), ("grown", "<a:spAutoFit/>")):
        box = wml.anchored(wml.shape(150, 100, inside, body=body), 150, 100, across="page:200", down="page:500")
        bodies[name] = wml.around(box, long)
    for name, place in (
        ("frame", 'w:w="2000" w:vAnchor="page" w:hAnchor="page" w:xAlign="center" w:y="5000"'),
        ("number", 'w:vAnchor="text" w:hAnchor="margin" w:xAlign="right" w:y="1"'),
    ):
        framed = wml.paragraph("框内", f'<w:framePr {place} w:wrap="around"/>')
        bodies[name] = wml.paragraph("甲") + framed + wml.paragraph(long * 3)
    pictured = wml.around(wml.anchored(wml.picture("pic", 60, 60), 60, 60, wrap="Square"), "甲")
    cell = wml.cell(pictured + wml.paragraph("格内的字" * 5), width=5000)
    bodies["cell"] = wml.table([cell], columns=[5000]) + wml.paragraph("后")
    bodies["table"] = pictured + wml.table([wml.cell("格", width=8000)], columns=[8000]) + wml.paragraph("后")
    above = wml.anchored(wml.picture("pic", 60, 60), 60, 60, across="page:150", down="page:110", wrap="Square")
    bodies["late"] = wml.paragraph("甲" * 60) + wml.around(above, "乙")
    for name in ("tbRl", "btLr"):
        upright = f'<w:textDirection w:val="{name}"/>'
        row = '<w:trPr><w:trHeight w:val="2400"/></w:trPr>' + wml.cell("竖排文字", width=1600, properties=upright)
        bodies[name] = wml.table([row + wml.cell("横", width=4000)], columns=[1600, 4000])
    rows = [wml.paragraph(f"第{i}行") for i in range(25)]
    for count in (17, 19, 20, 23):
        bodies[f"note{count}"] = "".join(rows[:count]) + wml.calling("甲", 1, "乙") + wml.calling("丙", 2) + rows[0]
    notes = wml.notes(["第一个注释的文字，" * 20, "第二个"])
    made = {n: wml.Docx(body=b, media={"pic": out.getvalue()} if "pic" in b else {}) for n, b in bodies.items()}
    for name, docx in made.items():
        docx.footnotes = notes if name.startswith("note") else ""
    made["endnotes"] = wml.Docx(
        body=wml.calling("甲", 1, "乙", kind="endnote"), endnotes=wml.notes(["尾注的文字，" * 9], "endnote")
    )
    return {name: docx.bytes() for name, docx in made.items()}


@pytest.mark.oracle
def test_drawings_and_notes_stand_where_libreoffice_puts_them(
    converter: Any, press: Press, printed: Any, wml: Any
) -> None:
    files = samples(wml)
    differing = []
    for name, theirs in converter(files).items():
        if lines_of(printed(press.lay_out(files[name], name=name)).data) != lines_of(theirs):
            differing.append(name)
    assert differing == []
