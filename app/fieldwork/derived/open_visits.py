"""How many visits of a commune wait for a decision, and for their author to correct them, kept beside them.

The overview says so after every push; counting a backlog of thousands anew would be most of its time
(docs/decisions/0092).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypedDict

from sqlalchemy import BigInteger, and_, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel

from app.core.batch import Batch, Row
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.visits.models import OPEN, Visit


class OpenVisits(SQLModel, table=True):
    """The number of `visits` in a review state of `OPEN` that are not withdrawn; `revision` differs after any
    change of which these are, and of when they were decided on."""

    __tablename__ = "open_visits"

    commune_id: str = Field(primary_key=True)
    review_state: str = Field(primary_key=True)
    visits: int
    revision: int = Field(sa_type=BigInteger)


class OpenFact(NamedTuple):
    """The review state of an open visit, and when it was decided on."""

    state: str
    decided_at: datetime | None


class StateCount(TypedDict):
    """How many visits are in a review state."""

    review_state: str
    visits: int


OpenFacts = dict[str, OpenFact]


def facts(batch: Batch) -> OpenFacts:
    """The open visits of a batch as they are now, by id."""
    return {
        visit["id"]: OpenFact(visit["review_state"], visit["reviewed_at"])
        for visit in batch.rows(Visit)
        if visit["withdrawn_at"] is None and visit["review_state"] in OPEN
    }


def load_facts(session: Session, commune_id: str, visit_ids: Iterable[str]) -> OpenFacts:
    """The same for visits as the database has them."""
    rows = _FIND_VISITS.rows(session, commune_id=commune_id, ids=list(visit_ids))
    return {row["id"]: OpenFact(row["review_state"], row["reviewed_at"]) for row in rows}


def update(session: Session, commune_id: str, before: OpenFacts, after: OpenFacts) -> None:
    """Change the counts by the difference. Call it when the visits are written and the feed is locked, as
    `totals.update`."""
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    was, now = (Counter(found[id].state for id in changed if id in found) for found in (before, after))
    steps = [
        {"commune_id": commune_id, "review_state": state, "visits": now[state] - was[state], "revision": 1}
        for state in sorted(was | now)
    ]
    _ADD[session.connection().dialect.name].run_all(session, steps)


def differences(session: Session, commune_id: str) -> list[str]:
    """The states whose stored counts are not those of the visits; none if all is well."""
    stored, actual = (
        {row["review_state"]: row["visits"] for row in find.rows(session, commune_id=commune_id)}
        for find in (_FIND_STORED, _COUNT)
    )
    return [state for state in OPEN if stored.get(state, 0) != actual.get(state, 0)]


_VISIT, _STORED = table_of(Visit), table_of(OpenVisits)
_COMMUNE_ID = "commune_id"
_IS_OPEN = and_(
    _VISIT.c.commune_id == bindparam(_COMMUNE_ID),
    _VISIT.c.withdrawn_at.is_(None),
    or_(*(_VISIT.c.review_state == state for state in OPEN)),
)


def _addition(insert: sqlite.Insert | postgresql.Insert) -> Prepared[Row]:
    """An insert that adds its numbers to those of an existing row."""
    sums = {name: _STORED.c[name] + insert.excluded[name] for name in ("visits", "revision")}
    key = list(_STORED.primary_key.columns)
    return Prepared(insert.on_conflict_do_update(index_elements=key, set_=sums))


_ADD = {
    "sqlite": _addition(sqlite.insert(_STORED)),
    "postgresql": _addition(postgresql.insert(_STORED)),
}
_FIND_VISITS = Prepared(
    select(_VISIT.c.id, _VISIT.c.review_state, _VISIT.c.reviewed_at).where(
        _IS_OPEN, in_list(_VISIT.c.id, "ids")
    )
)
_FIND_STORED = Prepared(
    select(_STORED.c.review_state, _STORED.c.visits).where(_STORED.c.commune_id == bindparam(_COMMUNE_ID)),
    StateCount,
)
_COUNT = Prepared(
    select(_VISIT.c.review_state, func.count().label("visits"))
    .where(_IS_OPEN)
    .group_by(_VISIT.c.review_state),
    StateCount,
)
