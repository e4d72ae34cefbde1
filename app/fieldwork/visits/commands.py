"""The commands of a visit: record, amend, withdraw. Only `record` creates a visit."""

from datetime import datetime

from app.commune.accounts.author import Author, WriteValues
from app.core.batch import Batch
from app.core.errors import (
    AlreadyExists,
    NotAuthor,
    VisitUnknown,
    Withdrawn,
)
from app.core.feed import Tombstone, TombstoneValues
from app.core.types import Command, Moment, Number, Uuid
from app.fieldwork.households.commands import may_write, resolve_household
from app.fieldwork.households.models import Household
from app.fieldwork.periods.errors import PeriodClosed
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import is_closed
from app.fieldwork.visits.answers import AnswerText, add_answer
from app.fieldwork.visits.content import VisitContent, check_content, current_content, submitted_content
from app.fieldwork.visits.models import (
    COUNTED,
    ReviewValues,
    VersionContent,
    Visit,
    VisitContentValues,
    VisitService,
    VisitServiceValues,
    VisitValues,
    VisitVersion,
    VisitVersionValues,
)

NOT_REVIEWED: ReviewValues = {
    "review_state": "received",
    "review_reason": "",
    "review_field": "",
    "review_note": "",
    "reviewed_at": None,
}


class RecordVisit(VisitContent):
    """Data of `visit.record`; `quick`: recorded by one tap on *Ghi nhanh*."""

    quick: bool = False


class AmendVisit(VisitContent):
    """Data of `visit.amend`: the whole content again, and the version that its author had seen.

    `seen_return`: the `review.at` of the return that its author read before, null if there was none to read.
    Builds before it do not send it. `answer`: what the author answers the commune.
    """

    base_version: Number
    seen_return: Moment | None = None
    answer: AnswerText | None = None


class WithdrawVisit(Command):
    """Data of `visit.withdraw`. A withdrawal cannot be undone.

    `disowned`: *Không phải tôi ghi*, of a visit that a supervisor accepted from an unsigned file.
    """

    id: Uuid
    disowned: bool = False


def record(batch: Batch, author: Author, command: RecordVisit) -> int:
    """Add a visit and return its version, 1.

    Raises `AlreadyExists`, `HouseholdUnknown` and the errors of `check_content`.
    """
    if batch.get(Visit, command.id):
        raise AlreadyExists("id")
    household = resolve_household(batch, author, command.household_id)
    content = check_content(batch, author, command, household)
    batch.add(Visit, _new_row(author, command, content, household["hamlet_id"]))
    _add_services(batch, command)
    return 1


def _new_row(
    author: Author, command: RecordVisit, content: VisitContentValues, hamlet_id: str
) -> VisitValues:
    return {
        "id": command.id,
        "household_id": content["household_id"],
        "hamlet_id": hamlet_id,
        "recorded_by": author.account_id,
        "device_id": author.device_id,
        "seq": author.seq,
        "occurred_at": author.occurred_at,
        "happened_at": author.happened_at,
        "received_at": author.received_at,
        "counted_on": author.counted_on,
        "result": content["result"],
        "note": content["note"],
        "follow_up_on": content["follow_up_on"],
        "needs": content["needs"],
        "dropped_needs": content["dropped_needs"],
        "quick": command.quick,
        "version": 1,
        "counted_since": author.applied_at,
        "withdrawn_at": None,
        "entered_by": author.entered_by,
        "withdrawn_by": None,
        "vouched_by": None,
        "disowned_at": None,
        "erased_at": None,
        "review_state": "received",
        "review_reason": "",
        "review_field": "",
        "review_note": "",
        "reviewed_at": None,
        "answers": None,
    }


def amend(batch: Batch, author: Author, command: AmendVisit) -> int:
    """Replace a visit's content and return its new version.

    The previous content becomes a `VisitVersion`. The review is `received` again, but a return stands until
    its author has read it. A stale `base_version` is accepted. A write that comes too late is stored as a
    `VisitVersion` and not applied: the same phone has written this visit with a higher `seq`, or the write is
    sent again after a restore and another one has a higher version. What its author answers is stored in
    either case, and also if the change is refused.

    Raises `VisitUnknown`, `NotAuthor`, `TooManyAnswers`, `Withdrawn`, `HouseholdUnknown`, the errors of
    `check_content`, and `PeriodClosed` for a visit that a closed period counts, unless the change was
    acknowledged before a restore.
    """
    row = _own_visit(batch, author, command.id)
    add_answer(batch, author, row, command.answer or "", command.seen_return)
    _refuse_withdrawn(author, row)
    household = resolve_household(batch, author, command.household_id)
    content = check_content(batch, author, command, household)
    versions = [one for one in batch.rows(VisitVersion) if one["visit_id"] == command.id]
    author = author.with_valid_acked_version([row, *versions])
    if writer := author.late_write(row, versions):
        _add_version(batch, author, row["id"], submitted_content(content, command), writer, late=True)
        return writer["version"]
    if _is_fixed(batch, author, row):
        return _confirm(batch, row, submitted_content(content, command))
    _add_version(batch, author, row["id"], current_content(batch, row), row, late=False)
    # At the same household it stays in the hamlet in which it was recorded, also if that was merged since.
    hamlet_id = row["hamlet_id"] if row["household_id"] == household["id"] else household["hamlet_id"]
    if row["hamlet_id"] != hamlet_id:
        add_tombstone(batch, "visit", row["id"], row["hamlet_id"])
    version = author.next_version(row["version"])
    change_review(batch, row, _review_after(row, command), author.applied_at)
    batch.change(Visit, row, content)["version"] = version
    row["hamlet_id"], row["device_id"], row["seq"] = hamlet_id, author.device_id, author.seq
    row["vouched_by"] = None  # its author stands for it now
    row["erased_at"] = None  # the household is not erased: at an erased one nothing is written
    _replace_services(batch, command)
    return version


