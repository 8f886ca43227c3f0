"""What a person decided about a page that could not be placed (revision 0009).

One row a decision; an undone one stays, with who undid it. The page itself stands in `scan_pages`, the
reason why it lay on the desk in `desk_items`.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.schema_base import UtcDateTime, metadata, one_of

desk_decisions = sa.Table(
    "desk_decisions",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("item", sa.Integer, sa.ForeignKey("desk_items.pk"), nullable=False, index=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("page_index", sa.Integer),  # empty: the whole file
    sa.Column("mark_id", sa.String(10), index=True),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid"), index=True),
    sa.Column("old_uid", sa.String(32), index=True),  # not a foreign key: undoing takes the old item away
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("decided_by", sa.String(100), nullable=False),
    sa.Column("undone_at", UtcDateTime),
    sa.Column("undone_by", sa.String(100)),
    one_of("kind", ("assign", "attach", "discard"), "kind"),
    sa.CheckConstraint("page >= 0", name="page"),
    sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
)
