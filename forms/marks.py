"""The mark on every printed page: which paper version, which page of how many, and a keyed check.

Payload (20 characters of the QR alphanumeric set, exactly QR version 1-M):
``Y`` + 10 base32 mark id + 2 page + 2 total + 5 keyed check. No personal data. The mark id
belongs to one *version* of one paper, so a page of an old version is told from a new one.
Source: design/intake.md §0, §1c. The alphabet is Crockford's base32 (no I, L, O, U).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {c: i for i, c in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
PREFIX = "Y"
MAX_PAGES = 32 * 32 - 1
PAYLOAD_LENGTH = 20
MARK_SIZE_MM = 15.0
"""Printed edge of the code, without the quiet zone (21 modules of 0.714 mm)."""
MARK_EDGE_MM = 16.0
"""Distance of the code from the edges of the sheet; a skewed scan keeps it inside."""
QUIET_MM = 3.0
QR_MASK = 2
"""Fixed mask, so that a damaged code can be compared with the ones issued."""


def _encode(value: int, length: int) -> str:
    return "".join(ALPHABET[(value >> (5 * i)) & 31] for i in reversed(range(length)))


def _decode(text: str) -> int:
    value = 0
    for c in text:
        value = value * 32 + _VALUES[c]
    return value


def _check(body: str, secret: bytes) -> str:
    digest = hashlib.blake2b(body.encode("ascii"), key=secret, digest_size=4).digest()
    return _encode(int.from_bytes(digest, "big") >> 7, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMark:
    """What one page says about itself."""

    mark_id: str
    """10 base32 characters; one per paper version, random, unique in the office."""

    page: int
    """From 1."""

    pages: int

    def __post_init__(self) -> None:
        assert len(self.mark_id) == 10
        assert set(self.mark_id) <= set(ALPHABET)
        assert 1 <= self.page <= self.pages <= MAX_PAGES

    def payload(self, secret: bytes) -> str:
        """Return the 20 characters for the code, signed with the office's secret (16–64 bytes)."""
        body = PREFIX + self.mark_id + _encode(self.page, 2) + _encode(self.pages, 2)
        return body + _check(body, secret)

    def readable(self, secret: bytes) -> str:
        """Return the same in digits for the eye: ``7K3M9-Q2PA4 1/3 4F9K2``."""
        return f"{self.mark_id[:5]}-{self.mark_id[5:]} {self.page}/{self.pages} {self.payload(secret)[15:]}"


def parse_payload(text: str, secret: bytes) -> PageMark | None:
    """Read a decoded code; ``None`` when it is not ours or its check fails.

    Decoders return false reads on smudged pages; the keyed check is what tells them apart.
    """
    if len(text) != PAYLOAD_LENGTH or text[0] != PREFIX or not text.isascii():
        return None
    if not all(c in _VALUES for c in text[1:]) or not hmac.compare_digest(_check(text[:15], secret), text[15:]):
        return None
    page, pages = _decode(text[11:13]), _decode(text[13:15])
    if not 1 <= page <= pages:
        return None
    return PageMark(mark_id=text[1:11], page=page, pages=pages)


def mark_id_from(number: int) -> str:
    """Write a 50-bit random number as a mark id."""
    return _encode(number & ((1 << 50) - 1), 10)
