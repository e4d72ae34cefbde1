"""Note of each commune what its operators look at, and since when it is switched off.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_COUNTS = ("phones", "behind", "lost", "full", "outdated")


def upgrade() -> None:
    for name in _COUNTS:
        op.add_column("commune_status", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    build = sa.Column("oldest_build", sa.String(), server_default="", nullable=False)
    op.add_column("commune_status", build)
    op.add_column("commune", sa.Column("off_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("commune", "off_at")
    for name in (*_COUNTS, "oldest_build"):
        op.drop_column("commune_status", name)
