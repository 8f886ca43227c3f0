"""The two ways a value can be absent: 不适用（—） and 未采集.

Source: the survey's own convention (forms.md V-DASH): — for a deceased relative, blank for
what was not yet asked. They print differently and count differently, so neither is ``None``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeGuard, TypeVar


class Blank(StrEnum):
    """Why there is no value."""

    NOT_APPLICABLE = "不适用"
    """Does not exist and never will: printed as —."""

    NOT_COLLECTED = "未采集"
    """Not asked yet: printed as room for the pen, counted as missing."""


T = TypeVar("T")
DASHES = frozenset("—-–―－一/／无")
"""What clerks write for “does not exist”; 一 is a dash typed on a Chinese keyboard."""


def is_value(value: T | Blank) -> TypeGuard[T]:
    """Tell a value from either kind of blank."""
    return not isinstance(value, Blank)
