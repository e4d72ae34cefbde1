"""What counts households, since when records count, and what closed periods adjust.

Created 2026-11-30.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.core.clock import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# When a record began or stopped to count, as far as it is known: of what was withdrawn or returned that moment.
_COUNTED_SINCE = {
    "visit": "CASE WHEN withdrawn_at IS NOT NULL THEN withdrawn_at WHEN review_state = 'returned'"
    " THEN coalesce(reviewed_at, received_at) ELSE received_at END",
    "outreach_session": "coalesce(withdrawn_at, received_at)",
    "remark": "coalesce(withdrawn_at, received_at)",
}
_GUIDED = "s.outcome IN ('did_it', 'done_for_them', 'explained', 'referred')"
_WARNED_BEFORE = "s.code = 'scam_warning' AND s.outcome NOT IN ('come_back', 'declined', 'not_possible')"
_MEASURES = {
    "met": (False, "v.result <> 'not_home'"),
    "guided": (True, _GUIDED),
    "warned": (True, f"s.code = 'scam_warning' AND {_GUIDED}"),
}
_MEASURES_BEFORE = {"": (False, "1 = 1"), "scam_warning": (True, _WARNED_BEFORE)}
_COUNTED = ("visits", "sessions", "attended")


def upgrade() -> None:
    for table, value in _COUNTED_SINCE.items():
        op.add_column(table, sa.Column("counted_since", Instant(), nullable=True))
        op.execute(f"UPDATE {table} SET counted_since = {value}")  # noqa: S608 - constants
        with op.batch_alter_table(table) as batch:
            batch.alter_column("counted_since", existing_type=Instant(), nullable=False)
    _make_household_month("measure", _MEASURES)
    op.add_column("closed_period", sa.Column("is_stale", sa.Boolean(), nullable=True))
    op.execute("UPDATE closed_period SET is_stale = true")
    with op.batch_alter_table("closed_period") as batch:
        batch.alter_column("is_stale", existing_type=sa.Boolean(), nullable=False)
    _exchange_columns(("adjustments", "printed_adjustments"), ("counted", "late", "carried"), _no_adjustments)


def downgrade() -> None:
    for table in _COUNTED_SINCE:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("counted_since")
    _make_household_month("service", _MEASURES_BEFORE)
    with op.batch_alter_table("closed_period") as batch:
        batch.drop_column("is_stale")
    _exchange_columns(("counted", "late", "carried"), ("adjustments", "printed_adjustments"), _nothing_carried)


def _no_adjustments(_closed: Mapping[str, Any]) -> dict[str, Any]:
    return {"adjustments": [], "printed_adjustments": []}


def _nothing_carried(closed: Mapping[str, Any]) -> dict[str, Any]:
    codes = [code for code, _heading, _kind in closed["columns"]]
    figures = dict(zip(codes, closed["rows"][-1][1:], strict=True))
    return {"counted": {code: figures.get(code) or 0 for code in _COUNTED}, "late": {}, "carried": {}}


def _exchange_columns(added: tuple[str, ...], removed: tuple[str, ...], values_of: Any) -> None:
    """Add columns to `closed_period`, fill them, and remove others."""
    for name in added:
        op.add_column("closed_period", sa.Column(name, sa.JSON(), nullable=True))
    table = sa.table(
        "closed_period",
        *(sa.column(name) for name in ("commune_id", "id")),
        *(sa.column(name, sa.JSON()) for name in ("columns", "rows", *added)),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table)).mappings().all():
        is_row = sa.and_(table.c.commune_id == row["commune_id"], table.c.id == row["id"])
        connection.execute(sa.update(table).where(is_row).values(values_of(row)))
    with op.batch_alter_table("closed_period") as batch:
        for name in added:
            batch.alter_column(name, existing_type=sa.JSON(), nullable=False)
        for name in removed:
            batch.drop_column(name)


def _make_household_month(key: str, measures: Mapping[str, tuple[bool, str]]) -> None:
    """Make the table anew, with `key` for what a household counts for, from the visits."""
    op.drop_index("ix_household_month_month", table_name="household_month")
    op.drop_table("household_month")
    op.create_table(
        "household_month",
        sa.Column("commune_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column(key, sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("hamlet_id", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id", "hamlet_id"], ["hamlet.commune_id", "hamlet.id"]),
        sa.PrimaryKeyConstraint("commune_id", "household_id", key, "month", "hamlet_id"),
    )
    op.create_index(
        "ix_household_month_month",
        "household_month",
        ["commune_id", key, "month", "household_id", "hamlet_id"],
        unique=False,
    )
    for measure, (has_service, condition) in measures.items():
        op.execute(_days_of(measure, key, has_service=has_service, condition=condition))


def _days_of(measure: str, key: str, *, has_service: bool, condition: str) -> str:
    """The statement that fills the table with the days of one measure."""
    if op.get_bind().dialect.name == "sqlite":
        parts = [f"CAST(strftime('%{part}', v.counted_on) AS INTEGER)" for part in "Ymd"]
    else:
        parts = [f"CAST(extract({part} FROM v.counted_on) AS INTEGER)" for part in ("year", "month", "day")]
    year, month, day = parts
    of_visit = "s.commune_id = v.commune_id AND s.visit_id = v.id"
    service = f"JOIN visit_service s ON {of_visit}" if has_service else ""
    days = (
        f"SELECT DISTINCT v.commune_id, v.household_id, {year} * 12 + {month} - 1 AS month, v.hamlet_id,"  # noqa: S608
        f" {day} AS day FROM visit v {service} WHERE v.withdrawn_at IS NULL"
        f" AND v.review_state IN ('received', 'accepted') AND {condition}"
    )
    return (
        f"INSERT INTO household_month (commune_id, household_id, {key}, month, hamlet_id, days)"  # noqa: S608
        f" SELECT commune_id, household_id, '{measure}', month, hamlet_id, sum(1 << (day - 1))"
        f" FROM ({days}) d GROUP BY commune_id, household_id, month, hamlet_id"
    )
