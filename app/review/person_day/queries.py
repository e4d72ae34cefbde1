"""Reading one person's day: the visits with their flags, who else was there, and the neighbours of the page.

A visit is received at most `MAX_AGE` after its day, so the indexes by receipt bound each search.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from app.commune.accounts.access import FIELD_ROLES, Actor, find, visible_to
from app.commune.accounts.models import Account
from app.core.text import by_given_name
from app.fieldwork.visits.days import counts_between
from app.fieldwork.visits.models import Visit
from app.review.visit_list.flag_queries import Flag, flags_of_visits
from app.review.visit_list.queries import VisitSummary, visit_summaries

MOST_VISITS = 600  # shown; as many as a phone may send in a day
MOST_COLLEAGUES = 6


@dataclass(frozen=True)
class Colleague:
    """Somebody else who recorded visits in the same hamlets on the same day, and when."""

    account: Account
    times: list[datetime]


@dataclass(frozen=True)
class PersonDay:
    """`visits`: in the order of their times, at most `MOST_VISITS` and one more; withdrawn ones are none.
    `flags`: by visit. `others`: by household, who else was there that day. `colleagues`: those with the most
    visits first. `earlier`, `later`: the nearest days with visits of this person. `before`, `after`: the
    neighbours by given name among those with visits on this day."""

    account: Account
    day: date
    visits: list[VisitSummary]
    flags: dict[str, list[Flag]]
    others: dict[str, list[tuple[Account, datetime]]]
    colleagues: list[Colleague]
    earlier: date | None
    later: date | None
    before: Account | None
    after: Account | None


def load_person_day(session: Session, actor: Actor, account_id: str, day: date) -> PersonDay:
    """The day of a person. Raises `NotFound` for somebody whom the actor may not see."""
    account = find(session, actor, Account, account_id)
    own = visible_to(actor, Visit).where(Visit.recorded_by == account_id, *_on(day))
    visits = visit_summaries(
        session, actor, own.order_by(col(Visit.happened_at), col(Visit.id)).limit(MOST_VISITS + 1)
    )
    others = _others(session, actor, account_id, day, visits)
    before, after = _neighbours(session, actor, account, day)
    return PersonDay(
        account=account,
        day=day,
        visits=visits,
        flags=flags_of_visits(session, actor, [one.visit.id for one in visits]),
        others=_by_household(others, visits),
        colleagues=_colleagues(others),
        earlier=_nearest(session, actor, account_id, col(Visit.counted_on) < day, latest=True),
        later=_nearest(session, actor, account_id, col(Visit.counted_on) > day, latest=False),
        before=before,
        after=after,
    )


def _on(day: date) -> tuple[ColumnElement[bool], ...]:
    return (*counts_between(day, day), col(Visit.withdrawn_at).is_(None))


def _others(
    session: Session, actor: Actor, account_id: str, day: date, visits: list[VisitSummary]
) -> list[tuple[str, datetime, Account]]:
    """The household, time and author of the visits of others in the hamlets of these; those of paper have no
    time."""
    hamlets = {one.visit.hamlet_id for one in visits}
    if not hamlets:
        return []
    beside = visible_to(actor, Visit).where(
        col(Visit.hamlet_id).in_(hamlets),
        Visit.recorded_by != account_id,
        col(Visit.entered_by).is_(None),
        *_on(day),
    )
    author = and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == col(Visit.recorded_by))
    rows = session.execute(
        beside.join(Account, author)
        .order_by(col(Visit.happened_at), col(Visit.id))
        .with_only_columns(col(Visit.household_id), col(Visit.happened_at), Account)
    )
    return [(household_id, happened_at, account) for household_id, happened_at, account in rows]


def _by_household(
    others: list[tuple[str, datetime, Account]], visits: list[VisitSummary]
) -> dict[str, list[tuple[Account, datetime]]]:
    households = {one.visit.household_id for one in visits}
    found: defaultdict[str, list[tuple[Account, datetime]]] = defaultdict(list)
    for household_id, happened_at, account in others:
        if household_id in households:
            found[household_id].append((account, happened_at))
    return dict(found)


def _colleagues(others: list[tuple[str, datetime, Account]]) -> list[Colleague]:
    by_id: dict[str, Colleague] = {}
    for _household, happened_at, account in others:
        by_id.setdefault(account.id, Colleague(account, [])).times.append(happened_at)
    return sorted(by_id.values(), key=lambda one: (-len(one.times), by_given_name(one.account.name)))[
        :MOST_COLLEAGUES
    ]


def _nearest(
    session: Session, actor: Actor, account_id: str, side: ColumnElement[bool], *, latest: bool
) -> date | None:
    days = visible_to(actor, Visit).where(
        Visit.recorded_by == account_id, col(Visit.withdrawn_at).is_(None), side
    )
    nearest = func.max if latest else func.min
    found: date | None = session.execute(days.with_only_columns(nearest(col(Visit.counted_on)))).scalar_one()
    return found


def _neighbours(
    session: Session, actor: Actor, account: Account, day: date
) -> tuple[Account | None, Account | None]:
    """Who is before and after this person by given name, of those who recorded something on this day."""
    theirs = select(Visit.id).where(
        Visit.commune_id == actor.commune_id, Visit.recorded_by == Account.id, *_on(day)
    )
    active = visible_to(actor, Account).where(
        col(Account.role).in_(FIELD_ROLES), (col(Account.id) == account.id) | theirs.exists()
    )
    people = sorted(session.exec(active), key=lambda one: (by_given_name(one.name), one.id))
    place = [one.id for one in people].index(account.id) if account in people else 0
    return (people[place - 1] if place else None, people[place + 1] if place + 1 < len(people) else None)
