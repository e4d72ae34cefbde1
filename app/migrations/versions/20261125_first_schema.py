"""first schema"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import app.core.clock

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feed_counter',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('head', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('commune_id')
    )
    op.create_table('gone',
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hamlet_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('moved_to', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('commune_id', 'kind', 'id', 'hamlet_id')
    )
    op.create_table('province',
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('code')
    )
    op.create_table('server_epoch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('epoch', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('commune',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('province_code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('started_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['province_code'], ['province.code'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('commune', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_commune_province_code'), ['province_code'], unique=False)

    op.create_table('hamlet',
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    op.create_table('service',
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pillar', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('label_vi', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('label_en', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('outcomes', sa.JSON(), nullable=False),
    sa.Column('first', sa.JSON(), nullable=False),
    sa.Column('unit', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'code')
    )
    op.create_table('team',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    op.create_table('account',
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('team_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('ended_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['commune_id', 'team_id'], ['team.commune_id', 'team.id'], ),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index('ix_account_phone', ['phone'], unique=False)

    op.create_table('assignment',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('team_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hamlet_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('until', app.core.clock.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['commune_id', 'hamlet_id'], ['hamlet.commune_id', 'hamlet.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'team_id'], ['team.commune_id', 'team.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'team_id', 'hamlet_id', 'since')
    )
    op.create_table('household',
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hamlet_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('head_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('house_no', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('alley', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'hamlet_id'], ['hamlet.commune_id', 'hamlet.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.create_index('ix_household_feed', ['commune_id', 'hamlet_id', 'feed_seq'], unique=False)

    op.create_table('device',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('life', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('enrolled_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('revoked_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('next_seq', sa.BigInteger(), nullable=False),
    sa.Column('last_contact_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('queue_count', sa.BigInteger(), nullable=False),
    sa.Column('queue_oldest_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('build', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('clock_offset_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'account_id'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    op.create_table('household_version',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('household_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('written_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('received_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'household_id'], ['household.commune_id', 'household.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'household_id', 'version')
    )
    op.create_table('invite',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('created_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('expires_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('used_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('used_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('reusable', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'account_id'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('invite', schema=None) as batch_op:
        batch_op.create_index('ix_invite_account', ['commune_id', 'account_id'], unique=False)

    op.create_table('membership',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('team_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('until', app.core.clock.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['commune_id', 'account_id'], ['account.commune_id', 'account.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'team_id'], ['team.commune_id', 'team.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'account_id', 'team_id', 'since')
    )
    op.create_table('sign_in_name',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('password_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'account_id'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('signed_in',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('account_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('created_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('expires_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'account_id'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'token_hash')
    )
    op.create_table('visit',
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('household_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hamlet_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('recorded_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('occurred_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('happened_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('received_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    sa.Column('result', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('follow_up_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.Column('review_state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('review_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('review_field', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('review_note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reviewed_at', app.core.clock.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['commune_id', 'hamlet_id'], ['hamlet.commune_id', 'hamlet.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'household_id'], ['household.commune_id', 'household.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'recorded_by'], ['account.commune_id', 'account.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('ix_visit_feed', ['commune_id', 'hamlet_id', 'feed_seq'], unique=False)
        batch_op.create_index('ix_visit_household', ['commune_id', 'household_id'], unique=False)
        batch_op.create_index('ix_visit_newest', ['commune_id', 'withdrawn_at', 'received_at'], unique=False)

    op.create_table('decision',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('visit_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('visit_version', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('decided_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'decided_by'], ['account.commune_id', 'account.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'visit_id'], ['visit.commune_id', 'visit.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index('ix_decision_visit', ['commune_id', 'visit_id'], unique=False)

    op.create_table('follow_up',
    sa.Column('feed_seq', sa.BigInteger(), nullable=False),
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('household_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hamlet_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('closed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.ForeignKeyConstraint(['commune_id', 'household_id'], ['household.commune_id', 'household.id'], ),
    sa.ForeignKeyConstraint(['commune_id', 'id'], ['visit.commune_id', 'visit.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'id')
    )
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.create_index('ix_follow_up_feed', ['commune_id', 'hamlet_id', 'feed_seq'], unique=False)
        batch_op.create_index('ix_follow_up_household', ['commune_id', 'household_id'], unique=False)

    op.create_table('ledger',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('op_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('record_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('received_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'device_id'], ['device.commune_id', 'device.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'op_id')
    )
    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_device', ['commune_id', 'device_id', 'seq'], unique=False)

    op.create_table('refused_operation',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('op_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('device_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('received_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'device_id'], ['device.commune_id', 'device.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'op_id')
    )
    with op.batch_alter_table('refused_operation', schema=None) as batch_op:
        batch_op.create_index('ix_refused_received', ['received_at'], unique=False)

    op.create_table('visit_service',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('visit_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'visit_id'], ['visit.commune_id', 'visit.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'visit_id', 'code')
    )
    op.create_table('visit_version',
    sa.Column('commune_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('visit_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('received_at', app.core.clock.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['commune_id', 'visit_id'], ['visit.commune_id', 'visit.id'], ),
    sa.PrimaryKeyConstraint('commune_id', 'visit_id', 'version')
    )


def downgrade() -> None:
    op.drop_table('visit_version')
    op.drop_table('visit_service')
    with op.batch_alter_table('refused_operation', schema=None) as batch_op:
        batch_op.drop_index('ix_refused_received')

    op.drop_table('refused_operation')
    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_device')

    op.drop_table('ledger')
    with op.batch_alter_table('follow_up', schema=None) as batch_op:
        batch_op.drop_index('ix_follow_up_household')
        batch_op.drop_index('ix_follow_up_feed')

    op.drop_table('follow_up')
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index('ix_decision_visit')

    op.drop_table('decision')
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_newest')
        batch_op.drop_index('ix_visit_household')
        batch_op.drop_index('ix_visit_feed')

    op.drop_table('visit')
    op.drop_table('signed_in')
    op.drop_table('sign_in_name')
    op.drop_table('membership')
    with op.batch_alter_table('invite', schema=None) as batch_op:
        batch_op.drop_index('ix_invite_account')

    op.drop_table('invite')
    op.drop_table('household_version')
    op.drop_table('device')
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_index('ix_household_feed')

    op.drop_table('household')
    op.drop_table('assignment')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index('ix_account_phone')

    op.drop_table('account')
    op.drop_table('team')
    op.drop_table('service')
    op.drop_table('hamlet')
    with op.batch_alter_table('commune', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_commune_province_code'))

    op.drop_table('commune')
    op.drop_table('server_epoch')
    op.drop_table('province')
    op.drop_table('gone')
    op.drop_table('feed_counter')
