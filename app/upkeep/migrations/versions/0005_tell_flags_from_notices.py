"""Tell flags from notices.

Flags say since when they are there, whether they hold up a decision, and which visit was at the household
before. A wrong clock is a notice. The other flags of the last 60 days are computed anew when the server
starts (`app/flags/versions.py`), because the rules have changed.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("visit_flag") as batch:
        batch.add_column(sa.Column("since", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
        batch.add_column(sa.Column("notice", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("first_visit_id", sa.String(), nullable=True))
    flag = sa.table("visit_flag", sa.column("rule"), sa.column("notice"), sa.column("undecided"))
    op.execute(sa.update(flag).where(flag.c.rule == "clock").values(notice=sa.true(), undecided=sa.false()))
    op.create_table(
        "flag_rules",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("commune_id"),
    )


def downgrade() -> None:
    op.drop_table("flag_rules")
    with op.batch_alter_table("visit_flag") as batch:
        batch.drop_column("first_visit_id")
        batch.drop_column("notice")
        batch.drop_column("since")
