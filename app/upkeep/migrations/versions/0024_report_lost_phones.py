"""Note which phones were reported as lost, and what they had.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from app.core.clock import Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COUNTS = ("households", "visits", "notes", "numbers", "members", "contacts", "unsent")


def upgrade() -> None:
    op.create_table(
        "lost_phone",
        sa.Column("commune_id", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("device_id", AutoString(), nullable=False),
        sa.Column("reported_by", AutoString(), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("detected_at", Instant(), nullable=False),
        sa.Column("happened", AutoString(), nullable=False),
        sa.Column("last_contact_at", Instant(), nullable=False),
        sa.Column("hamlets", AutoString(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _COUNTS),
        sa.ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        sa.ForeignKeyConstraint(["commune_id", "reported_by"], ["account.commune_id", "account.id"]),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_lost_phone_device", "lost_phone", ["commune_id", "device_id"])


def downgrade() -> None:
    op.drop_table("lost_phone")
