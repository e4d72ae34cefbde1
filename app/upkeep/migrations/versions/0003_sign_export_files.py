"""Public keys of phones, who issued codes, and visits of unsigned files.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("invited_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("other_phone_at", Instant(), nullable=True))

    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.add_column(sa.Column("created_by", sa.String(), nullable=True))

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vouched_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("disowned_at", Instant(), nullable=True))
        batch_op.create_index(
            "ix_visit_disowned",
            ["commune_id", "disowned_at"],
            unique=False,
            sqlite_where=sa.text("disowned_at IS NOT NULL"),
            postgresql_where=sa.text("disowned_at IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_visit_disowned",
            sqlite_where=sa.text("disowned_at IS NOT NULL"),
            postgresql_where=sa.text("disowned_at IS NOT NULL"),
        )
        batch_op.drop_column("disowned_at")
        batch_op.drop_column("vouched_by")

    with op.batch_alter_table("invite", schema=None) as batch_op:
        batch_op.drop_column("created_by")

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("other_phone_at")
        batch_op.drop_column("invited_by")
        batch_op.drop_column("public_key")
