"""The pages of a PDF as pictures: the scanner's own JPEG where that is the whole page, else drawn.

Two parsers look at every page: PDFium, which also draws it, and pypdf, which knows the image's
dictionary. Only when both see one plain JPEG filling the page are its bytes taken as they are
(design/intake.md §2); strips, masks, layers and annotations are drawn. When PDFium cannot open
the file at all, whole JPEG streams are carved out of it and the notes say so.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import mmap
import os
import re
from typing import TYPE_CHECKING, Any, BinaryIO

import pypdf
import pypdf.errors
import pypdfium2
import pypdfium2.raw as pdfium_c
from PIL import Image

from archive.intake.limits import DamagedScanError, Limits
from archive.intake.picture import DECODING_TROUBLE, JpegPicture, Picture, RasterPicture, is_whole_jpeg, open_jpeg
from forms.errors import EmptyScanError, EncryptedScanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RENDER_LONG_SIDE = 2339
"""Pixels of a drawn page: A4 at 200 dpi."""

_RENDER_MOST = 3508
_MIN_COVER = 0.9
_MIN_CARVED_SIDE = 600
"""A carved JPEG smaller than this is a logo or a thumbnail, not a page."""

_MAX_OBJECTS = 50
_FRESH_EVERY = 50
"""PDFium keeps every picture it was asked for as long as the document is open; after so many pages it is opened
again, so that a long stack does not end up in memory as a whole."""

_MAX_DEPTH = 4
"""Forms within forms that are searched for pictures."""
_PLAIN_SPACES = {"/DeviceRGB": 3, "/DeviceGray": 1, "/CalRGB": 3, "/CalGray": 1}
_PYPDF_TROUBLE = (
    pypdf.errors.PyPdfError,
    pypdf.errors.DependencyError,  # AES without the cryptography package: the page is drawn instead
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    OSError,
)

# What pypdf has to say about broken files is our subject, not the clerk's.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def open_document(path: Path) -> pypdfium2.PdfDocument:
    """Open a PDF, also one without pages; `EncryptedScanError` for a password, `pypdfium2.PdfiumError` when broken.

    PDFium keeps its last error for the life of the process and a success does not clear it, so the
    error may be asked for only when nothing was opened: `pypdfium2.PdfDocument` asks for it when a
    file has no page, too, and then tells the trouble of some file before.
    """
    raw = pdfium_c.FPDF_LoadDocument(os.fsencode(path) + b"\0", None)
    if raw:
        return pypdfium2.PdfDocument(raw)
    code = pdfium_c.FPDF_GetLastError()
    if code == pdfium_c.FPDF_ERR_PASSWORD:
        raise EncryptedScanError(path.name)
    raise pypdfium2.PdfiumError(f"PDFium cannot open the file (error {code})", err_code=code)


class PdfPages:
    """An open PDF."""

    def __init__(self, path: Path, *, limits: Limits) -> None:
        self.notes: tuple[str, ...] = ()
        self._limits = limits
        self._carved: list[tuple[int, int]] = []
        self._pdf: Any = None
        self._reader: pypdf.PdfReader | None = None
        self._file = path.open("rb")
        self._path = path
        self._asked = 0
        name = path.name
        try:
            self._pdf = open_document(path)
        except EncryptedScanError:
            self.close()
            raise
        except pypdfium2.PdfiumError as error:
            self._rescue(error)
            return
        if not len(self._pdf):
            self._pdf.close()
            self._pdf = None
            self._rescue(None)
            return
        with contextlib.suppress(*_PYPDF_TROUBLE):
            reader = pypdf.PdfReader(self._file)
            if not reader.is_encrypted or reader.decrypt(""):
                self._reader = reader
        if self._reader is not None and not _tree_is_sound(self._reader, most=limits.pages):
            self.close()
            raise DamagedScanError(name)

    def __len__(self) -> int:
        return len(self._carved) if self._pdf is None else len(self._pdf)

    def load(self, index: int) -> Picture:
        """Return one page; `OSError` or `ValueError` when it cannot be drawn."""
        if self._pdf is None:
            start, end = self._carved[index]
            self._file.seek(start)
            return open_jpeg(self._file.read(end - start))
        self._asked += 1
        if self._asked % _FRESH_EVERY == 0:
            self._pdf.close()
            self._pdf = open_document(self._path)
        try:
            page = self._pdf[index]
        except pypdfium2.PdfiumError as error:
            raise OSError(f"page {index} cannot be loaded") from error
        try:
            picture = self._raw_jpeg(page, index)
            return picture or _draw(page, most_pixels=self._limits.page_pixels)
        except pypdfium2.PdfiumError as error:
            raise OSError(f"page {index} cannot be drawn") from error
        finally:
            page.close()

    def close(self) -> None:
        """Release PDFium's memory."""
        if self._pdf is not None:
            self._pdf.close()
            self._pdf = None
        self._reader = None
        self._carved = []
        self._file.close()

    def _rescue(self, trouble: pypdfium2.PdfiumError | None) -> None:
        """Take the whole JPEG streams of a file as its pages when PDFium finds none."""
        name = self._path.name
        self._carved = self._carve()
        if not self._carved:
            is_empty = _has_no_pages(self._file)
            self.close()
            raise (EmptyScanError(name) if is_empty else DamagedScanError(name)) from trouble
        self.notes = (f"“{name}”已经损坏，从中找回了 {len(self._carved)} 页；后面可能还缺页，请对照纸质原件核对。",)

    def _carve(self) -> list[tuple[int, int]]:
        """Return where whole JPEG streams begin and end."""
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return list(carve_jpegs(data, most=self._limits.pages + 1, pixels=self._limits.page_pixels))

    def _raw_jpeg(self, page: Any, index: int) -> Picture | None:
        """Return the page's own JPEG, or ``None`` unless it is certain to be the whole page."""
        shape = self._plain_jpeg_shape(index)
        if shape is None:
            return None
        image, turns = _only_image(page)
        if image is None or image.get_filters() != ["DCTDecode"] or image.get_px_size() != shape[:2]:
            return None
        data = bytes(image.get_data())
        if not is_whole_jpeg(data):
            return open_jpeg(data, turns=turns)
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as header:
            if header.size != shape[:2] or len(header.getbands()) != shape[2]:
                return None
        return JpegPicture(data, turns=turns)

    def _plain_jpeg_shape(self, index: int) -> tuple[int, int, int] | None:
        """Ask pypdf for width, height and components of the page's one plain JPEG."""
        if self._reader is None:
            return None
        # what it has looked at it keeps, pictures and all: a long stack would end up in memory as a whole
        self._reader.resolved_objects.clear()
        with contextlib.suppress(*_PYPDF_TROUBLE):
            page = self._reader.pages[index]
            if page.get("/Annots"):
                return None
            resources: Any = page["/Resources"].get_object()
            objects = resources["/XObject"].get_object()
            if len(objects) != 1:
                return None
            image = next(iter(objects.values())).get_object()
            if image["/Subtype"] != "/Image" or any(k in image for k in ("/SMask", "/Mask", "/Decode", "/ImageMask")):
                return None
            width, height = int(image["/Width"]), int(image["/Height"])
            components = _components(image["/ColorSpace"].get_object())
            if components is None or width * height > self._limits.page_pixels:
                return None
            return width, height, components
        return None


