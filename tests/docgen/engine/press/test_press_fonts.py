"""Fonts: found by name, cut to what is used, never silent about a missing character."""

from __future__ import annotations

import io
import shutil
import struct
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import pytest
import reportlab
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from docgen.engine.press import FontBook, Press
from docgen.engine.press.fonts import cache
from docgen.engine.press.fonts.cff import CffTable
from docgen.engine.press.fonts.sfnt import FontFile, UnusableFontError

VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
"""A TrueType font that comes with reportlab."""

RARE = "珺昇堃翀彧瑀囍䶮㛃𬱖𬀩𬘫"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr(cache, "folder", lambda: folder)
    return folder


@pytest.fixture
def book() -> FontBook:
    return FontBook.default()


@pytest.mark.parametrize(
    ("family", "face"),
    [
        ("仿宋_GB2312", "NotoSerifSC-Regular"),
        ("SimSun", "NotoSerifSC-Regular"),
        ("Times New Roman", "NotoSerifSC-Regular"),
        ("黑体", "NotoSansSC-Regular"),
        ("微软雅黑", "NotoSansSC-Regular"),
        ("某某家自制黑体", "NotoSansSC-Regular"),
        ("谁也没有的字体", "NotoSerifSC-Regular"),
    ],
)
def test_family_without_its_own_face_is_drawn_with_the_open_face_of_its_kind(
    book: FontBook, family: str, face: str
) -> None:
    assert book.typeface(family).chain[0].font.names.post_script == face


def test_display_song_and_bold_are_emboldened_because_the_open_faces_have_one_weight(book: FontBook) -> None:
    assert book.typeface("方正小标宋_GBK").synthetic_bold
    assert book.typeface("仿宋", bold=True).synthetic_bold
    assert not book.typeface("仿宋").synthetic_bold


@pytest.mark.parametrize("family", ["宋体", "黑体"])
def test_rare_characters_of_names_are_drawn_from_the_asked_kind(book: FontBook, family: str) -> None:
    for char in RARE:
        drawn = book.typeface(family).draw(char)
        assert drawn is not None
        assert not drawn.is_fallback


@pytest.mark.parametrize("char", ["\u200b", "\ue000", "\U000e0100", "\U0001f600", "ئ", "བ", "\ud800", "\x07"])
def test_character_nobody_can_set_rightly_is_not_drawn_at_all(book: FontBook, char: str) -> None:
    assert book.typeface("宋体").draw(char) is None


def test_character_map_is_that_of_fonttools() -> None:
    path = pylopdf_fonts_zh_cn.serif_path()
    font = FontFile(path)
    with TTFont(path, lazy=True) as other:
        order = other.getReverseGlyphMap()
        for code, name in other.getBestCmap().items():
            assert font.glyph(chr(code)) == order[name]
        assert font.advance(font.glyph("A")) == other["hmtx"][other.getBestCmap()[ord("A")]][0] / 1000


def test_map_of_a_truetype_font_of_format_4_is_that_of_fonttools() -> None:
    font = FontFile(VERA)
    with TTFont(VERA, lazy=True) as other:
        order = other.getReverseGlyphMap()
        wanted = {code: order[name] for code, name in other.getBestCmap().items()}
    assert {code: glyph for code, glyph in enumerate(font.glyphs) if glyph} == wanted


def test_damaged_cache_is_made_again(own_cache: Path) -> None:
    path = pylopdf_fonts_zh_cn.sans_path()
    right = FontFile(path).glyphs
    (kept,) = own_cache.iterdir()
    for damage in (b"", kept.read_bytes()[:-1], kept.read_bytes()[:-1] + b"\xff"):
        kept.write_bytes(damage)
        assert FontFile(path).glyphs == right
        assert kept.read_bytes() != damage


def test_cache_that_cannot_be_written_is_no_fault(own_cache: Path) -> None:
    own_cache.write_text("a file where the folder should be", encoding="utf-8")
    assert FontFile(VERA).glyph("A")


@pytest.mark.parametrize("path", [pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path()])
def test_cut_outlines_are_those_of_the_font(path: Path) -> None:
    font = FontFile(path)
    start, length = font.tables[b"CFF "]
    chars = sorted("Aag1%，。“”〔〕①☆张家口赟龘" + RARE[:9])
    pairs = [(ord(char) & 0xFFFF, font.glyph(char)) for char in chars if ord(char) < 0x10000]
    made = CffTable(memoryview(font.data)[start : start + length]).subset(pairs, name="ABCDEF+Test")
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(made), None)
    top = fonts.topDictIndex[0]
    assert len(made) < 40_000
    with TTFont(path, lazy=True) as source:
        glyphs = source.getGlyphSet()
        for cid, _ in pairs:
            ours, theirs = RecordingPen(), RecordingPen()
            top.CharStrings[f"cid{cid:05d}"].draw(ours)
            glyphs[source.getBestCmap()[cid]].draw(theirs)
            assert ours.value == theirs.value


