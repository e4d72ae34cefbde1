"""The commands of an outreach session: record, amend, correct, withdraw. Only `record` creates one."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.commune.accounts.author import MAX_AGE, Author, WriteValues
from app.commune.catalog.services import Service
from app.core.batch import Batch
from app.core.clock import local_date
from app.core.errors import (
    AlreadyExists,
    DuplicateService,
    HamletUnknown,
    NotAuthor,
    OperationInvalid,
    ServiceRequired,
    ServiceUnknown,
    Withdrawn,
)
from app.core.numbers.id_numbers import stored_text
from app.core.types import Command, Day, Id, Number, Uuid
from app.fieldwork.outreach.errors import ChangedAtDesk, OutreachSessionUnknown
from app.fieldwork.outreach.models import (
    OutreachContentValues,
    OutreachSession,
    OutreachSessionValues,
    OutreachVersion,
    OutreachVersionContent,
    OutreachVersionValues,
    Venue,
)
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import is_closed
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.content import MAX_SERVICES, Code

KIND = "outreach_session"
MAX_PEOPLE, PLACE_LENGTH = 2000, 160
NO_DEVICE = ""  # of what was written at the desk


class OutreachContent(Command):
    """The fields of a session that its author writes. `people` None: nobody counted them. An amendment
    without `venue` leaves that as it is."""

    id: Uuid
    hamlet_id: Id
    place: Annotated[str, Field(min_length=1, max_length=PLACE_LENGTH)]
    held_on: Day
    services: Annotated[list[Code], Field(max_length=MAX_SERVICES)]
    people: Annotated[int, Field(strict=True, ge=1, le=MAX_PEOPLE)] | None = None
    venue: Venue | None = None


class RecordSession(OutreachContent):
    """Data of `outreach.record`."""


class AmendSession(OutreachContent):
    """Data of `outreach.amend`: the whole content again, and the version that its author had seen."""

    base_version: Number


class WithdrawSession(Command):
    """Data of `outreach.withdraw`. Its author cannot take it back."""

    id: Uuid


def record(batch: Batch, author: Author, command: RecordSession) -> int:
    """Add a session and return its version, 1.

    Raises `AlreadyExists`, `HamletUnknown`, `ServiceRequired`, `DuplicateService`, `ServiceUnknown`,
    `OperationInvalid` and `TextRefused`.
    """
    if batch.get(OutreachSession, command.id):
        raise AlreadyExists("id")
    content = _checked(batch, author, command, author.received_at)
    row: OutreachSessionValues = {
        "id": command.id,
        "hamlet_id": content["hamlet_id"],
        "place": content["place"],
        "held_on": content["held_on"],
        "counted_on": content["counted_on"],
        "services": content["services"],
        "people": content["people"],
        "venue": content["venue"],
        "recorded_by": author.account_id,
        "device_id": author.device_id,
        "seq": author.seq,
        "occurred_at": author.occurred_at,
        "happened_at": author.happened_at,
        "received_at": author.received_at,
        "version": 1,
        "counted_since": author.applied_at,
        "withdrawn_at": None,
        "withdrawn_by": None,
        "withdrawn_reason": "",
    }
    batch.add(OutreachSession, row)
    return 1


def amend(batch: Batch, author: Author, command: AmendSession) -> int:
    """Replace a session's content and return its new version; the previous content becomes a version.

    Which of two writes is newer is decided as for visits. Raises `OutreachSessionUnknown`, `NotAuthor`,
    `Withdrawn`, what `record` raises for the content, `ChangedAtDesk` if the author had not seen what a
    supervisor corrected, and `PeriodClosed` as for visits.
    """
    row = _own_session(batch, author, command.id)
    content = _new_content(batch, author, command, row)
    versions = [one for one in batch.rows(OutreachVersion) if one["session_id"] == command.id]
    author = author.with_valid_acked_version([row, *versions])
    if writer := author.late_write(row, versions):
        _add_version(batch, author, row["id"], content, writer, late=True)
        return writer["version"]
    if row["device_id"] == NO_DEVICE and command.base_version < row["version"]:
        raise ChangedAtDesk("id")
    _refuse_closed(batch, author, row)
    _add_version(batch, author, row["id"], row, row, late=False)
    row["device_id"], row["seq"] = author.device_id, author.seq
    return _replace(batch, author, row, content)


def correct(batch: Batch, author: Author, command: OutreachContent, reason: str) -> int:
    """Replace a session's content at the desk and return its new version. `author.entered_by`: the supervisor
    who corrects it; `reason`: why, empty if that takes back the last correction.

    The row keeps the number of its author's last write, so that what that phone wrote before stays before.
    Raises what `amend` raises, but `ChangedAtDesk`.
    """
    row = _own_session(batch, author, command.id)
    content = _new_content(batch, author, command, row)
    _refuse_closed(batch, author, row)
    version = _add_version(batch, author, row["id"], row, row, late=False)
    version["content"]["corrected_by"] = author.entered_by or ""
    version["content"]["reason"] = reason
    row["device_id"] = NO_DEVICE
    return _replace(batch, author, row, content)


def withdraw(batch: Batch, author: Author, command: WithdrawSession) -> int:
    """Withdraw a session: it is not counted any more, and every phone deletes it.

    Returns its version. Raises `OutreachSessionUnknown`, `NotAuthor`, `Withdrawn` and `PeriodClosed`.
    """
    row = _own_session(batch, author, command.id)
    if row["withdrawn_at"] is None:
        _refuse_closed(batch, author, row)
        batch.change(OutreachSession, row)["withdrawn_at"] = author.received_at
        row["counted_since"] = author.applied_at
        add_tombstone(batch, KIND, row["id"], row["hamlet_id"])
    return row["version"]


def _own_session(batch: Batch, author: Author, session_id: str) -> OutreachSessionValues:
    row = batch.get(OutreachSession, session_id)
    if row is None or row["hamlet_id"] not in author.hamlet_ids:
        raise OutreachSessionUnknown("id")
    if row["recorded_by"] != author.account_id:
        raise NotAuthor("id")
    if row["withdrawn_at"] is not None and not author.acked_version:
        raise Withdrawn("id")
    return row


def _refuse_closed(batch: Batch, author: Author, row: OutreachSessionValues) -> None:
    is_among = is_closed(batch.rows(ClosedPeriod), row["counted_on"], row["counted_since"])
    if is_among and not author.acked_version:
        raise PeriodClosed("id")


def _new_content(
    batch: Batch, author: Author, command: OutreachContent, row: OutreachSessionValues
) -> OutreachContentValues:
    """The content that a session of `row` gets."""
    content = _checked(batch, author, command, row["received_at"])
    if command.held_on == row["held_on"]:
        content["counted_on"] = row["counted_on"]
    if command.hamlet_id == row["hamlet_id"]:  # also if that was merged since
        content["hamlet_id"] = row["hamlet_id"]
    if "venue" not in command.model_fields_set:
        content["venue"] = row["venue"]
    return content


def _replace(batch: Batch, author: Author, row: OutreachSessionValues, content: OutreachContentValues) -> int:
    if content["counted_on"] != row["counted_on"]:
        row["counted_since"] = author.applied_at
    if row["hamlet_id"] != content["hamlet_id"]:
        add_tombstone(batch, KIND, row["id"], row["hamlet_id"])
    batch.change(OutreachSession, row, content)["version"] = author.next_version(row["version"])
    return row["version"]


def _checked(
    batch: Batch, author: Author, command: OutreachContent, received_at: datetime
) -> OutreachContentValues:
    """The content that the author wrote; `received_at`: when the session was first received."""
    hamlet_id = author.merged_hamlets.get(command.hamlet_id, command.hamlet_id)
    if hamlet_id not in author.hamlet_ids:
        raise HamletUnknown("hamlet_id")
    if not command.services:
        raise ServiceRequired("services")
    if len(set(command.services)) != len(command.services):
        raise DuplicateService("services")
    if any(batch.get(Service, code) is None for code in command.services):
        raise ServiceUnknown("services")
    place = stored_text(command.place, "place")
    if not place:
        raise OperationInvalid("place")
    return {
        "hamlet_id": hamlet_id,
        "place": place,
        "held_on": command.held_on,
        "counted_on": _counted_on(author, command.held_on, received_at),
        "services": command.services,
        "people": command.people,
        "venue": command.venue,
    }


def _counted_on(author: Author, held_on: date, received_at: datetime) -> date:
    """The day that figures use: not after the day of writing, and at most `MAX_AGE` before the receipt, as
    for visits. A phone whose clock is wrong loses no record because of it."""
    return min(max(held_on, local_date(received_at - MAX_AGE)), author.counted_on)


def _add_version(
    batch: Batch,
    author: Author,
    session_id: str,
    content: OutreachContentValues,
    writer: WriteValues,
    *,
    late: bool,
) -> OutreachVersionValues:
    """Add and return a version with the device, `seq` and version number of `writer`."""
    written: OutreachVersionContent = {
        "hamlet_id": content["hamlet_id"],
        "place": content["place"],
        "held_on": content["held_on"].isoformat(),
        "services": content["services"],
        "people": content["people"],
        "venue": content["venue"],
    }
    row: OutreachVersionValues = {
        "session_id": session_id,
        "version": writer["version"],
        "content": written,
        "late": late,
        "device_id": writer["device_id"],
        "seq": writer["seq"],
        "received_at": author.received_at,
    }
    return batch.add(OutreachVersion, row)
