"""Which periods are closed, and which visits belong to them."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import Date, bindparam, select, true, update
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, visible_to
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.core.sql.snapshot import once_in_a_read
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.models import ClosedDaysValues, ClosedPeriod

CountedVisit = tuple[date, datetime]  # the day of a record that counts, and since when it counts
LISTED = 60  # closed periods that the desk lists
_SUMS = ("visits", "sessions", "attended")  # columns of every snapshot that add up over its hamlets


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


def list_closed_of_kind(session: Session, actor: Actor, kind: str) -> list[ClosedPeriod]:
    """All closed periods of a kind, the earliest first."""
    return list(
        session.exec(_closed(actor).where(ClosedPeriod.kind == kind).order_by(col(ClosedPeriod.first)))
    )


def mark_stale(session: Session, commune_id: str, days: Collection[date]) -> None:
    """Note that visits of these days have changed: the periods from the first to the last of them are to be
    counted anew. Call it with the feed locked."""
    _MARK_STALE.run(session, commune_id=commune_id, since=min(days), until=max(days))


def closed_days(session: Session, commune_id: str) -> list[ClosedDaysValues]:
    """The days of all closed periods of a commune, and when they were closed."""
    return _CLOSED_DAYS.rows(session, commune_id=commune_id)


def is_closed(periods: Iterable[ClosedDaysValues], counted_on: date, counted_since: datetime) -> bool:
    """Whether a record that counts is among the figures of one of these closed periods; one that began to
    count after the closing is not."""
    return any(
        one["first"] <= counted_on <= one["last"] and counted_since <= one["closed_at"] for one in periods
    )


def has_closed(session: Session, commune_id: str, visits: Collection[CountedVisit]) -> bool:
    """Whether one of these records, which count, is among the figures of a closed period."""
    periods = closed_days(session, commune_id) if visits else []
    return any(is_closed(periods, *visit) for visit in visits)


def refuse_closed(session: Session, commune_id: str, visits: Collection[CountedVisit]) -> None:
    """Raises `PeriodClosed` if one of these records, which count, is in a closed period."""
    if has_closed(session, commune_id, visits):
        raise PeriodClosed


def differences(session: Session, commune_id: str) -> list[str]:
    """The codes of the closed periods whose snapshot contradicts itself: the commune's figures are not the
    sums of those above, or it adjusts a period that is not closed; none if all is well."""
    of_commune = select(ClosedPeriod).where(
        col(ClosedPeriod.commune_id) == commune_id, col(ClosedPeriod.reopened_at).is_(None)
    )
    closed = list(session.scalars(of_commune))
    known = {one.id for one in closed}
    return sorted(
        one.code
        for one in closed
        if _wrong_sums(one) or not {values["period"] for values in one.adjustments} <= known
    )


def _wrong_sums(closed: ClosedPeriod) -> set[str]:
    """The columns of `_SUMS` in which the commune's figure is not the sum."""
    codes = [code for code, _heading, _kind in closed.columns]
    sums = Counter[str]()
    for hamlet_id, *figures in closed.rows:
        sign = -1 if hamlet_id is None else 1
        for code, figure in zip(codes, figures, strict=True):
            if code in _SUMS:
                sums[code] += sign * (figure or 0)
    for values in closed.adjustments:
        if not values["hamlet"]:
            sums.update({code: count for code, count in values["cells"].items() if code in _SUMS})
    return {code for code, count in sums.items() if count}


def _closed(actor: Actor) -> SelectOfScalar[ClosedPeriod]:
    return visible_to(actor, ClosedPeriod).where(col(ClosedPeriod.reopened_at).is_(None))


_PERIOD = table_of(ClosedPeriod)
_CLOSED_DAYS = Prepared(
    select(_PERIOD.c.id, _PERIOD.c.first, _PERIOD.c.last, _PERIOD.c.closed_at).where(
        _PERIOD.c.commune_id == bindparam("commune_id"), _PERIOD.c.reopened_at.is_(None)
    ),
    ClosedDaysValues,
)
_MARK_STALE = Prepared(
    update(_PERIOD)
    .where(
        _PERIOD.c.commune_id == bindparam("commune_id"),
        _PERIOD.c.reopened_at.is_(None),
        _PERIOD.c.is_stale.is_(False),
        _PERIOD.c.last >= bindparam("since", type_=Date()),
        _PERIOD.c.first <= bindparam("until", type_=Date()),
    )
    .values(is_stale=true())
)
