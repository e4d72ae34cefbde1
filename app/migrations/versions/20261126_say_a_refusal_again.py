"""say a refusal again as it was said first"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('refused_operation', sa.Column('fields', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('refused_operation', schema=None) as batch_op:
        batch_op.drop_column('fields')
