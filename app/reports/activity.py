"""Activity sheets: on which days a member visited households or held sessions in a period.

Several provinces pay an allowance by it. A sheet has no ranks: members stand by given name.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, case, func
from sqlmodel import Session, col, select

from app.commune.accounts.access import FIELD_ROLES, Actor, find, visible_to
from app.commune.accounts.models import Account, Membership, Team
from app.commune.calendar.period import Period
from app.commune.catalog.services import GUIDED
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.text import by_given_name
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.visits.days import counts_between
from app.fieldwork.visits.models import COUNTED, NOT_HOME, Visit, VisitService


@dataclass
class ActivityDay:
    """What somebody did on one day: visits that count, the households that were met, those that were guided,
    and sessions."""

    day: date
    visits: int = 0
    sessions: int = 0
    household_ids: set[str] = field(default_factory=set)
    guided_ids: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class MemberActivity:
    """A member's days with visits or sessions, in their order."""

    account: Account
    days: list[ActivityDay]

    @property
    def visits(self) -> int:
        """Visits on all days."""
        return sum(day.visits for day in self.days)

    @property
    def sessions(self) -> int:
        """Sessions on all days."""
        return sum(day.sessions for day in self.days)

    @property
    def households(self) -> int:
        """Distinct households that were met: one that was met on two days counts once."""
        return len(set().union(*(day.household_ids for day in self.days)))

    @property
    def guided(self) -> int:
        """Distinct households that were guided."""
        return len(set().union(*(day.guided_ids for day in self.days)))


def member_activity(session: Session, actor: Actor, account_id: str, period: Period) -> MemberActivity:
    """The days of one member, whatever team they were in. Raises `NotFound`, also for supervisors."""
    account = find(session, actor, Account, account_id)
    if account.role not in FIELD_ROLES:
        raise NotFound
    return MemberActivity(account, _days(session, actor, [account_id], period)[account_id])


def own_activity(session: Session, actor: Actor, period: Period) -> MemberActivity:
    """The days of the actor, as on the sheet that the desk has of them."""
    account = session.get_one(Account, (actor.commune_id, actor.account_id))
    return MemberActivity(account, _days(session, actor, [account.id], period)[account.id])


def team_activity(
    session: Session, actor: Actor, team_id: str, period: Period
) -> tuple[Team, list[MemberActivity]]:
    """A team and everybody who was in it during the period, by given name. Raises `NotFound`.

    A member's day belongs to the team that they had joined last by then: no day is on the sheets of two
    teams.
    """
    team = find(session, actor, Team, team_id)
    of_team = visible_to(actor, Membership).where(Membership.team_id == team_id)
    ids = {membership.account_id for membership in session.exec(of_team)}
    stays: dict[str, list[Membership]] = defaultdict(list)
    every = visible_to(actor, Membership).where(col(Membership.account_id).in_(ids))
    for membership in session.exec(every.order_by(col(Membership.since))):
        stays[membership.account_id].append(membership)
    days = _days(session, actor, ids, period)
    members = []
    for account in session.exec(visible_to(actor, Account).where(col(Account.id).in_(ids))):
        own = [day for day in days[account.id] if _team_on(stays[account.id], day.day) == team_id]
        if own or any(_was_in(one, team_id, period) for one in stays[account.id]):
            members.append(MemberActivity(account, own))
    return team, sorted(members, key=lambda one: (by_given_name(one.account.name), one.account.id))


def _team_on(stays: list[Membership], day: date) -> str:
    """The team joined last by `day`; on days before the first one (paper visits), the first one."""
    joined = [stay for stay in stays if local_date(stay.since) <= day] or stays[:1]
    return joined[-1].team_id


def _was_in(stay: Membership, team_id: str, period: Period) -> bool:
    is_over = stay.until is not None and local_date(stay.until) < period.first
    return stay.team_id == team_id and not is_over and local_date(stay.since) <= period.last


def _days(
    session: Session, actor: Actor, account_ids: Iterable[str], period: Period
) -> dict[str, list[ActivityDay]]:
    """The days of each of the accounts, which the actor may see: also in hamlets that are not the actor's."""
    ids = set(account_ids)
    found: dict[str, dict[date, ActivityDay]] = {id: {} for id in ids}
    for account_id, day, household_id, visits, met, guided in session.execute(_visits(actor, ids, period)):
        entry = found[account_id].setdefault(day, ActivityDay(day))
        entry.visits += visits
        if met:
            entry.household_ids.add(household_id)
        if guided:
            entry.guided_ids.add(household_id)
    for account_id, day, sessions in session.execute(_sessions(actor, ids, period)):
        found[account_id].setdefault(day, ActivityDay(day)).sessions += sessions
    return {id: [days[day] for day in sorted(days)] for id, days in found.items()}


def _visits(actor: Actor, ids: set[str], period: Period) -> Select[str, date, str, int, int, int]:
    """Visits by author, day and household, how many of them met and how many guided somebody."""
    keys = (col(Visit.recorded_by), col(Visit.counted_on), col(Visit.household_id))
    counted = select(Visit).where(
        col(Visit.commune_id) == actor.commune_id,
        col(Visit.recorded_by).in_(ids),
        *counts_between(period.first, period.last),
        col(Visit.withdrawn_at).is_(None),
        col(Visit.review_state).in_(COUNTED),
    )
    met = func.sum(case((col(Visit.result) != NOT_HOME, 1), else_=0))
    guiding = select(VisitService.visit_id).where(
        col(VisitService.commune_id) == actor.commune_id,
        col(VisitService.visit_id) == col(Visit.id),
        col(VisitService.outcome).in_(GUIDED),
    )
    guided = func.sum(case((guiding.exists(), 1), else_=0))
    return counted.with_only_columns(*keys, func.count(), met, guided).group_by(*keys)


def _sessions(actor: Actor, ids: set[str], period: Period) -> Select[str, date, int]:
    keys = (col(OutreachSession.recorded_by), col(OutreachSession.counted_on))
    held = select(OutreachSession).where(
        col(OutreachSession.commune_id) == actor.commune_id,
        keys[0].in_(ids),
        keys[1] >= period.first,
        keys[1] <= period.last,
        col(OutreachSession.withdrawn_at).is_(None),
    )
    return held.with_only_columns(*keys, func.count()).group_by(*keys)
