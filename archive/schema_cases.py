"""Tables of cases (案卷): persons by role, papers, and what was served on whom (revision 0004).

Source: forms.md §5, §6 Part D; 反家庭暴力法 第十六条、第十七条.
"""

from __future__ import annotations

import sqlalchemy as sa

from archive.schema_base import UtcDateTime, metadata, one_of
from forms.cases.casefile import CaseRole

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True),
    sa.Column("uid", sa.String(32), nullable=False, unique=True),
    sa.Column("number", sa.String(100), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("child_uid", sa.String(32), sa.ForeignKey("children.uid"), nullable=False, index=True),
    sa.Column("village_uid", sa.String(32), sa.ForeignKey("units.uid"), index=True),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("opened_by", sa.String(100), nullable=False),
)

case_people = sa.Table(
    # who stands where in a case; reporter and officers have no row in people
    "case_people",
    metadata,
    sa.Column("case_uid", sa.String(32), sa.ForeignKey("cases.uid"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("person_uid", sa.String(32), sa.ForeignKey("people.uid"), index=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("phone", sa.String(40)),
    sa.Column("relation", sa.Text),
    sa.Column("unit", sa.Text),
    sa.Column("post", sa.Text),
    sa.Column("lives_with_child", sa.Boolean),
    sa.Column("address_is_secret", sa.Boolean, nullable=False),
    one_of("role", CaseRole, "role"),
)

case_papers = sa.Table(
    "case_papers",
    metadata,
    sa.Column("paper_uid", sa.String(32), sa.ForeignKey("papers.uid"), primary_key=True),
    sa.Column("case_uid", sa.String(32), sa.ForeignKey("cases.uid"), nullable=False, index=True),
)

services = sa.Table(
    # one row a copy served; a second try is a row of its own receipt paper
    "services",
    metadata,
    sa.Column("paper_uid", sa.String(32), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("copy_number", sa.Integer, primary_key=True),
    sa.Column("role", sa.String(20)),
    sa.Column("method", sa.String(20), nullable=False),
    sa.Column("served_on", sa.Date, nullable=False, index=True),
    sa.Column("receipt_uid", sa.String(32), sa.ForeignKey("papers.uid")),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["paper_uid", "version", "copy_number"], ["copies.paper_uid", "copies.version", "copies.copy_number"]
    ),
)
