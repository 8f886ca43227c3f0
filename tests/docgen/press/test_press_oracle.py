"""Beside LibreOffice: with the same fonts, the same lines on the same pages."""

from __future__ import annotations

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

from bench.samples import agreement
from docgen.engine.render import Picture, compile_template

if TYPE_CHECKING:
    from docgen.engine.press import Press

SERIF = ("宋体", "仿宋", "楷体", "Times New Roman", "方正小标宋简体")
SANS = ("黑体", "Arial")


@pytest.fixture(scope="module")
def converter(tmp_path_factory: pytest.TempPathFactory) -> Any:
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
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
