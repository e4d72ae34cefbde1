"""Register what citizens ask about their data.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from app.core.clock import Instant
from app.core.epoch import VersionNumber

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TABLE = "citizen_request"
_IS_OPEN = sa.text("closed_on IS NULL")


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("commune_id", AutoString(), nullable=False),
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("household_id", AutoString(), nullable=True),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("reference", AutoString(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("with_others", sa.Boolean(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("entered_by", AutoString(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("extension_reason", AutoString(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("refusal_reason", AutoString(), nullable=False),
        sa.Column("version", VersionNumber, nullable=False),
        sa.ForeignKeyConstraint(["commune_id", "household_id"], ["household.commune_id", "household.id"]),
        sa.ForeignKeyConstraint(["commune_id", "entered_by"], ["account.commune_id", "account.id"]),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_citizen_request_received", _TABLE, ["commune_id", "received_on", "id"])
    op.create_index("ix_citizen_request_household", _TABLE, ["commune_id", "household_id"])
    op.create_index(
        "ix_citizen_request_open",
        _TABLE,
        ["commune_id"],
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
