"""What the press gives back: pages with the text on them, the places to sign, and what was met.

Positions are millimetres from the upper left corner of the sheet. The JSON form keeps text and
places, not the drawing: it is filed beside the PDF, so that a scan can be read against it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from docgen.engine.press.laid.tagging import Scope

if TYPE_CHECKING:
    from docgen.engine.press.laid.fragments import Mark, Placed
    from forms.problems import Problem

_JSON_VERSION = 1
_WHOLE = Scope()
_MM = 25.4 / 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """A character that the asked family did not have."""

    char: str
    family: str
    face: str
    """PostScript name of the face that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidLine:
    """One line of text; the rectangle is that of the line, not of the ink."""

    text: str
    x: float
    y: float
    width: float
    height: float
    joint: str = "\n"
    """What stands between this line and the next: nothing or a space inside a paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place on the page that has a name: a bookmark of the template."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class LaidPage:
    """One page; sizes in points, everything on it in millimetres."""

    width_pt: float
    height_pt: float
    art: tuple[Placed, ...] = ()
    """The drawing, in points; not kept in JSON."""

    marks: tuple[Mark, ...] = ()
    """Bookmarks, in points; not kept in JSON."""

    scope: Scope = _WHOLE
    """What of the drawing is content, and its tables; not kept in JSON."""

    borders: tuple[tuple[float, float, float, float], ...] = ()
    """Where lines around the page lie, in points: corner, width, height; not kept in JSON."""

    kept: tuple[tuple[LaidLine, ...], tuple[Box, ...]] | None = None
    """Lines and boxes of a page read from JSON."""

    @cached_property
    def lines(self) -> tuple[LaidLine, ...]:
        """The lines of text in the order they were set."""
        if self.kept is not None:
            return self.kept[0]
        return tuple(
            [
                LaidLine(
                    text=line.text,
                    x=round((x + line.x) * _MM, 2),
                    y=round((y + line.y) * _MM, 2),
                    width=round(line.width * _MM, 2),
                    height=round(line.height * _MM, 2),
                    joint=line.joint,
                )
                for x, y, fragment, _ in self.art
                for line in fragment.lines
            ]
        )

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """The named places."""
        if self.kept is not None:
            return self.kept[1]
        return tuple(
            Box(
                name=mark.name,
                x=round(mark.x * _MM, 2),
                y=round(mark.y * _MM, 2),
                width=round(mark.width * _MM, 2),
                height=round(mark.height * _MM, 2),
            )
            for mark in self.marks
            if not mark.name.startswith("_")
        )

    @property
    def text(self) -> str:
        """The text of the page; lines of one paragraph are joined as they were written."""
        return "".join(line.text + line.joint for line in self.lines).rstrip("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidPaper:
    """A whole paper."""

    name: str
    pages: tuple[LaidPage, ...]
    fallbacks: tuple[Fallback, ...] = ()
    """Characters drawn from another face than the one asked for."""

    problems: tuple[Problem, ...] = ()
    """Looks that are not drawn, and text in the way of a page mark; nothing here loses text."""

    @property
    def text(self) -> str:
        """The text of all pages, with a form feed between two."""
        return "\f".join(page.text for page in self.pages)

    @property
    def boxes(self) -> dict[str, tuple[int, Box]]:
        """Named places by name, each with its page from 1."""
        return {box.name: (i, box) for i, page in enumerate(self.pages, 1) for box in page.boxes}

    def to_json(self) -> str:
        """Write text and places; equal papers give equal JSON."""
        value = {
            "version": _JSON_VERSION,
            "name": self.name,
            "pages": [
                {
                    "width_pt": page.width_pt,
                    "height_pt": page.height_pt,
                    "lines": [[n.text, n.x, n.y, n.width, n.height, n.joint] for n in page.lines],
                    "boxes": [[b.name, b.x, b.y, b.width, b.height] for b in page.boxes],
                }
                for page in self.pages
            ],
            "fallbacks": [[f.char, f.family, f.face] for f in self.fallbacks],
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote; such a paper can be searched and compared, not printed.

        Raises:
            ValueError: The text is not of that form.
        """
        try:
            return cls._from_value(json.loads(text))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a laid paper") from error

    @classmethod
    def _from_value(cls, value: Any) -> Self:
        if value["version"] != _JSON_VERSION:
            raise ValueError("a laid paper of another version")
        return cls(
            name=value["name"],
            pages=tuple(
                LaidPage(
                    width_pt=page["width_pt"],
                    height_pt=page["height_pt"],
                    kept=(
                        tuple(
                            LaidLine(text=t, x=x, y=y, width=w, height=h, joint=j) for t, x, y, w, h, j in page["lines"]
                        ),
                        tuple(Box(name=n, x=x, y=y, width=w, height=h) for n, x, y, w, h in page["boxes"]),
                    ),
                )
                for page in value["pages"]
            ),
            fallbacks=tuple(Fallback(char=c, family=f, face=n) for c, f, n in value["fallbacks"]),
        )
