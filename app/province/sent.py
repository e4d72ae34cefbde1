"""The reports that a commune has closed, as they were closed: for the viewers of its province."""

from dataclasses import replace

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor
from app.commune.calendar.period import parse_period
from app.core.errors import NotFound
from app.fieldwork.periods.models import ClosedPeriod, ReportSummary
from app.fieldwork.periods.queries import find_closed
from app.reports.query import closed_table
from app.reports.table import ReportTable

LISTED = 120  # closed periods of a commune: of weeks, months, quarters and years those of more than a year


def list_summaries(session: Session, actor: Actor) -> list[ReportSummary]:
    """The lines of the periods that the commune has closed last, also of those that it reopened, the latest
    first."""
    last, first = col(ReportSummary.last), col(ReportSummary.first)
    of_commune = select(ReportSummary).where(ReportSummary.commune_id == actor.commune_id)
    return list(session.exec(of_commune.order_by(last.desc(), first.desc()).limit(LISTED)))


def find_summary(session: Session, actor: Actor, code: str) -> ReportSummary:
    """The line of the period of this code, also if it was reopened. Raises `NotFound`."""
    parse_period(code, 1)
    summary = session.get(ReportSummary, (code, actor.commune_id))
    if summary is None:
        raise NotFound
    return summary


def find_sent(session: Session, actor: Actor, code: str) -> ClosedPeriod:
    """The closed period of this code. Raises `NotFound` for one that is open, or was reopened."""
    parse_period(code, 1)
    closed = find_closed(session, actor, code)
    if closed is None:
        raise NotFound
    return closed


def sent_table(session: Session, actor: Actor, closed: ClosedPeriod) -> ReportTable:
    """The table of the report, row by row as it was closed, without remarks: what people wrote is the
    commune's to share."""
    return replace(closed_table(session, actor, closed), difficulties=(), practices=())
