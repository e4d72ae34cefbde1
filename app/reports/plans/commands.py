"""Typing a plan, correcting, removing and bringing it back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor, find
from app.commune.calendar.period import dates_period, parse_period
from app.core import desk_log
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.numbers.id_numbers import stored_text
from app.reports.extras.choice import lock_commune
from app.reports.extras.hamlet_counts import fits
from app.reports.plans.models import Plan
from app.reports.plans.queries import list_plans

MAX_NUMBER, MAX_NAME = 40, 200  # characters
MAX_PLANS = 60  # of a commune, without removed ones
MAX_STORED = 600  # with removed ones


@dataclass(frozen=True)
class PlanText:
    """A plan as somebody typed it; None for what is no day."""

    number: str
    name: str
    first: date | None
    last: date | None


def add_plan(
    session: Session, actor: Actor, plan_id: str, typed: PlanText, replaces: str, now: datetime
) -> None:
    """Add a plan; `replaces`: the id of the one that it corrects, or empty. Repeating the call changes
    nothing.

    Raises `TextRefused`; `StaleDecision` if the one to correct was removed meanwhile; `Invalid`: *number*,
    *name*, *first*, *last* (before the first, or more than `MAX_DAYS` with it); *count* if the commune has
    `MAX_PLANS`.
    """
    number, name, first, last = _read(typed)
    lock_commune(session, actor)
    if session.get(Plan, (actor.commune_id, plan_id)) is not None:
        return
    stored = list_plans(session, actor)
    known = {one.id: one for one in stored if one.removed_at is None}
    if len(stored) >= MAX_STORED or (not replaces and len(known) >= MAX_PLANS):
        raise Invalid("count")
    if replaces and replaces not in known:
        raise StaleDecision
    if replaces:
        _remove(session, actor, known[replaces], now)
    plan = Plan(
        commune_id=actor.commune_id,
        id=plan_id,
        number=number,
        name=name,
        first=first,
        last=last,
        typed_by=actor.account_id,
        typed_at=now,
    )
    session.add(plan)
    session.flush()
    _note(session, actor, "plan.typed", plan, now)


def remove_plan(session: Session, actor: Actor, plan_id: str, now: datetime) -> None:
    """Have no sheet name a plan any more; a second time changes nothing. Raises `NotFound`."""
    lock_commune(session, actor)
    plan = find(session, actor, Plan, plan_id)
    if plan.removed_at is None:
        _remove(session, actor, plan, now)


def restore_plan(session: Session, actor: Actor, plan_id: str, now: datetime) -> None:
    """Bring a removed plan back; a second time changes nothing. Raises `NotFound`, and `Invalid` with *count*
    if the commune has `MAX_PLANS` without it."""
    lock_commune(session, actor)
    plan = find(session, actor, Plan, plan_id)
    if plan.removed_at is None:
        return
    if sum(one.removed_at is None for one in list_plans(session, actor)) >= MAX_PLANS:
        raise Invalid("count")
    plan.removed_at = plan.removed_by = None
    session.add(plan)
    _note(session, actor, "plan.restored", plan, now)


def _remove(session: Session, actor: Actor, plan: Plan, now: datetime) -> None:
    plan.removed_at, plan.removed_by = now, actor.account_id
    session.add(plan)
    _note(session, actor, "plan.removed", plan, now)


def _read(typed: PlanText) -> tuple[str, str, date, date]:
    number, name = (stored_text(text).strip() for text in (typed.number, typed.name))
    first, last = typed.first, typed.last
    wrong = {
        "number": not fits(number, MAX_NUMBER),
        "name": not fits(name, MAX_NAME),
        "first": first is None,
        "last": last is None or (first is not None and not _is_period(first, last)),
    }
    if first is None or last is None or any(wrong.values()):
        raise Invalid(*(field for field, is_wrong in wrong.items() if is_wrong))
    return number, name, first, last


def _is_period(first: date, last: date) -> bool:
    """Whether a sheet can be of all its days."""
    try:
        parse_period(dates_period(first, last).code, 1)
    except NotFound:
        return False
    return True


def _note(session: Session, actor: Actor, what: str, plan: Plan, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, plan=plan.id)
