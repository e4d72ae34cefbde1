"""Let no row of the application's say which entries of the desk log may be deleted, and guard the heads.

An entry is deleted once it is old by its own time; the head of a chain is only set to a later entry that is
stored. What was purged is what lies before the first entry of a chain.

Created 2026-12-02.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.upkeep.migrations import append_only, distribution

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString()
_PURGED = (
    "UPDATE audit_head SET purged_seq = e.seq - 1, purged_hash = e.previous FROM desk_entry e"
    " WHERE e.commune_id = audit_head.commune_id AND e.seq ="
    " (SELECT min(f.seq) FROM desk_entry f WHERE f.commune_id = e.commune_id)"
)


def upgrade() -> None:
    connection = op.get_bind()
    append_only.release(connection)
    op.drop_column("audit_head", "purged_hash")
    op.drop_column("audit_head", "purged_seq")
    append_only.guard(connection, has_triggers=not distribution.is_distributed(connection))


def downgrade() -> None:
    connection = op.get_bind()
    append_only.release(connection)
    op.add_column("audit_head", sa.Column("purged_seq", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("audit_head", sa.Column("purged_hash", _TEXT, server_default="", nullable=False))
    connection.exec_driver_sql(_PURGED)
    has_triggers = not distribution.is_distributed(connection)
    append_only.protect(connection, has_triggers=has_triggers, has_checkpoints=True)
