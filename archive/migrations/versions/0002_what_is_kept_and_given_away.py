"""Reference codes, appraisal and disposal, transfers, old scans taken over.

Revision: 0002, after 0001. Adds tables only.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "reference_classes",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 0 AND last <= 9999", name=op.f("ck_reference_classes_last")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reference_classes")),
    )
    op.create_table(
        "old_items",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("child_uid", sa.String(length=32), nullable=True),
        sa.Column("village_uid", sa.String(length=32), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("has_text", sa.Boolean(), nullable=False),
        sa.Column("reference_code", sa.String(length=100), nullable=True),
        sa.Column("adopted_at", sa.DateTime(), nullable=False),
        sa.Column("adopted_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["child_uid"], ["children.uid"], name=op.f("fk_old_items_child_uid")),
        sa.ForeignKeyConstraint(["sha256"], ["stacks.sha256"], name=op.f("fk_old_items_sha256")),
        sa.ForeignKeyConstraint(["village_uid"], ["units.uid"], name=op.f("fk_old_items_village_uid")),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_old_items")),
        sa.UniqueConstraint("reference_code", name=op.f("uq_old_items_reference_code")),
        sa.UniqueConstraint("sha256", name=op.f("uq_old_items_sha256")),
        sa.UniqueConstraint("uid", name=op.f("uq_old_items_uid")),
    )
    op.create_index(op.f("ix_old_items_child_uid"), "old_items", ["child_uid"], unique=False)
    op.create_index(op.f("ix_old_items_year"), "old_items", ["year"], unique=False)

    op.create_table(
        "reference_codes",
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("class_name", sa.String(length=60), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("paper_uid", sa.String(length=32), nullable=True),
        sa.Column("old_uid", sa.String(length=32), nullable=True),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("given_by", sa.String(length=100), nullable=False),
        sa.Column("void_at", sa.DateTime(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("item >= 1", name=op.f("ck_reference_codes_item")),
        sa.CheckConstraint("(paper_uid IS NULL) <> (old_uid IS NULL)", name=op.f("ck_reference_codes_of")),
        sa.CheckConstraint("(void_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_reference_codes_void")),
        sa.ForeignKeyConstraint(
            ["class_name"], ["reference_classes.name"], name=op.f("fk_reference_codes_class_name")
        ),
        sa.ForeignKeyConstraint(["old_uid"], ["old_items.uid"], name=op.f("fk_reference_codes_old_uid")),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_reference_codes_paper_uid")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reference_codes")),
        sa.UniqueConstraint("class_name", "item", name=op.f("uq_reference_codes_class_name_item")),
    )
    op.create_index(op.f("ix_reference_codes_old_uid"), "reference_codes", ["old_uid"], unique=False)
    op.create_index(op.f("ix_reference_codes_paper_uid"), "reference_codes", ["paper_uid"], unique=False)

    op.create_table(
        "disposals",
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("first_by", sa.String(length=100), nullable=False),
        sa.Column("second_by", sa.String(length=100), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.String(length=128), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("first_by <> second_by", name=op.f("ck_disposals_two_persons")),
        sa.CheckConstraint("items >= 1", name=op.f("ck_disposals_items")),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_disposals")),
    )
    op.create_table(
        "disposed_objects",
        sa.Column("object_id", sa.String(length=100), nullable=False),
        sa.Column("disposal_uid", sa.String(length=32), nullable=False),
        sa.Column("paper_uid", sa.String(length=32), nullable=True),
        sa.Column("old_uid", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["disposal_uid"], ["disposals.uid"], name=op.f("fk_disposed_objects_disposal_uid")),
        sa.ForeignKeyConstraint(["old_uid"], ["old_items.uid"], name=op.f("fk_disposed_objects_old_uid")),
        sa.ForeignKeyConstraint(["paper_uid"], ["papers.uid"], name=op.f("fk_disposed_objects_paper_uid")),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_disposed_objects")),
        sa.UniqueConstraint("old_uid", name=op.f("uq_disposed_objects_old_uid")),
        sa.UniqueConstraint("paper_uid", name=op.f("uq_disposed_objects_paper_uid")),
    )
    op.create_index(op.f("ix_disposed_objects_disposal_uid"), "disposed_objects", ["disposal_uid"], unique=False)

    op.create_table(
        "keepings",
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("until_year", sa.Integer(), nullable=True),
        sa.Column("first_by", sa.String(length=100), nullable=False),
        sa.Column("second_by", sa.String(length=100), nullable=False),
        sa.CheckConstraint("first_by <> second_by", name=op.f("ck_keepings_two_persons")),
        sa.ForeignKeyConstraint(["code"], ["reference_codes.code"], name=op.f("fk_keepings_code")),
        sa.PrimaryKeyConstraint("code", "decided_at", name=op.f("pk_keepings")),
    )
    op.create_table(
        "transfers",
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.String(length=128), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("receipt", sa.String(length=128), nullable=True),
        sa.CheckConstraint("(received_on IS NULL) = (receipt IS NULL)", name=op.f("ck_transfers_receipt")),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_transfers")),
    )
    op.create_table(
        "transfer_items",
        sa.Column("transfer_uid", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["reference_codes.code"], name=op.f("fk_transfer_items_code")),
        sa.ForeignKeyConstraint(["transfer_uid"], ["transfers.uid"], name=op.f("fk_transfer_items_transfer_uid")),
        sa.PrimaryKeyConstraint("transfer_uid", "code", name=op.f("pk_transfer_items")),
    )
    op.create_index(op.f("ix_transfer_items_code"), "transfer_items", ["code"], unique=False)

