"""The heading of a village's list: where it stands and which field each column is.

A heading is one to three rows below any number of title rows. Its words are data (`headings.toml`);
whose column it is follows from a word before (父亲电话), above (父亲 over 电话), in brackets (电话（父亲）)
or, failing that, from the person named to the left. What is not understood is listed, never dropped.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from forms.errors import DataError
from forms.lists.sheet import column_letter
from forms.values.names_and_numbers import half_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from forms.lists.sheet import Row, Sheet

_SEARCH_ROWS = 40
"""Rows from the top in which a heading may begin."""
_DEPTH = 3
_CARER = re.compile(
    r"(?:受委托|被委托|委托|受托|临时|实际|目前|主要|隔代|在家|代理|现)*(?:监护|照护|照料|看护|抚养|照顾)+(?:责任)?人"
)
"""监护人 with whatever stands before it; 委托人 alone is the parent who entrusts and no carer."""
_GROUP_SUFFIX = re.compile(r"(的)?(基本)?(信息|情况|资料|状况|及联系方式)?$")
_BRACKETS = re.compile(r"[(\[【〔{][^)\]】〕}]*[)\]】〕}]")
_NOISE = re.compile(r"[\s*※★☆:.。·_\-—]|^\d+[、.)]?")


_NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})


class UnknownColumnFieldError(DataError):
    """A clerk says a column is something that no list holds."""

    code = "list.unknown-field"

    def __init__(self, text: str, known: Sequence[str]) -> None:
        self.text = text
        super().__init__(f"没有“{text}”这一项。可以写：{'、'.join(known)}。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as it was understood."""

    number: int
    """From 1."""
    heading: str
    """As printed, the rows of the heading joined by ／."""
    field: str
    """Identifier; empty when the column was not understood."""
    by_context: bool = False
    """The heading did not say whose it is; the person named to the left decided."""

    @property
    def letter(self) -> str:
        """Column letters as Excel shows them."""
        return column_letter(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of one sheet."""

    first_row: int
    last_row: int
    columns: tuple[Column, ...]

    @property
    def known(self) -> tuple[Column, ...]:
        """Columns that were understood."""
        return tuple(c for c in self.columns if c.field)

    @property
    def unknown(self) -> tuple[Column, ...]:
        """Columns whose content is not taken, for the report."""
        return tuple(c for c in self.columns if not c.field)

    @property
    def doubled(self) -> tuple[tuple[Column, Column], ...]:
        """Pairs of columns that mean the same field; the first of them counts."""
        first: dict[str, Column] = {}
        return tuple((first[c.field], c) for c in self.known if first.setdefault(c.field, c) is not c)

    def column(self, field: str) -> Column | None:
        """Return the column of a field."""
        return next((c for c in self.columns if c.field == field), None)


@dataclass(frozen=True, slots=True)
class _Words:
    groups: Mapping[str, str]
    leaves: Mapping[str, str]
    fields: Mapping[str, str]
    members: Mapping[str, Mapping[str, str]]
    context: Mapping[str, frozenset[str]]
    labels: Mapping[str, str]
    """Field to what it is called in reports."""


@cache
def _words() -> _Words:
    data = tomllib.loads(files("forms.lists").joinpath("headings.toml").read_text(encoding="utf-8"))
    fields: dict[str, str] = {}
    labels: dict[str, str] = dict(data["labels"])
    for field, entry in data["fields"].items():
        labels[field] = entry["label"]
        fields |= {_plain(n): field for n in entry["names"]}
        fields |= {_plain(n, brackets=True): field for n in entry["names"]}
    of = data["labels_of"]
    for group, members in data["members"].items():
        for leaf, field in members.items():
            labels.setdefault(field, f"{of.get(group, '')}{of.get(leaf, '')}")
    return _Words(
        groups={_plain(n): g for g, names in data["groups"].items() for n in names},
        leaves={_plain(n): leaf for leaf, names in data["leaves"].items() for n in names},
        fields=fields,
        members=data["members"],
        context={g: frozenset(leaves) for g, leaves in data["context"].items()},
        labels=labels,
    )


def label(field: str) -> str:
    """Return what a field is called in reports; the identifier itself for unknown ones."""
    return _words().labels.get(field, field)


def field_named(text: str) -> str:
    """Return the field that a clerk names, by what it is called in reports or by its identifier.

    Raises:
        UnknownColumnFieldError: there is no such field.
    """
    labels = _words().labels
    wanted = text.strip()
    if wanted in labels:
        return wanted
    found = next((field for field, name in labels.items() if name == wanted), "")
    if not found:
        raise UnknownColumnFieldError(wanted, sorted(set(labels.values())))
    return found


def find_heading(sheet: Sheet, told: Mapping[str, str] = _NOTHING_TOLD) -> Heading | None:
    """Return the heading of a sheet, ``None`` when there is none with a column of names.

    The rows that give the most fields win; of equals the fewest and the uppermost.

    Args:
        sheet: The sheet.
        told: Column letter → field, where a clerk says what a column is.
    """
    best: Heading | None = None
    best_score = 0
    rows = [r for r in sheet.rows[:_SEARCH_ROWS] if len(r.cells) > 1]
    for start, row in enumerate(rows):
        for depth in range(1, _DEPTH + 1):
            block = rows[start : start + depth]
            if len(block) < depth or block[-1].number - row.number != depth - 1:
                break
            if depth > 1 and not _looks_like_heading(block[-1]):
                break
            heading = _read(block, told)
            score = len({c.field for c in heading.known}) * 10 - len(heading.unknown) - depth
            if score > best_score and heading.column("child_name") and len(heading.known) > 2:
                best, best_score = heading, score
    return best


def _looks_like_heading(row: Row) -> bool:
    """A row of data has numbers and dates; a second row of a heading has words."""
    own = row.own_cells
    figures = sum(bool(re.search(r"\d{4}", c.text)) for c in own)
    known = sum(_resolve((c.text,))[0] != "" or _resolve((c.text,))[1] != "" for c in own)
    return figures == 0 and known * 2 >= len(own) > 0


def _read(block: Sequence[Row], told: Mapping[str, str]) -> Heading:
    parts_of: dict[int, list[str]] = {}
    for row in block:
        for cell in row.cells:
            parts = parts_of.setdefault(cell.column, [])
            if not parts or parts[-1] != cell.text:
                parts.append(cell.text)
    taken: set[str] = set()
    group = "child"
    columns = []
    for number, texts in sorted(parts_of.items()):
        spoken = tuple(texts)
        said = told.get(column_letter(number), "")
        field, leaf, named = (said, "", "") if said else _resolve_all(spoken)
        by_context = False
        if not field and leaf:
            field, by_context = _from_context(leaf, group, taken)
        if named:
            group = named
        elif field and not by_context:
            group = next((g for g, m in _words().members.items() if field in m.values()), group if leaf else "child")
        if field:
            taken.add(field)
        columns.append(
            Column(number=number, heading="／".join(_shown(p) for p in spoken), field=field, by_context=by_context)
        )
    return Heading(first_row=block[0].number, last_row=block[-1].number, columns=tuple(columns))


def _from_context(leaf: str, group: str, taken: set[str]) -> tuple[str, bool]:
    """Give a leaf without an owner to the person to its left, or else to the child."""
    words = _words()
    if group != "child" and leaf in words.context.get(group, ()):
        field = words.members[group].get(leaf, "")
        if field and field not in taken:
            return field, True
    field = words.members["child"].get(leaf, "")
    if field and field not in taken:
        return field, False
    for other in ("carer", "parents"):  # 与儿童关系 and 务工地点 belong to nobody else
        member = words.members[other].get(leaf, "")
        if not field and member and member not in taken:
            return member, True
    return "", False


def _resolve_all(parts: tuple[str, ...]) -> tuple[str, str, str]:
    """Return field, leaf and group of a heading given from top to bottom."""
    for start in range(len(parts)):
        field, leaf, group = _resolve(parts[start:])
        if field:
            return field, leaf, group
    field, leaf, group = _resolve(parts[-1:])
    return field, leaf, group


def _resolve(parts: tuple[str, ...]) -> tuple[str, str, str]:
    words = _words()
    joined = "".join(parts)
    for text in (_plain(joined, brackets=True), _plain(joined)):
        if text in words.fields:
            field = words.fields[text]
            return field, "", next((g for g, m in words.members.items() if field in m.values()), "")
    leaf = words.leaves.get(_plain(parts[-1]), "")
    if leaf:
        for group in (_bracketed(parts[-1]), *(_group(_plain(upper)) for upper in reversed(parts[:-1]))):
            if group:
                return _member(group, leaf), leaf, group
    if _plain(joined) in words.leaves:
        return "", words.leaves[_plain(joined)], ""
    return _prefixed(_plain(joined))


def _bracketed(text: str) -> str:
    """Return the group in the brackets of 电话（父亲）."""
    inside = "".join(m[1:-1] for m in _BRACKETS.findall(half_width(text)))
    return _group(_plain(inside)) if inside else ""


def _prefixed(text: str) -> tuple[str, str, str]:
    """Read 父亲电话, and 父亲 alone as the name."""
    words = _words()
    carer = _CARER.match(text)
    prefixes = [(carer[0], "carer")] if carer else []
    prefixes += sorted(((w, g) for w, g in words.groups.items() if text.startswith(w)), key=lambda p: -len(p[0]))
    for word, group in prefixes:
        rest = text[len(word) :].removeprefix("的")
        leaf = words.leaves.get(rest, "" if rest else "name")
        field = _member(group, leaf)
        if field:
            return field, leaf, group
    return "", "", ""


def _member(group: str, leaf: str) -> str:
    return str(_words().members.get(group, {}).get(leaf, ""))


def _group(text: str) -> str:
    groups = _words().groups
    bare = _GROUP_SUFFIX.sub("", text, count=1)
    return groups.get(text) or groups.get(bare) or ("carer" if _CARER.fullmatch(bare) else "")


def _plain(text: str, *, brackets: bool = False) -> str:
    """Return the words of a heading without what villages add to them."""
    text = half_width(text)
    if not brackets:
        text = _BRACKETS.sub("", text)
    return _NOISE.sub("", text)


def _shown(text: str) -> str:
    return re.sub(r"\s+", "", text)
