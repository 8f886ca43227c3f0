"""What a person decided about a page on the desk, and who undid it.

Revision: 0009. Adds one table; a decision is never deleted, and only ever changed by being undone, once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"

FIXED = ("pk", "item", "kind", "sha256", "page_index", "mark_id", "page", "paper_uid", "old_uid", "reason",
         "decided_at", "decided_by")  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "desk_decisions",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page_index", sa.Integer(), nullable=True),
        sa.Column("mark_id", sa.String(length=10), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("paper_uid", sa.String(length=32), nullable=True),
        sa.Column("old_uid", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=100), nullable=True),
        sa.CheckConstraint("kind IN ('assign', 'attach', 'discard')", name=op.f("ck_desk_decisions_kind")),
        sa.CheckConstraint("page >= 0", name=op.f("ck_desk_decisions_page")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_desk_decisions_undone")),
        sa.ForeignKeyConstraint(["item"], ["desk_items.pk"], name=op.f("fk_desk_decisions_item")),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_desk_decisions_paper_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_desk_decisions")),
    )
    for column in ("item", "mark_id", "paper_uid", "old_uid"):
        op.create_index(op.f(f"ix_desk_decisions_{column}"), "desk_decisions", [column], unique=False)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    same = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    changed = " OR ".join(f'NEW."{column}" {same} OLD."{column}"' for column in FIXED)
    for event, when in (("UPDATE", f"OLD.undone_at IS NOT NULL OR {changed}"), ("DELETE", "1 = 1")):
        head = f"CREATE TRIGGER keep_desk_decisions_{event.lower()} BEFORE {event} ON desk_decisions"
        act = "BEGIN SELECT RAISE(ABORT, 'docgen.keep desk_decisions'); END"
        done = act if is_sqlite else "EXECUTE FUNCTION docgen_keep()"
        op.execute(sa.text(f"{head} FOR EACH ROW WHEN ({when}) {done}"))
