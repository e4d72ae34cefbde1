"""How many visits of a commune wait for a decision, and for their author to correct them, kept beside them.

The overview says so after every push; counting a backlog of thousands anew would be most of its time
(docs/decisions/0019).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Field, Session, SQLModel

from app.core.db import table_of
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared
from app.core.sql.upsert import Upsert, adding
from app.fieldwork.derived.mechanism import Change, DefinedTable, differences_in
from app.fieldwork.derived.visit_facts import VisitState
from app.fieldwork.visits.models import OPEN, Visit


@stores(rows.FIGURE, {rows.FIGURE: "review_state"})
class OpenVisits(SQLModel, table=True):
    """The number of `visits` in a review state of `OPEN` that are not withdrawn."""

    __tablename__ = "open_visits"

    commune_id: str = Field(primary_key=True)
    review_state: str = Field(primary_key=True)
    visits: int


class OpenVisitCounts(DefinedTable):
    """The counts by review state."""

    model = OpenVisits
    complaint = "Commune {code} has another number of visits in {count} review states."
    figures = ("visits",)

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], _now: datetime) -> None:
        """Change the counts by the difference."""
        steps: defaultdict[str, int] = defaultdict(int)
        for difference in differences_in(changes, _open_state):
            for found, sign in ((difference.before, -1), (difference.after, 1)):
                if found:
                    steps[found] += sign
        rows = [{"review_state": state, "visits": steps[state]} for state in sorted(steps) if steps[state]]
        _ADD.run_all(session, [{"commune_id": commune_id, **row} for row in rows])

    def defined(self, session: Session, commune_id: str) -> Iterable[Mapping[str, Any]]:
        """The open visits, counted."""
        return _DEFINED.rows(session, commune_id=commune_id)


def _open_state(state: VisitState) -> str | None:
    """The review state of an open visit."""
    review_state: str = state.visit["review_state"]
    return review_state if not state.is_withdrawn and review_state in OPEN else None


_VISIT, _STORED = table_of(Visit), table_of(OpenVisits)
_ADD = Upsert(_STORED, adding("visits"))
_DEFINED = Prepared(
    select(_VISIT.c.commune_id, _VISIT.c.review_state, func.count().label("visits"))
    .where(
        _VISIT.c.commune_id == bindparam("commune_id"),
        _VISIT.c.withdrawn_at.is_(None),
        or_(*(_VISIT.c.review_state == state for state in OPEN)),
    )
    .group_by(_VISIT.c.commune_id, _VISIT.c.review_state)
)
