"""The days on which each household was visited first and last, met, and guided, kept beside the visits.

The desk needs them of all households at once, for the coverage and the list; two searches for each household
would take a tenth of a second after every push (docs/decisions/0092). Phones get them with the household's
row, because they have visits of 12 months only (docs/decisions/0115).
"""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.commune.catalog.services import GUIDED
from app.core.batch import Batch
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.derived.household_days.models import VisitedHousehold, VisitedHouseholdValues
from app.fieldwork.derived.household_days.outdated_rows import (
    CountedVisit,
    Visiting,
    VisitingFacts,
    outdated_rows,
    send_again,
)
from app.fieldwork.derived.visit_facts import Fact
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import COUNTED, NOT_HOME, Visit, VisitService


def facts(batch: Batch, counted: Mapping[str, Fact]) -> VisitingFacts:
    """The visits of a batch that are not withdrawn as they are now, by id; `counted`: what those that count
    add to the totals."""
    households = {household["id"]: household["hamlet_id"] for household in batch.rows(Household)}
    return {
        visit["id"]: Visiting(
            visit["household_id"],
            visit["counted_on"],
            CountedVisit.of(visit, counted.get(visit["id"]), households.get(visit["household_id"])),
        )
        for visit in batch.rows(Visit)
        if visit["withdrawn_at"] is None
    }


def load_facts(
    session: Session, commune_id: str, visit_ids: Iterable[str], counted: Mapping[str, Fact]
) -> VisitingFacts:
    """The same for visits as the database has them."""
    rows = _FIND_VISITS.rows(session, commune_id=commune_id, ids=list(visit_ids))
    return {
        row["id"]: Visiting(
            row["household_id"],
            row["counted_on"],
            CountedVisit.of(row, counted.get(row["id"]), row["in_hamlet"]),
        )
        for row in rows
    }


def update(
    session: Session, commune_id: str, before: VisitingFacts, after: VisitingFacts, today: date
) -> None:
    """Look up the days of the households of visits that changed, and send the rows of those again of which
    phones would not know by the visits.

    Call it when the visits are written and the feed is locked, as `totals.update`, and the households of
    visits that count no longer too.
    """
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    left = sorted({before[id].household_id for id in changed if id in before})
    households = sorted({after[id].household_id for id in changed if id in after}.union(left))
    if not households:
        return
    # Without visits that were there before, no day can have become an earlier one.
    was = _FIND_ROWS.rows(session, commune_id=commune_id, ids=left) if left else []
    now = _STORE[session.connection().dialect.name].rows(session, commune_id=commune_id, ids=households)
    if left:
        _DELETE_UNVISITED.run(session, commune_id=commune_id, ids=left)
    news = [after[id] for id in changed if id in after]
    send_again(session, commune_id, outdated_rows(was, now, news, today))


def differences(session: Session, commune_id: str) -> list[str]:
    """The households whose stored days are not those of their visits; none if all is well."""
    stored, actual = (
        {row["household_id"]: row for row in find.rows(session, commune_id=commune_id)}
        for find in (_FIND_STORED, _FIND_ACTUAL)
    )
    return sorted(id for id in stored.keys() | actual.keys() if stored.get(id) != actual.get(id))


_VISIT, _HOUSEHOLD, _STORED = table_of(Visit), table_of(Household), table_of(VisitedHousehold)
_LAST, _SERVICE = table_of(Visit).alias("last_visit"), table_of(VisitService)
_COMMUNE: BindParameter[str] = bindparam("commune_id")
_NOT_WITHDRAWN = and_(_VISIT.c.commune_id == _COMMUNE, _VISIT.c.withdrawn_at.is_(None))
_COUNTS = or_(*(_VISIT.c.review_state == state for state in COUNTED))
_MET = and_(_COUNTS, _VISIT.c.result != NOT_HOME)
_GUIDED = and_(
    _COUNTS,
    select(_SERVICE.c.code)
    .where(
        _SERVICE.c.commune_id == _VISIT.c.commune_id,
        _SERVICE.c.visit_id == _VISIT.c.id,
        or_(*(_SERVICE.c.outcome == outcome for outcome in GUIDED)),
    )
    .exists(),
)


