"""Rates of a period that belong to somebody else: typing, correcting, removing and bringing back."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.calendar.period import Period
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid, StaleDecision
from app.core.feed import lock_feed
from app.core.numbers.id_numbers import stored_text
from app.core.text import mask_digits
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.queries import find_closed
from app.fieldwork.remarks.commands import takes_remarks
from app.reports.extras.hamlet_counts import MAX_AGE, MAX_SOURCE, fits
from app.reports.extras.models import TypedRate

MAX_NAME = 120  # characters
MAX_RATES = 40  # of one period
# *87,5 %*, *1.240*, *1.240 / 1.850*: printed as it is typed.
_PART = r"(?:[0-9]{1,6}|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]{1,3})?"
_VALUE = re.compile(rf"{_PART}(?: ?%)?(?: ?/ ?{_PART})?")


@dataclass(frozen=True)
class RateText:
    """A rate as somebody typed it. `as_of`: None for what is no day."""

    name: str
    value: str
    source: str
    as_of: date | None


def add_rate(
    session: Session,
    actor: Actor,
    period: Period,
    new: tuple[str, RateText],
    replaces: str,
    now: datetime,
) -> None:
    """Have the period's report print a rate; `new`: its id and what was typed; `replaces`: the id of the one
    that it corrects, or empty. Repeating the call changes nothing.

    Raises `TextRefused`, `PeriodClosed`; `StaleDecision` if the one to correct was removed
    meanwhile; `Invalid`: *period* if it takes none; *name*, *value*, *source*, *as_of*; *count* if the period
    has `MAX_RATES`.
    """
    rate_id, typed = new
    clean, as_of = _read(typed, local_date(now))
    _lock(session, actor, period.code)
    if session.get(TypedRate, (actor.commune_id, rate_id)) is not None:
        return
    if not takes_remarks(period, now):
        raise Invalid("period")
    known = {one.id: one for one in list_rates(session, actor, period.code) if one.removed_at is None}
    if not replaces and len(known) >= MAX_RATES:
        raise Invalid("count")
    if replaces and replaces not in known:
        raise StaleDecision
    if replaces:
        _remove(session, actor, known[replaces], now)
    rate = _new_rate(actor, period.code, rate_id, clean, as_of, now)
    session.add(rate)
    session.flush()
    _note(session, actor, "rate.typed", rate, now)


def remove_rate(session: Session, actor: Actor, rate_id: str, now: datetime) -> None:
    """Take a rate out of its report; a second time changes nothing. Raises `NotFound`, `PeriodClosed`."""
    rate = find(session, actor, TypedRate, rate_id)
    _lock(session, actor, rate.code)
    if rate.removed_at is None:
        _remove(session, actor, rate, now)


def restore_rate(session: Session, actor: Actor, rate_id: str, now: datetime) -> None:
    """Bring a removed rate back; a second time changes nothing. Raises `NotFound`, `PeriodClosed`, and
    `Invalid` with *count* if its period has `MAX_RATES` without it."""
    rate = find(session, actor, TypedRate, rate_id)
    _lock(session, actor, rate.code)
    if rate.removed_at is None:
        return
    if sum(one.removed_at is None for one in list_rates(session, actor, rate.code)) >= MAX_RATES:
        raise Invalid("count")
    rate.removed_at = rate.removed_by = None
    session.add(rate)
    _note(session, actor, "rate.restored", rate, now)


def list_rates(session: Session, actor: Actor, code: str) -> list[TypedRate]:
    """The rates of a period, also removed ones, in the order in which they were typed."""
    wanted = visible_to(actor, TypedRate).where(TypedRate.code == code)
    return list(session.exec(wanted.order_by(col(TypedRate.typed_at), col(TypedRate.id))))


def _lock(session: Session, actor: Actor, code: str) -> None:
    lock_feed(session, actor.commune_id)  # as closing does
    if find_closed(session, actor, code):
        raise PeriodClosed


def _new_rate(
    actor: Actor, code: str, rate_id: str, typed: RateText, as_of: date, now: datetime
) -> TypedRate:
    return TypedRate(
        commune_id=actor.commune_id,
        id=rate_id,
        code=code,
        name=typed.name,
        value=typed.value,
        source=typed.source,
        as_of=as_of,
        typed_by=actor.account_id,
        typed_at=now,
    )


def _remove(session: Session, actor: Actor, rate: TypedRate, now: datetime) -> None:
    rate.removed_at, rate.removed_by = now, actor.account_id
    session.add(rate)
    _note(session, actor, "rate.removed", rate, now)


def _read(typed: RateText, today: date) -> tuple[RateText, date]:
    name, value, source = (stored_text(text).strip() for text in (typed.name, typed.value, typed.source))
    as_of = typed.as_of
    wrong = {
        "name": not fits(name, MAX_NAME),
        "value": not _VALUE.fullmatch(value) or mask_digits(value) != value,
        "source": not fits(source, MAX_SOURCE),
        "as_of": as_of is None or not today.year - MAX_AGE <= as_of.year or as_of > today,
    }
    names = [field for field, is_wrong in wrong.items() if is_wrong]
    if names or as_of is None:
        raise Invalid(*names)
    return RateText(name, value, source, as_of), as_of


def _note(session: Session, actor: Actor, what: str, rate: TypedRate, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, period=rate.code, rate=rate.id)
