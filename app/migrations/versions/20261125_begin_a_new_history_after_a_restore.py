"""begin a new history after a restore"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

# Versions of a new history are above the restore's time in seconds, which outgrows four bytes in 2038.
# SQLite's integers have eight already.
VERSIONS = (
    ('visit', 'version'), ('visit_version', 'version'), ('household', 'version'),
    ('household_version', 'version'), ('ledger', 'version'), ('decision', 'visit_version'),
)


def upgrade() -> None:
    op.create_table('desk_entry',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entry', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    op.add_column('server_epoch', sa.Column('floor', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('quarantined', sa.Column('epoch', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('quarantined', sa.Column('got', sa.BigInteger(), nullable=True))
    _resize(sa.BigInteger())


def downgrade() -> None:
    _resize(sa.Integer())
    with op.batch_alter_table('quarantined', schema=None) as batch_op:
        batch_op.drop_column('got')
        batch_op.drop_column('epoch')
    with op.batch_alter_table('server_epoch', schema=None) as batch_op:
        batch_op.drop_column('floor')
    op.drop_table('desk_entry')


def _resize(to: sa.types.TypeEngine) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        return
    for table, column in VERSIONS:
        op.alter_column(table, column, type_=to)
