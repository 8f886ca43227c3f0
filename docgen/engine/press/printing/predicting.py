"""Lines of one length as the difference of each to the one above: what counts on from line to line then packs well.

Source: ISO 32000-1 §7.4.4.4 (predictor 12, "up" of PNG).
"""

from __future__ import annotations

from PIL import Image, ImageChops


def differences(data: bytes, width: int) -> bytes:
    """Return lines as the PNG predictor "up" writes them; the last line is filled up with blanks."""
    count = -(-len(data) // width)
    lines = Image.frombytes("L", (width, count), data.ljust(count * width))
    above = Image.new("L", lines.size)
    above.paste(lines, (0, 1))
    marked = Image.new("L", (width + 1, count), 2)
    marked.paste(ImageChops.subtract_modulo(lines, above), (1, 0))
    return marked.tobytes()
