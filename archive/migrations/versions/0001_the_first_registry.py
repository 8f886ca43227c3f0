"""The first registry.

Revision: 0001, the first one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0", name=op.f("ck_number_series_last")),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "outbox",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "people",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("gender", sa.String(length=8), nullable=True),
        sa.Column("ethnicity", sa.String(length=40), nullable=True),
        sa.Column("birth", sa.Date(), nullable=True),
        sa.Column("id_type", sa.String(length=40), nullable=True),
        sa.Column("id_number", sa.String(length=18), nullable=True),
        sa.Column("phones", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("health", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_people")),
        sa.UniqueConstraint("id_number", name=op.f("uq_people_id_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_people_uid")),
    )
    op.create_index(op.f("ix_people_address"), "people", ["address"], unique=False)
    op.create_index(op.f("ix_people_birth"), "people", ["birth"], unique=False)
    op.create_index(op.f("ix_people_name"), "people", ["name"], unique=False)

    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "stacks",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("received_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_stacks")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stacks_sha256")),
    )
    op.create_table(
        "units",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("parent_uid", sa.String(length=32), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.String(length=100), nullable=True),
        sa.Column("contact_phone", sa.String(length=32), nullable=True),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('村（居）民委员会', '镇（街道）', '县级民政部门', '学校', '公安机关', '教育部门')",
            name=op.f("ck_units_kind"),
        ),
        sa.ForeignKeyConstraint(["parent_uid"], ["units.uid"], name=op.f("fk_units_parent_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_units")),
        sa.UniqueConstraint("name", name=op.f("uq_units_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_units_uid")),
    )
    op.create_index(op.f("ix_units_parent_uid"), "units", ["parent_uid"], unique=False)
    op.create_index(op.f("ix_units_short"), "units", ["short"], unique=False)

    op.create_table(
        "children",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("village_uid", sa.String(length=32), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("hukou_registered", sa.Boolean(), nullable=True),
        sa.Column("hukou_kind", sa.String(length=20), nullable=True),
        sa.Column("hukou_address", sa.Text(), nullable=True),
        sa.Column("health_primary", sa.String(length=20), nullable=True),
        sa.Column("disability", sa.Text(), nullable=True),
        sa.Column("illness", sa.Text(), nullable=True),
        sa.Column("schooling", sa.String(length=20), nullable=True),
        sa.Column("school", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("school_class", sa.Text(), nullable=True),
        sa.Column("student_number", sa.Text(), nullable=True),
        sa.Column("boarding", sa.String(length=20), nullable=True),
        sa.Column("away_pattern", sa.String(length=40), nullable=True),
        sa.Column("care_actual", sa.String(length=40), nullable=True),
        sa.Column("care_quality", sa.String(length=20), nullable=True),
        sa.Column("income_sources", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("relief", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("exit_reason", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["uid"], ["people.uid"], name=op.f("fk_children_uid")),
        sa.ForeignKeyConstraint(["village_uid"], ["units.uid"], name=op.f("fk_children_village_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_children")),
        sa.UniqueConstraint("uid", name=op.f("uq_children_uid")),
    )
    op.create_index(op.f("ix_children_village_uid"), "children", ["village_uid"], unique=False)

    op.create_table(
        "desk_items",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page_index", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("put_at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["stacks.sha256"], name=op.f("fk_desk_items_sha256")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_desk_items")),
    )
    op.create_index(op.f("ix_desk_items_sha256"), "desk_items", ["sha256"], unique=False)

    op.create_table(
        "history",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("subject_uid", sa.String(length=32), nullable=False),
        sa.Column("aspect", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("state", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "aspect IN ('person', 'child', 'father', 'mother', 'carer', 'contact')", name=op.f("ck_history_aspect")
        ),
        sa.ForeignKeyConstraint(["subject_uid"], ["people.uid"], name=op.f("fk_history_subject_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_history")),
    )
    op.create_index("ix_history_subject_uid_aspect", "history", ["subject_uid", "aspect"], unique=False)

    op.create_table(
        "numbers",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("void_at", sa.DateTime(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(void_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_numbers_void")),
        sa.CheckConstraint("serial >= 1", name=op.f("ck_numbers_serial")),
        sa.ForeignKeyConstraint(
            ["series", "year"], ["number_series.series", "number_series.year"], name=op.f("fk_numbers_series_year")
        ),
        sa.PrimaryKeyConstraint("series", "year", "serial", name=op.f("pk_numbers")),
    )
    op.create_table(
        "person_flags",
        sa.Column("person_uid", sa.String(length=32), nullable=False),
        sa.Column("flag", sa.String(length=60), nullable=False),
        sa.Column("source_paper", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_uid"], ["people.uid"], name=op.f("fk_person_flags_person_uid")),
        sa.PrimaryKeyConstraint("person_uid", "flag", "source_paper", name=op.f("pk_person_flags")),
    )
    op.create_table(
        "person_terms",
        sa.Column("person_uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("term", sa.String(length=100), nullable=False),
        sa.CheckConstraint("kind IN ('alias', 'phone', 'last4')", name=op.f("ck_person_terms_kind")),
        sa.ForeignKeyConstraint(["person_uid"], ["people.uid"], name=op.f("fk_person_terms_person_uid")),
        sa.PrimaryKeyConstraint("person_uid", "kind", "term", name=op.f("pk_person_terms")),
    )
    op.create_index("ix_person_terms_term_kind", "person_terms", ["term", "kind"], unique=False)

    op.create_table(
        "scan_pages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page_index", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("mark_id", sa.String(length=10), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('filed', 'waiting', 'desk', 'blank', 'duplicate')", name=op.f("ck_scan_pages_state")
        ),
        sa.CheckConstraint("page_index >= 0", name=op.f("ck_scan_pages_page_index")),
        sa.CheckConstraint("rotation IN (0, 90, 180, 270)", name=op.f("ck_scan_pages_rotation")),
        sa.ForeignKeyConstraint(["sha256"], ["stacks.sha256"], name=op.f("fk_scan_pages_sha256")),
        sa.PrimaryKeyConstraint("sha256", "page_index", name=op.f("pk_scan_pages")),
    )
    op.create_index("ix_scan_pages_mark_id_state", "scan_pages", ["mark_id", "state"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("child_uid", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["child_uid"], ["children.uid"], name=op.f("fk_contacts_child_uid")),
        sa.PrimaryKeyConstraint("child_uid", name=op.f("pk_contacts")),
    )
    op.create_table(
        "kin",
        sa.Column("child_uid", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("person_uid", sa.String(length=32), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=True),
        sa.Column("work_place", sa.Text(), nullable=True),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.Column("capable", sa.Boolean(), nullable=True),
        sa.Column("incapable_reason", sa.String(length=20), nullable=True),
        sa.Column("custody", sa.String(length=40), nullable=True),
        sa.Column("relation", sa.String(length=20), nullable=True),
        sa.Column("lives_with_child", sa.Boolean(), nullable=True),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.CheckConstraint("role IN ('father', 'mother', 'carer')", name=op.f("ck_kin_role")),
        sa.ForeignKeyConstraint(["child_uid"], ["children.uid"], name=op.f("fk_kin_child_uid")),
        sa.ForeignKeyConstraint(["person_uid"], ["people.uid"], name=op.f("fk_kin_person_uid")),
        sa.PrimaryKeyConstraint("child_uid", "role", name=op.f("pk_kin")),
    )
    op.create_index(op.f("ix_kin_person_uid"), "kin", ["person_uid"], unique=False)

    op.create_table(
        "papers",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("form_code", sa.String(length=16), nullable=False),
        sa.Column("issuer_uid", sa.String(length=32), nullable=False),
        sa.Column("village_uid", sa.String(length=32), nullable=True),
        sa.Column("child_uid", sa.String(length=32), nullable=True),
        sa.Column("carer_uid", sa.String(length=32), nullable=True),
        sa.Column("series", sa.String(length=40), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_version", sa.Integer(), nullable=False),
        sa.Column("reference_code", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.CheckConstraint(
            "status IN ('草稿', '已生成待签', '已签待归档', '已归档', '作废', '被替代')", name=op.f("ck_papers_status")
        ),
        sa.CheckConstraint("signed_version <= version", name=op.f("ck_papers_signed_version")),
        sa.ForeignKeyConstraint(["carer_uid"], ["people.uid"], name=op.f("fk_papers_carer_uid")),
        sa.ForeignKeyConstraint(["child_uid"], ["children.uid"], name=op.f("fk_papers_child_uid")),
        sa.ForeignKeyConstraint(["issuer_uid"], ["units.uid"], name=op.f("fk_papers_issuer_uid")),
        sa.ForeignKeyConstraint(
            ["series", "year", "serial"],
            ["numbers.series", "numbers.year", "numbers.serial"],
            name=op.f("fk_papers_series_year_serial"),
        ),
        sa.ForeignKeyConstraint(["village_uid"], ["units.uid"], name=op.f("fk_papers_village_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_papers")),
        sa.UniqueConstraint("reference_code", name=op.f("uq_papers_reference_code")),
        sa.UniqueConstraint("series", "year", "serial", name=op.f("uq_papers_series_year_serial")),
        sa.UniqueConstraint("uid", name=op.f("uq_papers_uid")),
    )
    op.create_index(op.f("ix_papers_carer_uid"), "papers", ["carer_uid"], unique=False)
    op.create_index("ix_papers_child_uid_form_code", "papers", ["child_uid", "form_code"], unique=False)
    op.create_index("ix_papers_status_form_code", "papers", ["status", "form_code"], unique=False)
    op.create_index(op.f("ix_papers_village_uid"), "papers", ["village_uid"], unique=False)

    op.create_table(
        "statements",
        sa.Column("child_uid", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["child_uid"], ["children.uid"], name=op.f("fk_statements_child_uid")),
        sa.PrimaryKeyConstraint("child_uid", "source", "digest", name=op.f("pk_statements")),
    )
    op.create_table(
        "duties",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("child_uid", sa.String(length=32), nullable=False),
        sa.Column("paper_uid", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["child_uid"], ["children.uid"], name=op.f("fk_duties_child_uid")),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_duties_paper_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_duties")),
    )
    op.create_index(op.f("ix_duties_child_uid"), "duties", ["child_uid"], unique=False)
    op.create_index(op.f("ix_duties_due_on"), "duties", ["due_on"], unique=False)

    op.create_table(
        "paper_links",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("other_uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "kind IN ('replaces', 'answers', 'rests_on', 'annex_of', 'follows', 'for')",
            name=op.f("ck_paper_links_kind"),
        ),
        sa.CheckConstraint("paper_uid <> other_uid", name=op.f("ck_paper_links_other")),
        sa.ForeignKeyConstraint(["other_uid"], ["papers.uid"], name=op.f("fk_paper_links_other_uid")),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_paper_links_paper_uid")),
        sa.PrimaryKeyConstraint("paper_uid", "other_uid", "kind", name=op.f("pk_paper_links")),
    )
    op.create_index(op.f("ix_paper_links_other_uid"), "paper_links", ["other_uid"], unique=False)

    op.create_table(
        "paper_people",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("person_uid", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_paper_people_paper_uid")),
        sa.ForeignKeyConstraint(["person_uid"], ["people.uid"], name=op.f("fk_paper_people_person_uid")),
        sa.PrimaryKeyConstraint("paper_uid", "person_uid", "role", name=op.f("pk_paper_people")),
    )
    op.create_index(op.f("ix_paper_people_person_uid"), "paper_people", ["person_uid"], unique=False)

    op.create_table(
        "versions",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mark_id", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("wording", sa.String(length=20), nullable=False),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("filed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('草稿', '已生成待签', '已签待归档', '已归档', '作废', '被替代')",
            name=op.f("ck_versions_status"),
        ),
        sa.CheckConstraint("pages >= 1", name=op.f("ck_versions_pages")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_versions_version")),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_versions_paper_uid")),
        sa.PrimaryKeyConstraint("paper_uid", "version", name=op.f("pk_versions")),
        sa.UniqueConstraint("mark_id", name=op.f("uq_versions_mark_id")),
    )
    op.create_table(
        "copies",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=100), nullable=False),
        sa.CheckConstraint("copy_number >= 1", name=op.f("ck_copies_copy_number")),
        sa.ForeignKeyConstraint(
            ["paper_uid", "version"],
            ["versions.paper_uid", "versions.version"],
            name=op.f("fk_copies_paper_uid_version"),
        ),
        sa.PrimaryKeyConstraint("paper_uid", "version", "copy_number", name=op.f("pk_copies")),
    )
    op.create_table(
        "paper_files",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("sha512", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_uid", "version"],
            ["versions.paper_uid", "versions.version"],
            name=op.f("fk_paper_files_paper_uid_version"),
        ),
        sa.PrimaryKeyConstraint("paper_uid", "version", "path", name=op.f("pk_paper_files")),
    )
    op.create_table(
        "receipts",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("refused_reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_uid", "version", "copy_number"],
            ["copies.paper_uid", "copies.version", "copies.copy_number"],
            name=op.f("fk_receipts_paper_uid_version_copy_number"),
        ),
        sa.PrimaryKeyConstraint("paper_uid", "version", "copy_number", name=op.f("pk_receipts")),
    )
