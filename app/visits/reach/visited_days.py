"""The first and the last day on which each household was visited, kept beside the visits.

The desk needs them of all households at once, for the coverage and the list; two searches for each household
would take a tenth of a second after every push (docs/decisions/0092).
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    delete,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.batch import Batch, Row
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.households.models import Household
from app.visits.models import Visit
from app.visits.reach.days import COUNTED, NOT_HOME
from app.visits.reach.models import VisitedHousehold, VisitedHouseholdValues


class Visiting(NamedTuple):
    """What a visit that is not withdrawn says of its household; `reached`: it counts, and somebody was at
    home."""

    household_id: str
    day: date
    reached: bool


VisitingFacts = dict[str, Visiting]


def facts(batch: Batch) -> VisitingFacts:
    """The visits of a batch that are not withdrawn as they are now, by id."""
    return {
        visit["id"]: Visiting(
            visit["household_id"],
            visit["counted_on"],
            visit["review_state"] in COUNTED and visit["result"] != NOT_HOME,
        )
        for visit in batch.rows(Visit)
        if visit["withdrawn_at"] is None
    }


def load_facts(session: Session, commune_id: str, visit_ids: Iterable[str]) -> VisitingFacts:
    """The same for visits as the database has them."""
    rows = _FIND_VISITS.rows(session, commune_id=commune_id, ids=list(visit_ids))
    return {row["id"]: Visiting(row["household_id"], row["counted_on"], bool(row["reached"])) for row in rows}


def update(session: Session, commune_id: str, before: VisitingFacts, after: VisitingFacts) -> None:
    """Look up the days of the households of visits that changed.

    Call it when the visits are written and the feed is locked, as `totals.update`.
    """
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    left = sorted({before[id].household_id for id in changed if id in before})
    households = sorted({after[id].household_id for id in changed if id in after}.union(left))
    if households:
        _STORE[session.connection().dialect.name].run(session, commune_id=commune_id, ids=households)
    if left:
        _DELETE_UNVISITED.run(session, commune_id=commune_id, ids=left)


def differences(session: Session, commune_id: str) -> list[str]:
    """The households whose stored days are not those of their visits; none if all is well."""
    stored, actual = (
        {row["household_id"]: row for row in find.rows(session, commune_id=commune_id)}
        for find in (_FIND_STORED, _FIND_ACTUAL)
    )
    return sorted(id for id in stored.keys() | actual.keys() if stored.get(id) != actual.get(id))


_VISIT, _HOUSEHOLD, _STORED = table_of(Visit), table_of(Household), table_of(VisitedHousehold)
_COMMUNE: BindParameter[str] = bindparam("commune_id")
_NOT_WITHDRAWN = and_(_VISIT.c.commune_id == _COMMUNE, _VISIT.c.withdrawn_at.is_(None))
_REACHED = and_(or_(*(_VISIT.c.review_state == state for state in COUNTED)), _VISIT.c.result != NOT_HOME)


def _days(*conditions: ColumnElement[bool]) -> Select[tuple[str, str, date | None, date]]:
    """The rows of the households for which `conditions` hold: of their visits the database reads from both
    ends until one will do, not all of them."""
    day: ColumnElement[date] = _VISIT.c.counted_on
    at_household = select(day).where(_NOT_WITHDRAWN, _VISIT.c.household_id == _HOUSEHOLD.c.id)
    one = at_household.limit(1).correlate(_HOUSEHOLD)
    each = (
        select(
            _HOUSEHOLD.c.commune_id,
            _HOUSEHOLD.c.id.label("household_id"),
            one.where(_REACHED).order_by(day).scalar_subquery().label("first_on"),
            one.order_by(day.desc()).scalar_subquery().label("last_on"),
        )
        .where(_HOUSEHOLD.c.commune_id == _COMMUNE, *conditions)
        .subquery()
    )
    return select(each).where(each.c.last_on.is_not(None))


def _store(insert: sqlite.Insert | postgresql.Insert) -> Prepared[Row]:
    """An insert of the rows of some households, which changes those that have other days."""
    rows = insert.from_select([column.name for column in _STORED.columns], _days(_OF_HOUSEHOLDS))
    days = {name: rows.excluded[name] for name in ("first_on", "last_on")}
    is_other = or_(*(_STORED.c[name].is_distinct_from(day) for name, day in days.items()))
    key = list(_STORED.primary_key.columns)
    return Prepared(rows.on_conflict_do_update(index_elements=key, set_=days, where=is_other))


_OF_HOUSEHOLDS = in_list(_HOUSEHOLD.c.id, "ids")
_STORE = {"sqlite": _store(sqlite.insert(_STORED)), "postgresql": _store(postgresql.insert(_STORED))}
_IS_VISITED = select(_VISIT.c.id).where(_NOT_WITHDRAWN, _VISIT.c.household_id == _STORED.c.household_id)
_DELETE_UNVISITED = Prepared(
    delete(_STORED).where(
        _STORED.c.commune_id == _COMMUNE, in_list(_STORED.c.household_id, "ids"), ~_IS_VISITED.exists()
    )
)
_FIND_VISITS = Prepared(
    select(
        _VISIT.c.id,
        _VISIT.c.household_id,
        _VISIT.c.counted_on,
        type_coerce(_REACHED, Boolean()).label("reached"),
    ).where(_NOT_WITHDRAWN, in_list(_VISIT.c.id, "ids"))
)
_FIND_STORED = Prepared(select(_STORED).where(_STORED.c.commune_id == _COMMUNE), VisitedHouseholdValues)
_FIND_ACTUAL = Prepared(_days(), VisitedHouseholdValues)
