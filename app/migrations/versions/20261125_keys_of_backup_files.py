"""keys of backup files"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.clock

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('backup_key',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('public_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('private_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )


def downgrade() -> None:
    op.drop_table('backup_key')
