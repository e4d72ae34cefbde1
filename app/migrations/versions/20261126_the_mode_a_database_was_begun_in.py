"""the mode a database was begun in"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('server_epoch', sa.Column('mode', sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('server_epoch', schema=None) as batch_op:
        batch_op.drop_column('mode')
