"""The press: rendered docx to PDF, without any other program.

`Press.lay_out` puts one docx on pages; `Press.write` prints laid papers to one file, each page
with its marks. See docs/press.md for what is drawn and what is refused.
"""

from docgen.engine.press.errors import MissingGlyphError, UnsupportedLayoutError
from docgen.engine.press.fonts.book import FontBook
from docgen.engine.press.ooxml import UnreadableDocxError
from docgen.engine.press.paper import Box, LaidLine, LaidPage, LaidPaper
from docgen.engine.press.pens import Fallback
from docgen.engine.press.press import Press
from docgen.engine.press.stack import PrintJob

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
