"""Store the day of the visit that closed a follow-up, and find by it those that a push may change.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_HOUSEHOLD = ["commune_id", "household_id"]


def upgrade() -> None:
    op.add_column("follow_up", sa.Column("closed_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE follow_up SET closed_on = (SELECT counted_on FROM visit"
        " WHERE visit.commune_id = follow_up.commune_id AND visit.id = follow_up.closed_by)"
        " WHERE closed_by IS NOT NULL"
    )
    op.drop_index("ix_follow_up_household", table_name="follow_up")
    op.create_index("ix_follow_up_household", "follow_up", [*_HOUSEHOLD, "closed_on"])


def downgrade() -> None:
    op.drop_index("ix_follow_up_household", table_name="follow_up")
    op.create_index("ix_follow_up_household", "follow_up", _HOUSEHOLD)
    op.drop_column("follow_up", "closed_on")
