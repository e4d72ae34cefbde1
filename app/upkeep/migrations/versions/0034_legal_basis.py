"""Let a commune state on which basis of law it has its list of households. None has stated one.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_TABLE = "commune_settings"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("legal_basis", _TEXT(), server_default="", nullable=False))
    op.add_column(_TABLE, sa.Column("legal_basis_by", _TEXT(), nullable=True))
    op.add_column(_TABLE, sa.Column("legal_basis_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("legal_basis_at", "legal_basis_by", "legal_basis"):
        op.drop_column(_TABLE, name)
