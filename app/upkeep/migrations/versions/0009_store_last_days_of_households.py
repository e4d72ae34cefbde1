"""Store the last days of households, and send the rows of those with visits to the phones.

Created 2026-11-30.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = {
    "met_on": sa.Date,
    "guided_on": sa.Date,
    "last_counted_on": sa.Date,
    "last_result": sa.String,
    "last_follow_up_on": sa.Date,
}
# One pass over the visits: a subquery for each household takes a PostgreSQL without statistics minutes.
_LAST_DAYS = """
    SELECT v.commune_id, v.household_id,
        max(CASE WHEN v.result <> 'not_home' THEN v.counted_on END) OVER household AS met_on,
        max(CASE WHEN g.visit_id IS NOT NULL THEN v.counted_on END) OVER household AS guided_on,
        v.counted_on AS last_counted_on, v.result AS last_result, v.follow_up_on AS last_follow_up_on,
        row_number() OVER (PARTITION BY v.commune_id, v.household_id
            ORDER BY v.counted_on DESC, v.occurred_at DESC, v.id DESC) AS place
    FROM visit v LEFT JOIN (SELECT DISTINCT commune_id, visit_id FROM visit_service
        WHERE outcome IN ('did_it', 'done_for_them', 'explained', 'referred')) g
        ON g.commune_id = v.commune_id AND g.visit_id = v.id
    WHERE v.withdrawn_at IS NULL AND v.review_state IN ('received', 'accepted')
    WINDOW household AS (PARTITION BY v.commune_id, v.household_id)
"""
# Phones have rows without these days. Those with visits get a new number each, in the order of their ids.
_NUMBERS = """
    SELECT visited.commune_id, visited.household_id,
        c.head + row_number() OVER (PARTITION BY visited.commune_id ORDER BY visited.household_id) AS number
    FROM (SELECT DISTINCT commune_id, household_id FROM visit) visited
    JOIN feed_counter c ON c.commune_id = visited.commune_id
"""


def upgrade() -> None:
    for name, type_ in _COLUMNS.items():
        op.add_column("visited_household", sa.Column(name, type_(), nullable=True))
    values = ", ".join(f"{name} = d.{name}" for name in _COLUMNS)
    op.execute(
        f"UPDATE visited_household SET {values} FROM ({_LAST_DAYS}) d"  # noqa: S608 - constants
        " WHERE d.place = 1 AND visited_household.commune_id = d.commune_id"
        " AND visited_household.household_id = d.household_id"
    )
    op.execute(
        f"UPDATE household SET feed_seq = n.number FROM ({_NUMBERS}) n"  # noqa: S608 - constants
        " WHERE household.commune_id = n.commune_id AND household.id = n.household_id"
    )
    op.execute(
        "UPDATE feed_counter SET head = h.newest FROM (SELECT commune_id, max(feed_seq) AS newest"
        " FROM household GROUP BY commune_id) h"
        " WHERE feed_counter.commune_id = h.commune_id AND feed_counter.head < h.newest"
    )


def downgrade() -> None:
    with op.batch_alter_table("visited_household") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)
