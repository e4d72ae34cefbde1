"""What a phone has added of each day, who reset a password, and sessions of operators.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_reset",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("reset_at", Instant(), nullable=False),
        sa.Column("reset_by", sa.String(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "account_id"],
            ["account.commune_id", "account.id"],
        ),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_password_reset_commune", "password_reset", ["commune_id", "reset_at"], unique=False)
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recorded_days", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("too_many_at", Instant(), nullable=True))

    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reset_by", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("operator_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("last_used_at", Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("operator_session", schema=None) as batch_op:
        batch_op.drop_column("last_used_at")
        batch_op.drop_column("browser")

    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_column("reset_by")

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("too_many_at")
        batch_op.drop_column("recorded_days")

    op.drop_index("ix_password_reset_commune", table_name="password_reset")
    op.drop_table("password_reset")
