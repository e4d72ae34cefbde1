"""Operations: the handler of each type, and how an operation is parsed and validated before it is applied."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from app.commune.accounts.author import Author
from app.core.batch import Batch
from app.core.errors import (
    CommuneUnknown,
    OperationInvalid,
    OperationTooLarge,
    Rejected,
    TextRefused,
    TypeUnknown,
)
from app.core.numbers.id_numbers import mask_values
from app.core.types import Command, is_id, is_too_deep
from app.fieldwork.households import commands as households
from app.fieldwork.households.consents import without_unproven_number
from app.fieldwork.households.models import Household
from app.fieldwork.outreach import commands as outreach
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks import operations as remarks
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.visits import commands as visits
from app.fieldwork.visits.models import Visit
from app.review.citizen_requests import recording as requests
from app.review.citizen_requests.models import CitizenRequest
from app.sync.wire.protocol import MAX_OPERATION_BYTES, Data, Operation
from app.sync.wire.upcasts import upcast

Shape = TypeVar("Shape", bound=Command)
FeedModel = type[Household] | type[Visit] | type[OutreachSession] | type[ReportRemark]
RecordModel = FeedModel | type[CitizenRequest]
_END_OF_NUMBERS = 2**53


@dataclass(frozen=True)
class Handler:
    """What an operation's type means: the model of the record that it writes, and the shape of its data in
    version `v`.

    `apply` validates the data, runs the command and returns the version of the record that it wrote.
    """

    model: RecordModel
    shape: type[Command]
    apply: Callable[[Batch, Author, Data], int]
    v: int = 1

    @property
    def kind(self) -> str:
        """The kind of the record: the name of its table."""
        # As a plain str: SQLAlchemy's `quoted_name` is slow to bind and to encode.
        return str(self.model.__tablename__)


def _handler(
    model: RecordModel, shape: type[Shape], command: Callable[[Batch, Author, Shape], int], v: int = 1
) -> Handler:
    def apply(batch: Batch, author: Author, data: Data) -> int:
        return command(batch, author, validate(shape, data))

    return Handler(model, shape, apply, v)


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

HANDLERS = {
    "household.add": _handler(Household, households.AddHousehold, households.add, v=2),
    "household.amend": _handler(Household, households.AmendHousehold, households.amend, v=3),
    "visit.record": _handler(Visit, visits.RecordVisit, visits.record, v=2),
    "visit.amend": _handler(Visit, visits.AmendVisit, visits.amend, v=3),
    "visit.withdraw": _handler(Visit, visits.WithdrawVisit, visits.withdraw),
    "outreach.record": _handler(OutreachSession, outreach.RecordSession, outreach.record, v=2),
    "outreach.amend": _handler(OutreachSession, outreach.AmendSession, outreach.amend, v=2),
    "outreach.withdraw": _handler(OutreachSession, outreach.WithdrawSession, outreach.withdraw),
    "remark.record": _handler(ReportRemark, remarks.RecordRemark, remarks.record),
    "remark.amend": _handler(ReportRemark, remarks.AmendRemark, remarks.amend),
    "remark.withdraw": _handler(ReportRemark, remarks.WithdrawRemark, remarks.withdraw),
    "request.record": _handler(CitizenRequest, requests.RecordRequest, requests.record),
}


class WrittenRecord(NamedTuple):
    """The record that an operation wrote, and the version that it made; 0 if it was not applied."""

    kind: str
    record_id: str
    version: int


@dataclass(frozen=True)
class RawOperation:
    """One operation as it was sent, but for numbers of identity cards and for a telephone number without a
    consent: its id, its canonical payload, and the hash of the payload with those numbers.

    The payload is empty if the operation is nested too deeply to be serialised. `left_out`: the telephone
    number was.
    """

    op_id: str
    raw: Data
    payload: str
    payload_hash: str
    seq: int
    """Its sequence number as sent; 0 if that is not a valid one."""
    left_out: bool = False

    @property
    def epoch(self) -> str | None:
        """The epoch in which it says it was made; None if that is not a token."""
        epoch = self.raw.get("epoch")
        return epoch if isinstance(epoch, str) and is_id(epoch) else None

    @property
    def acked_version(self) -> int | None:
        """The version that it says it was acknowledged with; None if that is not a number."""
        return _number(self.raw.get("acked_version"))

    @property
    def record_id(self) -> str:
        """The id of the record that it writes; empty if that cannot be stored."""
        data = self.raw.get("data")
        record_id = data.get("id") if isinstance(data, dict) else None
        return record_id if isinstance(record_id, str) and is_storable(record_id) else ""

    @property
    def error(self) -> Rejected | None:
        """Why it is rejected before anything else is checked: its size or its depth."""
        if not self.payload:
            return OperationInvalid("data")
        return OperationTooLarge() if len(self.payload) > MAX_OPERATION_BYTES else None


def _number(value: object) -> int | None:
    # `type` instead of isinstance: Python's bool is an int, PostgreSQL's is not.
    return value if type(value) is int and 0 <= value < _END_OF_NUMBERS else None


def is_storable(record_id: str) -> bool:
    """Whether a record can have this id. PostgreSQL refuses some others (NUL) even in a query."""
    return len(record_id) == 36 and record_id.isascii() and record_id.isprintable()


def raw_operation(raw: Data) -> RawOperation:
    """The operation with its canonical payload, by whose hash the ledger recognises a repeat."""
    parts = {name: raw.get(name) for name in ("type", "v", "commune_id", "at", "data")}
    payload = "" if is_too_deep(raw) else _canonical(parts)
    payload_hash = hashlib.sha256(payload.encode()).hexdigest()
    left_out, sent = False, parts["data"]
    if payload:
        data = mask_values(sent)
        if isinstance(data, dict):
            proven = _without_unproven_number(parts["type"], parts["v"], data)
            left_out, data = proven is not data, proven
        if data is not sent:
            raw, payload = {**raw, "data": data}, _canonical({**parts, "data": data})
    seq = _number(raw.get("seq")) or 0
    return RawOperation(str(raw["op_id"]), raw, payload, payload_hash, seq, left_out)


def _without_unproven_number(kind: object, v: object, data: Data) -> Data:
    handler = HANDLERS.get(kind) if isinstance(kind, str) else None
    if handler is None or handler.model is not Household:
        return data
    return without_unproven_number(v, handler.v, data)


def from_payload(
    op_id: str, seq: int, payload: str, *, epoch: str | None, acked_version: int | None
) -> RawOperation:
    """The operation, from its stored canonical payload.

    Raises `OperationInvalid` for a payload that cannot be parsed.
    """
    try:
        parts = json.loads(payload)
    except (ValueError, RecursionError):
        parts = None
    if not isinstance(parts, dict):
        raise OperationInvalid("data")
    return raw_operation(
        {"op_id": op_id, "seq": seq, "epoch": epoch, "acked_version": acked_version, **parts}
    )


def parse_envelope(raw: RawOperation, commune_id: str) -> Operation:
    """The operation with its outer part validated (size, shape, commune, type) and its data upcast.

    Raises `OperationTooLarge`, `OperationInvalid`, `TextRefused`, `CommuneUnknown`, `TypeUnknown` or
    `VersionUnknown`.
    """
    if raw.error:
        raise raw.error
    operation = validate(Operation, raw.raw)
    if operation.commune_id != commune_id:
        raise CommuneUnknown("commune_id")
    if operation.type not in HANDLERS:
        raise TypeUnknown("type")
    return upcast(operation, HANDLERS[operation.type].v)


def validate(shape: type[Shape], data: Data) -> Shape:
    """`data` in its declared shape.

    Raises `OperationInvalid`, or `TextRefused` for a lone surrogate, with the names of the wrong fields.
    """
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        problems = [item for item in error.errors(include_input=False) if item["loc"]]
        names = sorted({str(item["loc"][0]) for item in problems} & set(shape.model_fields))
        unreadable = any(item["type"] == "string_unicode" for item in problems)
        raise (TextRefused if unreadable else OperationInvalid)(*names) from None
