"""The modules of thousands of codes at once, without encoding each.

With version, level and mask fixed (`forms.marks`), every module of the symbol is a sum modulo 2
of payload bits: the data bits are placed as they are and Reed–Solomon codes are linear. So 111
symbols tell the whole map, and all others are one product of matrices.
Source: GB/T 18284—2000 (QR Code), alphanumeric mode: two characters are 11 bits.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import segno

from forms.marks import PAYLOAD_LENGTH, QR_MASK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SIDE = 21
"""Modules of version 1."""

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PAIRS, _PAIR_BITS = PAYLOAD_LENGTH // 2, 11


def modules_of(payloads: Sequence[str]) -> NDArray[np.uint8]:
    """Return the symbols of payloads: one row each, 441 modules row by row, 1 is dark."""
    base, columns = _map()
    values = np.array([[_CHARACTERS.index(c) for c in text] for text in payloads], np.int64).reshape(-1, _PAIRS, 2)
    pairs = values[..., 0] * len(_CHARACTERS) + values[..., 1]
    bits = (pairs[..., None] >> np.arange(_PAIR_BITS)) & 1
    product = bits.reshape(len(payloads), -1).astype(np.float32) @ columns.astype(np.float32)
    return (product.astype(np.int64) + base & 1).astype(np.uint8)


@cache
def fixed_modules() -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Return which of the 441 modules are the same in every symbol of ours, and the symbol of some payload."""
    base, columns = _map()
    return np.asarray(columns.max(0) == 0, np.bool_), base


@cache
def _map() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    base = _symbol("0" * PAYLOAD_LENGTH)
    columns = np.empty((_PAIRS * _PAIR_BITS, SIDE * SIDE), np.uint8)
    for pair in range(_PAIRS):
        for bit in range(_PAIR_BITS):
            first, second = divmod(1 << bit, len(_CHARACTERS))
            probe = "00" * pair + _CHARACTERS[first] + _CHARACTERS[second] + "00" * (_PAIRS - pair - 1)
            columns[pair * _PAIR_BITS + bit] = _symbol(probe) ^ base
    return base, columns


def _symbol(payload: str) -> NDArray[np.uint8]:
    made = segno.make(
        payload, mode="alphanumeric", error="M", version=1, mask=QR_MASK, boost_error=False, micro=False
    )  # fmt: skip
    return np.array([list(row) for row in made.matrix], np.uint8).reshape(-1)
