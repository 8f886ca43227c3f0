"""The lists of a `numbering.xml`.

Source: ECMA-376 part 1 §17.9 (numbering).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.engine.press.model.numbering import Level, NumberingBook
from docgen.engine.press.reading.ooxml import W, is_on, local, value, whole
from docgen.engine.press.reading.properties import paragraph_settings, run_settings
from docgen.engine.press.reading.symbols import symbol_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.engine.press.reading.ooxml import Element


def read_numbering(root: Element | None, theme: Mapping[str, str]) -> NumberingBook:
    """Read a `numbering.xml`; without one there are no lists."""
    abstract: dict[str, dict[int, Level]] = {}
    lists: dict[str, tuple[str, dict[int, Level]]] = {}
    starts: dict[tuple[str, int], int] = {}
    for child in root if root is not None else ():
        if local(child) == "abstractNum":
            levels = (_level(level, theme) for level in child.findall(f"{W}lvl"))
            abstract[value(child, "abstractNumId") or ""] = dict(levels)
        elif local(child) == "num":
            number = value(child, "numId") or ""
            base = value(child.find(f"{W}abstractNumId")) or ""
            levels_of = dict(abstract.get(base, {}))
            for override in child.findall(f"{W}lvlOverride"):
                at, own = whole(value(override, "ilvl")), override.find(f"{W}lvl")
                if own is not None:
                    levels_of[at] = _level(own, theme)[1]
                start = override.find(f"{W}startOverride")
                if start is not None:
                    starts[number, at] = whole(value(start), 1)
            lists[number] = (base, levels_of)
    return NumberingBook(lists, starts)


def _level(element: Element, theme: Mapping[str, str]) -> tuple[int, Level]:
    restart = element.find(f"{W}lvlRestart")
    run = run_settings(element.find(f"{W}rPr"), theme)
    pattern = value(element.find(f"{W}lvlText")) or ""
    style = value(element.find(f"{W}numFmt")) or "decimal"
    if style == "bullet":  # bullets are letters of symbol fonts in the private area
        pattern = "".join(
            symbol_text(run.get("latin", ""), f"{ord(c):04X}") or "●" if 0xF000 <= ord(c) <= 0xF0FF else c
            for c in pattern
        )
    return whole(value(element, "ilvl")), Level(
        start=whole(value(element.find(f"{W}start")), 0 if style == "bullet" else 1),
        style=style,
        pattern=pattern,
        suffix=value(element.find(f"{W}suff")) or "tab",
        align=value(element.find(f"{W}lvlJc")) or "left",
        paragraph=paragraph_settings(element.find(f"{W}pPr")),
        run=run,
        restart=whole(value(restart)) if restart is not None else None,
        legal=is_on(element.find(f"{W}isLgl")),
    )
