"""The two sets of words: those of the 2016 plans and those of the present law.

Source: forms.md §1.1; 未成年人保护法 第二十二条、第二十三条 (委托照护, 被委托人). The words change, the law
does not: in neither wording does a clause let guardianship pass to the carer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TERM = re.compile(r"\{([a-z_]+)\}")


class UnknownWordingError(NotFoundError):
    """No wording of that key."""

    code = "wording.unknown"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"没有“{key}”这套用语。可以用：{'、'.join(f'{w.key}（{w.title}）' for w in WORDINGS.values())}。"
        )


class UnknownTermError(Exception):
    """A text holds a ``{term}`` that neither wording nor profile has; a mistake in a data file."""

    def __init__(self, term: str) -> None:
        self.term = term
        super().__init__(term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One consistent set of terms."""

    key: str
    title: str
    terms: Mapping[str, str]
    """``carer`` -> 被委托人; the same keys in every wording."""


PLAN_2016 = Wording(
    key="plan_2016",
    title="2016年方案用语",
    terms={
        "arrangement": "委托监护",
        "carer": "受委托监护人",
        "parent": "委托人",
        "care": "监护",
        "capacity": "监护能力",
        "confirmation": "委托监护责任确认书",
        "deed": "委托监护责任书",
        "agreement": "委托监护协议",
        "assessment": "监护能力评估表",
        "admonition": "劝诫",
    },
)
LAW_2020 = Wording(
    key="law_2020",
    title="现行法用语",
    terms={
        "arrangement": "委托照护",
        "carer": "被委托人",
        "parent": "委托人",
        "care": "照护",
        "capacity": "照护能力",
        "confirmation": "委托照护责任确认书",
        "deed": "委托照护责任书",
        "agreement": "委托照护协议",
        "assessment": "照护能力评估表",
        "admonition": "劝诫、制止",
    },
)
WORDINGS: dict[str, Wording] = {w.key: w for w in (LAW_2020, PLAN_2016)}


def find_wording(key: str) -> Wording:
    """Return a wording by key.

    Raises:
        UnknownWordingError: there is none.
    """
    if key not in WORDINGS:
        raise UnknownWordingError(key)
    return WORDINGS[key]


def put_terms(text: str, words: Mapping[str, str]) -> str:
    """Replace every ``{term}`` in a text.

    Raises:
        UnknownTermError: a term that is not among the words.
    """

    def word(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise UnknownTermError(match[1])
        return words[match[1]]

    return _TERM.sub(word, text)


def in_words(text: str, words: Mapping[str, str]) -> str:
    """Put a sentence written in the present law's words into those of an office.

    Only the terms that nobody uses in another sense are replaced: 被委托人, 委托照护, 照护能力.
    """
    for key in _SPOKEN:
        text = text.replace(LAW_2020.terms[key], words.get(key, LAW_2020.terms[key]))
    return text


_SPOKEN = ("carer", "arrangement", "capacity")
