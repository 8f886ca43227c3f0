"""The press: rendered docx to PDF, without any other program.

`Press.lay_out` puts one docx on pages; `Press.write` prints laid papers to one file, each page
with its marks. See docs/press.md for what is drawn and what is refused.
"""

from docgen.engine.press.errors import MissingGlyphError, UnsupportedLayoutError
from docgen.engine.press.fonts.book import FontBook
from docgen.engine.press.laid.paper import Box, Fallback, LaidLine, LaidPage, LaidPaper
from docgen.engine.press.press import Press
from docgen.engine.press.printing.stack import PrintJob
from docgen.engine.press.reading.ooxml import UnreadableDocxError

__all__ = [
    "Box",
    "Fallback",
    "FontBook",
    "LaidLine",
    "LaidPage",
    "LaidPaper",
    "MissingGlyphError",
    "Press",
    "PrintJob",
    "UnreadableDocxError",
    "UnsupportedLayoutError",
]
