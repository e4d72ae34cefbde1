"""What can be done to visits: record, amend, withdraw. `record` is the only way a visit comes into being."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from app.accounts.author import Author
from app.catalog import Service
from app.core.batch import Batch, Row
from app.core.db import Gone
from app.core.errors import (
    AlreadyExists,
    DuplicateService,
    FollowUpInvalid,
    NotAuthor,
    OutcomeNotAllowed,
    ServiceRequired,
    ServicesNotAllowed,
    ServiceUnknown,
    VisitUnknown,
    Withdrawn,
)
from app.core.shapes import Command, Day, Number, Uuid
from app.core.text import nfc
from app.households.commands import known_household, may_write
from app.households.models import Household
from app.visits.models import Visit, VisitService, VisitVersion

FARTHEST_PROMISE = timedelta(days=366)
NOT_REVIEWED = {
    "review_state": "received",
    "review_reason": "",
    "review_field": "",
    "review_note": "",
    "reviewed_at": None,
}

Code = Annotated[str, Field(max_length=64)]


class ServiceGiven(Command):
    """One service in a visit; `people` counts persons, or applications where the catalog says so."""

    code: Code
    outcome: Code
    people: Annotated[int, Field(strict=True, ge=1, le=20)] = 1


class VisitContent(Command):
    """What a volunteer writes of a visit."""

    id: Uuid
    household_id: Uuid
    result: Literal["helped", "come_back", "not_home", "not_needed"]
    services: list[ServiceGiven] = Field(default_factory=list, max_length=40)
    note: Annotated[str, Field(max_length=500)] | None = None
    follow_up_on: Day | None = None


class RecordVisit(VisitContent):
    """Data of `visit.record`; `quick`: by one tap on *Ghi nhanh*."""

    quick: bool


class AmendVisit(VisitContent):
    """Data of `visit.amend`: the whole visit anew, and the version it was written upon."""

    base_version: Number


class WithdrawVisit(Command):
    """Data of `visit.withdraw`. Withdrawal is final."""

    id: Uuid


def record(batch: Batch, author: Author, command: RecordVisit) -> int:
    """A new visit. Raises the faults of `_content`, `HouseholdUnknown` and `AlreadyExists`."""
    if batch.get(Visit, command.id):
        raise AlreadyExists("id")
    household = known_household(batch, author, command.household_id)
    content = _content(batch, author, command, household)
    times = {"occurred_at": author.occurred_at, "happened_at": author.happened_at}
    row = {
        "id": command.id,
        "hamlet_id": household["hamlet_id"],
        "recorded_by": author.account_id,
        "device_id": author.device_id,
        "seq": author.seq,
        "received_at": author.received_at,
        "counted_on": author.counted_on,
        "quick": command.quick,
        "version": 1,
        "withdrawn_at": None,
    }
    batch.add(Visit, row | times | content | NOT_REVIEWED)
    _add_services(batch, command)
    return 1


def amend(batch: Batch, author: Author, command: AmendVisit) -> int:
    """Replace a visit's content; it is `received` again, and what it held is kept as a version.

    A stale `base_version` applies all the same. A write with a lower `seq` than any other of the visit's from
    the same phone arrived late, as does one that comes again after a restore and had a lower version: it is
    kept as a version only.
    """
    row = _own_visit(batch, author, command.id)
    household = known_household(batch, author, command.household_id)
    content = _content(batch, author, command, household)
    versions = [row, *(one for one in batch.rows(VisitVersion) if one["visit_id"] == command.id)]
    author = author.upon(versions)
    if row["withdrawn_at"] or _is_late(author, versions):
        number = author.had or author.newer_number(versions) or row["version"]
        writer = {"device_id": author.device_id, "seq": author.seq}
        late = _as_kept(content, command.model_dump()["services"])
        _keep_version(batch, author, row["id"], number, late, writer, late=True)
        return number
    _keep_version(batch, author, row["id"], row["version"], content_of(batch, row), row, late=False)
    if row["hamlet_id"] != household["hamlet_id"]:
        leave(batch, "visit", row["id"], row["hamlet_id"])
    moved = {"hamlet_id": household["hamlet_id"], "device_id": author.device_id, "seq": author.seq}
    version: int = author.next_version(row["version"])
    batch.change(Visit, row, version=version, **content, **moved, **NOT_REVIEWED)
    _replace_services(batch, command)
    return version


def withdraw(batch: Batch, author: Author, command: WithdrawVisit) -> int:
    """Take a visit back for good: it is counted no more and leaves every phone."""
    row = _own_visit(batch, author, command.id)
    version: int = row["version"]
    if row["withdrawn_at"] is None:
        batch.change(Visit, row, withdrawn_at=author.received_at)
        leave(batch, "visit", row["id"], row["hamlet_id"])
    return version


def leave(batch: Batch, kind: str, record_id: str, hamlet_id: str, moved_to: str | None = None) -> None:
    """Tell phones of `hamlet_id` that a record is no longer theirs."""
    gone = batch.get(Gone, (kind, record_id, hamlet_id))
    if gone:
        batch.change(Gone, gone, moved_to=moved_to)
    else:
        left = {"kind": kind, "id": record_id, "hamlet_id": hamlet_id}
        batch.add(Gone, left | {"moved_to": moved_to, "account_id": None})


def services_of(batch: Batch, visit_id: str) -> list[Row]:
    """A visit's services in their order, as the wire has them."""
    rows = [row for row in batch.rows(VisitService) if row["visit_id"] == visit_id]
    rows.sort(key=lambda row: row["position"])
    return [{"code": row["code"], "outcome": row["outcome"], "people": row["people"]} for row in rows]


