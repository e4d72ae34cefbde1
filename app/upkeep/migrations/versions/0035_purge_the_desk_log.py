"""Let entries of the desk log that are old be deleted, up to a checkpoint in the head of their chain.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.upkeep.migrations import append_only, distribution

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _TEXT = sqlmodel.sql.sqltypes.AutoString()
    op.add_column("audit_head", sa.Column("purged_seq", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("audit_head", sa.Column("purged_hash", _TEXT, server_default="", nullable=False))
    _protect(has_checkpoints=True)


def downgrade() -> None:
    _protect(has_checkpoints=False)
    op.drop_column("audit_head", "purged_hash")
    op.drop_column("audit_head", "purged_seq")


def _protect(*, has_checkpoints: bool) -> None:
    connection = op.get_bind()
    append_only.release(connection)
    has_triggers = not distribution.is_distributed(connection)
    append_only.protect(connection, has_triggers=has_triggers, has_checkpoints=has_checkpoints)
