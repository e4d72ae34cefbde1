"""The operations of a remark, which a leader writes on the phone: record, amend, withdraw."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from app.commune.accounts.author import MAX_AGE, Author, WriteValues
from app.commune.calendar.period import PeriodKind, period_of
from app.commune.settings import CommuneSettings
from app.core.batch import Batch
from app.core.clock import local_date
from app.core.errors import AlreadyExists, NotAuthor, OperationInvalid, Withdrawn
from app.core.feed import COMMUNE_WIDE, Tombstone, TombstoneValues
from app.core.numbers.id_numbers import stored_text
from app.core.text import mask_digits
from app.core.types import Command, Day, Number, Uuid
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import is_closed
from app.fieldwork.remarks.errors import LeaderOnly, RemarkUnknown, TooManyRemarks
from app.fieldwork.remarks.models import (
    RemarkContentValues,
    RemarkKind,
    RemarkValues,
    RemarkVersion,
    RemarkVersionValues,
    ReportRemark,
)

KIND = "remark"
MAX_TEXT = 1000  # characters
# Of one author in any 31 days, so that no month has more.
MAX_OF_AUTHOR, WINDOW = 50, timedelta(days=31)
WEEK = timedelta(days=7)


class RemarkContent(Command):
    """The fields of a remark that its author writes. `about_on`: a day of the period that it is for."""

    id: Uuid
    kind: RemarkKind
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    about_on: Day


class RecordRemark(RemarkContent):
    """Data of `remark.record`."""


class AmendRemark(RemarkContent):
    """Data of `remark.amend`: the whole content again, and the version that its author had seen."""

    base_version: Number


class WithdrawRemark(Command):
    """Data of `remark.withdraw`. Its author cannot take it back."""

    id: Uuid


def record(batch: Batch, author: Author, command: RecordRemark) -> int:
    """Add a remark and return its version, 1.

    Raises `LeaderOnly`, `AlreadyExists`, `OperationInvalid` (also for a text that may hold a number of an
    identity card, an account or a phone), `TextRefused` and `TooManyRemarks`.
    """
    if not author.is_leader:
        raise LeaderOnly
    if batch.get(ReportRemark, command.id):
        raise AlreadyExists("id")
    content = _checked(batch, author, command, author.received_at)
    _refuse_too_many(batch, author, command.id, content["counted_on"])
    row: RemarkValues = {
        "id": command.id,
        "kind": content["kind"],
        "text": content["text"],
        "about_on": content["about_on"],
        "counted_on": content["counted_on"],
        "written_by": author.account_id,
        "device_id": author.device_id,
        "seq": author.seq,
        "occurred_at": author.occurred_at,
        "received_at": author.received_at,
        "version": 1,
        "changed_at": None,
        "counted_since": author.applied_at,
        "withdrawn_at": None,
        "withdrawn_by": None,
    }
    batch.add(ReportRemark, row)
    return 1


def amend(batch: Batch, author: Author, command: AmendRemark) -> int:
    """Replace a remark's content and return its new version; the previous content becomes a version.

    Which of two writes is newer is decided as for visits. Raises `RemarkUnknown`, `NotAuthor`, `Withdrawn`,
    `PeriodClosed`, `OperationInvalid`, `TextRefused` and `TooManyRemarks`.
    """
    row = _own_remark(batch, author, command.id)
    content = _checked(batch, author, command, row["received_at"])
    if command.about_on == row["about_on"]:
        content["counted_on"] = row["counted_on"]
    versions = [one for one in batch.rows(RemarkVersion) if one["remark_id"] == command.id]
    author = author.with_valid_acked_version([row, *versions])
    if writer := author.late_write(row, versions):
        _add_version(batch, author, row["id"], content, writer, late=True)
        return writer["version"]
    _refuse_closed(batch, author, row)
    if content["counted_on"] != row["counted_on"]:
        _refuse_too_many(batch, author, row["id"], content["counted_on"])
        row["counted_since"] = author.applied_at
    _add_version(batch, author, row["id"], row, row, late=False)
    batch.change(ReportRemark, row, content)["version"] = author.next_version(row["version"])
    row["device_id"], row["seq"], row["changed_at"] = author.device_id, author.seq, author.received_at
    return row["version"]


def withdraw(batch: Batch, author: Author, command: WithdrawRemark) -> int:
    """Withdraw a remark: it is in no report any more, and its author's phones delete it.

    Returns its version. Raises `RemarkUnknown`, `NotAuthor`, `Withdrawn` and `PeriodClosed`.
    """
    row = _own_remark(batch, author, command.id)
    if row["withdrawn_at"] is None:
        _refuse_closed(batch, author, row)
        batch.change(ReportRemark, row)["withdrawn_at"] = author.received_at
        row["counted_since"] = author.applied_at
        add_tombstone(batch, row)
    return row["version"]


def add_tombstone(batch: Batch, row: RemarkValues) -> None:
    """Make the phones of the remark's author delete it, and no others."""
    known = batch.get(Tombstone, (KIND, row["id"], COMMUNE_WIDE))
    if known:
        batch.change(Tombstone, known)
        return
    values: TombstoneValues = {
        "kind": KIND,
        "id": row["id"],
        "hamlet_id": COMMUNE_WIDE,
        "moved_to": None,
        "account_id": row["written_by"],
    }
    batch.add(Tombstone, values)


