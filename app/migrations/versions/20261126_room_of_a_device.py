"""room of a device"""

import sqlalchemy as sa
from alembic import op

import app.core.clock

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('device') as batch_op:
        batch_op.add_column(sa.Column('full_since', app.core.clock.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('device') as batch_op:
        batch_op.drop_column('full_since')
