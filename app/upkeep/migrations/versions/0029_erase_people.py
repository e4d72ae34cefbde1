"""Note whose name and number were erased.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("erased_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "erased_at")
