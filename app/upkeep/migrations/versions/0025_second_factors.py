"""Add second factors and recovery codes, and what sessions at the desk know of them.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.core.clock import Instant

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_SESSIONS = ("sign_in_session", "operator_session", "province_viewer_session")


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sign_in_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("credential_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("public_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["sign_in_name"], ["sign_in_name.name"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_id"),
    )
    op.create_index("ix_second_factor_sign_in_name", "second_factor", ["sign_in_name"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sign_in_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["sign_in_name"], ["sign_in_name.name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_recovery_code_sign_in_name", "recovery_code", ["sign_in_name"])
    for table in _SESSIONS:
        text = sqlmodel.sql.sqltypes.AutoString()
        op.add_column(table, sa.Column("pending", text, server_default="", nullable=False))
        op.add_column(table, sa.Column("confirmed_at", Instant(), nullable=True))
        op.add_column(table, sa.Column("locks", sa.Boolean(), server_default=sa.false(), nullable=False))
        op.add_column(table, sa.Column("challenge", text, server_default="", nullable=False))


def downgrade() -> None:
    for table in _SESSIONS:
        for name in ("challenge", "locks", "confirmed_at", "pending"):
            op.drop_column(table, name)
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
