"""Store of each household whether somebody there has a smart device, and whether it is a household business, where
the commune has that asked. Of none it is known yet.

Created 2026-12-02.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_FACTS = ("smart_device", "business")


def upgrade() -> None:
    for name in _FACTS:
        op.add_column("household", sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    for name in reversed(_FACTS):
        op.drop_column("household", name)
