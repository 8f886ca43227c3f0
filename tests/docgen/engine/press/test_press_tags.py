"""What a screen reader gets: the structure tree, held against the paragraphs that the docx says."""

from __future__ import annotations

import ctypes
import io
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from bench.tagged import Node, read_tagged
from docgen.engine.press import PrintJob
from forms.marks import PageMark

SECRET = b"0123456789abcdef"
HEADING = '<w:outlineLvl w:val="0"/>'
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def picture(described: str) -> str:
    """Return the markup of a picture in the line."""
    return (
        f'<w:p><w:r><w:t>图前</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing">'
        f'<wp:extent cx="360000" cy="360000"/><wp:docPr id="1" name="a"{described}/>'
        f'<a:graphic xmlns:a="{DRAWING}/main"><a:graphicData uri="{DRAWING}/picture">'
        f'<pic:pic xmlns:pic="{DRAWING}/picture"><pic:blipFill><a:blip r:embed="p1"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r><w:r><w:t>图后</w:t></w:r></w:p>"
    )


@pytest.fixture
def tagged(printed: Any) -> Any:
    """Print papers and read the tree; nothing may speak against it."""

    def read(*jobs: PrintJob) -> tuple[Node, list[str]]:
        found = read_tagged(printed(*jobs).data)
        assert found.faults == []
        return found.root, found.artifacts

    return read


def marked(paper: Any, label: str = "") -> PrintJob:
    count = len(paper.pages)
    marks = tuple(PageMark(mark_id="7K3M9Q2PA4", page=i, pages=count) for i in range(1, count + 1))
    return PrintJob(paper=paper, marks=marks, secret=SECRET, copy_label=label)


def texts(root: Node, *roles: str) -> list[str]:
    return [node.text for node in root.all(*roles)]


def test_each_paragraph_is_one_element_in_the_order_of_the_docx(lay_out: Any, wml: Any, tagged: Any) -> None:
    said = ["标题", "第一段，说明情况。", "Second paragraph, in Latin letters.", "第三段𬀩"]
    body = wml.paragraph(said[0], HEADING) + "".join(wml.paragraph(text) for text in said[1:])
    root, _ = tagged(PrintJob(paper=lay_out(body)))
    assert root.role == "Document"
    assert [(kid.role, kid.text) for kid in root.kids] == [("H1", said[0]), *(("P", text) for text in said[1:])]


def test_paragraph_over_two_pages_is_one_element_with_two_contents(lay_out: Any, wml: Any, tagged: Any) -> None:
    long = "".join(f"第{i}句话说得很长很长。" for i in range(80))
    root, _ = tagged(PrintJob(paper=lay_out(wml.paragraph("前") + wml.paragraph(long) + wml.paragraph("后"))))
    first, middle, last = root.kids
    assert [page for page, _ in middle.contents] == [0, 1]
    assert [first.text, middle.text, last.text] == ["前", long, "后"]


def test_same_paragraph_twice_is_two_elements(lay_out: Any, wml: Any, tagged: Any) -> None:
    root, _ = tagged(PrintJob(paper=lay_out(wml.paragraph("相同") * 3)))
    assert [kid.text for kid in root.kids] == ["相同"] * 3


def test_table_has_rows_and_cells_and_its_lines_are_artifacts(lay_out: Any, wml: Any, tagged: Any) -> None:
    rows = [
        wml.cell("姓名") + wml.cell("石小山"),
        wml.cell("甲\n乙") + wml.cell(wml.paragraph("一") + wml.paragraph("二")),
    ]
    root, _ = tagged(PrintJob(paper=lay_out(wml.paragraph("上") + wml.table(rows, columns=[2000, 2000]))))
    assert [kid.role for kid in root.kids] == ["P", "Table"]
    assert [[cell.text for cell in row.kids] for row in root.all("TR")] == [["姓名", "石小山"], ["甲乙", "一二"]]
    assert texts(root.all("TD")[3], "P") == ["一", "二"]


def test_merged_cells_say_how_far_they_reach(lay_out: Any, wml: Any, tagged: Any) -> None:
    wide = wml.cell("宽", properties='<w:gridSpan w:val="2"/>') + wml.cell("右")
    top = wml.cell("高", properties='<w:vMerge w:val="restart"/>') + wml.cell("a") + wml.cell("b")
    low = wml.cell("", properties="<w:vMerge/>") + wml.cell("c") + wml.cell("d")
    root, _ = tagged(PrintJob(paper=lay_out(wml.table([wide, top, low], columns=[2000, 2000, 2000]))))
    cells = {cell.text: (cell.columns, cell.rows) for cell in root.all("TD")}
    assert (cells["宽"], cells["高"], cells["a"]) == ((2, 1), (1, 2), (1, 1))


def test_head_of_a_table_stands_in_the_tree_once_though_every_page_shows_it(
    lay_out: Any, wml: Any, tagged: Any
) -> None:
    head = f"<w:trPr><w:tblHeader/></w:trPr>{wml.cell('表头')}"
    paper = lay_out(wml.table([head, *(wml.cell(f"行{i}") for i in range(70))], columns=[3000]))
    root, artifacts = tagged(PrintJob(paper=paper))
    assert len(paper.pages) > 2
    assert texts(root, "TH") == ["表头"]
    assert texts(root, "TD") == [f"行{i}" for i in range(70)]
    assert [text.count("表头") for text in artifacts] == [0] + [1] * (len(paper.pages) - 1)


