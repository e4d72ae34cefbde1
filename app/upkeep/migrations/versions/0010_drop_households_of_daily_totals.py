"""Drop the households of daily totals: nothing reads them, and they cannot be added.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_COUNTED = """
    SELECT count(DISTINCT v.household_id) FROM visit v
    WHERE v.commune_id = daily_total.commune_id AND v.hamlet_id = daily_total.hamlet_id
        AND v.counted_on = daily_total.day AND v.withdrawn_at IS NULL
        AND v.review_state IN ('received', 'accepted')
        AND (daily_total.service = '' AND v.result = daily_total.outcome OR EXISTS (
            SELECT 1 FROM visit_service s WHERE s.commune_id = v.commune_id AND s.visit_id = v.id
                AND s.code = daily_total.service AND s.outcome = daily_total.outcome))
"""


def upgrade() -> None:
    with op.batch_alter_table("daily_total") as batch:
        batch.drop_column("households")


def downgrade() -> None:
    with op.batch_alter_table("daily_total") as batch:
        batch.add_column(sa.Column("households", sa.Integer(), server_default="0", nullable=False))
    op.execute(f"UPDATE daily_total SET households = ({_COUNTED})")  # noqa: S608 - of the constant above
    with op.batch_alter_table("daily_total") as batch:
        batch.alter_column("households", server_default=None)
