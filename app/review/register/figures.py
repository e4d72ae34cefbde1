"""Sums of the daily totals: counted visits by hamlet, by day and by result, and people by service."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import partial

from sqlalchemy import ColumnElement, Date, Select, bindparam, func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.core.db import table_of
from app.core.feed import feed_head
from app.core.sql.revision_cache import RevisionCache
from app.fieldwork.derived.sums import sum_people
from app.fieldwork.derived.total_models import DailyTotal

WHOLE_VISITS = ""
"""The `service` of the totals that count whole visits."""


def visits_by_hamlet(session: Session, actor: Actor, first: date, last: date) -> dict[str, int]:
    """How many visits are counted from `first` to `last`, by the hamlet in which they were recorded."""
    rows = _BY_HAMLET.rows(session, actor, first=first, last=last)
    return {row["hamlet_id"]: int(row["visits"]) for row in rows}


def visits_by_day(session: Session, actor: Actor, first: date, last: date) -> dict[date, int]:
    """How many visits are counted on each day from `first` to `last` that has any."""
    rows = _BY_DAY.rows(session, actor, first=first, last=last)
    return {row["day"]: int(row["visits"]) for row in rows}


def recent_visits_by_day(session: Session, actor: Actor, first: date, last: date) -> dict[date, int]:
    """As `visits_by_day`, of days that pages show again and again: read anew only if the days are others, or
    if anything of the commune has changed."""
    revision = (feed_head(session, actor.commune_id), first, last)
    read = partial(visits_by_day, session, actor, first, last)
    return _RECENT.get(session, actor.commune_id, revision, read)


def results_by_day(session: Session, actor: Actor, first: date, last: date) -> dict[date, dict[str, int]]:
    """How many visits are counted by their result, on each day from `first` to `last` that has any."""
    found: defaultdict[date, dict[str, int]] = defaultdict(dict)
    for row in _RESULTS_BY_DAY.rows(session, actor, first=first, last=last):
        found[row["day"]][row["outcome"]] = int(row["visits"])
    return dict(found)


def people_by_service(
    session: Session, actor: Actor, services: Iterable[str], first: date, last: date
) -> dict[str, int]:
    """How many people were guided in each of `services` from `first` to `last`; in applications where the
    catalog counts these. Services without any are left out."""
    people = sum_people(session, actor, first, last, list(services))
    return {code: count for code, count in people.items() if count}


def _visits_by(actor: Actor, *columns: str) -> Select[*tuple[object, ...]]:
    """The whole visits from `first` to `last`: one range of the key."""
    key: list[ColumnElement[object]] = [table_of(DailyTotal).c[column] for column in columns]
    first, last = (bindparam(name, type_=Date()) for name in ("first", "last"))
    totals = visible_to(actor, DailyTotal).where(
        DailyTotal.service == WHOLE_VISITS, col(DailyTotal.day) >= first, col(DailyTotal.day) <= last
    )
    return totals.with_only_columns(*key, func.sum(col(DailyTotal.visits)).label("visits")).group_by(*key)


_RECENT = RevisionCache[dict[date, int]]()
_BY_HAMLET = ActorStatement(lambda actor: _visits_by(actor, "hamlet_id"))
_BY_DAY = ActorStatement(lambda actor: _visits_by(actor, "day"))
_RESULTS_BY_DAY = ActorStatement(lambda actor: _visits_by(actor, "day", "outcome"))