def content_of(batch: Batch, row: Row) -> dict[str, Any]:
    """What a visit holds now, in the shape in which versions keep it."""
    names = ("household_id", "result", "note", "follow_up_on")
    return _as_kept({name: row[name] for name in names}, services_of(batch, row["id"]))


def _as_kept(content: dict[str, Any], services: list[Row]) -> dict[str, Any]:
    day: date | None = content["follow_up_on"]
    return content | {"follow_up_on": day.isoformat() if day else None, "services": services}


def _own_visit(batch: Batch, author: Author, visit_id: str) -> Row:
    row = batch.get(Visit, visit_id)
    home = batch.get(Household, row["household_id"]) if row else None
    if row is None or home is None or not may_write(batch, author, home):
        raise VisitUnknown("id")
    if row["recorded_by"] != author.account_id:
        raise NotAuthor("id")
    if row["withdrawn_at"] is not None and not author.had:
        raise Withdrawn("id")
    return row


def _is_late(author: Author, versions: list[Row]) -> bool:
    """Whether a later write is among these. What another phone wrote late the visit never held."""
    return any(
        author.is_before(one["device_id"], one["seq"], one["version"])
        for one in versions
        if author.is_own(one["device_id"]) or not one.get("late")
    )


def _keep_version(
    batch: Batch, author: Author, visit_id: str, version: int, content: Row, writer: Row, *, late: bool
) -> None:
    """`writer`: a row that names the device and the number of the write that made this version."""
    kept = {"visit_id": visit_id, "version": version, "content": content, "late": late}
    kept |= {name: writer[name] for name in ("device_id", "seq")}
    batch.add(VisitVersion, kept | {"received_at": author.received_at})


def _content(batch: Batch, author: Author, command: VisitContent, household: Row) -> dict[str, Any]:
    """What the author wrote, checked against the rules and the catalog; `household` is where it counts."""
    _check_services(batch, command)
    if command.follow_up_on and command.follow_up_on > author.counted_on + FARTHEST_PROMISE:
        raise FollowUpInvalid("follow_up_on")
    return {
        "household_id": household["id"],
        "result": command.result,
        "note": nfc(command.note or "", "note"),
        "follow_up_on": command.follow_up_on,
    }


def _check_services(batch: Batch, command: VisitContent) -> None:
    if command.result == "helped" and not command.services:
        raise ServiceRequired("services")
    if command.result in ("not_home", "not_needed") and command.services:
        raise ServicesNotAllowed("services")
    if len({given.code for given in command.services}) != len(command.services):
        raise DuplicateService("services")
    for given in command.services:
        # A service switched off meanwhile was on when the volunteer chose it.
        service = batch.get(Service, given.code)
        if service is None:
            raise ServiceUnknown("services")
        if given.outcome not in service["outcomes"]:
            raise OutcomeNotAllowed("services")


def _replace_services(batch: Batch, command: AmendVisit) -> None:
    for old in [row for row in batch.rows(VisitService) if row["visit_id"] == command.id]:
        batch.remove(VisitService, old)
    _add_services(batch, command)


def _add_services(batch: Batch, command: VisitContent) -> None:
    for position, given in enumerate(command.services):
        row = {"visit_id": command.id, "code": given.code, "position": position}
        batch.add(VisitService, row | {"outcome": given.outcome, "people": given.people})
