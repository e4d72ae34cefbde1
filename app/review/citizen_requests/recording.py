"""A citizen's request that a member enters on the phone, at the door. The desk goes on with it."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from app.commune.accounts.author import Author
from app.core import desk_log
from app.core.batch import Batch
from app.core.errors import AlreadyExists
from app.core.types import Command, Id, Uuid
from app.fieldwork.households.commands import resolve_household
from app.review.citizen_requests.commands import log_details
from app.review.citizen_requests.deadlines import Kind
from app.review.citizen_requests.models import CitizenRequest, CitizenRequestValues

RECORDED: Final = "request.recorded"
"""Of the desk log. A name of its own: what a restore has lost of it, phones send again by themselves."""


class RecordRequest(Command):
    """Data of `request.record`. `household_id`: the household that asks, about its own data."""

    id: Uuid
    household_id: Id
    kind: Kind


def record(batch: Batch, author: Author, command: RecordRequest) -> int:
    """Add a request that came on the author's day, and return its version, 1.

    Raises `AlreadyExists` and `HouseholdUnknown`.
    """
    if batch.get(CitizenRequest, command.id):
        raise AlreadyExists("id")
    household = resolve_household(batch, author, command.household_id)
    row: CitizenRequestValues = {
        "id": command.id,
        "household_id": household["id"],
        "kind": command.kind,
        "reference": "",
        "received_on": author.counted_on,
        "with_others": False,
        "entered_at": author.received_at,
        "entered_by": author.account_id,
        "answered_on": None,
        "extended_on": None,
        "extension_reason": "",
        "closed_on": None,
        "is_refused": False,
        "refusal_reason": "",
        "version": 1,
    }
    batch.add(CitizenRequest, row)
    return 1


def note_recorded(session: Session, batch: Batch, now: datetime) -> None:
    """Note each request that this batch added. Call it once the batch is written, when nothing can undo that
    but the end of the transaction."""
    for id in batch.added_ids(CitizenRequest):
        row = batch.get(CitizenRequest, id)
        assert row is not None, "it was added"
        details = log_details(id, row["kind"], row["entered_by"], row["household_id"])
        desk_log.note(session, batch.commune_id, RECORDED, now, **details)
