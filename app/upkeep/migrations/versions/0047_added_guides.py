"""Store of a guide that a commune has added where it stands, and when it was removed. The library's guides have
neither.

Created 2026-12-02.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guide", sa.Column("place", sa.JSON(), nullable=True))
    op.add_column("guide", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """A version before this one has no use for a guide that it has no file of."""
    op.execute("DELETE FROM guide WHERE code LIKE 'own-%'")
    op.drop_column("guide", "removed_at")
    op.drop_column("guide", "place")
