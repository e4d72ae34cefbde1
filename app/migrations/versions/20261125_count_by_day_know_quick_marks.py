"""count by day, know quick marks"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.clock

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('daily_total',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hamlet_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('service', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('households', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'hamlet_id'], ['hamlet.commune_id', 'hamlet.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'hamlet_id', 'day', 'service', 'outcome')
    )
    with op.batch_alter_table('daily_total', schema=None) as batch_op:
        batch_op.create_index('ix_daily_total_day', ['commune_id', 'day'], unique=False)

    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quick', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_index(batch_op.f('ix_visit_household'))
        batch_op.create_index('ix_visit_household', ['commune_id', 'household_id', 'counted_on'], unique=False)

    # What was recorded before is counted as if it came now.
    op.execute("""
        INSERT INTO daily_total (commune_id, hamlet_id, day, service, outcome, visits, people, households)
        SELECT commune_id, hamlet_id, counted_on, '', result, count(*), 0, count(DISTINCT household_id)
        FROM visit WHERE withdrawn_at IS NULL AND review_state IN ('received', 'accepted')
        GROUP BY commune_id, hamlet_id, counted_on, result
    """)
    op.execute("""
        INSERT INTO daily_total (commune_id, hamlet_id, day, service, outcome, visits, people, households)
        SELECT v.commune_id, v.hamlet_id, v.counted_on, s.code, s.outcome,
               count(*), sum(s.people), count(DISTINCT v.household_id)
        FROM visit v JOIN visit_service s ON s.commune_id = v.commune_id AND s.visit_id = v.id
        WHERE v.withdrawn_at IS NULL AND v.review_state IN ('received', 'accepted')
        GROUP BY v.commune_id, v.hamlet_id, v.counted_on, s.code, s.outcome
    """)


def downgrade() -> None:
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_household')
        batch_op.create_index(batch_op.f('ix_visit_household'), ['commune_id', 'household_id'], unique=False)
        batch_op.drop_column('quick')

    with op.batch_alter_table('daily_total', schema=None) as batch_op:
        batch_op.drop_index('ix_daily_total_day')

    op.drop_table('daily_total')
