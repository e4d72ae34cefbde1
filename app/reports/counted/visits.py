"""The visits, households and people behind the figures of a report, read from the visits."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func
from sqlmodel import Session, col
from typing_extensions import TypeVarTuple

from app.commune.accounts.access import Actor, visible_to
from app.commune.calendar.period import Period
from app.commune.catalog.services import GUIDED, SCAM_WARNING, Service
from app.fieldwork.derived.household_days.counts import MeasureDays, last_days
from app.fieldwork.derived.visit_facts import GUIDED_ANY, MET, WARNED
from app.fieldwork.households.models import Household
from app.fieldwork.visits.days import counts_between
from app.fieldwork.visits.models import COUNTED, NOT_HOME, Visit, VisitService
from app.reports.additive import SERVICE_PREFIX, column_of
from app.reports.counted.listing import PAGE_SIZE, CountedList, CountedRecord, Figure

Ts = TypeVarTuple("Ts")
_VISITS = ("visits", "not_home")
HOUSEHOLDS = {"met": MET, "guided": GUIDED_ANY, "cumulative": GUIDED_ANY, "warned": WARNED}


def list_visits_of(
    session: Session, actor: Actor, figure: Figure, catalog: Mapping[str, Service], page: int
) -> CountedList | None:
    """The records of a figure that counts visits, households or people of a service; None for another one."""
    codes = [code for code, service in catalog.items() if column_of(service) == figure.column]
    if figure.column in _VISITS:
        return _visits(session, actor, figure, page)
    if figure.column in HOUSEHOLDS:
        return _households(session, actor, figure, page)
    return _people(session, actor, figure, (codes, GUIDED), page) if codes else None


def list_outcomes_of(
    session: Session, actor: Actor, period: Period, service: str, outcomes: Collection[str], page: int
) -> CountedList:
    """The visits of the commune with one of these outcomes of a service, and the people whom they add."""
    figure = Figure(SERVICE_PREFIX + service, period, None)
    return _people(session, actor, figure, ([service], outcomes), page)


def households_of(session: Session, actor: Actor, records: Iterable[CountedRecord]) -> dict[str, Household]:
    """The households of these records, by id."""
    ids = {one.household_id for one in records if one.household_id}
    wanted = visible_to(actor, Household).where(col(Household.id).in_(ids))
    return {one.id: one for one in session.exec(wanted)} if ids else {}


def _visits(session: Session, actor: Actor, figure: Figure, page: int) -> CountedList:
    wanted = _counted_in(actor, figure)
    if figure.column == "not_home":
        wanted = wanted.where(col(Visit.result) == NOT_HOME)
    total = _number(session, wanted, func.count())
    columns = (col(Visit.id), col(Visit.household_id), col(Visit.hamlet_id), col(Visit.counted_on))
    newest = wanted.with_only_columns(*columns).order_by(col(Visit.counted_on).desc(), col(Visit.id))
    records = [
        CountedRecord("visit", id, household_id=household, hamlet_id=hamlet, day=day)
        for id, household, hamlet, day in session.execute(_page(newest, page))
    ]
    return CountedList(total, total, records)


def _households(session: Session, actor: Actor, figure: Figure, page: int) -> CountedList:
    since = None if figure.column == "cumulative" else figure.period.first
    days = MeasureDays(HOUSEHOLDS[figure.column], since, figure.period.last)
    rows = slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
    total, last = last_days(session, actor, days, figure.hamlet_ids, rows)
    household_id, counted_on = col(Visit.household_id), col(Visit.counted_on)
    visits = _counted(actor, figure).where(
        household_id.in_(last),
        counted_on <= days.last,
        *([counted_on >= since] if since else []),
        _of_household(actor, days.measure),
    )
    counts = visits.with_only_columns(household_id, func.count()).group_by(household_id)
    numbers = {id: number for id, number in session.execute(counts)} if last else {}
    records = [
        CountedRecord("household", id, household_id=id, day=day, amount=numbers.get(id, 0))
        for id, day in last.items()
    ]
    return CountedList(total, total, records)


def _people(
    session: Session,
    actor: Actor,
    figure: Figure,
    what: tuple[Collection[str], Collection[str]],
    page: int,
) -> CountedList:
    """`what`: the codes of the services, and the outcomes."""
    codes, outcomes = what
    own = and_(
        col(VisitService.commune_id) == actor.commune_id,
        col(VisitService.visit_id) == col(Visit.id),
        col(VisitService.code).in_(codes),
        col(VisitService.outcome).in_(outcomes),
    )
    wanted = _counted_in(actor, figure).join(VisitService, own)
    total = _number(session, wanted, func.coalesce(func.sum(col(VisitService.people)), 0))
    columns = (
        col(Visit.id),
        col(Visit.household_id),
        col(Visit.hamlet_id),
        col(Visit.counted_on),
        col(VisitService.people),
    )
    newest = wanted.with_only_columns(*columns).order_by(
        col(Visit.counted_on).desc(), col(Visit.id), col(VisitService.code)
    )
    records = [
        CountedRecord("visit", id, household_id=household, hamlet_id=hamlet, day=day, amount=people)
        for id, household, hamlet, day, people in session.execute(_page(newest, page))
    ]
    return CountedList(total, _number(session, wanted, func.count()), records)


def _counted_in(actor: Actor, figure: Figure) -> Select[Any]:
    """The counted visits of the figure's hamlets in its period."""
    return _counted(actor, figure).where(*counts_between(figure.period.first, figure.period.last))


def _counted(actor: Actor, figure: Figure) -> Select[Any]:
    """The counted visits of the figure's hamlets."""
    here = [] if figure.hamlet_ids is None else [col(Visit.hamlet_id).in_(figure.hamlet_ids)]
    return visible_to(actor, Visit).where(
        col(Visit.withdrawn_at).is_(None), col(Visit.review_state).in_(COUNTED), *here
    )


def _of_household(actor: Actor, measure: str) -> ColumnElement[bool]:
    """Whether a visit makes its household one that was met, guided or warned."""
    if measure == MET:
        return col(Visit.result) != NOT_HOME
    service = exists().where(
        col(VisitService.commune_id) == actor.commune_id,
        col(VisitService.visit_id) == col(Visit.id),
        col(VisitService.outcome).in_(GUIDED),
    )
    return service.where(col(VisitService.code) == SCAM_WARNING) if measure == WARNED else service


def _number(session: Session, wanted: Select[Any], what: Any) -> int:
    return int(session.execute(wanted.with_only_columns(what)).scalar_one())


def _page(statement: Select[*Ts], page: int) -> Select[*Ts]:
    return statement.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
