"""Drop the revision of the counts of open visits: nothing reads it.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("open_visits") as batch:
        batch.drop_column("revision")


def downgrade() -> None:
    with op.batch_alter_table("open_visits") as batch:
        batch.add_column(sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False))
    with op.batch_alter_table("open_visits") as batch:
        batch.alter_column("revision", server_default=None)
