"""The rows that a token reads: communes, and the rounded totals of their closed reports, in a fixed order.

A report's totals come from its summary, the commune's own line; no row of a hamlet is read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.commune.areas import Commune
from app.fieldwork.periods.models import ReportSummary
from app.reports.open_data.tokens import Scope
from app.reports.public_check import PublicTotal, rounded

Place = tuple[str, date, str]  # in the order of all reports: the commune's official code, last day, period


@dataclass(frozen=True)
class PublicSummary:
    """A closed report: its commune, its period, and its rounded totals."""

    commune: str
    commune_name: str
    period: str
    kind: str
    first: date
    last: date
    closed_at: datetime
    totals: tuple[PublicTotal, ...]

    @property
    def place(self) -> Place:
        """Its place in the order of all reports."""
        return self.commune, self.last, self.period


@dataclass(frozen=True)
class Wanted:
    """Which reports are wanted: of this commune, period and kind, and of days between these, both included;
    what is empty or None wants all."""

    commune: str = ""
    period: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


def list_communes(session: Session, scope: Scope, after: str, limit: int) -> list[Commune]:
    """The communes that have begun, by their official codes, from the one behind `after` on."""
    begun = select(Commune).where(_is_readable(scope), col(Commune.started_at).is_not(None))
    return list(session.exec(begun.where(Commune.code > after).order_by(Commune.code).limit(limit)))


def list_reports(
    session: Session, scope: Scope, wanted: Wanted, after: Place | None, limit: int
) -> list[PublicSummary]:
    """The closed reports from the one behind `after` on. One that was reopened is none."""
    place = tuple_(col(Commune.code), col(ReportSummary.last), col(ReportSummary.code))
    found = (
        select_columns(ReportSummary, Commune)
        .join(Commune, col(Commune.id) == col(ReportSummary.commune_id))
        .where(_is_readable(scope), col(ReportSummary.reopened_at).is_(None), *_conditions(wanted))
        .order_by(*place.clauses)
        .limit(limit)
    )
    if after:
        found = found.where(place > tuple_(*after))
    return [_public(summary, commune) for summary, commune in session.execute(found)]


def _is_readable(scope: Scope) -> ColumnElement[bool]:
    if scope.province_code:
        return col(Commune.province_code) == scope.province_code
    return col(Commune.id) == scope.commune_id


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.commune:
        yield col(Commune.code) == wanted.commune
    if wanted.period:
        yield col(ReportSummary.code) == wanted.period
    if wanted.kind:
        yield col(ReportSummary.kind) == wanted.kind
    if wanted.since:
        yield col(ReportSummary.last) >= wanted.since
    if wanted.until:
        yield col(ReportSummary.last) <= wanted.until


def _public(summary: ReportSummary, commune: Commune) -> PublicSummary:
    return PublicSummary(
        commune=commune.code,
        commune_name=commune.full_name,
        period=summary.code,
        kind=summary.kind,
        first=summary.first,
        last=summary.last,
        closed_at=summary.closed_at,
        totals=tuple(
            PublicTotal(code, heading, None if figure is None else rounded(figure))
            for (code, heading), figure in zip(summary.columns, summary.figures, strict=True)
        ),
    )
