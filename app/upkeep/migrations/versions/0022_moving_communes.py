"""Let communes move to another instance, and have a host name of their own.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OF_COMMUNE = ("host", "moved_at", "moved_to")
_OF_COUNTER = ("is_away", "epoch", "version_floor")


def upgrade() -> None:
    op.add_column("commune", sa.Column("host", sa.String(), nullable=True))
    op.add_column("commune", sa.Column("moved_at", Instant(), nullable=True))
    op.add_column("commune", sa.Column("moved_to", sa.String(), nullable=True))
    op.create_index("ix_commune_host", "commune", ["host"], unique=True)
    is_away = sa.Column("is_away", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("feed_counter", is_away)
    op.add_column("feed_counter", sa.Column("epoch", sa.String(), nullable=True))
    floor = sa.Column("version_floor", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("feed_counter", floor)
    op.create_table(
        "commune_arrival",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id"),
    )


def downgrade() -> None:
    op.drop_table("commune_arrival")
    for name in _OF_COUNTER:
        op.drop_column("feed_counter", name)
    op.drop_index("ix_commune_host", "commune")
    for name in _OF_COMMUNE:
        op.drop_column("commune", name)
