"""decisions in batches, and their undoing"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.clock

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('decision_batch',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('decided', sa.Integer(), nullable=False),
    sa.Column('left_out', sa.JSON(), nullable=False),
    sa.Column('undone_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('undone', sa.Integer(), nullable=False),
    sa.Column('kept', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'made_by'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.add_column(sa.Column('batch_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('earlier', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('undo', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key('fk_decision_batch', 'decision_batch', ['commune_id', 'batch_id'], ['commune_id', 'id'])
        batch_op.create_index('ix_decision_batch', ['commune_id', 'batch_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index('ix_decision_batch')
        batch_op.drop_constraint('fk_decision_batch', type_='foreignkey')
        batch_op.drop_column('undo')
        batch_op.drop_column('earlier')
        batch_op.drop_column('batch_id')

    op.drop_table('decision_batch')
