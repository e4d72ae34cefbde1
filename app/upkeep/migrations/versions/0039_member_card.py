"""Store the secrets of members' cards and their checks, and the number that households call.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "card_key",
        *(sa.Column(name, _TEXT(), nullable=False) for name in ("commune_id", "device_id")),
        *(sa.Column(name, _TEXT(), nullable=False) for name in ("id", "secret", "epoch")),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["commune_id", "device_id"], ["device.commune_id", "device.id"]),
        sa.PrimaryKeyConstraint("commune_id", "device_id"),
    )
    op.create_table(
        "card_check",
        *(sa.Column(name, _TEXT(), nullable=False) for name in ("commune_id", "account_id", "question")),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_by", _TEXT(), nullable=True),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        sa.PrimaryKeyConstraint("commune_id", "account_id"),
    )
    op.add_column("commune_settings", sa.Column("card_phone", _TEXT(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("commune_settings", "card_phone")
    op.drop_table("card_check")
    op.drop_table("card_key")
