"""Add what supervisors and operators ask when a factor is lost, the ids of those who reset passwords, and since
when a sign-in name is idle.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.core.clock import Instant, utc_now

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "factor_loss",
        sa.Column("commune_id", text(), nullable=False),
        sa.Column("id", text(), nullable=False),
        sa.Column("account_id", text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("browser", text(), nullable=False),
        sa.Column("session_hash", text(), nullable=False),
        sa.Column("operator", text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("confirmed_by", text(), nullable=True),
        sa.Column("stopped_at", Instant(), nullable=True),
        sa.Column("stopped_by", text(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_factor_loss_account", "factor_loss", ["commune_id", "account_id"])
    for table in ("one_time_link", "password_reset"):
        op.add_column(table, sa.Column("reset_by_id", text(), server_default="", nullable=False))
    op.add_column("sign_in_name", sa.Column("idle_since", Instant(), nullable=True))
    # Nobody knows when they signed in last: they are idle from now on.
    names = sa.table("sign_in_name", sa.column("idle_since", Instant()))
    op.execute(names.update().values(idle_since=utc_now()))


def downgrade() -> None:
    op.drop_column("sign_in_name", "idle_since")
    for table in ("one_time_link", "password_reset"):
        op.drop_column(table, "reset_by_id")
    op.drop_table("factor_loss")
