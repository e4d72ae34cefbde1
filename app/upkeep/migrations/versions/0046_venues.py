"""Store of each outreach session at what kind of place it was, where the commune wants that. Of none it is known
yet.

Created 2026-12-02.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outreach_session", sa.Column("venue", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column("outreach_session", "venue")
