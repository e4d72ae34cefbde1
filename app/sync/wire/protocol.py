"""The wire: requests and responses of an exchange, as `docs/sync-protocol.md` describes them.

Instants are texts in ISO 8601 (`clock.wire_time`), days *2026-11-24*. `static/field/core/protocol.ts` has the
same shapes as types, made by `service_worker/build/protocol_types.py`; a test compares the two.
"""

import json
from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.accounts.commune import HamletName
from app.commune.accounts.devices import OtherPhone
from app.commune.catalog.services import Outcome, ServiceRow
from app.commune.guides.wire import GuideRow
from app.commune.moving import MovedCommune
from app.core.errors import Invalid
from app.core.types import Command, Id, JsonObject, Moment, Number, Token, Uuid
from app.fieldwork.households.wire import HouseholdRow
from app.fieldwork.outreach.wire import OutreachSessionRow
from app.fieldwork.periods.wire import ClosedPeriods
from app.fieldwork.remarks.wire import RemarkRow
from app.fieldwork.visits.answers import AnswerRow
from app.fieldwork.visits.codes import Empty, Result, ReturnField, ReturnReason, ReviewState
from app.sync.phone_failures import Failures
from app.sync.wire.own_days import OwnDays
from app.sync.wire.phone_settings import PhoneSettings

PROTO = 1
MAX_OPERATIONS, MAX_BODY_BYTES = 500, 512 * 1024  # of one request; bytes unpacked
MAX_OPERATION_BYTES, PAGE_ROWS = 16 * 1024, 2000  # of its canonical payload; of one answer's changes
OperationStatus = Literal["applied", "duplicate", "rejected", "conflict", "quarantined", "retry"]
Data = JsonObject  # of an operation, as the phone sent it


class Queue(BaseModel):
    """The phone's outbox: how many operations wait, since when, and which sequence numbers it still holds."""

    count: Number = 0
    oldest_at: Moment | None = None
    next_seq: Number = 1
    held: list[Number] = Field(default_factory=list, max_length=20_000)


class Request(BaseModel):
    """The request of one exchange; each of `ops` is validated by itself, as an `Operation`.

    `omit_result_rows`: not among the changes again; not set while the phone fills a new generation of its
    replica. `minimal_results`: with a `minimal_row` where that is enough. `export_key_id`: the key of its
    export files. `guide_cursor`, `periods_version`: it has these guides and closed periods; without it none
    come. `days_version`: it asks for its owner's days. `device_key`: the public half of the files' key.
    """

    proto: Literal[1]
    build: str = Field(default="", max_length=40, pattern=r"^[A-Za-z0-9.+_-]*$")
    device_id: Id
    sent_at: Moment
    epoch: Token | None = None
    scope: Token | None = None
    cursor: Number | None = None
    queue: Queue = Field(default_factory=Queue)
    omit_result_rows: bool = False
    minimal_results: bool = False
    export_key_id: Id | None = None
    guide_cursor: Number | None = None
    periods_version: Number | None = None
    days_version: str | None = Field(default=None, max_length=40)
    device_key: str | None = None
    failures: Failures = None
    ops: list[Data] = Field(default_factory=list)


class OperationId(BaseModel):
    """The only part of an operation that the request is rejected for: without an id there is no result."""

    op_id: Uuid


class Operation(Command):
    """One thing a person did on the phone. `seq` numbers a device's operations without gaps.

    `epoch`: the server's in which it was made, if known. `acked_version`: its version in an earlier epoch.
    """

    op_id: Uuid
    seq: Number
    type: Annotated[str, Field(max_length=40)]
    v: Number
    commune_id: Id
    at: Moment
    data: Data
    epoch: Token | None = None
    acked_version: Number | None = None


class ReviewRow(TypedDict):
    """The newest decision on a visit."""

    state: ReviewState
    reason: ReturnReason | Empty
    field: ReturnField | Empty
    note: str
    at: str | None


class VisitServiceRow(TypedDict):
    """One service of a visit."""

    code: str
    outcome: Outcome
    people: int


class VisitRow(TypedDict):
    """A visit as phones store it; `note` and `answers` only for its author. Needs and answers are left out if
    there are none, `counted_since`, when it began to count, if that is when it was received.

    `vouched_by`, for its author: who accepted it from an unsigned file; `disowned`: not theirs.
    """

    id: str
    household_id: str
    hamlet_id: str
    recorded_by: str
    occurred_at: str
    received_at: str
    counted_on: str
    result: Result
    services: list[VisitServiceRow]
    note: str
    follow_up_on: str | None
    needs: NotRequired[list[str]]
    dropped_needs: NotRequired[list[str]]
    counted_since: NotRequired[str]
    vouched_by: NotRequired[str]
    disowned: NotRequired[bool]
    answers: NotRequired[list[AnswerRow]]
    version: int
    review: ReviewRow
    feed_seq: int


