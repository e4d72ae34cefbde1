"""Monthly totals as they are stored: changed with the daily ones, in one transaction by the same steps."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.commune.calendar.period import month_of
from app.core.batch import Row
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.fieldwork.derived.monthly_totals.models import MonthlyTotal, MonthlyTotalValues
from app.fieldwork.derived.total_models import DailyTotal, DailyTotalValues


class MonthCell(NamedTuple):
    """The key of one total."""

    service: str
    month: int
    hamlet_id: str
    outcome: str


def add(session: Session, commune_id: str, steps: Iterable[dict[str, Any]]) -> None:
    """Add what is added to daily totals: each of `steps` has the columns of one."""
    rows = [
        {"commune_id": commune_id, **cell._asdict(), "visits": visits, "people": people}
        for cell, (visits, people) in sums_of_months(steps).items()
        if visits or people
    ]
    _ADD[session.connection().dialect.name].run_all(session, rows)


def sums_of_months(
    totals: Iterable[dict[str, Any]] | Iterable[DailyTotalValues],
) -> dict[MonthCell, tuple[int, int]]:
    """The visits and people of daily totals, by month."""
    sums: defaultdict[MonthCell, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in totals:
        cell = MonthCell(one["service"], month_of(one["day"]), one["hamlet_id"], one["outcome"])
        visits, people = sums[cell]
        sums[cell] = (visits + one["visits"], people + one["people"])
    return dict(sorted(sums.items()))


def differences(session: Session, commune_id: str) -> list[MonthCell]:
    """The cells that are not the sums of the daily totals; none if all is well."""
    daily = sums_of_months(_FIND_DAILY.rows(session, commune_id=commune_id))
    stored = {
        MonthCell(row["service"], row["month"], row["hamlet_id"], row["outcome"]): (
            row["visits"],
            row["people"],
        )
        for row in _FIND.rows(session, commune_id=commune_id)
    }
    nothing = (0, 0)
    return sorted(
        cell for cell in stored.keys() | daily.keys() if stored.get(cell, nothing) != daily.get(cell, nothing)
    )


_TOTAL, _DAILY = table_of(MonthlyTotal), table_of(DailyTotal)


def _addition(insert: sqlite.Insert | postgresql.Insert) -> Prepared[Row]:
    """An insert that adds its figures to those of an existing row."""
    return Prepared(
        insert.on_conflict_do_update(
            index_elements=list(_TOTAL.primary_key.columns),
            set_={name: _TOTAL.c[name] + insert.excluded[name] for name in ("visits", "people")},
        )
    )


_FIND_DAILY = Prepared(select(_DAILY).where(_DAILY.c.commune_id == bindparam("commune_id")), DailyTotalValues)
_FIND = Prepared(select(_TOTAL).where(_TOTAL.c.commune_id == bindparam("commune_id")), MonthlyTotalValues)
_ADD = {
    "sqlite": _addition(sqlite.insert(_TOTAL)),
    "postgresql": _addition(postgresql.insert(_TOTAL)),
}
