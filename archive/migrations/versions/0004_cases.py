"""Cases with their persons and papers; services.

Revision: 0004, after 0003. Adds tables only.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ROLES = "'受害人', '加害人', '其他监护人', '接收人', '拟定监护人', '见证人', '报告人', '承办民警'"


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("child_uid", sa.String(length=32), nullable=False),
        sa.Column("village_uid", sa.String(length=32), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["child_uid"], ["children.uid"], name=op.f("fk_cases_child_uid")),
        sa.ForeignKeyConstraint(["village_uid"], ["units.uid"], name=op.f("fk_cases_village_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_cases")),
        sa.UniqueConstraint("uid", name=op.f("uq_cases_uid")),
    )
    op.create_index(op.f("ix_cases_number"), "cases", ["number"], unique=False)
    op.create_index(op.f("ix_cases_child_uid"), "cases", ["child_uid"], unique=False)
    op.create_index(op.f("ix_cases_village_uid"), "cases", ["village_uid"], unique=False)

    op.create_table(
        "case_people",
        sa.Column("case_uid", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("person_uid", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("lives_with_child", sa.Boolean(), nullable=True),
        sa.Column("address_is_secret", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_case_people_role")),
        sa.ForeignKeyConstraint(["case_uid"], ["cases.uid"], name=op.f("fk_case_people_case_uid")),
        sa.ForeignKeyConstraint(["person_uid"], ["people.uid"], name=op.f("fk_case_people_person_uid")),
        sa.PrimaryKeyConstraint("case_uid", "position", name=op.f("pk_case_people")),
    )
    op.create_index(op.f("ix_case_people_person_uid"), "case_people", ["person_uid"], unique=False)

    op.create_table(
        "case_papers",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("case_uid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_uid"], ["cases.uid"], name=op.f("fk_case_papers_case_uid")),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_case_papers_paper_uid")),
        sa.PrimaryKeyConstraint("paper_uid", name=op.f("pk_case_papers")),
    )
    op.create_index(op.f("ix_case_papers_case_uid"), "case_papers", ["case_uid"], unique=False)

    op.create_table(
        "services",
        sa.Column("paper_uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("receipt_uid", sa.String(length=32), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_uid", "version", "copy_number"],
            ["copies.paper_uid", "copies.version", "copies.copy_number"],
            name=op.f("fk_services_paper_uid_version_copy_number"),
        ),
        sa.ForeignKeyConstraint(["receipt_uid"], ["papers.uid"], name=op.f("fk_services_receipt_uid")),
        sa.PrimaryKeyConstraint("paper_uid", "version", "copy_number", name=op.f("pk_services")),
    )
    op.create_index(op.f("ix_services_served_on"), "services", ["served_on"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a registry is never taken back to an older revision; restore the backup instead")
