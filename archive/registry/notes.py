"""What the program notes for itself about the office: when it was last checked, and the like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from archive import dialect
from archive.schema import settings

if TYPE_CHECKING:
    from collections.abc import Mapping


class Notes:
    """Small notes by name, kept in the registry's settings."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Mapping[str, Any]:
        """Return a note, empty when there is none."""
        text = self._connection.execute(sa.select(settings.c.value).where(settings.c.key == _key(name))).scalar()
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    def put(self, name: str, note: Mapping[str, Any]) -> None:
        """Write a note in place of the one of that name."""
        text = json.dumps(dict(note), ensure_ascii=False, sort_keys=True)
        if not dialect.add_if_absent(self._connection, settings, {"key": _key(name), "value": text}):
            self._connection.execute(sa.update(settings).where(settings.c.key == _key(name)).values(value=text))


def _key(name: str) -> str:
    return f"note.{name}"
