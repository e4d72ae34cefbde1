"""Store the form of a commune's reports and what somebody has made of their sentences; of a closed period, those
that it was closed with.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "report_form",
        *(sa.Column(name, _TEXT(), nullable=False) for name in ("commune_id", "signature", "department", "series")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("addressees", "receivers")),
        sa.Column("drafting_unit", _TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", _TEXT(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id"),
    )
    op.create_table(
        "report_wording",
        *(sa.Column(name, _TEXT(), nullable=False) for name in ("commune_id", "code", "text", "generated")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_by", _TEXT(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id", "code"),
    )
    for name in ("form", "wording"):
        op.add_column("closed_period", sa.Column(name, sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("closed_period", "wording")
    op.drop_column("closed_period", "form")
    op.drop_table("report_wording")
    op.drop_table("report_form")
