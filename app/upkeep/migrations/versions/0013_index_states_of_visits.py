"""Count visits of households, and flagged visits that wait, without reading their rows.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_HOUSEHOLD = ["commune_id", "household_id", "counted_on"]
_FLAG = ["commune_id", "counted_on", "recorded_by", "rule", "visit_id"]


def upgrade() -> None:
    _index_households([*_HOUSEHOLD, "review_state", "withdrawn_at"])
    _index_undecided_flags("undecided = 1")


def downgrade() -> None:
    _index_households(_HOUSEHOLD)
    _index_undecided_flags("undecided")


def _index_households(columns: list[str]) -> None:
    """PostgreSQL lets nobody read a table from the moment on that its index is dropped: the old one goes only
    when the new one is there, which takes long."""
    if op.get_context().dialect.name == "sqlite":  # cannot rename an index, and its readers do not wait
        op.drop_index("ix_visit_household", table_name="visit")
        op.create_index("ix_visit_household", "visit", columns)
        return
    op.create_index("ix_visit_household_new", "visit", columns)
    op.drop_index("ix_visit_household", table_name="visit")
    op.execute("ALTER INDEX ix_visit_household_new RENAME TO ix_visit_household")


def _index_undecided_flags(sqlite_condition: str) -> None:
    """SQLite reads a partial index only if the query has its condition in the same words."""
    if op.get_context().dialect.name != "sqlite":
        return
    op.drop_index("ix_visit_flag_undecided", table_name="visit_flag")
    op.create_index("ix_visit_flag_undecided", "visit_flag", _FLAG, sqlite_where=sa.text(sqlite_condition))
