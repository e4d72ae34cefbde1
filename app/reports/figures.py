"""The figures of a period by hamlet: what the columns of a report are made of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.commune.accounts.access import FIELD_ROLES, Actor, visible_to
from app.commune.accounts.models import ANONYMOUS, Account, Assignment, Membership
from app.commune.areas import Hamlet
from app.commune.calendar.period import Period
from app.commune.catalog.services import Service
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import VIETNAM
from app.core.db import table_of
from app.core.sql.snapshot import once_in_a_read
from app.fieldwork.derived.household_days.counts import (
    HouseholdCounts,
    count_households,
    first_guided_month,
    places_at,
)
from app.fieldwork.derived.needs.queries import count_open_needs
from app.fieldwork.households.models import Household
from app.fieldwork.visits.days import counts_between
from app.fieldwork.visits.models import COUNTED, Visit
from app.reports.additive import AdditiveFigures, read_additive


@dataclass(frozen=True)
class Staff:
    """The teams in charge, their members, and those of them who made a counted visit in the period: the ids,
    by hamlet. A team may be in charge of several hamlets, so what is distinct is counted from ids. `active`:
    None if nobody is known any more who made some of these visits."""

    teams: dict[str, set[str]]
    members: dict[str, set[str]]
    active: dict[str, set[str]] | None


@dataclass(frozen=True)
class Standing:
    """What stands at the end of a period. `households`: on the list today; a hamlet that was merged since has
    none, and nobody knows how many it had. `cumulative`: the households guided up to its end, `guided_since`
    this month. `needs`: those open at the end of the period, or now if that is earlier."""

    households: dict[str, int]
    cumulative: HouseholdCounts
    guided_since: date | None
    needs: dict[str, int]
    staff: Staff


@dataclass(frozen=True)
class Figures:
    """The figures of a period. `hamlets`: those that stood at its end, in the commune's order; `merged`: the
    names of those that were merged in it, each with that of the one that counts for it. `counted`: what was
    counted in it; `standing`: None where only that is asked for."""

    hamlets: list[Hamlet]
    merged: list[tuple[str, str]]
    counted: AdditiveFigures
    standing: Standing | None


def read_figures(
    session: Session,
    actor: Actor,
    period: Period,
    catalog: Mapping[str, Service],
    now: datetime,
    *,
    only_counted: bool,
) -> Figures:
    """The figures of the period as they are now: at most fourteen statements, whatever the log's length.
    `catalog`: the commune's services by code."""
    hamlets = list_hamlets(session, actor, with_merged=True)
    places = places_at(hamlets, period.last)
    households = count_households(session, actor, period, places)
    standing = (
        None
        if only_counted
        else Standing(
            households=_count_listed(session, actor),
            cumulative=households.cumulative,
            guided_since=first_guided_month(session, actor),
            needs=_needs(session, actor, period, places),
            staff=read_staff(session, actor, period, places, now),
        )
    )
    return Figures(
        hamlets=[hamlet for hamlet in hamlets if places[hamlet.id] == hamlet.id],
        merged=_merged(hamlets, places, places_at(hamlets, period.first - timedelta(days=1))),
        counted=read_additive(session, actor, period, catalog, places, households),
        standing=standing,
    )


def _merged(
    hamlets: list[Hamlet], places: Mapping[str, str], before: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The hamlets that stood `before` the period and are merged in `places`, and into which."""
    names = {hamlet.id: hamlet.name for hamlet in hamlets}
    return [(name, names[places[id]]) for id, name in names.items() if places[id] != id and before[id] == id]


def _needs(session: Session, actor: Actor, period: Period, places: dict[str, str]) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for hamlet_id, count in count_open_needs(session, actor, period.last).items():
        sums[places[hamlet_id]] += count
    return sums


@once_in_a_read
def _count_listed(session: Session, actor: Actor) -> dict[str, int]:
    listed = visible_to(actor, Household).where(
        Household.state == "active", col(Household.merged_into).is_(None)
    )
    hamlet_id = col(Household.hamlet_id)
    counts = listed.with_only_columns(hamlet_id, func.count()).group_by(hamlet_id)
    return {hamlet: count for hamlet, count in session.execute(counts)}


def read_staff(
    session: Session, actor: Actor, period: Period, places: dict[str, str], now: datetime
) -> Staff:
    """The teams and members as of the end of the period, or now if that is earlier; by `places` then."""
    at = min(_start_of(period.last + timedelta(days=1)), now)
    teams: defaultdict[str, set[str]] = defaultdict(set)
    for hamlet_id, team_id in session.execute(
        visible_to(actor, Assignment)
        .where(*_covers(Assignment, at))
        .with_only_columns(col(Assignment.hamlet_id), col(Assignment.team_id))
    ):
        teams[places[hamlet_id]].add(team_id)
    of_team: defaultdict[str, set[str]] = defaultdict(set)
    for account_id, team_id in session.execute(_members(actor, at)):
        of_team[team_id].add(account_id)
    members = {hamlet: _union(of_team[team] for team in in_charge) for hamlet, in_charge in teams.items()}
    active = _active(session, actor, period)
    is_known = ANONYMOUS not in active
    of_hamlets = {hamlet: ids & active for hamlet, ids in members.items()} if is_known else None
    return Staff(dict(teams), members, of_hamlets)


def _members(actor: Actor, at: datetime) -> Select[*tuple[str, str]]:
    """The ids of accounts and teams of the memberships at `at`, without people who had left by then."""
    account = and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == col(Membership.account_id))
    return (
        visible_to(actor, Membership)
        .join(Account, account)
        .where(
            *_covers(Membership, at),
            col(Account.role).in_(FIELD_ROLES),
            or_(col(Account.ended_at).is_(None), col(Account.ended_at) > at),
        )
        .with_only_columns(col(Membership.account_id), col(Membership.team_id))
    )


def _covers(model: type[Assignment] | type[Membership], at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(model.since) <= at, or_(col(model.until).is_(None), col(model.until) > at))


def _active(session: Session, actor: Actor, period: Period) -> set[str]:
    """The accounts with a counted visit in the period, also the anonymous one. The search for each ends at
    the first visit."""
    visit = table_of(Visit)
    # A scalar subquery, which PostgreSQL evaluates by the index; EXISTS makes it read all of these visits.
    found = (
        select_columns(literal_column("1"))
        .where(
            visit.c.commune_id == actor.commune_id,
            visit.c.recorded_by == col(Account.id),
            visit.c.withdrawn_at.is_(None),
            *counts_between(period.first, period.last),
            visit.c.review_state.in_(COUNTED),
        )
        .limit(1)
        .scalar_subquery()
    )
    is_author = or_(col(Account.role).in_(FIELD_ROLES), col(Account.id) == ANONYMOUS)
    wanted = visible_to(actor, Account).where(is_author, found.is_not(None))
    return set(session.scalars(wanted.with_only_columns(col(Account.id))))


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)
