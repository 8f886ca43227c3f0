"""A filed scan may be withdrawn: the paper is out again; who withdrew it and why stays for good.

Revision: 0006, after 0005. One table; the guards of versions and papers (0003, 0005) let through what
a withdrawal stands behind, and nothing else.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

VERSIONS = ("paper_uid", "version", "mark_id", "pages", "wording", "made_on", "made_at", "made_by")
VERSION_STATES = (
    "(OLD.filed_at IS NOT NULL AND {filed_at,signed_on}) "
    "OR (NEW.status <> OLD.status AND (OLD.status IN ('作废', '被替代') "
    "OR (OLD.status = '已签待归档' AND NEW.status NOT IN ('已归档', '被替代')) "
    "OR (OLD.status = '已归档' AND NEW.status <> '被替代')))"
)
WITHDRAWN_VERSION = (
    "NEW.status = '已生成待签' AND NEW.filed_at IS NULL AND NEW.signed_on IS NULL AND EXISTS ("
    "SELECT 1 FROM withdrawals w WHERE w.paper_uid = OLD.paper_uid AND w.version = OLD.version "
    "AND w.filed_at = OLD.filed_at)"
)
PAPERS = ("uid", "form_code", "issuer_uid", "child_uid", "carer_uid", "series", "year", "serial", "created_at",
          "created_by")  # fmt: skip
PAPER_STATES = "NEW.version < OLD.version"
SIGNED_BACK = "NEW.signed_version < OLD.signed_version"
WITHDRAWN_PAPER = (
    "NEW.signed_version = 0 AND EXISTS (SELECT 1 FROM withdrawals w JOIN versions v "
    "ON v.paper_uid = w.paper_uid AND v.version = w.version AND v.filed_at = w.filed_at "
    "WHERE w.paper_uid = OLD.uid AND w.version = OLD.signed_version)"
)


def upgrade() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_uid", "version"],
            ["versions.paper_uid", "versions.version"],
            name=op.f("fk_withdrawals_paper_uid_version"),
        ),
        sa.PrimaryKeyConstraint("paper_uid", "version", "filed_at", name=op.f("pk_withdrawals")),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for event in ("update", "delete"):
        _refuse("withdrawals", event, f"keep_withdrawals_{event}", "1 = 1", "", is_sqlite)
    on = {table: "" if is_sqlite else f" ON {table}" for table in ("versions", "papers")}
    for table in on:
        op.execute(sa.text(f"DROP TRIGGER keep_{table}_update{on[table]}"))
    _refuse("versions", "update", "keep_versions_update", _changed(VERSIONS, is_sqlite), "", is_sqlite)
    _refuse("versions", "update", "keep_versions_state", _spelt(VERSION_STATES, is_sqlite), WITHDRAWN_VERSION, is_sqlite)
    fixed = f"{PAPER_STATES} OR {_changed(PAPERS, is_sqlite)}"
    _refuse("papers", "update", "keep_papers_update", fixed, "", is_sqlite)
    _refuse("papers", "update", "keep_papers_signed", SIGNED_BACK, WITHDRAWN_PAPER, is_sqlite)


def _refuse(table: str, event: str, name: str, when: str, unless: str, is_sqlite: bool) -> None:
    """Refuse an event under a condition, unless something in other tables stands behind it."""
    head = f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} FOR EACH ROW WHEN"
    if is_sqlite:
        condition = f"({when}) AND NOT ({unless})" if unless else when
        op.execute(sa.text(f"{head} ({condition}) BEGIN SELECT RAISE(ABORT, 'docgen.keep {table}'); END"))
        return
    function = "docgen_keep"
    if unless:  # PostgreSQL takes no subquery in WHEN
        function = f"docgen_{name}"
        op.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {unless} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'docgen.keep %', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
        )
    op.execute(sa.text(f"{head} ({when}) EXECUTE FUNCTION {function}()"))


def _changed(columns: tuple[str, ...], is_sqlite: bool) -> str:
    same = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    return "(" + " OR ".join(f'NEW."{column}" {same} OLD."{column}"' for column in columns) + ")"


def _spelt(condition: str, is_sqlite: bool) -> str:
    """Put the comparison of columns in for ``{one,other}``."""
    head, mark, rest = condition.partition("{")
    if not mark:
        return condition
    names, _, tail = rest.partition("}")
    return f"{head}{_changed(tuple(names.split(',')), is_sqlite)}{_spelt(tail, is_sqlite)}"
