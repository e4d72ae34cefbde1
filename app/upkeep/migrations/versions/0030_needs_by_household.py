"""Find a household's open needs, and those closed lately, without reading what it ever asked for.

Created 2026-12-01.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_INDEX = "ix_household_need_household"


def upgrade() -> None:
    op.create_index(_INDEX, "household_need", ["commune_id", "household_id", "closed_on"])


def downgrade() -> None:
    op.drop_index(_INDEX, "household_need")
