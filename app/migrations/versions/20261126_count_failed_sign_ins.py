"""count failed sign-ins"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.clock

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sign_in_failure',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('since', app.core.clock.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    with op.batch_alter_table('sign_in_failure', schema=None) as batch_op:
        batch_op.create_index('ix_sign_in_failure_since', ['since'], unique=False)
    op.create_table('known_browser',
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('subject_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seen_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('token_hash', 'subject_hash')
    )
    with op.batch_alter_table('invite', schema=None) as batch_op:
        batch_op.add_column(sa.Column('failures', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('invite', schema=None) as batch_op:
        batch_op.drop_column('failures')
    op.drop_table('known_browser')
    op.drop_table('sign_in_failure')
