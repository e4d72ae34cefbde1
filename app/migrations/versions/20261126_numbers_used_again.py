"""numbers used again"""

import sqlalchemy as sa
from alembic import op

import app.core.clock

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

TABLES = ('device', 'settled_loss')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('reused', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('device', sa.Column('reused_at', app.core.clock.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_column('reused_at')
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column('reused')
