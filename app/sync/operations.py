"""Operations: what each type means, and how one is read and checked before it touches anything."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlmodel import SQLModel

from app.accounts.author import Author
from app.core.batch import Batch
from app.core.errors import (
    CommuneUnknown,
    OperationInvalid,
    OperationTooLarge,
    Rejected,
    TextRefused,
    TypeUnknown,
)
from app.core.shapes import Command, is_too_deep
from app.households import commands as households
from app.households.models import Household
from app.sync.protocol import MAX_OPERATION_BYTES, Operation
from app.sync.upcasts import upcast
from app.visits import commands as visits
from app.visits.models import Visit

Shape = TypeVar("Shape", bound=Command)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Handler:
    """What an operation's type means: the record it writes, its data's shape in version `v`, the command,
    which returns the number of the version it wrote."""

    model: type[SQLModel]
    shape: type[Command]
    apply: Callable[[Batch, Author, Any], int]
    v: int = 1

    @property
    def kind(self) -> str:
        return str(self.model.__tablename__)


HANDLERS = {
    "household.add": Handler(Household, households.AddHousehold, households.add),
    "household.amend": Handler(Household, households.AmendHousehold, households.amend),
    "visit.record": Handler(Visit, visits.RecordVisit, visits.record, v=2),
    "visit.amend": Handler(Visit, visits.AmendVisit, visits.amend),
    "visit.withdraw": Handler(Visit, visits.WithdrawVisit, visits.withdraw),
}


@dataclass(frozen=True)
class Sent:
    """One operation as it was sent: its id, its canonical payload (empty when it nests too deeply to be
    written), and that payload's hash."""

    op_id: str
    raw: dict[str, Any]
    payload: str
    payload_hash: str

    @property
    def seq(self) -> int:
        """Its number as sent; 0 for what is no number of a device's."""
        number = self.raw.get("seq")
        # JSON's true is an int to Python, and none to PostgreSQL.
        return number if type(number) is int and 0 <= number < 2**53 else 0

    @property
    def epoch(self) -> str | None:
        """The history it says it was made in; None for what names none."""
        epoch = self.raw.get("epoch")
        return epoch if isinstance(epoch, str) and _TOKEN.fullmatch(epoch) else None

    @property
    def got(self) -> int | None:
        """The version it says it had there; None for what is no number."""
        got = self.raw.get("got")
        return got if type(got) is int and 0 <= got < 2**53 else None

    @property
    def record_id(self) -> str:
        """The record it writes; empty for what names none that can be stored."""
        data = self.raw.get("data")
        record_id = data.get("id") if isinstance(data, dict) else None
        return record_id if isinstance(record_id, str) and is_storable(record_id) else ""

    @property
    def fault(self) -> Rejected | None:
        """Why it is refused before anything is done with it, whoever sent it and whatever it says."""
        if not self.payload:
            return OperationInvalid("data")
        return OperationTooLarge() if len(self.payload) > MAX_OPERATION_BYTES else None


def is_storable(record_id: str) -> bool:
    """Whether a database can be asked for a record of this id at all."""
    return len(record_id) == 36 and record_id.isascii() and record_id.isprintable()


def as_sent(raw: dict[str, Any]) -> Sent:
    """The operation with its canonical payload: what the ledger compares repeats by."""
    parts = {name: raw.get(name) for name in ("type", "v", "commune_id", "at", "data")}
    payload = "" if is_too_deep(raw) else json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return Sent(str(raw["op_id"]), raw, payload, hashlib.sha256(payload.encode()).hexdigest())


def as_kept(op_id: str, seq: int, payload: str, **origin: Any) -> Sent:
    """The operation again, from the canonical payload it was kept as; `origin`: its `epoch` and `got`.

    Raises `OperationInvalid` for a payload that cannot be read."""
    try:
        parts = json.loads(payload)
    except (ValueError, RecursionError):
        parts = None
    if not isinstance(parts, dict):
        raise OperationInvalid("data")
    return as_sent({"op_id": op_id, "seq": seq, **origin, **parts})


def envelope(sent: Sent, commune_id: str) -> Operation:
    """The operation's outer part, checked: size, shape, commune, type, version."""
    if sent.fault:
        raise sent.fault
    operation = checked(Operation, sent.raw)
    if operation.commune_id != commune_id:
        raise CommuneUnknown("commune_id")
    if operation.type not in HANDLERS:
        raise TypeUnknown("type")
    return upcast(operation, HANDLERS[operation.type].v)


def checked(shape: type[Shape], data: dict[str, Any]) -> Shape:
    """`data` in its declared shape. Raises `OperationInvalid` with the names of fields that do not fit."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        problems = [item for item in error.errors(include_input=False) if item["loc"]]
        names = sorted({str(item["loc"][0]) for item in problems} & set(shape.model_fields))
        unreadable = any(item["type"] == "string_unicode" for item in problems)
        raise (TextRefused if unreadable else OperationInvalid)(*names) from None
