"""Entering a visit from paper, and withdrawing it.

The command is that of the phone's own operation; the row has a mark (`Visit.entered_by`). No device made it,
so nothing of it is in the ledger: a form that is sent again is recognised by the visit's id.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from app.commune.accounts.access import AccessPeriod, Actor, access_periods, find, lock_account, visible_to
from app.commune.accounts.author import MAX_AGE, Author
from app.commune.accounts.models import Account
from app.commune.teams.members import find_member
from app.core import desk_log
from app.core.batch import Batch
from app.core.clock import VIETNAM, local_date
from app.core.epoch import current_epoch
from app.core.errors import AlreadyExists, Invalid, NotFound, StaleDecision
from app.core.types import JsonObject
from app.fieldwork.derived import update as derived
from app.fieldwork.households.commands import resolve_household
from app.fieldwork.outreach.commands import NO_DEVICE
from app.fieldwork.visits import commands, follow_ups
from app.fieldwork.visits.commands import RecordVisit, WithdrawVisit
from app.fieldwork.visits.content import check_content, current_content, submitted_content
from app.fieldwork.visits.models import Visit, VisitService
from app.sync.applying.apply import WRITE_ORDER, update_follow_ups
from app.sync.applying.operations import HANDLERS
from app.sync.applying.preload import load_batch
from app.sync.wire.protocol import Operation


def first_day(now: datetime) -> date:
    """The earliest day of which visits can be entered: those of a phone count no longer either."""
    return local_date(now) - MAX_AGE


def hamlets_in_charge(session: Session, member: Account, day: date, now: datetime) -> frozenset[str]:
    """The ids of the hamlets that the member's teams were in charge of on `day`."""
    actor = Actor(member.commune_id, member.id, member.name, member.role)
    start = datetime.combine(day, time.min, VIETNAM)
    periods = access_periods(session, actor, now)
    of_day = [one for one in periods if _overlaps(one, start, start + timedelta(days=1))]
    return frozenset(hamlet_id for one in of_day for hamlet_id in one.hamlet_ids)


def enter(
    session: Session, actor: Actor, member_id: str, day: date, command: RecordVisit, now: datetime
) -> None:
    """Record the visit of a member on `day`. Repeating the call changes nothing.

    Raises `NotFound` for an unknown member, `Invalid` for a day that is in the future or before `first_day`,
    `AlreadyExists` if a visit of this id has another content or was withdrawn, and what `commands.record`
    raises.
    """
    lock_account(session, actor)
    member = find_member(session, actor, member_id)
    if not first_day(now) <= day <= local_date(now):
        raise Invalid("day")
    author = author_of_paper(
        session, actor, member.id, day, hamlets_in_charge(session, member, day, now), now
    )
    batch = load_rows(session, author, actor.commune_id, "visit.record", command.model_dump(mode="json"))
    if batch.get(Visit, command.id):
        _refuse_other(session, actor, batch, author, command)
        return
    _apply(session, batch, now, lambda: commands.record(batch, author, command))
    _note(session, actor, command.id, "visit.entered", now)


def withdraw(session: Session, actor: Actor, visit_id: str, seen: int, now: datetime) -> None:
    """Withdraw a visit that was entered from paper; it is not counted any more. `seen`: the `feed_seq` of the
    row that the supervisor saw. A second time changes nothing.

    Raises `NotFound` for any other visit, and `StaleDecision` if it was amended or decided since.
    """
    visit = find(session, actor, Visit, visit_id)
    if visit.entered_by is None:
        raise NotFound
    hamlets = frozenset({visit.hamlet_id})
    author = author_of_paper(session, actor, visit.recorded_by, visit.counted_on, hamlets, now)
    batch = load_rows(session, author, actor.commune_id, "visit.withdraw", {"id": visit_id})
    row = batch.get(Visit, visit_id)
    assert row is not None, "found above; visits are never deleted"
    if row["withdrawn_at"] is not None:
        return
    if row["feed_seq"] != seen:
        raise StaleDecision
    _apply(session, batch, now, lambda: commands.withdraw(batch, author, WithdrawVisit(id=visit_id)))
    _note(session, actor, visit_id, "visit.withdrawn", now)


def author_of_paper(
    session: Session, actor: Actor, member_id: str, day: date, hamlets: frozenset[str], now: datetime
) -> Author:
    """The member, on no device. Paper has no time of day: what is on it is ordered as made at noon."""
    noon = datetime.combine(day, time(12), VIETNAM)
    return Author(
        account_id=member_id,
        device_id=NO_DEVICE,
        seq=0,
        occurred_at=min(noon, now),
        received_at=now,
        applied_at=now,
        clock_offset=timedelta(),
        hamlet_ids=hamlets,
        version_floor=current_epoch(session, actor.commune_id).version_floor,
        entered_by=actor.account_id,
    )


def load_rows(session: Session, author: Author, commune_id: str, type: str, data: JsonObject) -> Batch:
    """The rows that an operation of this type and with these data names."""
    operation = Operation(
        op_id=data["id"], seq=0, type=type, v=HANDLERS[type].v, commune_id=commune_id,
        at=author.occurred_at, data=data,
    )  # fmt: skip
    return load_batch(session, commune_id, [operation])


def _overlaps(period: AccessPeriod, start: datetime, end: datetime) -> bool:
    """Whether records of a moment of the day are within the period; one that still lasts covers every day."""
    if period.until is None:
        return True
    return period.until >= start and (period.since is None or period.since < end)


def _apply(session: Session, batch: Batch, now: datetime, command: Callable[[], int]) -> None:
    """Run a command on the loaded rows and write what it changed, and what follows from it."""
    visited, counted = follow_ups.households_visited(batch), derived.states(batch)
    command()
    update_follow_ups(session, batch, visited)
    batch.write(session, WRITE_ORDER)
    derived.update(session, batch.commune_id, counted, derived.states(batch), now)


def _refuse_other(session: Session, actor: Actor, batch: Batch, author: Author, command: RecordVisit) -> None:
    """Raises `AlreadyExists` unless the stored visit of this id is the one that the form has."""
    row = batch.get(Visit, command.id)
    assert row is not None, "the caller found it"
    household = resolve_household(batch, author, command.household_id)
    wanted = submitted_content(check_content(batch, author, command, household), command)
    services = session.exec(visible_to(actor, VisitService).where(VisitService.visit_id == command.id))
    batch.load(VisitService, [service.model_dump() for service in services])
    is_same = (row["recorded_by"], row["counted_on"]) == (author.account_id, author.counted_on)
    is_paper = row["entered_by"] is not None and row["withdrawn_at"] is None
    if not (is_same and is_paper and current_content(batch, row) == wanted):
        raise AlreadyExists("id")


def _note(session: Session, actor: Actor, visit_id: str, what: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, visits=[visit_id], by=actor.account_id)
