"""One page as a picture: the bytes a derived PDF may carry on, and the pixels the readers look at.

A picture is upright only by luck; `turns` says what the file itself claims (page rotation,
EXIF). Coordinates are pixels of the picture as stored, origin top left, y downwards.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image, ImageOps, TiffImagePlugin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_EXIF_ORIENTATION = 0x0112
_TURNS_BY_EXIF = {1: 0, 3: 2, 6: 1, 8: 3}
_RENDERED_QUALITY = 85

DECODING_TROUBLE = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    SyntaxError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What decoders are known to raise on broken pictures: the page is unreadable, the stack goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureStream:
    """An image as a PDF holds it."""

    data: bytes
    filter: str
    """``DCTDecode``, or ``CCITTFaxDecode`` (group 4, black is 0)."""

    width: int
    height: int
    components: int
    """1 grey or bilevel, 3 RGB."""

    bits: int = 8
    turns: int = 0
    """Clockwise quarter turns the source file asks for when it is shown."""

    is_original: bool = True
    """False when the page had to be drawn anew, so these bytes are not those of the scanner."""


class Picture(Protocol):
    """What a reader may ask of one page."""

    @property
    def width(self) -> int:
        """Pixels."""

    @property
    def height(self) -> int:
        """Pixels."""

    @property
    def turns(self) -> int:
        """Clockwise quarter turns the file asks for."""

    @property
    def is_whole(self) -> bool:
        """False when the end of the picture is missing."""

    @property
    def is_grey(self) -> bool:
        """True when the picture holds no colour, so that ``colour`` tells no more than ``luma``."""

    def luma(self, reduce: int = 1) -> Pixels:
        """Return grey values, height by width, each side divided by about ``reduce`` (1, 2, 4 or 8)."""

    def colour(self, reduce: int = 1) -> Pixels:
        """Return RGB values, height by width by 3, reduced likewise."""

    def stream(self) -> PictureStream:
        """Return what a PDF can embed."""


class JpegPicture:
    """A JPEG as the scanner wrote it; decoded only as far as asked."""

    is_whole = True
    __slots__ = ("_components", "data", "height", "turns", "width")

    def __init__(self, data: bytes, *, turns: int = 0) -> None:
        self.data = data
        self.turns = turns
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            self.width, self.height = image.size
            self._components = len(image.getbands())

    @property
    def is_grey(self) -> bool:
        """One component."""
        return self._components == 1

    def luma(self, reduce: int = 1) -> Pixels:
        """Let the decoder itself skip to the size: reduced decoding costs a third."""
        with Image.open(io.BytesIO(self.data), formats=("JPEG",)) as image:
            image.draft("L", (self.width // reduce, self.height // reduce))
            return np.asarray(image if image.mode == "L" else image.convert("L"))

    def colour(self, reduce: int = 1) -> Pixels:
        """Decode in colour, reduced likewise."""
        with Image.open(io.BytesIO(self.data), formats=("JPEG",)) as image:
            image.draft("RGB", (self.width // reduce, self.height // reduce))
            return np.asarray(image.convert("RGB"))

    def stream(self) -> PictureStream:
        """Hand on the very bytes."""
        return PictureStream(
            data=self.data,
            filter="DCTDecode",
            width=self.width,
            height=self.height,
            components=self._components,
            turns=self.turns,
        )


class RasterPicture:
    """Decoded pixels: a page that had to be rendered, a PNG, a TIFF frame."""

    __slots__ = ("_image", "is_whole", "turns")

    def __init__(self, image: Image.Image, *, turns: int = 0, is_whole: bool = True) -> None:
        self.is_whole = is_whole
        self._image = image if image.mode in {"1", "L", "RGB"} else _flatten(image)
        self.turns = turns

    @property
    def width(self) -> int:
        """Pixels."""
        return self._image.width

    @property
    def height(self) -> int:
        """Pixels."""
        return self._image.height

    @property
    def is_grey(self) -> bool:
        """Grey or bilevel."""
        return self._image.mode != "RGB"

    def luma(self, reduce: int = 1) -> Pixels:
        """Reduce by box averaging."""
        grey = self._image.convert("L")
        return np.asarray(grey.reduce(reduce) if reduce > 1 else grey)

    def colour(self, reduce: int = 1) -> Pixels:
        """Return the pixels themselves, or their box averages."""
        colour = self._image.convert("RGB")
        return np.asarray(colour.reduce(reduce) if reduce > 1 else colour)

    def stream(self) -> PictureStream:
        """Encode: bilevel without loss (group 4), the rest as JPEG."""
        image = self._image
        if image.mode == "1":
            return PictureStream(
                data=_group4(image),
                filter="CCITTFaxDecode",
                width=image.width,
                height=image.height,
                components=1,
                bits=1,
                turns=self.turns,
                is_original=False,
            )
        target = io.BytesIO()
        image.save(target, "JPEG", quality=_RENDERED_QUALITY, dpi=(200, 200))
        return PictureStream(
            data=target.getvalue(),
            filter="DCTDecode",
            width=image.width,
            height=image.height,
            components=len(image.getbands()),
            turns=self.turns,
            is_original=False,
        )


def open_jpeg(data: bytes, *, turns: int = 0) -> Picture:
    """Read a JPEG file; CMYK, mirrored and cut-off ones are decoded, the rest keep their bytes.

    Raises:
        OSError: The bytes are no JPEG, or not one row of it can be decoded.
    """
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        exif = image.getexif().get(_EXIF_ORIENTATION, 1)
        mode = image.mode
    is_whole = is_whole_jpeg(data)
    if mode in {"L", "RGB"} and exif in _TURNS_BY_EXIF and is_whole:
        return JpegPicture(data, turns=(turns + _TURNS_BY_EXIF[exif]) % 4)
    # With an end marker put behind it the decoder fills the missing rows with grey, so a person
    # sees how far the picture goes; without it nothing at all would be shown.
    with Image.open(io.BytesIO(data if is_whole else data + b"\xff\xd9"), formats=("JPEG",)) as image:
        return RasterPicture(ImageOps.exif_transpose(image), turns=turns, is_whole=is_whole)


def is_whole_jpeg(data: bytes) -> bool:
    """Tell whether the end marker follows the picture; a thumbnail in the header has one of its own.

    Scanners pad behind it and phones append whole other files, so it need not be the very end.
    """
    position = 2
    while data[position : position + 1] == b"\xff" and position + 4 <= len(data):
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
        elif marker == 0xDA:  # start of scan: from here on the marker cannot occur by chance
            return data.find(b"\xff\xd9", position) >= 0
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return False


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode in {"I;16", "I;16B", "I", "F"}:
        values = np.asarray(image, dtype=np.float64)
        top = max(float(values.max(initial=0)), 1.0)
        return Image.fromarray((values * (255 / (65535 if top > 255 else 255))).clip(0, 255).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return image.convert("RGB")


def _group4(image: Image.Image) -> bytes:
    # Pillow writes 1 as white; the fax code calls 0 white, so paper would be coded as ink
    target = io.BytesIO()
    Image.fromarray(~np.asarray(image)).save(target, "TIFF", compression="group4", strip_size=1 << 31)
    with Image.open(io.BytesIO(target.getvalue()), formats=("TIFF",)) as tiff:
        assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
        offsets, counts = tiff.tag_v2[273], tiff.tag_v2[279]
    return b"".join(target.getvalue()[o : o + n] for o, n in zip(offsets, counts, strict=True))


def open_group4(stream: PictureStream) -> Image.Image:
    """Decode a bilevel stream by putting a TIFF header around it again."""
    entries = [
        (256, 4, stream.width),
        (257, 4, stream.height),
        (258, 3, 1),
        (259, 3, 4),  # group 4
        (262, 3, 0),  # white is zero
        (273, 4, 8 + 2 + 8 * 12 + 4),
        (278, 4, stream.height),
        (279, 4, len(stream.data)),
    ]
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    with Image.open(io.BytesIO(head + body + struct.pack("<I", 0) + stream.data), formats=("TIFF",)) as image:
        image.load()
        return image.convert("1")
