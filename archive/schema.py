"""Tables of the registry (登记库): SQLAlchemy Core, the same on SQLite and PostgreSQL.

Source: forms.md §5 (links that must exist as data), §12.3 (metadata), §13 (personal data);
docs/on-disk.md describes every table; those of numbering, disposal and transfer stand in
`schema_kept`. What must stay true: whatever has to be unique or has to exist is unique or a foreign
key here, in the database, and not only in code. A column that is NULL means 未采集; 不适用 is kept
apart in the row's `gaps` list. Every change of a table is an Alembic revision beside this module,
and `HEAD` names the newest one. Triggers (revision 0003) refuse to change or
delete what was given out, signed or said: numbers, signed versions, bound files, readings, receipts, acts. They
are not part of the metadata here; a revision that copies one of those tables has to make them again.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive import (  # noqa: F401  they share the metadata
    schema_cases,
    schema_desk,
    schema_kept,
    schema_rosters,
    schema_tables,
)
from archive.schema_base import UtcDateTime, gaps, metadata, one_of
from forms.values.enums import PaperStatus, UnitKind

__all__ = ["HEAD", "UtcDateTime", "metadata", "schema_kept"]

HEAD = "0008"
"""The newest revision under archive/migrations; a registry at this revision needs no upgrade."""

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

units = sa.Table(
    "units",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("short", sa.String(100), nullable=False, index=True),
    sa.Column("code", sa.String(12), nullable=False),
    sa.Column("parent_uid", sa.String(32), sa.ForeignKey("units.uid"), index=True),
    sa.Column("address", sa.Text),
    sa.Column("contact_name", sa.String(100)),
    sa.Column("contact_phone", sa.String(32)),
    gaps(),
    one_of("kind", UnitKind, "kind"),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False, index=True),
    sa.Column("aliases", sa.JSON, nullable=False),
    sa.Column("gender", sa.String(8)),
    sa.Column("ethnicity", sa.String(40)),
    sa.Column("birth", sa.Date, index=True),
    sa.Column("id_type", sa.String(40)),
    sa.Column("id_number", sa.String(18), unique=True),
    sa.Column("phones", sa.JSON(none_as_null=True)),
    sa.Column("address", sa.Text, index=True),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("health", sa.Text),
    sa.Column("education", sa.Text),
    sa.Column("occupation", sa.Text),
    gaps(),
)

person_terms = sa.Table(
    # what a person can be looked up by besides the columns above; derived, one row a term
    "person_terms",
    metadata,
    sa.Column("person_uid", sa.String(32), sa.ForeignKey("people.uid"), primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("term", sa.String(100), primary_key=True),
    one_of("kind", ("alias", "phone", "last4"), "kind"),
    sa.Index("ix_person_terms_term_kind", "term", "kind"),
)

person_flags = sa.Table(
    "person_flags",
    metadata,
    sa.Column("person_uid", sa.String(32), sa.ForeignKey("people.uid"), primary_key=True),
    sa.Column("flag", sa.String(60), primary_key=True),
    sa.Column("source_paper", sa.String(32), primary_key=True),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
)

children = sa.Table(
    "children",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), sa.ForeignKey("people.uid"), nullable=False, unique=True),
    sa.Column("village_uid", sa.String(32), sa.ForeignKey("units.uid"), nullable=False, index=True),
    sa.Column("group", sa.Text),
    sa.Column("hukou_registered", sa.Boolean),
    sa.Column("hukou_kind", sa.String(20)),
    sa.Column("hukou_address", sa.Text),
    sa.Column("health_primary", sa.String(20)),
    sa.Column("disability", sa.Text),
    sa.Column("illness", sa.Text),
    sa.Column("schooling", sa.String(20)),
    sa.Column("school", sa.Text),
    sa.Column("grade", sa.Text),
    sa.Column("school_class", sa.Text),
    sa.Column("student_number", sa.Text),
    sa.Column("boarding", sa.String(20)),
    sa.Column("away_pattern", sa.String(40)),
    sa.Column("care_actual", sa.String(40)),
    sa.Column("care_quality", sa.String(20)),
    sa.Column("income_sources", sa.JSON(none_as_null=True)),
    sa.Column("relief", sa.JSON(none_as_null=True)),
    sa.Column("entered_on", sa.Date),
    sa.Column("left_on", sa.Date),
    sa.Column("exit_reason", sa.Text),
    sa.Column("remark", sa.Text),
    gaps(),
)

kin = sa.Table(
    # who stands where to a child now; what stood before is in history
    "kin",
    metadata,
    sa.Column("child_uid", sa.String(32), sa.ForeignKey("children.uid"), primary_key=True),
    sa.Column("role", sa.String(8), primary_key=True),
    sa.Column("person_uid", sa.String(32), sa.ForeignKey("people.uid"), nullable=False, index=True),
    sa.Column("away", sa.Boolean),
    sa.Column("work_place", sa.Text),
    sa.Column("employer", sa.Text),
    sa.Column("left_on", sa.Date),
    sa.Column("returns_on", sa.Date),
    sa.Column("capable", sa.Boolean),
    sa.Column("incapable_reason", sa.String(20)),
    sa.Column("custody", sa.String(40)),
    sa.Column("relation", sa.String(20)),
    sa.Column("lives_with_child", sa.Boolean),
    gaps(),
    one_of("role", ("father", "mother", "carer"), "role"),
)

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("child_uid", sa.String(32), sa.ForeignKey("children.uid"), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("relation", sa.Text),
    sa.Column("phone", sa.String(32)),
    gaps(),
)

history = sa.Table(
    # each row: “from `valid_from` on, this aspect of the subject is `state`”, said at `recorded_at`
    "history",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("subject_uid", sa.String(32), sa.ForeignKey("people.uid"), nullable=False),
    sa.Column("aspect", sa.String(8), nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("state", sa.JSON(none_as_null=True)),
    one_of("aspect", ("person", "child", "father", "mother", "carer", "contact"), "aspect"),
    sa.Index("ix_history_subject_uid_aspect", "subject_uid", "aspect"),
)

statements = sa.Table(
    # rows of sheets already taken in, so that the same file again changes nothing
    "statements",
    metadata,
    sa.Column("child_uid", sa.String(32), sa.ForeignKey("children.uid"), primary_key=True),
    sa.Column("source", sa.String(200), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
)

number_series = sa.Table(
    "number_series",
    metadata,
    sa.Column("series", sa.String(40), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
    sa.CheckConstraint("last >= 0", name="last"),
)

numbers = sa.Table(
    "numbers",
    metadata,
    sa.Column("series", sa.String(40), primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("serial", sa.Integer, primary_key=True),
    sa.Column("given_at", UtcDateTime, nullable=False),
    sa.Column("void_at", UtcDateTime),
    sa.Column("void_reason", sa.Text),
    sa.ForeignKeyConstraint(["series", "year"], ["number_series.series", "number_series.year"]),
    sa.CheckConstraint("serial >= 1", name="serial"),
    sa.CheckConstraint("(void_at IS NULL) = (void_reason IS NULL)", name="void"),
)

papers = sa.Table(
    "papers",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("form_code", sa.String(16), nullable=False),
    sa.Column("issuer_uid", sa.String(32), sa.ForeignKey("units.uid"), nullable=False),
    sa.Column("village_uid", sa.String(32), sa.ForeignKey("units.uid"), index=True),
    sa.Column("child_uid", sa.String(32), sa.ForeignKey("children.uid")),
    sa.Column("carer_uid", sa.String(32), sa.ForeignKey("people.uid"), index=True),
    sa.Column("series", sa.String(40)),
    sa.Column("year", sa.Integer),
    sa.Column("serial", sa.Integer),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("signed_version", sa.Integer, nullable=False),
    sa.Column("reference_code", sa.String(100), unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
    sa.ForeignKeyConstraint(["series", "year", "serial"], ["numbers.series", "numbers.year", "numbers.serial"]),
    sa.UniqueConstraint("series", "year", "serial"),
    sa.Index("ix_papers_child_uid_form_code", "child_uid", "form_code"),
    sa.Index("ix_papers_status_form_code", "status", "form_code"),
    one_of("status", PaperStatus, "status"),
    sa.CheckConstraint("signed_version <= version", name="signed_version"),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("mark_id", sa.String(10), nullable=False, unique=True),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("wording", sa.String(20), nullable=False),
    sa.Column("prints", sa.Integer, nullable=False),
    sa.Column("made_on", sa.Date, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("signed_on", sa.Date),
    sa.Column("filed_at", UtcDateTime),
    one_of("status", PaperStatus, "status"),
    sa.CheckConstraint("version >= 1", name="version"),
    sa.CheckConstraint("pages >= 1", name="pages"),
)

paper_files = sa.Table(
    # binds a version to its bytes in the store: logical path and SHA-512, as in the object's inventory
    "paper_files",
    metadata,
    sa.Column("paper_uid", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("path", sa.String(200), primary_key=True),
    sa.Column("sha512", sa.String(128), nullable=False),
    sa.ForeignKeyConstraint(["paper_uid", "version"], ["versions.paper_uid", "versions.version"]),
)

readings = sa.Table(
    # what a person read from the signed scan; a correction is one more row
    "readings",
    metadata,
    sa.Column("paper_uid", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("reading", sa.Integer, primary_key=True),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Column("read_by", sa.String(100), nullable=False),
    sa.Column("signed_on", sa.Date),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("signatures", sa.JSON, nullable=False),
    sa.ForeignKeyConstraint(["paper_uid", "version"], ["versions.paper_uid", "versions.version"]),
    sa.CheckConstraint("reading >= 1", name="reading"),
)

paper_people = sa.Table(
    "paper_people",
    metadata,
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid"), primary_key=True),
    sa.Column("person_uid", sa.String(32), sa.ForeignKey("people.uid"), primary_key=True, index=True),
    sa.Column("role", sa.String(20), primary_key=True),
)

paper_links = sa.Table(
    "paper_links",
    metadata,
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid"), primary_key=True),
    sa.Column("other_uid", sa.String(32), sa.ForeignKey("papers.uid"), primary_key=True, index=True),
    sa.Column("kind", sa.String(12), primary_key=True),
    one_of("kind", ("replaces", "answers", "rests_on", "annex_of", "follows", "for"), "kind"),
    sa.CheckConstraint("paper_uid <> other_uid", name="other"),
)

copies = sa.Table(
    "copies",
    metadata,
    sa.Column("paper_uid", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("copy_number", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.String(100), nullable=False),
    sa.ForeignKeyConstraint(["paper_uid", "version"], ["versions.paper_uid", "versions.version"]),
    sa.CheckConstraint("copy_number >= 1", name="copy_number"),
)

receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("paper_uid", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("copy_number", sa.Integer, primary_key=True),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("refused_reason", sa.Text),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["paper_uid", "version", "copy_number"], ["copies.paper_uid", "copies.version", "copies.copy_number"]
    ),
)

stacks = sa.Table(
    # one row a file as received, known by the digest of its bytes
    "stacks",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("page_count", sa.Integer, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("received_by", sa.String(100), nullable=False),
)

scan_pages = sa.Table(
    "scan_pages",
    metadata,
    sa.Column("sha256", sa.String(64), sa.ForeignKey("stacks.sha256"), primary_key=True),
    sa.Column("page_index", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("mark_id", sa.String(10)),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("rotation", sa.Integer, nullable=False),
    one_of("state", ("filed", "waiting", "desk", "blank", "duplicate"), "state"),
    sa.CheckConstraint("rotation IN (0, 90, 180, 270)", name="rotation"),
    sa.CheckConstraint("page_index >= 0", name="page_index"),
    sa.Index("ix_scan_pages_mark_id_state", "mark_id", "state"),
)

desk_items = sa.Table(
    "desk_items",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("stacks.sha256"), index=True),
    sa.Column("page_index", sa.Integer),
    sa.Column("paper_uid", sa.String(32), index=True),  # not a foreign key: it may be a paper nobody registered
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("put_at", UtcDateTime, nullable=False),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("resolution", sa.Text),
    sa.CheckConstraint("sha256 IS NOT NULL OR paper_uid IS NOT NULL", name="about"),
)

duties = sa.Table(
    "duties",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("child_uid", sa.String(32), sa.ForeignKey("children.uid"), nullable=False, index=True),
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid")),
    sa.Column("due_on", sa.Date, nullable=False, index=True),
    sa.Column("done_on", sa.Date),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("uid", sa.String(64), nullable=False),
    sa.Column("added_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,  # a watermark in the index must never see a number twice
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False, index=True),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

audit_head = sa.Table(
    # one row: the end of the chain, so that a cut tail is seen and writers queue on it
    "audit_head",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.CheckConstraint("one = 1", name="one"),
)
