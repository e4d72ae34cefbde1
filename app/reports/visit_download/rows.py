"""The visits of a list as rows of a file, newest first, read in chunks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from app.commune.accounts.access import visible_to
from app.commune.accounts.commune import hamlet_names
from app.commune.accounts.models import Account
from app.commune.catalog.services import Service, services_by_code
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.text import mask_digits
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit, VisitService
from app.reports.visit_download.job import Job, Labels
from app.review.visit_list.listing import WITHDRAWN, apply_filters, visible_visits

CHUNK = 1_000
_SERVICE = table_of(VisitService)
_COLUMNS = (
    col(Visit.id), col(Visit.household_id), col(Visit.hamlet_id), col(Visit.recorded_by),
    col(Visit.counted_on), col(Visit.happened_at), col(Visit.received_at), col(Visit.result),
    col(Visit.note), col(Visit.follow_up_on), col(Visit.review_state), col(Visit.withdrawn_at),
    col(Visit.entered_by), col(Visit.quick), col(Visit.needs),
)  # fmt: skip


class VisitLine(NamedTuple):
    """A visit as files have it, in the order of their columns. `time`: None for a visit from paper; digits in
    `note` are masked."""

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
    guided: dict[tuple[str, str], str]  # by service and outcome


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
        services = _read_services(session, job, [visit[0] for visit in chunk], names)
        for id, *visit in chunk:
            yield _line(*visit, names=names, services=services.get(id, ""), labels=job.labels)


def _read_names(session: Session, job: Job) -> _Names:
    households = visible_to(job.actor, Household).with_only_columns(
        col(Household.id), col(Household.head_name), col(Household.house_no), col(Household.alley)
    )
    people = visible_to(job.actor, Account).with_only_columns(col(Account.id), col(Account.name))
    services = services_by_code(session, job.actor)
    return _Names(
        households={
            id: (name or job.labels.erased, house_no, alley)
            for id, name, house_no, alley in session.execute(households)
        },
        hamlets=hamlet_names(session, job.actor),
        people={id: name for id, name in session.execute(people)},
        services=services,
        guided={
            (code, outcome): f"{service.label_vi}: {label}"
            for code, service in services.items()
            for outcome, label in job.labels.outcomes.items()
        },
    )


def _read_services(session: Session, job: Job, visit_ids: Sequence[str], names: _Names) -> dict[str, str]:
    """The services of visits in words, in their order."""
    by_visit: dict[str, str] = {}
    for row in _FIND_SERVICES.rows(session, commune_id=job.actor.commune_id, ids=visit_ids):
        id, text = row["visit_id"], names.guided[row["code"], row["outcome"]]
        if row["people"] > 1:
            text += f", {row['people']} {job.labels.units[names.services[row['code']].unit]}"
        by_visit[id] = f"{by_visit[id]}; {text}" if id in by_visit else text
    return by_visit


def _line(
    household_id: str, hamlet_id: str, recorded_by: str, counted_on: date, happened_at: datetime,
    received_at: datetime, result: str, note: str, follow_up_on: date | None, review_state: str,
    withdrawn_at: datetime | None, entered_by: str | None, quick: bool, needs: list[str] | None,
    *, names: _Names, services: str, labels: Labels,
) -> VisitLine:  # fmt: skip
    """The line of a visit, of the values of `_COLUMNS` but the id."""
    is_paper = entered_by is not None
    return VisitLine(
        counted_on,
        None if is_paper else happened_at,
        *names.households[household_id],
        names.hamlets[hamlet_id],
        names.people[recorded_by],
        labels.results[result],
        services,
        "; ".join(names.services[code].label_vi for code in needs) if needs else "",
        mask_digits(note) if note else "",
        follow_up_on,
        labels.states[review_state if withdrawn_at is None else WITHDRAWN],
        received_at,
        labels.paper if is_paper else labels.quick if quick else labels.phone,
    )


_FIND_SERVICES = Prepared(
    select(_SERVICE.c.visit_id, _SERVICE.c.code, _SERVICE.c.outcome, _SERVICE.c.people)
    .where(_SERVICE.c.commune_id == bindparam("commune_id"), in_list(_SERVICE.c.visit_id, "ids"))
    .order_by(_SERVICE.c.visit_id, _SERVICE.c.position)
)
