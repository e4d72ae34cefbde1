"""The quarantine as the desk shows it: each operation with its author and the household that it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import SQLColumnExpression, func
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.accounts.models import Account, Device
from app.commune.areas import Hamlet
from app.core.epoch import Epoch
from app.core.errors import NotFound, Rejected
from app.core.types import Command
from app.fieldwork.households.commands import AddHousehold
from app.fieldwork.households.erased import Label, find_erased_labels
from app.fieldwork.households.models import Household
from app.fieldwork.visits.content import VisitContent
from app.fieldwork.visits.models import Visit
from app.sync.applying.operations import HANDLERS, validate
from app.sync.applying.push_context import PushContext
from app.sync.quarantine.bulk import REASONS, waiting_of_phone
from app.sync.quarantine.replay import original_context, stored_operation
from app.sync.wire.models import QuarantinedOperation
from app.sync.wire.protocol import Operation

PAGE_SIZE = 50
DECIDED_TIME = timedelta(days=1)  # so long a decision is listed, because it can be undone
_NOT_STORED = 0  # the `feed_seq` of a household that only a quarantined operation would add
Model = TypeVar("Model", Account, Household, Visit)


@dataclass(frozen=True)
class QuarantineItem:
    """One quarantined operation. `operation` and `command` are None if it cannot be parsed.

    `household` is the one it is about: as stored, or as a quarantined *Thêm hộ* would create it.
    `author`, `device`, `hamlet` and `decided_by` are names. `erased_on`: when the household was erased whose
    label this one adds again; None for any other operation.
    """

    quarantined: QuarantinedOperation
    author: str
    device: str
    operation: Operation | None
    command: Command | None
    household: Household | None
    hamlet: str
    decided_by: str
    erased_on: date | None = None

    @property
    def missing_household_id(self) -> str:
        """The id of the household that a waiting visit names and the commune lacks; empty if it has it."""
        if self.quarantined.state != "open" or not isinstance(self.command, VisitContent):
            return ""
        is_stored = self.household is not None and self.household.feed_seq != _NOT_STORED
        return "" if is_stored else self.command.household_id

    @property
    def context(self) -> PushContext:
        """The context in which it was received, to compute when it happened."""
        return original_context(self.quarantined, (), Epoch(""))


@dataclass(frozen=True)
class Page:
    """One page of operations; `page` counts from 1."""

    items: list[QuarantineItem]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return _count_pages(self.total)


def find_waiting(session: Session, actor: Actor, page: int, device_id: str = "") -> Page:
    """One page of the open operations, of one device if it is named; a page beyond the last one is the last
    one."""
    wanted = _open(actor)
    if device_id:
        wanted = wanted.where(col(QuarantinedOperation.device_id) == device_id)
    ordered = (
        col(QuarantinedOperation.received_at),
        col(QuarantinedOperation.device_id),
        col(QuarantinedOperation.seq),
        col(QuarantinedOperation.op_id),
    )
    return _page(session, actor, wanted, page, *ordered)


def find_decided(session: Session, actor: Actor, page: int, now: datetime) -> Page:
    """One page of what supervisors decided within `DECIDED_TIME`, the newest first."""
    wanted = visible_to(actor, QuarantinedOperation).where(
        col(QuarantinedOperation.state) != "open",
        col(QuarantinedOperation.decided_by).is_not(None),
        col(QuarantinedOperation.decided_at) >= now - DECIDED_TIME,
    )
    newest = col(QuarantinedOperation.decided_at).desc()
    return _page(session, actor, wanted, page, newest, col(QuarantinedOperation.op_id))


def count_waiting(session: Session, actor: Actor) -> int:
    """The number of open operations."""
    count: int = _WAITING.one(session, actor)["count"]
    return count


def count_of_phone(session: Session, actor: Actor, device_id: str, reason: str) -> int:
    """How many of a phone's operations `bulk.accept_all` accepts."""
    return _count(session, waiting_of_phone(actor, device_id, reason)) if reason in REASONS else 0


def find_item(session: Session, actor: Actor, op_id: str, payload_hash: str) -> QuarantineItem:
    """One operation, open or decided. Raises `NotFound`."""
    wanted = visible_to(actor, QuarantinedOperation).where(
        col(QuarantinedOperation.op_id) == op_id, col(QuarantinedOperation.payload_hash) == payload_hash
    )
    found = _items(session, actor, wanted)
    if not found:
        raise NotFound
    return found[0]


def _page(
    session: Session,
    actor: Actor,
    wanted: SelectOfScalar[QuarantinedOperation],
    page: int,
    *order: SQLColumnExpression[Any],
) -> Page:
    total = _count(session, wanted)
    page = min(max(page, 1), _count_pages(total))
    rows = wanted.order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return Page(_items(session, actor, rows), total, page)