def withdraw(batch: Batch, author: Author, command: WithdrawVisit) -> int:
    """Withdraw a visit for good: it is not counted any more, and every phone deletes it.

    Returns its version. Raises `VisitUnknown`, `NotAuthor`, `Withdrawn` and `PeriodClosed`; but what its
    author disowns is never refused: among the figures of a closed period it stays, and the desk is told.
    """
    row = _own_visit(batch, author, command.id)
    _refuse_withdrawn(author, row)
    version = row["version"]
    if command.disowned and row["vouched_by"]:
        batch.change(Visit, row)["disowned_at"] = author.received_at
        if _is_closed(batch, row):
            return version
    if row["withdrawn_at"] is None:
        _refuse_closed(batch, author, row)
        if row["review_state"] in COUNTED:
            row["counted_since"] = author.applied_at
        batch.change(Visit, row)["withdrawn_at"] = author.received_at
        row["withdrawn_by"] = author.entered_by
        add_tombstone(batch, "visit", row["id"], row["hamlet_id"])
    return version


def change_review(batch: Batch, row: VisitValues, review: ReviewValues, now: datetime) -> None:
    """Give a visit that is not withdrawn another review; `now`: when it begins to count or stops by it."""
    if (row["review_state"] in COUNTED) != (review["review_state"] in COUNTED):
        row["counted_since"] = now
    batch.change(Visit, row, review)


def vouch(batch: Batch, visit_id: str, supervisor_id: str | None) -> None:
    """Note under whose name a visit of an unsigned file counts, None: its author's. Of others nothing."""
    row = batch.get(Visit, visit_id)
    if row is not None:
        batch.change(Visit, row)["vouched_by"] = supervisor_id


def add_tombstone(
    batch: Batch, kind: str, record_id: str, hamlet_id: str, moved_to: str | None = None
) -> None:
    """Make the phones of `hamlet_id` delete a record; `moved_to`: the household it was merged into."""
    tombstone = batch.get(Tombstone, (kind, record_id, hamlet_id))
    if tombstone:
        batch.change(Tombstone, tombstone)["moved_to"] = moved_to
    else:
        values: TombstoneValues = {
            "kind": kind, "id": record_id, "hamlet_id": hamlet_id, "moved_to": moved_to, "account_id": None,
        }  # fmt: skip
        batch.add(Tombstone, values)


def _own_visit(batch: Batch, author: Author, visit_id: str) -> VisitValues:
    row = batch.get(Visit, visit_id)
    household = batch.get(Household, row["household_id"]) if row else None
    if row is None or household is None or not may_write(batch, author, household):
        raise VisitUnknown("id")
    if row["recorded_by"] != author.account_id:
        raise NotAuthor("id")
    return row


def _refuse_withdrawn(author: Author, row: VisitValues) -> None:
    if row["withdrawn_at"] is not None and not author.acked_version:
        raise Withdrawn("id")


def _confirm(batch: Batch, row: VisitValues, content: VersionContent) -> int:
    """The author says that a visit of a closed period, which somebody else vouches for, is theirs: no figure
    changes. Raises `PeriodClosed` for anything else."""
    if not row["vouched_by"] or content != current_content(batch, row):
        raise PeriodClosed("id")
    batch.change(Visit, row)["vouched_by"] = None
    return row["version"]


def _refuse_closed(batch: Batch, author: Author, row: VisitValues) -> None:
    if _is_fixed(batch, author, row):
        raise PeriodClosed("id")


def _is_fixed(batch: Batch, author: Author, row: VisitValues) -> bool:
    """Whether a visit may not change; what was acknowledged before a restore is applied again."""
    return _is_closed(batch, row) and not author.acked_version


def _is_closed(batch: Batch, row: VisitValues) -> bool:
    is_counted = row["review_state"] in COUNTED
    return is_counted and is_closed(batch.rows(ClosedPeriod), row["counted_on"], row["counted_since"])


def _review_after(row: VisitValues, command: AmendVisit) -> ReviewValues:
    """The review of an amended visit. Both instants that are compared are the server's."""
    returned_at = row["reviewed_at"] if row["review_state"] == "returned" else None
    if returned_at is None or "seen_return" not in command.model_fields_set:
        return NOT_REVIEWED
    if command.seen_return is not None and returned_at <= command.seen_return:
        return NOT_REVIEWED
    return {
        "review_state": row["review_state"],
        "review_reason": row["review_reason"],
        "review_field": row["review_field"],
        "review_note": row["review_note"],
        "reviewed_at": returned_at,
    }


def _add_version(
    batch: Batch, author: Author, visit_id: str, content: VersionContent, writer: WriteValues, *, late: bool
) -> None:
    """Add a version with the device, `seq` and version number of `writer`."""
    row: VisitVersionValues = {
        "visit_id": visit_id,
        "version": writer["version"],
        "content": content,
        "late": late,
        "device_id": writer["device_id"],
        "seq": writer["seq"],
        "received_at": author.received_at,
    }
    batch.add(VisitVersion, row)


def _replace_services(batch: Batch, command: AmendVisit) -> None:
    for old in [row for row in batch.rows(VisitService) if row["visit_id"] == command.id]:
        batch.remove(VisitService, old)
    _add_services(batch, command)


def _add_services(batch: Batch, command: VisitContent) -> None:
    for position, entry in enumerate(command.services):
        row: VisitServiceValues = {
            "visit_id": command.id,
            "code": entry.code,
            "position": position,
            "outcome": entry.allowed_outcome,
            "people": entry.people,
        }
        batch.add(VisitService, row)
