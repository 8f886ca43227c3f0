"""行内标记: fields, pen room, boxes, signature places and bold inside one paragraph.

``{child_name}`` is the value of a field; ``{child_name:8}`` leaves room of eight characters for
the pen where there is none yet, ``{from_on:date}`` and ``{from_on:day}`` a date to be written by hand;
``{:8}`` and ``{:day}`` are always for the pen;
``{sign:carer}`` ``{finger:carer}`` ``{seal:village}`` mark a place; ``{PAGE}`` ``{PAGES}`` count;
``**words**`` are bold. ``{{ … }}`` and ``{% … %}`` pass through as they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PEN = "＿"
"""U+FF3F: joins its neighbour to a line in every Chinese face."""
ROOMS = {"date": f"{PEN * 4}年{PEN * 2}月{PEN * 2}日", "day": "　　　年　　月　　日"}
"""Dates to be written by hand: with lines in running text, with gaps in a cell."""
PLACES = ("sign", "finger", "seal")
"""Kinds of place the press reports as boxes."""

_TOKEN = re.compile(
    r"(?P<jinja>\{\{.*?\}\}|\{%.*?%\})"
    r"|\{(?P<place>sign|finger|seal):(?P<who>[a-z_]+)\}"
    r"|\{(?P<count>PAGE|PAGES)\}"
    r"|\{(?P<name>[a-z][a-z0-9_.]*)(?::(?P<room>\d+|date|day))?\}"
    r"|\{:(?P<pen>\d+|date|day)\}"
    r"|(?P<bold>\*\*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words, perhaps with template tags in them."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody signs: becomes a bookmark of this name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCount:
    """``PAGE`` or ``NUMPAGES``."""

    instruction: str


Inline = Text | Place | PageCount


def parse_inline(text: str) -> Iterator[Inline]:
    """Yield the pieces of one paragraph; neighbouring words of one kind come as one piece.

    Raises:
        ValueError: A brace that opens nothing we know, or bold that is never closed.
    """
    words: list[str] = []
    bold, at = False, 0
    for match in _TOKEN.finditer(text):
        words.append(_plain(text[at : match.start()]))
        at = match.end()
        if match["jinja"]:
            words.append(match["jinja"])
        elif match["name"]:
            words.append(_tag(match["name"], match["room"]))
        elif match["pen"]:
            words.append(_room(match["pen"]))
        else:
            yield from _flush(words, bold=bold)
            if match["bold"]:
                bold = not bold
            elif match["count"]:
                yield PageCount(instruction="PAGE" if match["count"] == "PAGE" else "NUMPAGES")
            else:
                yield Place(name=f"{match['place']}_{match['who']}")
    words.append(_plain(text[at:]))
    yield from _flush(words, bold=bold)
    if bold:
        raise ValueError("** 没有成对")


def _plain(text: str) -> str:
    if "{" in text or "}" in text:
        raise ValueError(f"“{text.strip()}”里的花括号不成对或写法不对")
    return text


def _flush(words: list[str], *, bold: bool) -> Iterator[Text]:
    text = "".join(words)
    words.clear()
    if text:
        yield Text(text=text, bold=bold)


def _tag(name: str, room: str | None) -> str:
    return f"{{{{ {name} }}}}" if room is None else f"{{{{ {name} or '{_room(room)}' }}}}"


def _room(room: str) -> str:
    return ROOMS[room] if room in ROOMS else PEN * int(room)
