"""What supervisors do with citizens' requests: enter one, and each step until it is closed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from app.commune.accounts.access import Actor, find
from app.core import desk_log
from app.core.clock import local_date
from app.core.epoch import current_epoch
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.numbers.id_numbers import stored_text
from app.core.types import is_id
from app.fieldwork.households.models import Household
from app.review.citizen_requests.deadlines import KINDS, done_by
from app.review.citizen_requests.models import CitizenRequest

MAX_REASON, MAX_REFERENCE = 1000, 60
MAX_AGE = timedelta(days=366)  # of a request that is entered


@dataclass(frozen=True)
class NewRequest:
    """A request as it is entered. `id`: chosen by the form, so that it is entered once; `household_id`: empty
    for somebody who is on no list."""

    id: str
    kind: str
    received_on: date
    with_others: bool = False
    household_id: str = ""
    reference: str = ""


def enter(session: Session, actor: Actor, new: NewRequest, now: datetime) -> CitizenRequest:
    """Add a request; one with a known id stays as it was entered.

    Raises `NotFound` for a household that there is not, and `Invalid` with *kind*, *received_on* for a day to
    come or of more than a year ago, *reference* for more than `MAX_REFERENCE` characters; `TextRefused`.
    """
    if not is_id(new.id) or new.kind not in KINDS:
        raise Invalid("kind")
    today = local_date(now)
    if not today - MAX_AGE <= new.received_on <= today:
        raise Invalid("received_on")
    reference = stored_text(new.reference, "reference")
    if len(reference) > MAX_REFERENCE:
        raise Invalid("reference")
    if new.household_id:
        find(session, actor, Household, new.household_id)
    if (known := session.get(CitizenRequest, (actor.commune_id, new.id))) is not None:
        return known
    entered = CitizenRequest(
        commune_id=actor.commune_id,
        id=new.id,
        household_id=new.household_id or None,
        kind=new.kind,
        reference=reference,
        received_on=new.received_on,
        with_others=new.with_others,
        entered_at=now,
        entered_by=actor.account_id,
    )
    session.add(entered)
    _note(session, actor, entered, "entered", now)
    return entered


def answer(session: Session, actor: Actor, id: str, seen: int, on: date, now: datetime) -> None:
    """The citizen was told on this day what follows. Raises `StaleDecision`, `NotFound`, and `Invalid` with
    *day* for one before the receipt or to come."""
    row = _open_row(session, actor, id, seen)
    if row.answered_on is not None:
        raise StaleDecision
    row.answered_on = _checked_day(row, on, now)
    _write(session, actor, row, "answered", now)


def extend(session: Session, actor: Actor, id: str, seen: int, reason: str, now: datetime) -> None:
    """Use the one extension, whose reason the citizen was told. Raises as `answer`, and `Invalid` with *late*
    once the time is over, with *reason* for none or a long one; `TextRefused`."""
    row = _open_row(session, actor, id, seen)
    if row.extended_on is not None:
        raise StaleDecision
    today = local_date(now)
    if today > last_day(row):
        raise Invalid("late")
    row.extended_on, row.extension_reason = today, _checked_reason(reason)
    _write(session, actor, row, "extended", now)


def close(session: Session, actor: Actor, id: str, seen: int, on: date, now: datetime) -> None:
    """The request was done on this day. Raises as `answer`."""
    row = _open_row(session, actor, id, seen)
    _close(row, _checked_day(row, on, now))
    _write(session, actor, row, "done", now)


def refuse(session: Session, actor: Actor, id: str, seen: int, on: date, reason: str, now: datetime) -> None:
    """The request was refused on this day, with a reason that the citizen was told. Raises as `answer`, and
    `Invalid` with *reason*; `TextRefused`."""
    row = _open_row(session, actor, id, seen)
    text, day = _checked_reason(reason), _checked_day(row, on, now)
    row.is_refused, row.refusal_reason = True, text
    _close(row, day)
    _write(session, actor, row, "refused", now)


def reopen(session: Session, actor: Actor, id: str, seen: int, now: datetime) -> None:
    """Take back that it was done or refused. Raises `StaleDecision`, `NotFound`."""
    row = _locked(session, actor, id, seen)
    if row.closed_on is None:
        raise StaleDecision
    row.closed_on, row.is_refused, row.refusal_reason = None, False, ""
    _write(session, actor, row, "reopened", now)


def last_day(row: CitizenRequest) -> date:
    """The last day on which it is done in time."""
    return done_by(
        row.kind, row.received_on, with_others=row.with_others, is_extended=row.extended_on is not None
    )


def log_details(id: str, kind: str, by: str, household_id: str | None) -> dict[str, str]:
    """What the desk log has of a step of a request; `by`: whose step it is."""
    details = {"request": id, "kind": kind, "by": by}
    return details | {"household": household_id} if household_id else details


def _locked(session: Session, actor: Actor, id: str, seen: int) -> CitizenRequest:
    wanted = select(CitizenRequest).where(
        CitizenRequest.commune_id == actor.commune_id, CitizenRequest.id == id
    )
    row = session.exec(wanted.with_for_update()).first()
    if row is None:
        raise NotFound
    if row.version != seen:
        raise StaleDecision
    return row


def _open_row(session: Session, actor: Actor, id: str, seen: int) -> CitizenRequest:
    row = _locked(session, actor, id, seen)
    if row.closed_on is not None:
        raise StaleDecision
    return row


def _close(row: CitizenRequest, on: date) -> None:
    row.closed_on = on
    row.answered_on = row.answered_on or on  # who is told the outcome is answered


def _checked_day(row: CitizenRequest, day: date, now: datetime) -> date:
    if not row.received_on <= day <= local_date(now):
        raise Invalid("day")
    return day


def _checked_reason(text: str) -> str:
    reason = stored_text(text, "reason")
    if not reason or len(reason) > MAX_REASON:
        raise Invalid("reason")
    return reason


def _write(session: Session, actor: Actor, row: CitizenRequest, what: str, now: datetime) -> None:
    row.version = current_epoch(session, actor.commune_id).next_version(row.version)
    session.add(row)
    _note(session, actor, row, what, now)


def _note(session: Session, actor: Actor, row: CitizenRequest, what: str, now: datetime) -> None:
    details = log_details(row.id, row.kind, actor.account_id, row.household_id)
    desk_log.note(session, actor.commune_id, f"request.{what}", now, **details)
