"""Reading citizens' requests: each with its clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.commune import hamlet_names
from app.commune.accounts.models import Account
from app.commune.calendar.workdays import Workdays
from app.commune.settings import days_off
from app.core.clock import local_date
from app.fieldwork.households.models import Household
from app.review.citizen_requests.commands import last_day
from app.review.citizen_requests.deadlines import LONGEST, answer_by
from app.review.citizen_requests.models import CitizenRequest


@dataclass(frozen=True)
class Clock:
    """The last days of a request, and by how many days each is or was missed; 0: in time so far."""

    answer_by: date
    done_by: date
    answer_late: int
    done_late: int


@dataclass(frozen=True)
class ListedRequest:
    """A request, its household (None: on no list), the name of that one's hamlet, the name of who entered it,
    and its clock."""

    request: CitizenRequest
    household: Household | None
    hamlet: str
    entered_by: str
    clock: Clock


def list_all(session: Session, actor: Actor, first: date, now: datetime) -> list[ListedRequest]:
    """Those received since `first`, in the order of their receipt."""
    wanted = visible_to(actor, CitizenRequest).where(CitizenRequest.received_on >= first)
    in_order = wanted.order_by(col(CitizenRequest.received_on), col(CitizenRequest.id))
    return with_clocks(session, actor, session.exec(in_order).all(), now)


def find_request(session: Session, actor: Actor, id: str, now: datetime) -> ListedRequest:
    """One of them. Raises `NotFound`."""
    return with_clocks(session, actor, [find(session, actor, CitizenRequest, id)], now)[0]


def with_clocks(
    session: Session, actor: Actor, rows: Sequence[CitizenRequest], now: datetime
) -> list[ListedRequest]:
    """These requests with what a list shows of them."""
    if not rows:
        return []
    workdays = load_workdays(session, actor, rows)
    ids = {row.household_id for row in rows if row.household_id}
    wanted = visible_to(actor, Household).where(col(Household.id).in_(sorted(ids)))
    households = {one.id: one for one in session.exec(wanted)} if ids else {}
    names = _names(session, actor, {row.entered_by for row in rows})
    hamlets, today = hamlet_names(session, actor), local_date(now)
    found = []
    for row in rows:
        household = households.get(row.household_id or "")
        hamlet = hamlets[household.hamlet_id] if household else ""
        found.append(
            ListedRequest(row, household, hamlet, names[row.entered_by], _clock(row, workdays, today))
        )
    return found


def load_workdays(session: Session, actor: Actor, rows: Sequence[CitizenRequest]) -> Workdays:
    """The working days between the receipt of these requests and their last days."""
    if not rows:
        return Workdays()
    days = [row.received_on for row in rows]
    return Workdays(days_off(session, actor.commune_id, min(days), max(days) + LONGEST))


def _names(session: Session, actor: Actor, ids: set[str]) -> dict[str, str]:
    """The names of these accounts by id."""
    wanted = visible_to(actor, Account).where(col(Account.id).in_(sorted(ids)))
    return {account.id: account.name for account in session.exec(wanted)}


def _clock(row: CitizenRequest, workdays: Workdays, today: date) -> Clock:
    answer, done = answer_by(row.received_on, workdays), last_day(row)
    return Clock(
        answer_by=answer,
        done_by=done,
        answer_late=_days_late(row.answered_on or today, answer),
        done_late=_days_late(row.closed_on or today, done),
    )


def _days_late(day: date, last: date) -> int:
    return max(timedelta(0), day - last).days
