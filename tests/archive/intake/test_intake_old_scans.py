"""Old scans looked at in bulk: kinds, pages, text; one bad file costs nobody else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from archive.intake import old_scans
from archive.intake.guard import ChildDiedError
from archive.intake.limits import DEFAULT_LIMITS
from archive.intake.old_scans import OldScan, look_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def text_pdf(*pages: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in pages:
        canvas.drawString(100, 700, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.pdf").write_bytes(text_pdf("first page", "second page"))
    blank = PdfWriter()
    blank.add_blank_page(595, 842)
    blank.write(tmp_path / "b.pdf")
    Image.new("RGB", (40, 60), "white").save(tmp_path / "c.jpg")
    (tmp_path / "d.pdf").write_bytes(b"%PDF-1.4 junk")
    (tmp_path / "e.pdf").write_text("no scan at all")
    (tmp_path / "f.tif").write_bytes(b"II*\0junk")
    frames = [Image.new("L", (40, 60), shade) for shade in (0, 128, 255)]
    frames[0].save(tmp_path / "g.tif", save_all=True, append_images=frames[1:])
    return tmp_path


@pytest.mark.parametrize("is_guarded", [True, False])
def test_kind_pages_and_text_of_each_file(folder: Path, *, is_guarded: bool) -> None:
    paths = sorted(folder.iterdir())
    seen = {scan.path.name: scan for scan in look_at(paths, is_guarded=is_guarded)}
    assert list(seen) == [path.name for path in paths]
    assert (seen["a.pdf"].kind, seen["a.pdf"].pages) == ("pdf", 2)
    assert seen["a.pdf"].text.split("\f") == ["first page", "second page"]
    assert (seen["b.pdf"].pages, seen["b.pdf"].text) == (1, "")
    assert (seen["c.jpg"].kind, seen["c.jpg"].pages) == ("jpeg", 1)
    assert (seen["g.tif"].kind, seen["g.tif"].pages) == ("tiff", 3)
    for bad in ("d.pdf", "e.pdf", "f.tif"):
        assert seen[bad].kind is None
        assert seen[bad].fault
        assert "“" not in seen[bad].fault  # no file name: it may be a child's


def test_the_file_that_kills_the_child_is_named_and_the_others_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = sorted(folder.iterdir())[:3]

    def dies_at_second(_produce: object, left: Sequence[Path], _: object, **__: object) -> Iterator[OldScan]:
        for path in left:
            if path.name == "b.pdf":
                raise ChildDiedError("gone")
            yield old_scans._look_at_one(path, DEFAULT_LIMITS)

    monkeypatch.setattr(old_scans, "guarded", dies_at_second)
    seen = list(look_at(paths))
    assert [scan.path.name for scan in seen] == ["a.pdf", "b.pdf", "c.jpg"]
    assert [scan.kind for scan in seen] == ["pdf", None, "jpeg"]


def test_a_file_that_went_away_is_a_fault_and_no_error(tmp_path: Path) -> None:
    (scan,) = look_at([tmp_path / "nowhere.pdf"], is_guarded=False)
    assert scan.kind is None
