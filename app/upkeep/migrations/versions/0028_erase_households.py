"""Note which households were erased, so that nothing brings them back, and what was decided of the requests.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from app.core.clock import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("household", "visit"):
        op.add_column(table, sa.Column("erased_at", Instant(), nullable=True))
    op.create_table(
        "erased_record",
        sa.Column("commune_id", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "erasure_request",
        sa.Column("commune_id", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("household_id", AutoString(), nullable=False),
        sa.Column("decision", AutoString(), nullable=False),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("decided_by", AutoString(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        sa.ForeignKeyConstraint(["commune_id", "decided_by"], ["account.commune_id", "account.id"]),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_erasure_request_household", "erasure_request", ["commune_id", "household_id"])


def downgrade() -> None:
    op.drop_table("erasure_request")
    op.drop_table("erased_record")
    for table in ("visit", "household"):
        op.drop_column(table, "erased_at")
