"""who wrote each version, and upon which one"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.db

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('household_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('base_version', app.core.db.VersionNumber, server_default='0', nullable=False))
        batch_op.add_column(sa.Column('late', sa.JSON(), server_default='[]', nullable=False))
    # Nobody knows any more upon which version these were written: upon the one before, as most are.
    op.execute('UPDATE household_version SET base_version = version - 1')

    with op.batch_alter_table('visit_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('seq', sa.BigInteger(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('visit_version', schema=None) as batch_op:
        batch_op.drop_column('seq')
        batch_op.drop_column('device_id')

    with op.batch_alter_table('household_version', schema=None) as batch_op:
        batch_op.drop_column('late')
        batch_op.drop_column('base_version')