class MinimalVisitRow(TypedDict):
    """What the server added to a visit that it stored as it was sent, unreviewed and in its first version."""

    hamlet_id: str
    received_at: str
    counted_on: str
    feed_seq: int


class FollowUpRow(TypedDict):
    """A planned return to a household."""

    id: str
    household_id: str
    due_on: str
    closed_by: str | None
    feed_seq: int


class NameRow(TypedDict):
    """A hamlet or a member. `phone`: of a supervisor, the number to call at, or empty."""

    id: str
    name: str
    phone: NotRequired[str]
    feed_seq: int


class TombstoneRow(TypedDict):
    """A row that left a hamlet: deleted only where it still has that hamlet and a lower `feed_seq`.

    Kinds `operation`, `accepted`, `reopened`: the author's was dropped, was applied, waits (for `moved_to`).
    `moved_to` of a household is what it was merged into, or `erased`: nothing of it is to stay on the phone.
    """

    kind: str
    id: str
    hamlet_id: str
    moved_to: str | None
    feed_seq: int


class ExportKeyRow(TypedDict):
    """The key that a phone's export files are encrypted for: a point of P-256, uncompressed, in base64."""

    id: str
    public_key: str


class OperationResult(TypedDict):
    """The result of one operation. `row` is the server's current row, if it is in the actor's scope, or
    `minimal_row` if the phone has the rest of it."""

    op_id: str
    status: OperationStatus
    kind: NotRequired[str]
    row: NotRequired[HouseholdRow | VisitRow | OutreachSessionRow | RemarkRow]
    minimal_row: NotRequired[MinimalVisitRow]
    version: NotRequired[int]
    code: NotRequired[str]
    fields: NotRequired[list[str]]


class Changes(TypedDict):
    """Rows after the cursor, by kind; guides after their own."""

    household: list[HouseholdRow]
    visit: list[VisitRow]
    follow_up: list[FollowUpRow]
    outreach_session: list[OutreachSessionRow]
    remark: list[RemarkRow]
    hamlet: list[NameRow]
    member: list[NameRow]
    service: list[ServiceRow]
    guide: list[GuideRow]
    tombstone: list[TombstoneRow]


class Answer(PhoneSettings):
    """The response of one exchange. `left` counts the rows after this page.

    `erase`: suspended, the phone deletes its replica and goes on sending. `min_build`: its build is too old.
    `export_key`: if it is not the request's. `is_leader`: if so.
    `other_phone`: the newest phone that signed in with this account since this one did, for 30 days.
    `closed_periods`, `own_days`: of another version than the request's. `moved`: the commune left, no rows.
    """

    proto: int
    server_time: str
    epoch: str
    scope: str
    next_seq: int
    hamlets: list[HamletName]
    results: list[OperationResult]
    reset: bool
    changes: Changes
    cursor: int
    more: bool
    left: int
    erase: NotRequired[bool]
    min_build: NotRequired[str]
    export_key: NotRequired[ExportKeyRow]
    is_leader: NotRequired[bool]
    other_phone: NotRequired[OtherPhone]
    closed_periods: NotRequired[ClosedPeriods]
    own_days: NotRequired[OwnDays]
    moved: NotRequired[MovedCommune]


class ErrorAnswer(TypedDict):
    """A failed request: a code of `app/core/errors.py`, invalid fields, for `outdated` the oldest build."""

    proto: int
    error: str
    fields: NotRequired[list[str]]
    min_build: NotRequired[str]


def read_request(body: bytes) -> Request:
    """The request in `body`. Raises `Invalid`, with names of fields only, if it is not one.
    Lone surrogates are accepted here: they reject one operation, not the whole request."""
    try:
        content = parse_json(body)
        request = Request.model_validate(content)
        for operation in request.ops:
            OperationId.model_validate(operation, extra="ignore")
    except (ValueError, RecursionError) as error:
        raise Invalid(*_names(error)) from None
    return request


def parse_json(body: bytes) -> object:
    """The JSON in `body`, lone surrogates included. Raises ValueError or RecursionError."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        # The fast parser refuses lone surrogates; the standard one accepts them.
        return json.loads(body, parse_constant=_no_constant)


def parse_object(body: bytes) -> JsonObject:
    """The JSON object in `body`. Raises ValueError, also for any other JSON, or RecursionError."""
    content = parse_json(body)
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    return content


def _no_constant(_name: str) -> None:
    raise ValueError("not a JSON number")


def _names(error: Exception) -> list[str]:
    if not isinstance(error, ValidationError):
        return []
    return sorted({str(item["loc"][0]) for item in error.errors(include_input=False) if item["loc"]})
