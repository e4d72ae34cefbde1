"""Mark the days whose flags are to be computed.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unevaluated_day",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "kind", "id", "day"),
    )


def downgrade() -> None:
    # The server of the revision before computes the flags of these communes when it starts.
    op.execute("DELETE FROM flag_rules WHERE commune_id IN (SELECT commune_id FROM unevaluated_day)")
    op.drop_table("unevaluated_day")
