"""Store which extras a commune's reports have, and what was typed for them; of a closed period, those that it was
closed with.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "report_extras",
        sa.Column("commune_id", _TEXT(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", _TEXT(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id"),
    )
    op.create_table(
        "hamlet_count",
        *(sa.Column(name, _TEXT(), nullable=False) for name in ("commune_id", "kind")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("source", _TEXT(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("typed_by", _TEXT(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", _TEXT(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id", "kind", "version"),
    )
    op.add_column("closed_period", sa.Column("extras", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("closed_period", "extras")
    op.drop_table("hamlet_count")
    op.drop_table("report_extras")
