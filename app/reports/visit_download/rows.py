"""The visits of a list as rows of a file, newest first, read in chunks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from app.accounts.access import visible_to
from app.accounts.commune import hamlet_names, services_by_code
from app.accounts.models import Account
from app.catalog import Service
from app.core.db import table_of
from app.core.text import mask_digits
from app.households.models import Household
from app.reports.visit_download.job import Job, Labels
from app.visits.listing import WITHDRAWN, apply_filters, visible_visits
from app.visits.models import Visit, VisitService

CHUNK = 1_000
_SERVICE = table_of(VisitService)
_COLUMNS = (
    col(Visit.id), col(Visit.household_id), col(Visit.hamlet_id), col(Visit.recorded_by),
    col(Visit.counted_on), col(Visit.happened_at), col(Visit.received_at), col(Visit.result),
    col(Visit.note), col(Visit.follow_up_on), col(Visit.review_state), col(Visit.withdrawn_at),
    col(Visit.entered_by), col(Visit.quick), col(Visit.needs),
)  # fmt: skip


@dataclass(frozen=True)
class VisitLine:
    """A visit as files have it. `time`: None for a visit from paper; digits in `note` are masked."""

    day: date
    time: datetime | None
    household: str
    house_no: str
    alley: str
    hamlet: str
    author: str
    result: str
    services: str
    needs: str
    note: str
    follow_up_on: date | None
    state: str
    received_at: datetime
    source: str


@dataclass(frozen=True)
class _Names:
    """The names that visits refer to, by id."""

    households: dict[str, tuple[str, str, str]]
    hamlets: dict[str, str]
    people: dict[str, str]
    services: dict[str, Service]


def count_rows(session: Session, job: Job, limit: int) -> int:
    """How many visits the list has, up to one more than `limit`."""
    wanted = apply_filters(visible_visits(job.actor, job.filters), job.filters, for_count=True)
    some = wanted.with_only_columns(col(Visit.id)).limit(limit + 1).subquery()
    count: int = session.execute(select(func.count()).select_from(some)).scalar_one()
    return count


def read_rows(session: Session, job: Job) -> Iterator[VisitLine]:
    """The rows in the list's order. Names are read once, visits and their services a thousand at a time."""
    names = _read_names(session, job)
    wanted = apply_filters(visible_visits(job.actor, job.filters), job.filters)
    newest = (col(Visit.received_at).desc(), col(Visit.happened_at).desc(), col(Visit.id).desc())
    statement = wanted.with_only_columns(*_COLUMNS).order_by(*newest)
    found = session.execute(statement, execution_options={"yield_per": CHUNK})
    for chunk in found.partitions():
        services = _read_services(session, job, [visit.id for visit in chunk], names)
        for visit in chunk:
            yield _row(visit, names, services.get(visit.id, []), job.labels)


def _read_names(session: Session, job: Job) -> _Names:
    households = visible_to(job.actor, Household).with_only_columns(
        col(Household.id), col(Household.head_name), col(Household.house_no), col(Household.alley)
    )
    people = visible_to(job.actor, Account).with_only_columns(col(Account.id), col(Account.name))
    return _Names(
        households={id: (name, house_no, alley) for id, name, house_no, alley in session.execute(households)},
        hamlets=hamlet_names(session, job.actor),
        people={id: name for id, name in session.execute(people)},
        services=services_by_code(session, job.actor),
    )


def _read_services(
    session: Session, job: Job, visit_ids: Sequence[str], names: _Names
) -> dict[str, list[str]]:
    """The services of visits in words, in their order."""
    columns = (_SERVICE.c.visit_id, _SERVICE.c.code, _SERVICE.c.outcome, _SERVICE.c.people)
    statement = (
        select(*columns)
        .where(_SERVICE.c.commune_id == job.actor.commune_id, _SERVICE.c.visit_id.in_(visit_ids))
        .order_by(_SERVICE.c.visit_id, _SERVICE.c.position)
    )
    by_visit: dict[str, list[str]] = {}
    for visit_id, code, outcome, people in session.execute(statement):
        text = f"{names.services[code].label_vi}: {job.labels.outcomes[outcome]}"
        if people > 1:
            text += f", {people} {job.labels.units[names.services[code].unit]}"
        by_visit.setdefault(visit_id, []).append(text)
    return by_visit


def _row(visit: Row[Any], names: _Names, services: list[str], labels: Labels) -> VisitLine:
    is_paper = visit.entered_by is not None
    state = visit.review_state if visit.withdrawn_at is None else WITHDRAWN
    household, house_no, alley = names.households[visit.household_id]
    return VisitLine(
        day=visit.counted_on,
        time=None if is_paper else visit.happened_at,
        household=household,
        house_no=house_no,
        alley=alley,
        hamlet=names.hamlets[visit.hamlet_id],
        author=names.people[visit.recorded_by],
        result=labels.results[visit.result],
        services="; ".join(services),
        needs="; ".join(names.services[code].label_vi for code in visit.needs or ()),
        note=mask_digits(visit.note) if visit.note else "",
        follow_up_on=visit.follow_up_on,
        state=labels.states[state],
        received_at=visit.received_at,
        source=labels.paper if is_paper else labels.quick if visit.quick else labels.phone,
    )