def carve_jpegs(data: mmap.mmap | bytes, *, most: int, pixels: int) -> Iterator[tuple[int, int]]:
    """Find whole JPEG streams in the ruins of a PDF: where each begins and ends, in their order in the file."""
    found = 0
    for match in re.finditer(rb"stream\r?\n(?=\xff\xd8\xff)", data):
        end = data.find(b"endstream", match.end())
        if end < 0:
            return
        jpeg = data[match.end() : end].rstrip(b"\r\n")
        try:
            with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
                width, height = image.size
        except DECODING_TROUBLE:
            continue
        if min(width, height) >= _MIN_CARVED_SIDE and width * height <= pixels and is_whole_jpeg(jpeg):
            yield match.end(), match.end() + len(jpeg)
            found += 1
            if found >= most:
                return


def _has_no_pages(file: BinaryIO) -> bool:
    with contextlib.suppress(*_PYPDF_TROUBLE):
        return len(pypdf.PdfReader(file).pages) == 0
    return False


def _tree_is_sound(reader: pypdf.PdfReader, *, most: int) -> bool:
    """Walk the page tree; a node met twice on one path means a loop. Stops past ``most`` pages."""
    leaves = 0
    stack: list[tuple[Any, frozenset[int]]] = []
    with contextlib.suppress(*_PYPDF_TROUBLE):
        root: Any = reader.trailer["/Root"].get_object()
        stack.append((root.raw_get("/Pages"), frozenset()))
    while stack and leaves <= most:
        reference, above = stack.pop()
        number = getattr(reference, "idnum", -1)
        if number in above or len(above) > 100:
            return False
        try:
            node = reference.get_object()
            kids = node.get("/Kids")
        except _PYPDF_TROUBLE:
            return True  # other damage is for PDFium to cope with
        if kids is None:
            leaves += 1
            continue
        stack.extend((kid, above | {number}) for kid in kids.get_object())
    return True


