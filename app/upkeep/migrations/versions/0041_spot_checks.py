"""Store spot checks: the draws of a month, their strata, and what was found at the doors; of a closed period, those
that it was closed with.

Created 2026-12-01.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, _TEXT(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in names]


def _to(table: str, column: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["commune_id", column], [f"{table}.commune_id", f"{table}.id"], **options)


def upgrade() -> None:
    op.create_table(
        "spot_check",
        *_texts("commune_id", "id", "code"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first", "last")),
        *_texts("drawn_by"),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        *_texts("reason"),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        *_numbers("households", "drawn"),
        *_texts("population_hash"),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        _to("account", "drawn_by"),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("ix_spot_check_code", "spot_check", ["commune_id", "code", "drawn_at"])
    op.create_table(
        "spot_check_stratum",
        *_texts("commune_id", "check_id"),
        *_numbers("number"),
        *_texts("hamlet_id", "recorded_by"),
        *_numbers("households", "drawn"),
        _to("spot_check", "check_id", ondelete="CASCADE"),
        _to("hamlet", "hamlet_id"),
        _to("account", "recorded_by"),
        sa.PrimaryKeyConstraint("commune_id", "check_id", "number"),
    )
    op.create_table(
        "spot_check_household",
        *_texts("commune_id", "check_id", "household_id", "visit_id"),
        *_numbers("stratum"),
        *(sa.Column(name, _TEXT(), nullable=True) for name in ("answer", "answered_by")),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_id", "check_id", "stratum"],
            ["spot_check_stratum.commune_id", "spot_check_stratum.check_id", "spot_check_stratum.number"],
            ondelete="CASCADE",
        ),
        _to("household", "household_id"),
        _to("visit", "visit_id"),
        _to("account", "answered_by"),
        sa.PrimaryKeyConstraint("commune_id", "check_id", "household_id"),
    )
    op.add_column("closed_period", sa.Column("spot_checks", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("closed_period", "spot_checks")
    op.drop_table("spot_check_household")
    op.drop_table("spot_check_stratum")
    op.drop_table("spot_check")
