"""What every table of the registry is made with: one metadata, moments in UTC, closed sets, gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from enum import StrEnum

    from sqlalchemy.engine import Dialect


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware in Python, UTC without offset in the database (SQLite has no time zones)."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment, which would mean the desk's own clock setting."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, values: type[StrEnum] | tuple[str, ...], name: str) -> sa.CheckConstraint:
    """Return the check that a column holds one of a closed set."""
    labels = ", ".join(f"'{v}'" for v in values)
    return sa.CheckConstraint(f"{column} IN ({labels})", name=name)


def gaps() -> sa.Column[list[str]]:
    """Return the column that names what is 不适用 in a row."""
    return sa.Column("gaps", sa.JSON, nullable=False)