def _days(*conditions: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    """The rows of the households for which `conditions` hold: of their visits the database reads from both
    ends until one will do, not all of them."""
    day: ColumnElement[date] = _VISIT.c.counted_on
    at_household = and_(_NOT_WITHDRAWN, _VISIT.c.household_id == _HOUSEHOLD.c.id)
    one = select(day).where(at_household).limit(1).correlate(_HOUSEHOLD)
    newest = select(_VISIT.c.id).where(at_household, _COUNTS).limit(1).correlate(_HOUSEHOLD)
    in_time = (day.desc(), _VISIT.c.occurred_at.desc(), _VISIT.c.id.desc())
    each = (
        select(
            _HOUSEHOLD.c.commune_id,
            _HOUSEHOLD.c.id.label("household_id"),
            one.where(_MET).order_by(day).scalar_subquery().label("first_on"),
            one.order_by(day.desc()).scalar_subquery().label("last_on"),
            one.where(_MET).order_by(day.desc()).scalar_subquery().label("met_on"),
            one.where(_GUIDED).order_by(day.desc()).scalar_subquery().label("guided_on"),
            newest.order_by(*in_time).scalar_subquery().label("last_id"),
        )
        .where(_HOUSEHOLD.c.commune_id == _COMMUNE, *conditions)
        .subquery()
    )
    is_last = and_(_LAST.c.commune_id == each.c.commune_id, _LAST.c.id == each.c.last_id)
    return (
        select(
            *(each.c[name] for name in ("commune_id", "household_id", "first_on", "last_on")),
            *(each.c[name] for name in ("met_on", "guided_on")),
            _LAST.c.counted_on.label("last_counted_on"),
            _LAST.c.result.label("last_result"),
            _LAST.c.follow_up_on.label("last_follow_up_on"),
        )
        .select_from(each.join(_LAST, is_last, isouter=True))
        .where(each.c.last_on.is_not(None))
    )


def _store(insert: sqlite.Insert | postgresql.Insert) -> Prepared[VisitedHouseholdValues]:
    """An insert of the rows of some households, which changes those that are there; it returns all."""
    rows = insert.from_select([column.name for column in _STORED.columns], _days(_OF_HOUSEHOLDS))
    key = list(_STORED.primary_key.columns)
    values = {column.name: rows.excluded[column.name] for column in _STORED.columns if column not in key}
    return Prepared(
        rows.on_conflict_do_update(index_elements=key, set_=values).returning(*_STORED.columns),
        VisitedHouseholdValues,
    )


_OF_HOUSEHOLDS = in_list(_HOUSEHOLD.c.id, "ids")
_STORE = {"sqlite": _store(sqlite.insert(_STORED)), "postgresql": _store(postgresql.insert(_STORED))}
_IS_VISITED = select(_VISIT.c.id).where(_NOT_WITHDRAWN, _VISIT.c.household_id == _STORED.c.household_id)
_OF_STORED = and_(_STORED.c.commune_id == _COMMUNE, in_list(_STORED.c.household_id, "ids"))
_DELETE_UNVISITED = Prepared(delete(_STORED).where(_OF_STORED, ~_IS_VISITED.exists()))
_FIND_ROWS = Prepared(select(_STORED).where(_OF_STORED), VisitedHouseholdValues)
_FIND_VISITS = Prepared(
    select(
        *(_VISIT.c[name] for name in ("id", "household_id", "counted_on", "occurred_at", "hamlet_id")),
        _VISIT.c.follow_up_on,
        _HOUSEHOLD.c.hamlet_id.label("in_hamlet"),
    )
    .join(
        _HOUSEHOLD,
        and_(_HOUSEHOLD.c.commune_id == _VISIT.c.commune_id, _HOUSEHOLD.c.id == _VISIT.c.household_id),
    )
    .where(_NOT_WITHDRAWN, in_list(_VISIT.c.id, "ids"))
)
_FIND_STORED = Prepared(select(_STORED).where(_STORED.c.commune_id == _COMMUNE), VisitedHouseholdValues)
_FIND_ACTUAL = Prepared(_days(), VisitedHouseholdValues)
