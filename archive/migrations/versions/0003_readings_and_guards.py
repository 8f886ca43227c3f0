"""Readings of signed papers; papers on the desk; the database itself keeps what is given, signed or said.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# What may not change, as conditions under which an UPDATE is refused; a DELETE is refused always.
# "IS NOT DISTINCT FROM" is spelt IS in SQLite.
GUARDS = {
    "audit": "1 = 1",
    "numbers": "OLD.void_at IS NOT NULL OR {changed:series,year,serial,given_at}",
    "reference_codes": "OLD.void_at IS NOT NULL OR {changed:code,class_name,item,paper_uid,old_uid,given_at,given_by}",
    "number_series": "NEW.last < OLD.last OR {changed:series,year}",
    "papers": "NEW.signed_version < OLD.signed_version OR NEW.version < OLD.version "
    "OR {changed:uid,form_code,issuer_uid,child_uid,carer_uid,series,year,serial,created_at,created_by}",
    "versions": "{changed:paper_uid,version,mark_id,pages,wording,made_on,made_at,made_by,values} "
    "OR (OLD.filed_at IS NOT NULL AND {changed:filed_at,signed_on}) "
    "OR (NEW.status <> OLD.status AND (OLD.status IN ('作废', '被替代') "
    "OR (OLD.status = '已签待归档' AND NEW.status NOT IN ('已归档', '被替代')) "
    "OR (OLD.status = '已归档' AND NEW.status <> '被替代')))",
    "paper_files": "1 = 1",
    "readings": "1 = 1",
    "receipts": "1 = 1",
}


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("read_by", sa.String(length=100), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("signatures", sa.JSON(), nullable=False),
        sa.CheckConstraint("reading >= 1", name=op.f("ck_readings_reading")),
        sa.ForeignKeyConstraint(
            ["paper_uid", "version"],
            ["versions.paper_uid", "versions.version"],
            name=op.f("fk_readings_paper_uid_version"),
        ),
        sa.PrimaryKeyConstraint("paper_uid", "version", "reading", name=op.f("pk_readings")),
    )
    with op.batch_alter_table("desk_items") as batch:
        batch.alter_column("sha256", existing_type=sa.String(length=64), nullable=True)
        batch.add_column(sa.Column("paper_uid", sa.String(length=32), nullable=True))
        batch.create_index(op.f("ix_desk_items_paper_uid"), ["paper_uid"])
        batch.create_check_constraint(op.f("ck_desk_items_about"), "sha256 IS NOT NULL OR paper_uid IS NOT NULL")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE OR REPLACE FUNCTION docgen_keep() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'docgen.keep %', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
        )
    for table, condition in GUARDS.items():
        for event, when in (("UPDATE", _spelt(condition, is_sqlite)), ("DELETE", "1 = 1")):
            name = f"keep_{table}_{event.lower()}"
            head = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN ({when})"
            act = f"BEGIN SELECT RAISE(ABORT, 'docgen.keep {table}'); END"
            op.execute(sa.text(f"{head} {act if is_sqlite else 'EXECUTE FUNCTION docgen_keep()'}"))


def _spelt(condition: str, is_sqlite: bool) -> str:
    head, mark, rest = condition.partition("{changed:")
    if not mark:
        return condition
    names, _, tail = rest.partition("}")
    same = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    changed = []
    for name in names.split(","):
        old, new = f'OLD."{name}"', f'NEW."{name}"'
        if name == "values" and not is_sqlite:  # PostgreSQL compares json as text only
            old, new = f"{old}::text", f"{new}::text"
        changed.append(f"{new} {same} {old}")
    return f"{head}({' OR '.join(changed)}){_spelt(tail, is_sqlite)}"
