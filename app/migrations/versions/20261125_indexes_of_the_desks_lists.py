"""indexes of the desk's lists"""

from sqlalchemy import text

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_STANDS = "withdrawn_at IS NULL"
_OPEN = f"{_STANDS} AND (review_state = 'received' OR review_state = 'returned')"
_NEW = (
    ("ix_visit_newest", _STANDS, ("received_at", "counted_on")),
    ("ix_visit_in_hamlet", _STANDS, ("hamlet_id", "received_at")),
    ("ix_visit_by_author", _STANDS, ("recorded_by", "received_at")),
    (
        "ix_visit_open",
        _OPEN,
        ("review_state", "received_at", "hamlet_id", "recorded_by", "counted_on", "household_id"),
    ),
    ("ix_visit_withdrawn", "withdrawn_at IS NOT NULL", ("received_at",)),
)


def upgrade() -> None:
    op.drop_index("ix_visit_newest", "visit")
    for name, where, columns in _NEW:
        op.create_index(
            name, "visit", ["commune_id", *columns], sqlite_where=text(where), postgresql_where=text(where)
        )


def downgrade() -> None:
    for name, _where, _columns in reversed(_NEW):
        op.drop_index(name, "visit")
    op.create_index("ix_visit_newest", "visit", ["commune_id", "withdrawn_at", "received_at"])
