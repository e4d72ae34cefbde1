"""Note which timeline of PostgreSQL an epoch is written on, so that a promotion is noticed.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("server_epoch", sa.Column("timeline", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("server_epoch") as batch:
        batch.drop_column("timeline")
