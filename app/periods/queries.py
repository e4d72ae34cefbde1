"""Which periods are closed, and which visits belong to them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.access import Actor, visible_to
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.sql.snapshot import once_in_a_read
from app.periods.errors import PeriodClosed
from app.periods.models import MEASURES, ClosedDaysValues, ClosedPeriod

LISTED = 60  # closed periods that the desk lists


@once_in_a_read
def find_closed(session: Session, actor: Actor, code: str) -> ClosedPeriod | None:
    """The closed period of this code; None if it is open."""
    return session.exec(_closed(actor).where(ClosedPeriod.code == code)).first()


def list_closed(
    session: Session, actor: Actor, kind: str = "", before: date | None = None, limit: int | None = None
) -> list[ClosedPeriod]:
    """The newest closed periods (of this kind, over before that day), at most `limit`, else `LISTED`, the
    latest first."""
    newest_first = _closed(actor).order_by(col(ClosedPeriod.last).desc(), col(ClosedPeriod.first).desc())
    if kind:
        newest_first = newest_first.where(ClosedPeriod.kind == kind)
    if before:
        newest_first = newest_first.where(ClosedPeriod.last < before)
    return list(session.exec(newest_first.limit(limit or LISTED)))


def closed_days(session: Session, commune_id: str) -> list[ClosedDaysValues]:
    """The days of all closed periods of a commune, and when they were closed."""
    return _CLOSED_DAYS.rows(session, commune_id=commune_id)


def is_closed(periods: Iterable[ClosedDaysValues], counted_on: date, received_at: datetime) -> bool:
    """Whether a counted record is among the figures of one of these closed periods; one that arrived after
    the closing is not."""
    return any(
        one["first"] <= counted_on <= one["last"] and received_at <= one["closed_at"] for one in periods
    )


def refuse_closed(session: Session, commune_id: str, visits: Iterable[tuple[date, datetime]]) -> None:
    """Raises `PeriodClosed` if one of these visits, given by day and receipt, is in a closed period."""
    visits = list(visits)
    periods = closed_days(session, commune_id) if visits else []
    if any(is_closed(periods, *visit) for visit in visits):
        raise PeriodClosed


def differences(session: Session, commune_id: str) -> list[str]:
    """The codes of the closed periods whose snapshot contradicts itself, or whose late visits are not those
    that later ones carry; none if all is well."""
    of_commune = select(ClosedPeriod).where(
        col(ClosedPeriod.commune_id) == commune_id, col(ClosedPeriod.reopened_at).is_(None)
    )
    closed = list(session.scalars(of_commune))
    carried: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in closed:
        for id, counts in one.carried.items():
            carried[id].update(counts)
    known = {one.id for one in closed}
    return sorted(
        one.code
        for one in closed
        if Counter(one.late) != carried[one.id]
        or _figures_of(one) != one.counted
        or not one.carried.keys() <= known
    )


def _figures_of(closed: ClosedPeriod) -> dict[str, object]:
    """The figures of `MEASURES` in the last row of the snapshot."""
    codes = [code for code, _heading, _kind in closed.columns]
    return {code: closed.rows[-1][1 + codes.index(code)] or 0 for code in MEASURES}


def _closed(actor: Actor) -> SelectOfScalar[ClosedPeriod]:
    return visible_to(actor, ClosedPeriod).where(col(ClosedPeriod.reopened_at).is_(None))


_PERIOD = table_of(ClosedPeriod)
_CLOSED_DAYS = Prepared(
    select(_PERIOD.c.id, _PERIOD.c.first, _PERIOD.c.last, _PERIOD.c.closed_at).where(
        _PERIOD.c.commune_id == bindparam("commune_id"), _PERIOD.c.reopened_at.is_(None)
    ),
    ClosedDaysValues,
)
