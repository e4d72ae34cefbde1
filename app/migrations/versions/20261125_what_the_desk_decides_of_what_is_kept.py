"""what the desk decides of what is kept"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.clock

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('told_apart',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('first_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('second_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('told_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('told_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'first_id'], ['household.commune_id', 'household.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'second_id'], ['household.commune_id', 'household.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'told_by'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'first_id', 'second_id')
    )
    op.create_table('settled_loss',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('numbers', sa.JSON(), nullable=False),
    sa.Column('lost_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('new_life_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('settled_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('settled_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'device_id'], ['device.commune_id', 'device.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'settled_by'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revoked_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('lost_numbers', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('given_up', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('called_at', app.core.clock.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('called_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True))

    with op.batch_alter_table('gone', schema=None) as batch_op:
        batch_op.add_column(sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True))

    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('merged_at', app.core.clock.Instant(timezone=True), nullable=True))
        batch_op.create_index('ix_household_merged', ['commune_id', 'merged_into'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_index('ix_household_merged')
        batch_op.drop_column('merged_at')
        batch_op.drop_column('merged_into')

    with op.batch_alter_table('gone', schema=None) as batch_op:
        batch_op.drop_column('account_id')

    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_column('called_by')
        batch_op.drop_column('called_at')
        batch_op.drop_column('given_up')
        batch_op.drop_column('lost_numbers')
        batch_op.drop_column('revoked_by')

    op.drop_table('settled_loss')
    op.drop_table('told_apart')
