"""Tables of what is numbered, appraised, destroyed, handed over and taken over (revision 0002).

Source: forms.md §12.3; DA/T 22—2015 §5.4; 档案法 第二十一条 (鉴定 and 销毁).
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.schema_base import UtcDateTime, metadata

reference_classes = sa.Table(
    # the last 件号 given in each lowest class
    "reference_classes",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
    sa.CheckConstraint("last >= 0 AND last <= 9999", name="last"),
)

reference_codes = sa.Table(
    # every 档号 ever given, void ones included
    "reference_codes",
    metadata,
    sa.Column("code", sa.String(100), primary_key=True),
    sa.Column("class_name", sa.String(60), sa.ForeignKey("reference_classes.name"), nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid"), index=True),
    sa.Column("old_uid", sa.String(32), sa.ForeignKey("old_items.uid"), index=True),
    sa.Column("given_at", UtcDateTime, nullable=False),
    sa.Column("given_by", sa.String(100), nullable=False),
    sa.Column("void_at", UtcDateTime),
    sa.Column("void_reason", sa.Text),
    sa.UniqueConstraint("class_name", "item"),
    sa.CheckConstraint("item >= 1", name="item"),
    sa.CheckConstraint("(paper_uid IS NULL) <> (old_uid IS NULL)", name="of"),
    sa.CheckConstraint("(void_at IS NULL) = (void_reason IS NULL)", name="void"),
)

old_items = sa.Table(
    # 旧档: a file that was scanned before this program; what it is of, as far as its name told
    "old_items",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("stacks.sha256"), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("child_uid", sa.String(32), sa.ForeignKey("children.uid"), index=True),
    sa.Column("village_uid", sa.String(32), sa.ForeignKey("units.uid")),
    sa.Column("year", sa.Integer, index=True),
    sa.Column("made_on", sa.Date),
    sa.Column("has_text", sa.Boolean, nullable=False),
    sa.Column("reference_code", sa.String(100), unique=True),
    sa.Column("adopted_at", UtcDateTime, nullable=False),
    sa.Column("adopted_by", sa.String(100), nullable=False),
)

disposals = sa.Table(
    # 销毁: decided by two persons, proved by a certificate in the store
    "disposals",
    metadata,
    sa.Column("uid", sa.String(32), primary_key=True),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("first_by", sa.String(100), nullable=False),
    sa.Column("second_by", sa.String(100), nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("certificate", sa.String(128), nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.CheckConstraint("first_by <> second_by", name="two_persons"),
    sa.CheckConstraint("items >= 1", name="items"),
)

disposed_objects = sa.Table(
    # the objects of the store that a disposal takes out for good
    "disposed_objects",
    metadata,
    sa.Column("object_id", sa.String(100), primary_key=True),
    sa.Column("disposal_uid", sa.String(32), sa.ForeignKey("disposals.uid"), nullable=False, index=True),
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid"), unique=True),
    sa.Column("old_uid", sa.String(32), sa.ForeignKey("old_items.uid"), unique=True),
)

keepings = sa.Table(
    # 鉴定 that found an item worth keeping longer
    "keepings",
    metadata,
    sa.Column("code", sa.String(100), sa.ForeignKey("reference_codes.code"), primary_key=True),
    sa.Column("decided_at", UtcDateTime, primary_key=True),
    sa.Column("until_year", sa.Integer),
    sa.Column("first_by", sa.String(100), nullable=False),
    sa.Column("second_by", sa.String(100), nullable=False),
    sa.CheckConstraint("first_by <> second_by", name="two_persons"),
)

transfers = sa.Table(
    # 移交: a package made for the county archives, and its receipt
    "transfers",
    metadata,
    sa.Column("uid", sa.String(32), primary_key=True),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("manifest", sa.String(128), nullable=False),
    sa.Column("received_on", sa.Date),
    sa.Column("receipt", sa.String(128)),
    sa.CheckConstraint("(received_on IS NULL) = (receipt IS NULL)", name="receipt"),
)

transfer_items = sa.Table(
    "transfer_items",
    metadata,
    sa.Column("transfer_uid", sa.String(32), sa.ForeignKey("transfers.uid"), primary_key=True),
    sa.Column("code", sa.String(100), sa.ForeignKey("reference_codes.code"), primary_key=True, index=True),
)

withdrawals = sa.Table(
    # a filed scan that was taken back: the version is out again, the scan stays in the store
    "withdrawals",
    metadata,
    sa.Column("paper_uid", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("filed_at", UtcDateTime, primary_key=True),
    sa.Column("signed_on", sa.Date),
    sa.Column("withdrawn_at", UtcDateTime, nullable=False),
    sa.Column("withdrawn_by", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["paper_uid", "version"], ["versions.paper_uid", "versions.version"]),
)
