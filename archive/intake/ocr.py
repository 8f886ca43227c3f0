"""Text of pages that are not ours: identity papers, certificates, court orders. Printed text; handwriting is luck.

Engine: rapidocr with the models of its own wheel (optional extra ``ocr``); nothing is fetched from a network.
Setting by design/intake.md §3: detection on a long side of 960 pixels, no classifier of directions: a page
whose lines make little sense is turned and read again. It runs in a child process, which takes its 0.5 GB
of memory with it when it ends. What is read is a help for finding, never evidence.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from archive.intake.guard import ChildDiedError, guarded
from archive.intake.limits import Limits
from forms.errors import MissingProgramError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archive.intake.picture import Pixels

ENGINE = "rapidocr"
OCR_LIMITS = Limits(page_seconds=180.0, start_seconds=300.0)
"""One page takes 4 s of one idle core; an office computer may have other things to do."""

_LONG_SIDE = 2339
"""Pixels of the picture the lines are cut from: A4 at 200 dpi."""

_DETECTION_SIDE = 960
_SENSIBLE = 0.75
"""Mean certainty of the lines of a page that lies the right way up; upside down it is below 0.6."""


_SIDEWAYS = 0.5
"""Weight of lines that stand upright: the engine reads them, but from the last to the first as often as not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line as read."""

    text: str
    score: float
    """Certainty of the engine, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrPage:
    """What was read on one picture."""

    lines: tuple[TextLine, ...] = ()
    """From top to bottom."""
    turns: int = 0
    """Clockwise quarter turns that made it readable."""
    is_read: bool = True
    """False when reading it killed the reader, or the picture cannot be opened."""

    @property
    def text(self) -> str:
        """All lines, parted by line feeds."""
        return "\n".join(line.text for line in self.lines)


class OcrMissingError(MissingProgramError):
    """The optional part that reads text is not installed."""

    code = "ocr.missing"

    def __init__(self) -> None:
        super().__init__(
            "文字识别组件",
            needed_for="读出外来材料上的文字",
            way_out="请让管理员安装 tongdang[ocr]；不装也能用，待办的页由人看图归入。",
        )


def has_ocr() -> bool:
    """Tell whether text can be read here."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_texts(paths: Sequence[Path], *, limits: Limits = OCR_LIMITS, is_guarded: bool = True) -> Iterator[OcrPage]:
    """Yield what stands on each picture, in order; one child process reads them all as long as it lives.

    Args:
        paths: JPEG pictures that our own code has written.
        limits: What one page may cost.
        is_guarded: Read in a child process.

    Raises:
        OcrMissingError: the engine is not installed.
    """
    if not has_ocr():
        raise OcrMissingError
    left = list(paths)
    while left:
        seen = 0
        with contextlib.suppress(ChildDiedError):
            for page in guarded(_read, left, limits=limits) if is_guarded else _read(left):
                yield page
                seen += 1
        if seen < len(left):
            yield OcrPage(is_read=False)
            seen += 1
        left = left[seen:]


def _read(paths: Sequence[Path]) -> Iterator[OcrPage]:
    engine = _engine()
    for path in paths:
        try:
            with Image.open(io.BytesIO(path.read_bytes()), formats=("JPEG",)) as image:
                image.draft("RGB", (_LONG_SIDE, _LONG_SIDE))
                colour = image.convert("RGB")
        except OSError:
            yield OcrPage(is_read=False)
            continue
        colour.thumbnail((_LONG_SIDE, _LONG_SIDE))
        yield _read_one(engine, np.asarray(colour))


def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "Det.limit_side_len": _DETECTION_SIDE,
            "Det.limit_type": "max",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _read_one(engine: Any, picture: Pixels) -> OcrPage:
    """Read a picture; one that makes little sense is turned: by half, then by a quarter each way."""
    best, sense = OcrPage(), 0.0
    for turns in (0, 2, 1, 3):
        found = engine(np.ascontiguousarray(np.rot90(picture, -turns % 4)))
        lines = tuple(
            TextLine(text=str(text), score=float(score))
            for text, score in zip(found.txts or (), found.scores or (), strict=True)
        )
        is_sideways = bool(lines) and _is_sideways(found)
        weight = _sense(lines) * (_SIDEWAYS if is_sideways else 1.0)
        if weight > sense:
            best, sense = OcrPage(lines=lines, turns=turns), weight
        if lines and not is_sideways and sum(line.score for line in lines) / len(lines) >= _SENSIBLE:
            break
    return best


def _sense(lines: Sequence[TextLine]) -> float:
    """Weigh how much was read and how surely: a page upside down gives characters that nobody is sure of."""
    return sum(len(line.text) * max(line.score - 0.5, 0.0) for line in lines)


def _is_sideways(found: Any) -> bool:
    """Tell whether most lines stand upright: then the sheet lies on its side."""
    boxes = np.asarray(found.boxes, float)
    width = np.hypot(*(boxes[:, 1] - boxes[:, 0]).T)
    height = np.hypot(*(boxes[:, 3] - boxes[:, 0]).T)
    return bool((height > 1.5 * width).mean() > 0.5)
