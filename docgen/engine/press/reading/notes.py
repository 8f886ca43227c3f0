"""Notes as written: their elements, and the settings by which they are counted.

Source: ECMA-376 part 1 §17.11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.model.notes import ENDNOTE, FOOTNOTE, NoteStyle
from docgen.engine.press.reading.ooxml import W, local, value, whole

if TYPE_CHECKING:
    from docgen.engine.press.reading.ooxml import Element


def read_style(properties: Element | None, kind: str, settings: Element | None) -> NoteStyle:
    """Read how notes are counted: a section's own settings, then the document's."""
    default = "decimal" if kind == FOOTNOTE else "lowerRoman"
    said = [
        found
        for parent in (properties, settings)
        if parent is not None and (found := parent.find(f"{W}{kind}Pr")) is not None
    ]

    def first(name: str) -> str | None:
        return next((value(e.find(W + name)) for e in said if e.find(W + name) is not None), None)

    return NoteStyle(first("numFmt") or default, whole(first("numStart"), 1), first("numRestart") or "continuous")


def note_elements(root: Element | None) -> dict[str, Element]:
    """Return the notes of a part by id, without the lines that part them from the text."""
    return {
        value(note, "id") or "": note
        for note in (root if root is not None else ())
        if local(note) in {FOOTNOTE, ENDNOTE} and (value(note, "type") or "normal") == "normal"
    }
