"""Summary tables of periods: versions, what happened to them, packages sent and received, verified values, adjustments.

Revision: 0008, after 0007. Adds tables only; the database refuses to change or delete any row of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

LEVELS = "'村（居）民委员会', '镇（街道）', '县级民政部门', '学校', '公安机关', '教育部门'"
STATES = "'未报', '生成', '复核', '签字盖章', '已报送', '核实中', '已核实', '退回更正', '县级采用', '锁定'"
TABLES = ("period_tables", "table_events", "table_packages", "table_verified", "table_adjustments")


def upgrade() -> None:
    op.create_table(
        "period_tables",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("unit_uid", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("roster_uid", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=128), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_period_tables_version")),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_period_tables_period")),
        sa.CheckConstraint(f"level IN ({LEVELS})", name=op.f("ck_period_tables_level")),
        sa.ForeignKeyConstraint(["unit_uid"], ["units.uid"], name=op.f("fk_period_tables_unit_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_period_tables")),
        sa.UniqueConstraint("uid", name=op.f("uq_period_tables_uid")),
        sa.UniqueConstraint(
            "unit_uid", "period_from", "period_to", "version",
            name=op.f("uq_period_tables_unit_uid_period_from_period_to_version"),
        ),
    )
    _create(
        "table_events",
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_table_events_state")),
    )
    _create(
        "table_packages",
        sa.Column("direction", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=False),
        sa.Column("party_role", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.UniqueConstraint("direction", "sha256", name=op.f("uq_table_packages_direction_sha256")),
        sa.CheckConstraint("direction IN ('sent', 'received')", name=op.f("ck_table_packages_direction")),
    )
    _create(
        "table_verified",
        sa.Column("column_id", sa.String(length=12), nullable=False),
        sa.Column("organ", sa.String(length=200), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=True),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("children", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("verified >= 0", name=op.f("ck_table_verified_verified")),
    )
    _create(
        "table_adjustments",
        sa.Column("column_id", sa.String(length=12), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in TABLES:
        for event in ("UPDATE", "DELETE"):
            head = f"CREATE TRIGGER keep_{name}_{event.lower()} BEFORE {event} ON {name} FOR EACH ROW"
            act = f"BEGIN SELECT RAISE(ABORT, 'docgen.keep {name}'); END"
            op.execute(sa.text(f"{head} {act if is_sqlite else 'EXECUTE FUNCTION docgen_keep()'}"))


def _create(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("table_uid", sa.String(length=32), nullable=False),
        *columns,
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["table_uid"], ["period_tables.uid"], name=op.f(f"fk_{name}_table_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_table_uid"), name, ["table_uid"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a registry is never taken back to an older revision; restore the backup instead")
