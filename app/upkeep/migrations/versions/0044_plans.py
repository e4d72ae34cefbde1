"""Store the plans of a commune, under which days and sessions are done.

Created 2026-12-02.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "plan",
        *(sa.Column(name, _TEXT(), nullable=False) for name in ("commune_id", "id", "number", "name")),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("typed_by", _TEXT(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", _TEXT(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )


def downgrade() -> None:
    op.drop_table("plan")