def _open(actor: Actor) -> SelectOfScalar[QuarantinedOperation]:
    return visible_to(actor, QuarantinedOperation).where(col(QuarantinedOperation.state) == "open")


_WAITING = ActorStatement(lambda actor: _open(actor).with_only_columns(func.count().label("count")))


def _count(session: Session, wanted: SelectOfScalar[QuarantinedOperation]) -> int:
    counted = wanted.with_only_columns(func.count()).order_by(None)
    count: int = session.execute(counted).scalar_one()
    return count


def _items(
    session: Session, actor: Actor, wanted: SelectOfScalar[QuarantinedOperation]
) -> list[QuarantineItem]:
    """The rows with names and households, in a constant number of statements."""
    commune_id = actor.commune_id
    rows = session.execute(
        wanted.join(
            Account,
            (col(Account.commune_id) == commune_id)
            & (col(Account.id) == col(QuarantinedOperation.account_id)),
        )
        .join(
            Device,
            (col(Device.commune_id) == commune_id) & (col(Device.id) == col(QuarantinedOperation.device_id)),
        )
        .with_only_columns(QuarantinedOperation, col(Account.name), col(Device.name))
    ).all()
    parsed = [_parse(quarantined) for quarantined, _author, _device in rows]
    households = _households(session, actor, [command for _operation, command in parsed if command])
    hamlets = {hamlet.id: hamlet.name for hamlet in session.exec(visible_to(actor, Hamlet))}
    names = _account_names(session, actor, [quarantined.decided_by for quarantined, _author, _device in rows])
    erased = find_erased_labels(session, commune_id, [_label(command) for _operation, command in parsed])
    found = []
    for (quarantined, author, device), (operation, command) in zip(rows, parsed, strict=True):
        household = households.get(_subject_id(command)) if command else None
        hamlet = hamlets.get(household.hamlet_id, "") if household else ""
        decided_by, erased_on = names.get(quarantined.decided_by or "", ""), erased.get(_label(command))
        found.append(
            QuarantineItem(
                quarantined, author, device, operation, command, household, hamlet, decided_by, erased_on
            )
        )
    return found


def _label(command: Command | None) -> Label:
    """The label of the household that a command adds; an empty one of another command."""
    if not isinstance(command, AddHousehold):
        return ("", "", "", "")
    return (command.hamlet_id, command.head_name, command.house_no or "", command.alley or "")


def _parse(quarantined: QuarantinedOperation) -> tuple[Operation | None, Command | None]:
    try:
        operation = stored_operation(quarantined)
        return operation, validate(HANDLERS[operation.type].shape, operation.data)
    except Rejected:
        return None, None


def _subject_id(command: Command) -> str:
    """The id of the household that a command names, or of the record it changes."""
    return str(getattr(command, "household_id", None) or getattr(command, "id", ""))


def _households(session: Session, actor: Actor, commands: Sequence[Command]) -> dict[str, Household]:
    """The households that these commands are about, by the id that the command names."""
    named = {_subject_id(command) for command in commands}
    visits = {visit.id: visit.household_id for visit in _find(session, actor, Visit, named)}
    found = {one.id: one for one in _find(session, actor, Household, {*named, *visits.values()})}
    merged = {id: one.merged_into for id, one in found.items() if one.merged_into}
    survivors = {one.id: one for one in _find(session, actor, Household, merged.values())}
    found |= {id: survivors[into] for id, into in merged.items()}
    found |= {visit: found[household] for visit, household in visits.items()}
    return _added_households(session, actor, named - found.keys()) | found


def _added_households(session: Session, actor: Actor, ids: set[str]) -> dict[str, Household]:
    """Households that do not exist yet, from the quarantined operations that would add them."""
    rows = _open(actor).where(
        col(QuarantinedOperation.kind) == "household", col(QuarantinedOperation.record_id).in_(sorted(ids))
    )
    commands = [_parse(row)[1] for row in session.exec(rows)] if ids else []
    return {
        command.id: Household(
            commune_id=actor.commune_id, feed_seq=0, id=command.id, hamlet_id=command.hamlet_id,
            head_name=command.head_name, house_no=command.house_no or "", alley=command.alley or "",
        )
        for command in commands
        if isinstance(command, AddHousehold)
    }  # fmt: skip


def _account_names(session: Session, actor: Actor, ids: Iterable[str | None]) -> dict[str, str]:
    accounts = _find(session, actor, Account, [id for id in ids if id])
    return {account.id: account.name for account in accounts}


def _find(session: Session, actor: Actor, model: type[Model], ids: Iterable[str]) -> list[Model]:
    wanted = sorted(set(ids))
    return list(session.exec(visible_to(actor, model).where(col(model.id).in_(wanted)))) if wanted else []


def _count_pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