def test_equal_rows_and_rows_parted_by_the_page_stay_whole(lay_out: Any, wml: Any, tagged: Any) -> None:
    tall = wml.cell("长" * 900, width=3000) + wml.cell("短", width=3000)
    rows = [wml.cell("空", width=3000) + wml.cell("空", width=3000)] * 3
    paper = lay_out(wml.table([*rows, tall, *rows], columns=[3000, 3000]))
    root, _ = tagged(PrintJob(paper=paper))
    assert len(paper.pages) > 1
    assert [len(row.kids) for row in root.all("TR")] == [2] * 7
    assert root.all("TD")[6].text == "长" * 900
    assert {page for page, _ in root.all("TD")[6].contents} == set(range(len(paper.pages)))


def test_headers_footers_marks_and_labels_are_artifacts(lay_out: Any, wml: Any, tagged: Any) -> None:
    head = (
        f"<w:hdr {{}}>{wml.paragraph('页眉')}{wml.table([wml.cell('眉表')], columns=[2000])}{wml.paragraph('')}</w:hdr>"
    )
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paper = lay_out(wml.paragraph("正文"), header=head.format(space))
    root, artifacts = tagged(marked(paper, "第 1 份"))
    assert [kid.text for kid in root.kids] == ["正文"]
    assert "页眉" in artifacts[0]
    assert "眉表" in artifacts[0]
    assert artifacts[0].endswith("第 1 份")


def test_picture_is_a_figure_with_its_words_and_its_place(lay_out: Any, wml: Any, tagged: Any) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(drawn, "PNG")
    pixel = drawn.getvalue()
    body = wml.paragraph("前") + picture(' descr="福利院的大门"') + wml.paragraph("后")
    root, _ = tagged(PrintJob(paper=lay_out(body, media={"p1": pixel})))
    assert [kid.role for kid in root.kids] == ["P", "P", "Figure", "P"]
    assert [figure.alt for figure in root.all("Figure")] == ["福利院的大门"]
    bare, _ = tagged(PrintJob(paper=lay_out(picture(""), media={"p1": pixel})))
    assert [figure.alt for figure in bare.all("Figure")] == ["图片"]


def test_rules_of_a_paragraph_are_artifacts(lay_out: Any, wml: Any, tagged: Any) -> None:
    edges = '<w:pBdr><w:top w:val="single" w:sz="8"/><w:bottom w:val="single" w:sz="8"/></w:pBdr>'
    root, _ = tagged(PrintJob(paper=lay_out(wml.paragraph("加线\n两行", edges + '<w:shd w:fill="DDDDDD"/>'))))
    assert [kid.text for kid in root.kids] == ["加线两行"]


def test_each_paper_of_a_stack_is_a_section(lay_out: Any, wml: Any, tagged: Any) -> None:
    papers = [lay_out(wml.paragraph(f"第{i}份") + wml.table([wml.cell(f"表{i}")], columns=[2000])) for i in range(150)]
    root, _ = tagged(*(marked(paper) for paper in papers))
    assert [kid.role for kid in root.kids] == ["Sect"] * 150
    assert [kid.text for kid in root.kids] == [f"第{i}份表{i}" for i in range(150)]


def test_copies_of_one_paper_have_trees_of_their_own_and_the_same_bytes_each_time(
    lay_out: Any, wml: Any, tagged: Any, printed: Any
) -> None:
    paper = lay_out(wml.paragraph("字" * 2000) + wml.table([wml.cell("表")], columns=[2000]))
    root, _ = tagged(marked(paper), marked(paper))
    assert [kid.text for kid in root.kids] == ["字" * 2000 + "表"] * 2
    assert printed(marked(paper), marked(paper)).data == printed(marked(paper), marked(paper)).data


def test_pdfium_reads_the_tree_as_well(lay_out: Any, wml: Any, printed: Any) -> None:
    file = printed(PrintJob(paper=lay_out(wml.paragraph("一") + wml.table([wml.cell("二")], columns=[2000]))))
    raw = pypdfium2.raw
    document = pypdfium2.PdfDocument(io.BytesIO(file.data))
    page = document[0]
    assert raw.FPDFCatalog_IsTagged(document.raw)
    tree = raw.FPDF_StructTree_GetForPage(page.raw)

    def roles(element: Any) -> list[Any]:
        buffer = ctypes.create_string_buffer(80)
        size = raw.FPDF_StructElement_GetType(element, buffer, 80)
        kids = [raw.FPDF_StructElement_GetChildAtIndex(element, i)
                for i in range(raw.FPDF_StructElement_CountChildren(element))]  # fmt: skip
        return [buffer.raw[: size - 2].decode("utf-16-le"), *(roles(kid) for kid in kids if kid)]

    found = roles(raw.FPDF_StructTree_GetChildAtIndex(tree, 0))
    raw.FPDF_StructTree_Close(tree)
    assert found == ["Document", ["P"], ["Table", ["TR", ["TD"]]]]
