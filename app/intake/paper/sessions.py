"""Outreach sessions at the desk: entering one from paper for a member, correcting one, and taking back a
correction.

The commands are those of the phone's own operations, as for visits on paper.
"""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor, find, lock_account
from app.commune.accounts.author import Author
from app.commune.accounts.models import Account
from app.commune.teams.members import find_member
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import AlreadyExists, Invalid, NotFound, StaleDecision, UndoTooLate
from app.core.numbers.id_numbers import stored_text
from app.fieldwork.derived.flags.sessions import note_sessions
from app.fieldwork.outreach import commands
from app.fieldwork.outreach.commands import AmendSession, OutreachContent, RecordSession
from app.fieldwork.outreach.models import OutreachSession, OutreachSessionValues
from app.fieldwork.outreach.queries import session_detail
from app.intake.paper.commands import author_of_paper, first_day, hamlets_in_charge, load_rows
from app.intake.paper.session_withdrawal import REASON_LENGTH, UNDO_TIME
from app.sync.applying.apply import WRITE_ORDER


def enter(session: Session, actor: Actor, member_id: str, command: RecordSession, now: datetime) -> None:
    """Record a session that a member held on `command.held_on`. Repeating the call changes nothing.

    Raises `NotFound` for an unknown member, `Invalid` for a day that is in the future or before `first_day`,
    `AlreadyExists` if a session of this id has another content or was withdrawn, `HamletUnknown` if the
    member's team was not in charge there on that day, and what `commands.record` raises.
    """
    lock_account(session, actor)
    member = find_member(session, actor, member_id)
    if not first_day(now) <= command.held_on <= local_date(now):
        raise Invalid("held_on")
    hamlets = hamlets_in_charge(session, member, command.held_on, now)
    author = author_of_paper(session, actor, member.id, command.held_on, hamlets, now)
    batch = load_rows(session, author, actor.commune_id, "outreach.record", command.model_dump(mode="json"))
    known = batch.get(OutreachSession, command.id)
    if known is not None:
        _refuse_other(known, author, command)
        return
    commands.record(batch, author, command)
    batch.write(session, WRITE_ORDER)
    note_sessions(session, batch)
    _note(session, actor, command.id, "outreach.entered", now)


def correct(
    session: Session, actor: Actor, command: OutreachContent, seen: int, reason: str, now: datetime
) -> None:
    """Replace the content of a session; what it said before stays among its versions, with `reason`.

    `seen`: the `feed_seq` of the row that the supervisor saw. Raises `NotFound`, `StaleDecision` if the row
    was changed or withdrawn since, `PeriodClosed`, `Invalid` with *reason* if that is missing or too long,
    with *held_on* for a new day that is in the future or more than 60 days before the session was received,
    with *unchanged* if the content is what is stored, and what `commands.correct` raises.
    """
    reason = " ".join(stored_text(reason, "reason").split())
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid("reason")
    stored = find(session, actor, OutreachSession, command.id)
    is_possible = first_day(stored.received_at) <= command.held_on <= local_date(now)
    if command.held_on != stored.held_on and not is_possible:
        raise Invalid("held_on")
    _correct(session, actor, stored, command, seen, reason, now)
    _note(session, actor, command.id, "outreach.corrected", now)


def undo_correction(session: Session, actor: Actor, session_id: str, seen: int, now: datetime) -> None:
    """Give a session the content that its last correction replaced. A second time changes nothing.

    Raises `NotFound` if a supervisor has not corrected it, `UndoTooLate` after a day, `StaleDecision` if it
    was changed or withdrawn since `seen`, and `PeriodClosed`.
    """
    detail = session_detail(session, actor, session_id)
    before = detail.last_correction
    if before is None:
        if any("corrected_by" in one.content for one in detail.versions):
            return
        raise NotFound
    if now >= before.received_at + UNDO_TIME:
        raise UndoTooLate
    names = OutreachContent.model_fields.keys() - {"id"}
    content = {name: value for name, value in before.content.items() if name in names}
    command = OutreachContent.model_validate({"id": session_id} | content)
    _correct(session, actor, detail.listed.session, command, seen, "", now)
    _note(session, actor, session_id, "outreach.correction_undone", now)


def _correct(
    session: Session,
    actor: Actor,
    stored: OutreachSession,
    command: OutreachContent,
    seen: int,
    reason: str,
    now: datetime,
) -> None:
    member = session.get_one(Account, (actor.commune_id, stored.recorded_by))
    hamlets = hamlets_in_charge(session, member, command.held_on, now) | {stored.hamlet_id}
    if not reason:  # back to where it was, whoever is in charge there by now
        hamlets |= {command.hamlet_id}
    author = author_of_paper(session, actor, member.id, local_date(now), hamlets, now)
    amended = AmendSession(**command.model_dump(), base_version=stored.version)
    batch = load_rows(session, author, actor.commune_id, "outreach.amend", amended.model_dump(mode="json"))
    row = batch.get(OutreachSession, command.id)
    if row is None or row["withdrawn_at"] or row["feed_seq"] != seen:
        raise StaleDecision
    if reason and _has_content(row, command):
        raise Invalid("unchanged")
    commands.correct(batch, author, command, reason)
    batch.write(session, WRITE_ORDER)
    note_sessions(session, batch)


def _refuse_other(known: OutreachSessionValues, author: Author, command: RecordSession) -> None:
    """Raises `AlreadyExists` unless the stored session of this id is the one that the form has."""
    is_same = _has_content(known, command) and known["recorded_by"] == author.account_id
    if not is_same or known["withdrawn_at"] is not None:
        raise AlreadyExists("id")


def _has_content(row: OutreachSessionValues, command: OutreachContent) -> bool:
    place = stored_text(command.place, "place")
    written = (command.hamlet_id, place, command.held_on, command.people, command.venue)
    stored = (row["hamlet_id"], row["place"], row["held_on"], row["people"], row["venue"])
    return stored == written and row["services"] == command.services


def _note(session: Session, actor: Actor, session_id: str, what: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, by=actor.account_id, outreach_session=session_id)
