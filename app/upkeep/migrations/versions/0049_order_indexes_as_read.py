"""Order the daily totals and an index of needs as they are read, and index the withdrawn sessions.

The days of a service are one range of the totals' key, as the months are, and its index goes. What was open
at the end of a day are the needs that are open now, and those that were closed after it.

Created 2026-12-03.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_BY_SERVICE = ("commune_id", "service", "day", "hamlet_id", "outcome")
_BY_HAMLET = ("commune_id", "hamlet_id", "day", "service", "outcome")
_NEEDS = "ix_household_need_days"
_BY_CLOSING = ("commune_id", "closed_on", "asked_on", "hamlet_id")
_BY_FIRST_DAY = ("commune_id", "asked_on", "closed_on", "hamlet_id")
_WITHDRAWN = sa.text("withdrawn_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_daily_total_day", table_name="daily_total")
    _set_key(_BY_HAMLET, _BY_SERVICE)
    op.drop_index(_NEEDS, table_name="household_need")
    op.create_index(_NEEDS, "household_need", _BY_CLOSING)
    op.create_index(
        "ix_outreach_session_withdrawn",
        "outreach_session",
        ["commune_id", "withdrawn_at"],
        sqlite_where=_WITHDRAWN,
        postgresql_where=_WITHDRAWN,
    )


def downgrade() -> None:
    op.drop_index("ix_outreach_session_withdrawn", table_name="outreach_session")
    op.drop_index(_NEEDS, table_name="household_need")
    op.create_index(_NEEDS, "household_need", _BY_FIRST_DAY)
    _set_key(_BY_SERVICE, _BY_HAMLET)
    op.create_index("ix_daily_total_day", "daily_total", ["commune_id", "service", "day"])


def _set_key(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint("daily_total_pkey", "daily_total", type_="primary")
        op.create_primary_key("daily_total_pkey", "daily_total", after)
        return
    found = sa.text("SELECT sql FROM sqlite_master WHERE name = 'daily_total'")
    (created,) = connection.scalars(found)
    keys = [f"PRIMARY KEY ({', '.join(key)})" for key in (before, after)]
    op.execute(f"CREATE TABLE daily_total_new {created[created.index('(') :].replace(*keys)}")
    op.execute("INSERT INTO daily_total_new SELECT * FROM daily_total")
    op.drop_table("daily_total")
    op.rename_table("daily_total_new", "daily_total")
