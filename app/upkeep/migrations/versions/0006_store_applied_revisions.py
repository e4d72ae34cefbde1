"""Store applied revisions.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "applied_revision",
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("applied_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("revision"),
    )


def downgrade() -> None:
    op.drop_table("applied_revision")
