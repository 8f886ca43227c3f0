"""Tables of what was reported (revision 0008): versions of summary tables, their events, packages, verified values.

Source: forms.md §8.9, C4, C6. Every row is inserted once and never changed (triggers of the revision): where a
table stands follows from its last event, what a cell was verified as from its last entry.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.schema_base import UtcDateTime, metadata, one_of
from forms.quarter.table import TableState
from forms.values.enums import UnitKind

DIRECTIONS = ("sent", "received")

period_tables = sa.Table(
    "period_tables",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("unit_uid", sa.String(32), sa.ForeignKey("units.uid"), nullable=False),
    sa.Column("level", sa.String(32), nullable=False),
    sa.Column("period_from", sa.Date, nullable=False),
    sa.Column("period_to", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("roster_uid", sa.String(32), nullable=False),  # empty where only blocks came
    sa.Column("digest", sa.String(128), nullable=False),  # SHA-512 of the whole table's file
    sa.Column("correction", sa.Text, nullable=False),
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("is_own", sa.Boolean, nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("unit_uid", "period_from", "period_to", "version"),
    sa.CheckConstraint("version >= 1", name="version"),
    sa.CheckConstraint("period_from <= period_to", name="period"),
    one_of("level", UnitKind, "level"),
)

table_events = sa.Table(
    "table_events",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("table_uid", sa.String(32), sa.ForeignKey("period_tables.uid"), nullable=False, index=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    one_of("state", TableState, "state"),
)

table_packages = sa.Table(
    "table_packages",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("table_uid", sa.String(32), sa.ForeignKey("period_tables.uid"), nullable=False, index=True),
    sa.Column("direction", sa.String(12), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("party", sa.String(200), nullable=False),
    sa.Column("party_role", sa.String(20), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("direction", "sha256"),
    one_of("direction", DIRECTIONS, "direction"),
)

table_verified = sa.Table(
    "table_verified",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("table_uid", sa.String(32), sa.ForeignKey("period_tables.uid"), nullable=False, index=True),
    sa.Column("column_id", sa.String(12), nullable=False),
    sa.Column("organ", sa.String(200), nullable=False),
    sa.Column("reported", sa.Integer),  # NULL: the cell held no number
    sa.Column("verified", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("children", sa.JSON, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.CheckConstraint("verified >= 0", name="verified"),
)

table_adjustments = sa.Table(
    "table_adjustments",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("table_uid", sa.String(32), sa.ForeignKey("period_tables.uid"), nullable=False, index=True),
    sa.Column("column_id", sa.String(12), nullable=False),
    sa.Column("delta", sa.Integer, nullable=False),
    sa.Column("unit_name", sa.String(200), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

TABLES = (period_tables, table_events, table_packages, table_verified, table_adjustments)
