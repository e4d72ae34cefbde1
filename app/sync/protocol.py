"""The wire: what a phone sends and what it gets, as `docs/sync-protocol.md` describes it.

`static/field/sync/protocol.js` holds the same shapes as JSDoc types, generated from this module by
`service_worker/protocol_types.py`; a test keeps the two together.
"""

import json
import re
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json

from app.core.errors import Invalid
from app.core.shapes import Command, Moment, Number, Token, Uuid

PROTO = 1
MAX_OPERATIONS = 200
MAX_BODY_BYTES = 512 * 1024  # unpacked
MAX_OPERATION_BYTES = 16 * 1024
PAGE_ROWS = 2000


class Queue(BaseModel):
    """What the phone says of its outbox: how many wait, since when, which numbers it still holds."""

    count: Number = 0
    oldest_at: Moment | None = None
    next_seq: Number = 1
    held: list[Number] = Field(default_factory=list, max_length=20_000)


class Request(BaseModel):
    """One exchange, outer part. `ops` are judged one by one as `Operation`.

    `once`: rows that stand in the results need not stand in the changes as well. A phone that fills a new
    copy of everything leaves it out: results are written to the copy it reads. `key`: of its backup files.
    """

    proto: Literal[1]
    build: str = Field(default="", max_length=40, pattern=r"^[A-Za-z0-9.+_-]*$")
    device_id: Token
    sent_at: Moment
    epoch: Token | None = None
    scope: Token | None = None
    cursor: Number | None = None
    queue: Queue = Field(default_factory=Queue)
    once: bool = False
    key: Token | None = None
    ops: list[dict[str, Any]] = Field(default_factory=list)


class OperationId(BaseModel):
    """The one part of an operation without which the whole request is refused: nothing could be answered."""

    op_id: Uuid


class Operation(Command):
    """One thing a person did on the phone. `seq` numbers a device's operations without gaps.

    `epoch` names the server history it was made in (absent from phones that never heard one).
    """

    op_id: Uuid
    seq: Number
    type: Annotated[str, Field(max_length=40)]
    v: Number
    commune_id: Token
    at: Moment
    data: dict[str, Any]
    epoch: Token | None = None
    got: Number | None = None


class ReviewRow(TypedDict):
    """The newest decision on a visit."""

    state: str
    reason: str
    field: str
    note: str
    at: str | None


class HouseholdRow(TypedDict):
    """A household as phones keep it."""

    id: str
    hamlet_id: str
    head_name: str
    house_no: str
    alley: str
    phone: str | None
    state: str
    version: int
    feed_seq: int


class VisitRow(TypedDict):
    """A visit as phones keep it; `note` only for its author."""

    id: str
    household_id: str
    hamlet_id: str
    recorded_by: str
    occurred_at: str
    received_at: str
    counted_on: str
    result: str
    services: list[dict[str, Any]]
    note: str
    follow_up_on: str | None
    version: int
    review: ReviewRow
    feed_seq: int


class FollowUpRow(TypedDict):
    """A promise to return."""

    id: str
    household_id: str
    due_on: str
    closed_by: str | None
    feed_seq: int


class NameRow(TypedDict):
    """A hamlet or a member."""

    id: str
    name: str
    feed_seq: int


class ServiceRow(TypedDict):
    """A service of the catalog."""

    code: str
    pillar: str
    label: dict[str, str]
    outcomes: list[str]
    first: list[str]
    order: int
    unit: str
    feed_seq: int


class GoneRow(TypedDict):
    """A row that left a hamlet: it is deleted only where it still has that hamlet and a lower `feed_seq`.

    Of kind `operation` or `accepted` it tells what the commune decided of the author's operation `id`: not
    to count it, or to take it in.
    """

    kind: str
    id: str
    hamlet_id: str
    moved_to: str | None
    feed_seq: int


class BackupKeyRow(TypedDict):
    """The key that a phone's backup files are made for: a point of P-256, uncompressed, in base64."""

    id: str
    public_key: str


class OperationResult(TypedDict):
    """What became of one operation. `row` is the server's row, only if in the actor's scope."""

    op_id: str
    status: str
    kind: NotRequired[str]
    row: NotRequired[HouseholdRow | VisitRow]
    version: NotRequired[int]
    code: NotRequired[str]
    fields: NotRequired[list[str]]


class Changes(TypedDict):
    """Rows after the cursor, by kind."""

    household: list[HouseholdRow]
    visit: list[VisitRow]
    follow_up: list[FollowUpRow]
    hamlet: list[NameRow]
    member: list[NameRow]
    service: list[ServiceRow]
    guide: list[dict[str, Any]]
    gone: list[GoneRow]


class Answer(TypedDict):
    """The answer to one exchange. `left` counts the rows after this page.

    `erase`: this phone may see nothing any more: it clears away its list, and goes on delivering its queue.
    `min_build`: its build is too old to be given changes from here on. `backup_key`: when it is another than
    the request names.
    """

    proto: int
    server_time: str
    epoch: str
    scope: str
    next_seq: int
    hamlets: list[dict[str, str]]
    results: list[OperationResult]
    reset: bool
    changes: Changes
    cursor: int
    more: bool
    left: int
    erase: NotRequired[bool]
    min_build: NotRequired[str]
    backup_key: NotRequired[BackupKeyRow]


def is_older(build: str, min_build: str) -> bool:
    """Whether `build` (*1.10.2+4f2c*) comes before `min_build`; numbers are compared, not letters."""
    return _release(build) < _release(min_build)


def _release(build: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", re.split(r"[+-]", build, maxsplit=1)[0])]


def read_request(body: bytes) -> Request:
    """The request in `body`. Raises `Invalid` (names of fields only) for anything else.

    Lone surrogates pass here: one operation's text is refused, not the whole queue.
    """
    try:
        content = parsed(body)
        request = Request.model_validate(content)
        for operation in request.ops:
            OperationId.model_validate(operation, extra="ignore")
    except (ValueError, RecursionError) as error:
        raise Invalid(*_names(error)) from None
    return request


def parsed(body: bytes) -> Any:
    """The JSON in `body`, lone surrogates included. Raises ValueError or RecursionError."""
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        # The quick parser refuses lone surrogates; the standard one lets them through.
        return json.loads(body, parse_constant=_no_constant)


def _no_constant(_name: str) -> None:
    raise ValueError("not a JSON number")


def _names(error: Exception) -> list[str]:
    if not isinstance(error, ValidationError):
        return []
    return sorted({str(item["loc"][0]) for item in error.errors(include_input=False) if item["loc"]})
