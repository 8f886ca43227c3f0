"""A docx after reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.engine.press.model.blocks import Block, Section
    from docgen.engine.press.model.formats import RunFormat
    from docgen.engine.press.model.notes import Notes


@dataclass(frozen=True, kw_only=True, eq=False)
class DocumentSettings:
    """What is said of the whole docx; where it says nothing at all, as LibreOffice takes it."""

    odd_and_even: bool = False
    """Different headers on even pages."""

    default_tab: float = 36.0
    hangs_tables: bool = True
    """Older documents: a table's text, not its edge, is in line with the paragraphs."""

    adds_spacing: bool = True
    """The space after a paragraph and the space before the next are added up; else the larger one counts."""

    unframed: frozenset[str] = frozenset()
    """What borders of pages that keep away from the text do not stand around: `headers`, `footers`."""

    balances_columns: bool = True
    """Columns are made equally high before a section that goes on on the same page."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """The whole docx."""

    blocks: tuple[Block, ...]
    last_section: Section
    settings: DocumentSettings
    line_number_look: RunFormat
    """Of the numbers of lines in the margin."""

    notes: Notes | None = None
    """Footnotes and endnotes, where there are any."""
