"""Number versions of closed periods.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("feed_counter") as batch:
        batch.add_column(sa.Column("periods_version", sa.Integer(), server_default="0", nullable=False))
    # Phones begin at 0 and have none: where something is closed already, they are to hear of it.
    op.execute(
        "UPDATE feed_counter SET periods_version = 1"
        " WHERE commune_id IN (SELECT commune_id FROM closed_period WHERE reopened_at IS NULL)"
    )


def downgrade() -> None:
    with op.batch_alter_table("feed_counter") as batch:
        batch.drop_column("periods_version")