@pytest.mark.parametrize("content", [b"", b"not a font at all", VERA.read_bytes()[:300], b"ttcf" + bytes(40)])
def test_file_that_is_no_font_is_left_out(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(content)
    with pytest.raises(UnusableFontError):
        FontFile(bad)
    assert FontBook.default(folders=[tmp_path]).typeface("宋体").draw("张") is not None


def test_face_of_a_folder_is_found_by_name_and_the_rest_of_its_characters_elsewhere(tmp_path: Path) -> None:
    shutil.copy(VERA, tmp_path / "x.ttf")
    for _ in range(2):  # the second time from the kept list
        typeface = FontBook.default(folders=[tmp_path]).typeface("bitstream vera sans")
        latin, chinese = typeface.draw("g"), typeface.draw("张")
        assert latin is not None
        assert chinese is not None
        assert latin.face.font.path == tmp_path / "x.ttf"
        assert (latin.is_fallback, chinese.is_fallback) == (False, True)


def test_font_whose_licence_forbids_embedding_is_not_used(tmp_path: Path) -> None:
    data = bytearray(VERA.read_bytes())
    struct.pack_into(">H", data, FontFile(VERA).tables[b"OS/2"][0] + 8, 0x0002)
    (tmp_path / "x.ttf").write_bytes(data)
    typeface = FontBook.default(folders=[tmp_path]).typeface("Bitstream Vera Sans")
    assert typeface.chain[0].font.path == pylopdf_fonts_zh_cn.sans_path()


def test_paper_in_a_truetype_face_extracts_again_and_names_its_fallbacks(
    tmp_path: Path, wml: Any, printed: Any
) -> None:
    shutil.copy(VERA, tmp_path / "x.ttf")
    press = Press(FontBook.default(folders=[tmp_path]))
    fonts = '<w:rFonts w:ascii="Bitstream Vera Sans" w:eastAsia="Bitstream Vera Sans"/>'
    paper = press.lay_out(wml.Docx(body=wml.paragraph("Åre 张三 fi 2026", run=fonts)).bytes(), name="样张")
    file = printed(paper)
    assert file.text() == "Åre张三fi2026"
    assert {fallback.char for fallback in paper.fallbacks} == {"张", "三"}
    assert sorted(file.programs()) == ["/FontFile2", "/FontFile3"]


@pytest.mark.parametrize("family", ["宋体", "黑体"])
def test_figures_beside_letters_are_of_one_width_and_pairs_and_ligatures_are_those_of_the_face(
    book: FontBook, family: str
) -> None:
    face = book.typeface(family).chain[0]
    figures = "0123456789"
    steps = face.shaping.steps(figures, pairs=False, latin=0, ligatures=False) or [0] * 10
    assert len({face.font.advances[face.font.glyph(f)] + step for f, step in zip(figures, steps, strict=True)}) == 1
    pair = face.shaping.steps("AV", pairs=True, latin=2, ligatures=False)
    assert pair is not None
    assert pair[0] < 0 == pair[1]
    joined = face.shaping.steps("office", pairs=False, latin=6, ligatures=True)
    assert joined is not None
    assert [i for i, step in enumerate(joined) if step] == [3]  # after the last letter of *ffi*
    assert face.shaping.steps("国家", pairs=True, latin=0, ligatures=True) is None


def test_letters_that_are_set_apart_are_found_again(lay_out: Any, wml: Any, printed: Any) -> None:
    words = "AVATARoffice2026fiftyTo"
    file = printed(lay_out(wml.paragraph("AVATAR office 2026 fifty To", run='<w:kern w:val="2"/>')))
    assert words in file.text()
    assert words in file.text_by_pypdf().replace(" ", "")


def test_letters_parted_by_what_nobody_sees_stand_as_in_one_run(lay_out: Any, wml: Any) -> None:
    """Word says of each part of a word anew whether it is Chinese; seen: LibreOffice sets it as one."""
    kerned, chinese = '<w:kern w:val="2"/>', '<w:rFonts w:hint="eastAsia"/><w:kern w:val="2"/>'
    parted = "".join(
        f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"
        for look, text in ((chinese, "标A"), (kerned, "V"), (chinese, "A12"), (kerned, "4题"))
    )
    whole = lay_out(wml.paragraph("标AVA124题", run=chinese)).pages[0].lines[0]
    line = lay_out(f"<w:p>{parted}</w:p>").pages[0].lines[0]
    assert (line.text, line.width) == (whole.text, whole.width)
    bold = parted.replace(kerned, f"{kerned}<w:b/>", 1)  # what looks different stays apart
    assert lay_out(f"<w:p>{bold}</w:p>").pages[0].lines[0].text == whole.text


def test_letters_are_kerned_where_a_line_might_end_between_them(lay_out: Any, wml: Any) -> None:
    """Seen: LibreOffice sets a path as one; parted for its line ends it was wider than that."""
    whole, parts = (
        [lay_out(wml.paragraph(text, run='<w:kern w:val="2"/>')).pages[0].lines[0].width for text in texts]
        for texts in (["A-VA-VA"], ["A-", "VA-", "VA"])
    )
    assert whole[0] < sum(parts) - 0.05