def _components(space: Any) -> int | None:
    if isinstance(space, str):
        return _PLAIN_SPACES.get(space)
    kind = str(space[0])
    if kind == "/ICCBased":
        n = int(space[1].get_object()["/N"])
        return n if n in {1, 3} else None
    return _PLAIN_SPACES.get(kind)


def _only_image(page: Any) -> tuple[Any, int]:
    """Return the single image that makes the page and the clockwise turns it is shown with.

    Invisible text (a scanner's own OCR) may lie over it; anything else visible forbids it.
    """
    if pdfium_c.FPDFPage_CountObjects(page) > _MAX_OBJECTS:
        return None, 0
    image = None
    for item in page.get_objects(max_depth=1):
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE and image is None:
            image = item
        elif item.type != pdfium_c.FPDF_PAGEOBJ_TEXT or (
            pdfium_c.FPDFTextObj_GetTextRenderMode(item) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
        ):
            return None, 0
    if image is None or pdfium_c.FPDFPageObj_HasTransparency(image):
        return None, 0
    turns = _turns_of(image, page)
    return (None, 0) if turns is None else (image, turns)


def _turns_of(image: Any, page: Any) -> int | None:
    a, b, c, d, *_ = image.get_matrix().get()
    if a * d - b * c <= 0:
        return None  # mirrored
    angle = math.degrees(math.atan2(b, a))
    quarter = round(angle / 90)
    across, down = math.hypot(a, b), math.hypot(c, d)
    if abs(angle - 90 * quarter) > 0.2 or abs(a * c + b * d) > 0.01 * across * down:
        return None  # already straightened by the scanner, or slanted: draw it as shown
    px_width, px_height = image.get_px_size()
    if not 0.98 < (px_width / across) / (px_height / down) < 1.02:
        return None  # fax resolution: pixels are not square
    left, bottom, right, top = image.get_bounds()
    box = page.get_cropbox()
    seen_width = min(right, box[2]) - max(left, box[0])
    seen_height = min(top, box[3]) - max(bottom, box[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    if min(seen_width, seen_height) <= 0 or seen_width * seen_height < _MIN_COVER * area:
        return None
    if seen_width * seen_height < _MIN_COVER * (right - left) * (top - bottom):
        return None  # most of the picture lies outside the visible page
    return int(page.get_rotation() // 90 - quarter) % 4


def _draw(page: Any, *, most_pixels: int) -> Picture:
    """Let PDFium draw the page; the scale follows from the pixels wanted, never from a claimed size."""
    width, height = page.get_size()
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise ValueError("page without size")
    if not 1 / 20 < width / height < 20:
        raise ValueError("page is a ribbon")
    sizes = [
        item.get_px_size() for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=_MAX_DEPTH)
    ]
    if any(w * h > most_pixels for w, h in sizes):
        raise ValueError("picture beyond the limit")
    wanted = max(_RENDER_LONG_SIDE, *sizes[0]) if len(sizes) == 1 else _RENDER_LONG_SIDE
    wanted = min(wanted, _RENDER_MOST)
    bitmap = page.render(scale=wanted / max(width, height), rev_byteorder=True, draw_annots=True)
    image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return RasterPicture(image)
