"""The days on which each household was visited first and last, met, and guided, kept beside the visits.

The desk needs them of all households at once, for the coverage and the list; two searches for each household
would take a tenth of a second after every push (docs/decisions/0019). Phones get them with the household's
row, because they have visits of 60 days only (docs/decisions/0099, 0138).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, delete, or_, select
from sqlmodel import Session

from app.commune.catalog.services import GUIDED
from app.core.clock import local_date
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.sql.upsert import Upsert, replacing
from app.core.types import Row
from app.fieldwork.derived.household_days.added_days import added_days
from app.fieldwork.derived.household_days.models import VisitedHousehold, VisitedHouseholdValues
from app.fieldwork.derived.household_days.outdated_rows import Visiting, outdated_rows, send_again
from app.fieldwork.derived.mechanism import Change, DefinedTable, differences_in
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import COUNTED, NOT_HOME, Visit, VisitService


class VisitedHouseholds(DefinedTable):
    """The days of each household, looked up again whenever one of its visits changes."""

    model = VisitedHousehold
    complaint = "{count} households of commune {code} were first or last visited on other days."

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], now: datetime) -> None:
        """Add new visits to the days of their households, and look those up that a visit has left; send the
        rows of those again of which phones would not know by the visits. Households of visits that count no
        longer are locked."""
        differences = differences_in(changes, Visiting.of)
        left = {one.before.household_id for one in differences if one.before}
        news: list[Visiting] = [one.after for one in differences if one.after]
        households = sorted({one.household_id for one in news} | left)
        if not households:
            return
        was = _FIND_ROWS.rows(session, commune_id=commune_id, ids=households)
        added, again = added_days(was, news, left)
        self._put.run_all(session, [{"commune_id": commune_id, **row} for row in added])
        stored = cast(list[VisitedHouseholdValues], self._look_up(session, commune_id, again, left))
        # Without visits that were there before, no day can have become an earlier one.
        was = [row for row in was if row["household_id"] in left]
        send_again(session, commune_id, outdated_rows(was, [*added, *stored], news, local_date(now)))

    def _look_up(self, session: Session, commune_id: str, ids: list[str], left: set[str]) -> list[Row]:
        """Write the days of these households anew, by their visits."""
        if not ids:
            return []
        stored = _STORE.returned(session, commune_id=commune_id, ids=ids)
        if left:
            _DELETE_UNVISITED.run(session, commune_id=commune_id, ids=sorted(left))
        return stored

    def rebuild(self, session: Session, commune_id: str, now: datetime) -> int:
        """Write the days that are wrong, and send the rows of these households again."""
        households = [str(id) for (id,) in self.wrong(session, commune_id, now)]
        super().rebuild(session, commune_id, now)
        send_again(session, commune_id, households)
        return len(households)

    def defined(self, session: Session, commune_id: str) -> Iterable[Mapping[str, Any]]:
        """The days of the visits of every household."""
        return _DEFINED.rows(session, commune_id=commune_id)


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
        _SERVICE.c.commune_id == _COMMUNE,
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
    is_last = and_(_LAST.c.commune_id == _COMMUNE, _LAST.c.id == each.c.last_id)
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


_OF_HOUSEHOLDS = in_list(_HOUSEHOLD.c.id, "ids")
_STORE = Upsert(_STORED, replacing, rows=_days(_OF_HOUSEHOLDS), returning=True)
_IS_VISITED = select(_VISIT.c.id).where(_NOT_WITHDRAWN, _VISIT.c.household_id == _STORED.c.household_id)
_OF_STORED = and_(_STORED.c.commune_id == _COMMUNE, in_list(_STORED.c.household_id, "ids"))
_DELETE_UNVISITED = Prepared(delete(_STORED).where(_OF_STORED, ~_IS_VISITED.exists()))
_FIND_ROWS = Prepared(select(_STORED).where(_OF_STORED), VisitedHouseholdValues)
_DEFINED = Prepared(_days())
