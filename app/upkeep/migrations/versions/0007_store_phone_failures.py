"""Store phone failures.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_failure",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("build", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("code", "build", "browser"),
    )


def downgrade() -> None:
    op.drop_table("phone_failure")
