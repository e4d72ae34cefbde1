"""What anybody learns of a closed report who has its printed code: the commune's totals, each rounded.

Nothing here can be subtracted to a household: no hamlet, no person, and every count is a multiple of
`STEP` (docs/decisions/0131-a-printed-report-is-checked-by-anybody.md).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.commune.areas import Commune
from app.commune.calendar.period import Period
from app.core.errors import NotFound
from app.fieldwork.periods.models import ClosedPeriod
from app.reports.check_code import LENGTH, find_closings, split_code

STEP = 5


@dataclass(frozen=True)
class PublicTotal:
    """A column's code and heading, and its rounded total; None where the report has no figure."""

    code: str
    heading: str
    count: int | None


@dataclass(frozen=True)
class PublicReport:
    """A closed report as anybody may see it. One that was reopened has no totals: its paper is void."""

    commune: str
    period: Period
    closed_at: datetime
    totals: tuple[PublicTotal, ...] = ()
    reopened_at: datetime | None = None


def rounded(count: int) -> int:
    """The nearest multiple of `STEP`; 0 stays 0, and what is not 0 never becomes it."""
    if count == 0:
        return 0
    whole = max(STEP, (abs(count) + STEP // 2) // STEP * STEP)
    return whole if count > 0 else -whole


def find_public_report(session: Session, typed: str) -> PublicReport:
    """The report whose printed code was typed. Raises `NotFound` for a code that no report has or had."""
    commune_code, code = split_code(typed)
    commune = session.exec(select(Commune).where(col(Commune.code) == commune_code)).first()
    closings = find_closings(session, commune.id, code) if commune and len(code) == LENGTH else []
    if commune is None or not closings:
        raise NotFound
    valid = [closed for closed in closings if closed.reopened_at is None]
    closed = (valid or closings)[0]
    return PublicReport(
        commune=commune.full_name,
        period=closed.period,
        closed_at=closed.closed_at,
        totals=() if closed.reopened_at else _totals(closed),
        reopened_at=closed.reopened_at,
    )


def _totals(closed: ClosedPeriod) -> tuple[PublicTotal, ...]:
    """Those of the commune's own row, which is the last one and has the adjustments in it."""
    _hamlet_id, *cells = closed.rows[-1]
    return tuple(
        PublicTotal(code, heading, None if cell is None else rounded(int(cell)))
        for (code, heading, kind), cell in zip(closed.columns, cells, strict=True)
        if kind == "number"
    )
