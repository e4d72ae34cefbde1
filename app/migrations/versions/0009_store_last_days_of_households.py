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
_COUNTED = (
    "v.commune_id = visited_household.commune_id AND v.household_id = visited_household.household_id"
    " AND v.withdrawn_at IS NULL AND v.review_state IN ('received', 'accepted')"
)
_MET = "v.result <> 'not_home'"
_GUIDED = (
    "EXISTS (SELECT 1 FROM visit_service s WHERE s.commune_id = v.commune_id AND s.visit_id = v.id"
    " AND s.outcome IN ('did_it', 'done_for_them', 'explained', 'referred'))"
)
_NEWEST = "ORDER BY v.counted_on DESC, v.occurred_at DESC, v.id DESC LIMIT 1"
# Phones have rows without these days. Those with visits get a new number each, in the order of their ids.
_NUMBERS = (
    "SELECT h.commune_id, h.id, c.head + row_number() OVER (PARTITION BY h.commune_id ORDER BY h.id) AS number"
    " FROM household h JOIN feed_counter c ON c.commune_id = h.commune_id WHERE EXISTS"
    " (SELECT 1 FROM visit v WHERE v.commune_id = h.commune_id AND v.household_id = h.id)"
)


def upgrade() -> None:
    for name, type_ in _COLUMNS.items():
        op.add_column("visited_household", sa.Column(name, type_(), nullable=True))
    last = {
        f"last_{name}": f"(SELECT v.{column} FROM visit v WHERE {_COUNTED} {_NEWEST})"  # noqa: S608
        for name, column in (("counted_on", "counted_on"), ("result", "result"), ("follow_up_on",) * 2)
    }
    days = {
        name: f"(SELECT max(v.counted_on) FROM visit v WHERE {_COUNTED} AND {condition})"  # noqa: S608
        for name, condition in (("met_on", _MET), ("guided_on", _GUIDED))
    }
    values = ", ".join(f"{name} = {value}" for name, value in (days | last).items())
    op.execute(f"UPDATE visited_household SET {values}")  # noqa: S608 - constants
    op.execute(
        f"UPDATE household SET feed_seq = n.number FROM ({_NUMBERS}) n"  # noqa: S608
        " WHERE household.commune_id = n.commune_id AND household.id = n.id"
    )
    op.execute(
        "UPDATE feed_counter SET head = (SELECT max(h.feed_seq) FROM household h"
        " WHERE h.commune_id = feed_counter.commune_id) WHERE head < (SELECT max(h.feed_seq)"
        " FROM household h WHERE h.commune_id = feed_counter.commune_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("visited_household") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)
