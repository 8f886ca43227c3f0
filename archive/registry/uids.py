"""Identifiers made here: ten characters of Crockford's base32, random, meaning nothing."""

from __future__ import annotations

import secrets

from forms.marks import mark_id_from


def new_uid() -> str:
    """Return a fresh identifier of 50 random bits; the database's unique keys catch a repetition."""
    return mark_id_from(secrets.randbits(50))
