"""Let a commune say after how many days of silence its phones seal what they have.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    days = sa.Column("silence_days", sa.Integer(), server_default="30", nullable=False)
    op.add_column("commune_settings", days)


def downgrade() -> None:
    op.drop_column("commune_settings", "silence_days")
