"""Rosters frozen for a period: versions, people by group, what is printed of them, units, events.

Revision: 0007, after 0009, which reached the registry first. Adds tables only; the database refuses to change or
delete any row of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0009"

LEVELS = "'村（居）民委员会', '镇（街道）', '县级民政部门', '学校', '公安机关', '教育部门'"
CHILD = ("gender", "band", "schooling", "hukou", "health", "boarding", "away", "care", "quality", "hardship", "carer",
         "confirmed", "deed", "custody", "dropout", "marked", "poor", "low_income", "destitute", "allowance", "orphan",
         "visited", "hukou_before", "dropout_before", "custody_before")  # fmt: skip
PEOPLE = {"children": CHILD, "elders": ("gender", "risk"), "women": (), "hardship": ()}
TABLES = ("versions", *PEOPLE, "details", "units", "events")


def upgrade() -> None:
    op.create_table(
        "roster_versions",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("unit_uid", sa.String(length=32), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("opening_uid", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_roster_versions_version")),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_roster_versions_period")),
        sa.CheckConstraint(f"level IN ({LEVELS})", name=op.f("ck_roster_versions_level")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_roster_versions")),
        sa.UniqueConstraint("uid", name=op.f("uq_roster_versions_uid")),
        sa.UniqueConstraint(
            "unit_uid", "period_from", "period_to", "version",
            name=op.f("uq_roster_versions_unit_uid_period_from_period_to_version"),
        ),
    )
    for group, facts in PEOPLE.items():
        name = f"roster_{group}"
        _create(
            name,
            ("version_pk", "unit_uid", "person_uid"),
            sa.Column("unit_uid", sa.String(length=32), nullable=False),
            sa.Column("person_uid", sa.String(length=80), nullable=False),
            sa.Column("start_unit_uid", sa.String(length=32), nullable=False),
            sa.Column("at_start", sa.Integer(), nullable=False),
            sa.Column("at_end", sa.Integer(), nullable=False),
            *(sa.Column(fact, sa.String(length=40), nullable=False) for fact in facts),
            sa.UniqueConstraint("version_pk", "person_uid", name=op.f(f"uq_{name}_version_pk_person_uid")),
            sqlite_with_rowid=False,
        )
    _create(
        "roster_details",
        ("version_pk", "person_group", "person_uid"),
        sa.Column("person_group", sa.String(length=20), nullable=False),
        sa.Column("person_uid", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "person_group IN ('children', 'elders', 'women', 'hardship')", name=op.f("ck_roster_details_person_group")
        ),
    )
    _create(
        "roster_units",
        ("version_pk", "unit_uid"),
        sa.Column("unit_uid", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
    )
    _create(
        "roster_events",
        ("version_pk", "unit_uid", "kind", "seq"),
        sa.Column("unit_uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("person_uid", sa.String(length=80), nullable=False),
        sa.Column("person_name", sa.String(length=100), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("paper", sa.String(length=100), nullable=False),
        sa.Column("is_inner", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in TABLES:
        for event in ("UPDATE", "DELETE"):
            head = f"CREATE TRIGGER keep_roster_{name}_{event.lower()} BEFORE {event} ON roster_{name} FOR EACH ROW"
            act = f"BEGIN SELECT RAISE(ABORT, 'docgen.keep roster_{name}'); END"
            op.execute(sa.text(f"{head} {act if is_sqlite else 'EXECUTE FUNCTION docgen_keep()'}"))


def _create(name: str, key: tuple[str, ...], *columns: sa.schema.SchemaItem, **how: bool) -> None:
    op.create_table(
        name,
        sa.Column("version_pk", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["version_pk"], ["roster_versions.pk"], name=op.f(f"fk_{name}_version_pk")),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        **how,
    )


def downgrade() -> None:
    raise NotImplementedError("a registry is never taken back to an older revision; restore the backup instead")
