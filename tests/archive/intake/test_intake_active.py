"""What would act by itself in a PDF is named, and nothing else is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from archive.intake.active import active_content
from archive.intake.taking import take_scan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def action(kind: str, **entries: Any) -> DictionaryObject:
    found = DictionaryObject({NameObject("/S"): NameObject(kind)})
    found.update({NameObject(f"/{name}"): value for name, value in entries.items()})
    return found


def script() -> DictionaryObject:
    return action("/JavaScript", JS=TextStringObject("app.alert(1)"))


def opens_with(writer: pypdf.PdfWriter, act: DictionaryObject) -> None:
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(act)


def on_page(writer: pypdf.PdfWriter, key: str, entry: Any) -> None:
    writer.pages[0][NameObject(key)] = entry


CASES: dict[str, tuple[Any, str]] = {
    "a script when opened": (lambda w: opens_with(w, script()), "脚本"),
    "scripts by name": (
        lambda w: w.root_object.update(
            {NameObject("/Names"): DictionaryObject({NameObject("/JavaScript"): DictionaryObject()})}
        ),
        "脚本",
    ),
    "a program to start": (
        lambda w: opens_with(w, action("/Launch", F=TextStringObject("calc.exe"))),
        "启动其他程序的命令",
    ),
    "a file inside": (lambda w: w.add_attachment("x.exe", b"MZ"), "夹带的文件"),
    "a script behind another act": (lambda w: opens_with(w, action("/GoTo", Next=ArrayObject([script()]))), "脚本"),
    "a script when a page is shown": (
        lambda w: on_page(w, "/AA", DictionaryObject({NameObject("/O"): script()})),
        "脚本",
    ),
    "a link that starts a program": (
        lambda w: on_page(
            w,
            "/Annots",
            ArrayObject(
                [
                    DictionaryObject(
                        {
                            NameObject("/Subtype"): NameObject("/Link"),
                            NameObject("/A"): action("/Launch", F=TextStringObject("calc.exe")),
                        }
                    )
                ]
            ),
        ),
        "启动其他程序的命令",
    ),
    "a form that is a program": (
        lambda w: w.root_object.update(
            {NameObject("/AcroForm"): DictionaryObject({NameObject("/XFA"): TextStringObject("<x/>")})}
        ),
        "动态表单",
    ),
}


@pytest.fixture
def plain(print_marked: Callable[..., bytes], marks_of: Callable[..., list[Any]]) -> bytes:
    return print_marked(marks_of(1, 2))


def saved(path: Path, writer: pypdf.PdfWriter) -> Path:
    writer.write(path)
    return path


@pytest.mark.parametrize("name", CASES)
def test_what_acts_by_itself_is_named(tmp_path: Path, plain: bytes, name: str) -> None:
    arrange, words = CASES[name]
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(plain))
    arrange(writer)
    assert active_content(saved(tmp_path / "x.pdf", writer)) == (words,)


def test_a_scan_and_one_that_opens_at_a_page_are_harmless(tmp_path: Path, plain: bytes) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(plain)
    assert active_content(path) == ()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(plain))
    opens_with(writer, action("/GoTo", D=ArrayObject([writer.pages[0].indirect_reference, NameObject("/Fit")])))
    assert active_content(saved(path, writer)) == ()


def test_a_file_that_cannot_be_walked_through_is_judged_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj << /S /JavaScript /JS (x) >> endobj\ntrailer << /Root 9 0 R >>\n%%EOF")
    assert active_content(path) == ("脚本",)
    path.write_bytes(b"%PDF-1.4\n" + b" " * ((1 << 20) - 14) + b"/JavaScript << >> trailer << >>")
    assert active_content(path) == ("脚本",), "though the name lies across two pieces"


def test_the_pages_are_read_all_the_same(tmp_path: Path, plain: bytes, secret: bytes) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(plain))
    opens_with(writer, script())
    taken = take_scan(saved(tmp_path / "x.pdf", writer), secret, tmp_path, is_guarded=False)
    assert taken.head.active == ("脚本",)
    assert all(read.mark for read in taken.reads)
