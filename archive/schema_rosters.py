"""Tables of frozen rosters (revision 0007): people as they stood on the last day of a period, and its events.

Source: forms.md §8, B1, B3. Rows are inserted once and never changed (triggers of the revision). Children, elders,
women and 困境儿童 are separate persons in separate tables. The rows that are counted are narrow and lie in the
order of version and village, so that a table is counted in one pass; what is printed of a person lies apart.
Units are texts and not keys: a roster that another office sent names villages this office does not keep.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.schema_base import UtcDateTime, metadata, one_of
from forms.quarter.frozen_roster import CHILD_FACTS, ELDER_FACTS
from forms.values.enums import UnitKind

roster_versions = sa.Table(
    "roster_versions",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("unit_uid", sa.String(32), nullable=False),
    sa.Column("unit_name", sa.String(200), nullable=False),
    sa.Column("level", sa.String(32), nullable=False),
    sa.Column("period_from", sa.Date, nullable=False),
    sa.Column("period_to", sa.Date, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("profile", sa.String(40), nullable=False),
    sa.Column("opening_uid", sa.String(32), nullable=False),
    sa.Column("digest", sa.String(128), nullable=False),
    sa.Column("is_own", sa.Boolean, nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("unit_uid", "period_from", "period_to", "version"),
    sa.CheckConstraint("version >= 1", name="version"),
    sa.CheckConstraint("period_from <= period_to", name="period"),
    one_of("level", UnitKind, "level"),
)


def _of_version() -> sa.Column[int]:
    return sa.Column("version_pk", sa.Integer, sa.ForeignKey("roster_versions.pk"), primary_key=True)


def _people(name: str, facts: tuple[str, ...]) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        _of_version(),
        sa.Column("unit_uid", sa.String(32), primary_key=True),
        sa.Column("person_uid", sa.String(80), primary_key=True),
        sa.Column("start_unit_uid", sa.String(32), nullable=False),
        sa.Column("at_start", sa.Integer, nullable=False),
        sa.Column("at_end", sa.Integer, nullable=False),
        *(sa.Column(fact, sa.String(40), nullable=False) for fact in facts),
        sa.UniqueConstraint("version_pk", "person_uid"),
        sqlite_with_rowid=False,  # the rows themselves lie in the order of the key
    )


roster_children = _people("roster_children", CHILD_FACTS)
roster_elders = _people("roster_elders", ELDER_FACTS)
roster_women = _people("roster_women", ())
roster_hardship = _people("roster_hardship", ())
GROUPS = {
    "children": roster_children,
    "elders": roster_elders,
    "women": roster_women,
    "hardship": roster_hardship,
}

roster_details = sa.Table(
    "roster_details",
    metadata,
    _of_version(),
    sa.Column("person_group", sa.String(20), primary_key=True),
    sa.Column("person_uid", sa.String(80), primary_key=True),
    sa.Column("details", sa.JSON, nullable=False),
    one_of("person_group", tuple(GROUPS), "person_group"),
)

roster_units = sa.Table(
    "roster_units",
    metadata,
    _of_version(),
    sa.Column("unit_uid", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
)

roster_events = sa.Table(
    "roster_events",
    metadata,
    _of_version(),
    sa.Column("unit_uid", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("label", sa.String(100), nullable=False),
    sa.Column("person_uid", sa.String(80), nullable=False),
    sa.Column("person_name", sa.String(100), nullable=False),
    sa.Column("happened_on", sa.Date, nullable=False),
    sa.Column("paper_uid", sa.String(32), nullable=False),
    sa.Column("paper", sa.String(100), nullable=False),
    sa.Column("is_inner", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
