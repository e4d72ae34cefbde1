"""Say in which communes a phone number can sign in; key the desk log by commune; index numbers in a commune.

Created 2026-12-01.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "phone_commune",
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        sa.PrimaryKeyConstraint("phone", "commune_id"),
    )
    op.execute(
        "INSERT INTO phone_commune (phone, commune_id)"
        " SELECT DISTINCT phone, commune_id FROM account WHERE phone IS NOT NULL"
    )
    op.drop_index("ix_account_phone", table_name="account")
    op.create_index("ix_account_phone", "account", ["commune_id", "phone"])
    if op.get_context().dialect.name == "sqlite":
        _copy_entries(sa.BigInteger(), sa.PrimaryKeyConstraint("commune_id", "id"))
    else:  # the column's default stays: the sequence that gives the numbers
        op.drop_constraint("desk_entry_pkey", "desk_entry")
        op.drop_constraint("desk_entry_commune_id_id_key", "desk_entry")
        op.create_primary_key("desk_entry_pkey", "desk_entry", ["commune_id", "id"])
    op.create_index("ix_desk_entry_number", "desk_entry", ["number"])


def downgrade() -> None:
    op.drop_table("phone_commune")
    op.drop_index("ix_account_phone", table_name="account")
    op.create_index("ix_account_phone", "account", ["phone"])
    op.drop_index("ix_desk_entry_number", table_name="desk_entry")
    if op.get_context().dialect.name == "sqlite":
        _copy_entries(_NUMBER, sa.PrimaryKeyConstraint("number"), sa.UniqueConstraint("commune_id", "id"))
    else:
        op.drop_constraint("desk_entry_pkey", "desk_entry")
        op.create_primary_key("desk_entry_pkey", "desk_entry", ["number"])
        op.create_unique_constraint("desk_entry_commune_id_id_key", "desk_entry", ["commune_id", "id"])


def _copy_entries(number: sa.types.TypeEngine[int], *keys: sa.Constraint) -> None:
    """SQLite cannot give a table another key."""
    op.create_table(
        "desk_entry_new",
        sa.Column("number", number, nullable=False),
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        *keys,
    )
    columns = "number, commune_id, id, entry"
    op.execute(f"INSERT INTO desk_entry_new ({columns}) SELECT {columns} FROM desk_entry ORDER BY number")  # noqa: S608
    op.drop_table("desk_entry")
    op.rename_table("desk_entry_new", "desk_entry")
