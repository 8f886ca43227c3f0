"""What a destroyed paper said may be forgotten, and nothing else; disposals and transfers stay as written.

Revision: 0005, after 0004. Changes triggers only (see 0003).
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

DISPOSED = 'EXISTS (SELECT 1 FROM disposed_objects WHERE disposed_objects.paper_uid = OLD."paper_uid")'

# column lists of 0003 without what may be forgotten
VERSIONS = ("paper_uid", "version", "mark_id", "pages", "wording", "made_on", "made_at", "made_by")
VERSION_STATES = (
    "(OLD.filed_at IS NOT NULL AND {filed_at,signed_on}) "
    "OR (NEW.status <> OLD.status AND (OLD.status IN ('作废', '被替代') "
    "OR (OLD.status = '已签待归档' AND NEW.status NOT IN ('已归档', '被替代')) "
    "OR (OLD.status = '已归档' AND NEW.status <> '被替代')))"
)
READINGS = ("paper_uid", "version", "reading", "read_at", "read_by", "signed_on")

KEPT = {
    # table: when an UPDATE is refused; a DELETE is refused always
    "disposals": "OLD.finished_at IS NOT NULL OR {uid,decided_at,first_by,second_by,items,certificate}",
    "disposed_objects": "1 = 1",
    "keepings": "1 = 1",
    "transfers": "OLD.received_on IS NOT NULL OR {uid,made_at,made_by,receiver,items,size,manifest}",
    "transfer_items": "1 = 1",
}


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, condition in KEPT.items():
        _guard(table, "update", _spelt(condition, is_sqlite), is_sqlite)
        _guard(table, "delete", "1 = 1", is_sqlite)
    versions = f"{_changed(VERSIONS, is_sqlite)} OR {_spelt(VERSION_STATES, is_sqlite)}"
    for table, fixed, said in (
        ("versions", versions, ("values",)),
        ("readings", _changed(READINGS, is_sqlite), ("values", "signatures")),
    ):
        on = f" ON {table}" if not is_sqlite else ""
        op.execute(sa.text(f"DROP TRIGGER keep_{table}_update{on}"))
        _guard(table, "update", fixed, is_sqlite)
        _guard_said(table, said, is_sqlite)


def _guard(table: str, event: str, when: str, is_sqlite: bool) -> None:
    head = f"CREATE TRIGGER keep_{table}_{event} BEFORE {event.upper()} ON {table} FOR EACH ROW WHEN ({when})"
    act = f"BEGIN SELECT RAISE(ABORT, 'docgen.keep {table}'); END"
    op.execute(sa.text(f"{head} {act if is_sqlite else 'EXECUTE FUNCTION docgen_keep()'}"))


def _guard_said(table: str, columns: tuple[str, ...], is_sqlite: bool) -> None:
    """Refuse a change of what was said, unless it is emptied because the paper was destroyed."""
    name = f"keep_{table}_said"
    emptied = " AND ".join(f"{_new(column, is_sqlite)} IN ('{{}}', '[]')" for column in columns)
    head = f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN"
    if is_sqlite:
        act = f"BEGIN SELECT RAISE(ABORT, 'docgen.keep {table}'); END"
        op.execute(sa.text(f"{head} ({_changed(columns, True)} AND NOT ({emptied} AND {DISPOSED})) {act}"))
        return
    # PostgreSQL takes no subquery in WHEN
    op.execute(
        f"CREATE OR REPLACE FUNCTION docgen_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {emptied} AND {DISPOSED} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'docgen.keep %', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
    )
    op.execute(sa.text(f"{head} ({_changed(columns, False)}) EXECUTE FUNCTION docgen_{name}()"))


def _new(column: str, is_sqlite: bool) -> str:
    return f'NEW."{column}"' if is_sqlite else f'NEW."{column}"::text'


def _changed(columns: tuple[str, ...], is_sqlite: bool) -> str:
    pairs = []
    for column in columns:
        old, new = f'OLD."{column}"', f'NEW."{column}"'
        if column in ("values", "signatures") and not is_sqlite:  # PostgreSQL compares json as text only
            old, new = f"{old}::text", f"{new}::text"
        pairs.append(f"{new} {'IS NOT' if is_sqlite else 'IS DISTINCT FROM'} {old}")
    return f"({' OR '.join(pairs)})"


def _spelt(condition: str, is_sqlite: bool) -> str:
    """Put the comparison of columns in for ``{one,other}``."""
    head, mark, rest = condition.partition("{")
    if not mark:
        return condition
    names, _, tail = rest.partition("}")
    return f"{head}{_changed(tuple(names.split(',')), is_sqlite)}{_spelt(tail, is_sqlite)}"
