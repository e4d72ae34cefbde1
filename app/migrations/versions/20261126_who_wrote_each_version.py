"""who wrote each version, and upon which one"""

import warnings

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.db

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

RECORDS = {'household_version': 'household_id', 'visit_version': 'visit_id'}


def change_key(table: str, columns: list[str]) -> None:
    with warnings.catch_warnings(), op.batch_alter_table(table, schema=None) as batch_op:
        # SQLAlchemy remarks that the columns of the table it has read were another key.
        warnings.filterwarnings('ignore', message='.*as primary_key=True, not matching')
        if op.get_bind().dialect.name == 'postgresql':
            batch_op.drop_constraint(f'{table}_pkey', type_='primary')
        batch_op.create_primary_key(f'{table}_pkey', columns)


def upgrade() -> None:
    with op.batch_alter_table('household_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('base_version', app.core.db.VersionNumber, server_default='0', nullable=False))
        batch_op.add_column(sa.Column('late', sa.JSON(), server_default='[]', nullable=False))
    # Nobody knows any more upon which version these were written: upon the one before, as most are.
    op.execute('UPDATE household_version SET base_version = version - 1')

    with op.batch_alter_table('visit_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('seq', sa.BigInteger(), server_default='0', nullable=False))

    # A write that came late stands under the number of the one that it gave way to.
    for table, record in RECORDS.items():
        change_key(table, ['commune_id', record, 'version', 'seq'])


def downgrade() -> None:
    for table, record in RECORDS.items():
        change_key(table, ['commune_id', record, 'version'])

    with op.batch_alter_table('visit_version', schema=None) as batch_op:
        batch_op.drop_column('seq')
        batch_op.drop_column('device_id')

    with op.batch_alter_table('household_version', schema=None) as batch_op:
        batch_op.drop_column('late')
        batch_op.drop_column('base_version')
