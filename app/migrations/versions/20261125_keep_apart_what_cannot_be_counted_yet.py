"""keep apart what cannot be counted yet"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.clock

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quarantined',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('op_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('missing', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('record_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('clock_offset_ms', sa.BigInteger(), nullable=False),
    sa.Column('received_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('decided_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['commune_id', 'account_id'], ['account.commune_id', 'account.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'device_id'], ['device.commune_id', 'device.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'op_id', 'payload_hash')
    )
    with op.batch_alter_table('quarantined', schema=None) as batch_op:
        batch_op.create_index('ix_quarantined_device', ['commune_id', 'device_id', 'seq'], unique=False)
        batch_op.create_index('ix_quarantined_open', ['commune_id', 'state', 'missing'], unique=False)

    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settled_seq', sa.BigInteger(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('lost', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('lost_at', app.core.clock.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('new_life_at', app.core.clock.Instant(timezone=True), nullable=True))

    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.add_column(sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), server_default='applied', nullable=False))

    with op.batch_alter_table('refused_operation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('seq', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.create_index('ix_refused_device', ['commune_id', 'device_id', 'seq'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('refused_operation', schema=None) as batch_op:
        batch_op.drop_index('ix_refused_device')
        batch_op.drop_column('seq')

    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.drop_column('status')

    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_column('new_life_at')
        batch_op.drop_column('lost_at')
        batch_op.drop_column('lost')
        batch_op.drop_column('settled_seq')

    with op.batch_alter_table('quarantined', schema=None) as batch_op:
        batch_op.drop_index('ix_quarantined_open')
        batch_op.drop_index('ix_quarantined_device')

    op.drop_table('quarantined')