def _own_remark(batch: Batch, author: Author, remark_id: str) -> RemarkValues:
    row = batch.get(ReportRemark, remark_id)
    if row is None:
        raise RemarkUnknown("id")
    if row["written_by"] != author.account_id or row["device_id"] is None:
        raise NotAuthor("id")
    if row["withdrawn_at"] is not None and not author.acked_version:
        raise Withdrawn("id")
    return row


def _refuse_closed(batch: Batch, author: Author, row: RemarkValues) -> None:
    is_among = is_closed(batch.rows(ClosedPeriod), row["counted_on"], row["counted_since"])
    if is_among and not author.acked_version:
        raise PeriodClosed("id")


def _refuse_too_many(batch: Batch, author: Author, remark_id: str, day: date) -> None:
    """What was acknowledged before a restore is not refused when it is sent again."""
    own = (one for one in batch.rows(ReportRemark) if one["written_by"] == author.account_id)
    others = (one for one in own if one["id"] != remark_id and one["withdrawn_at"] is None)
    near = sum(abs(one["counted_on"] - day) < WINDOW for one in others)
    if near >= MAX_OF_AUTHOR and not author.acked_version:
        raise TooManyRemarks("about_on")


def _checked(
    batch: Batch, author: Author, command: RemarkContent, received_at: datetime
) -> RemarkContentValues:
    """The content that the author wrote; `received_at`: when the remark was first received."""
    text = stored_text(command.text, "text").strip()
    if not text or mask_digits(text) != text:
        raise OperationInvalid("text")
    return {
        "kind": command.kind,
        "text": text,
        "about_on": command.about_on,
        "counted_on": _counted_on(batch, author, command.about_on, received_at),
    }


def _counted_on(batch: Batch, author: Author, about_on: date, received_at: datetime) -> date:
    """The day on which reports have the remark.

    It is not after the day of writing, and at most `MAX_AGE` before the receipt, as for sessions. If a closed
    report has that day, it is the first later day that none has, so that the next report has the remark. It
    stays if only weeks are closed and they cover the rest of the month: the month's report is open and has
    it.
    """
    day = min(max(about_on, local_date(received_at - MAX_AGE)), author.counted_on)
    closed = [(one["first"], one["last"]) for one in batch.rows(ClosedPeriod)]
    is_month_open = not any(first <= day <= last and last - first >= WEEK for first, last in closed)
    settings = batch.get(CommuneSettings, ())
    month = period_of(PeriodKind.MONTH, day, settings["month_start_day"] if settings else 1)
    free = day
    while lasts := [last for first, last in closed if first <= free <= last]:
        free = max(lasts) + timedelta(days=1)
    return day if free > month.last and is_month_open else free


def _add_version(
    batch: Batch,
    author: Author,
    remark_id: str,
    content: RemarkContentValues,
    writer: WriteValues,
    *,
    late: bool,
) -> None:
    """Add a version with the device, `seq` and version number of `writer`."""
    row: RemarkVersionValues = {
        "remark_id": remark_id,
        "version": writer["version"],
        "content": {
            "kind": content["kind"],
            "text": content["text"],
            "about_on": content["about_on"].isoformat(),
        },
        "late": late,
        "device_id": writer["device_id"],
        "seq": writer["seq"],
        "received_at": author.received_at,
    }
    batch.add(RemarkVersion, row)
