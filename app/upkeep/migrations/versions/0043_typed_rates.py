"""Store rates of a period that belong to somebody else, as they were typed.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "typed_rate",
        *(
            sa.Column(name, _TEXT(), nullable=False)
            for name in ("commune_id", "id", "code", "name", "value", "source")
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("typed_by", _TEXT(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", _TEXT(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_typed_rate_code", "typed_rate", ["commune_id", "code"])


def downgrade() -> None:
    op.drop_table("typed_rate")
