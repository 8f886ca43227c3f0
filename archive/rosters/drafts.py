"""A draft that is in no registry yet, counted by the same aggregations as a frozen roster."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archive.registry.rosters import Rosters
from archive.schema_rosters import GROUPS, roster_details, roster_events, roster_units, roster_versions

if TYPE_CHECKING:
    from forms.quarter.frozen_roster import FrozenRoster

_TABLES = [roster_versions, *GROUPS.values(), roster_details, roster_units, roster_events]


def count_draft(roster: FrozenRoster, *, by_unit: bool = True) -> dict[str, dict[str, int]]:
    """Return the figures of a draft by village, or of the whole by the unit that reports."""
    engine = sa.create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            roster_versions.metadata.create_all(connection, tables=_TABLES)
            rosters = Rosters(connection, datetime.now(UTC))
            return rosters.count([rosters.add(roster)], by_unit=by_unit)
    finally:
        engine.dispose()
