"""What is kept apart, as the desk reads it: the operation, its author, and the household it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.accounts.models import Account, Device
from app.areas import Hamlet
from app.core.db import History
from app.core.errors import NotFound, Rejected
from app.core.shapes import Command
from app.households.commands import AddHousehold
from app.households.models import Household
from app.sync.decisions import MOST, delivered_revoked
from app.sync.models import Quarantined
from app.sync.operations import HANDLERS, checked
from app.sync.protocol import Operation
from app.sync.pusher import Pusher
from app.sync.release import author_of, operation_of
from app.visits.models import Visit

PAGE_SIZE = 50


@dataclass(frozen=True)
class Apart:
    """One operation that is kept apart. `operation` and `command` are absent where it cannot be read.

    `home` is the household it is about: as it is, or as a *Thêm hộ* that is kept apart too would make it.
    `decided_by` is a name.
    """

    kept: Quarantined
    author: str
    device: str
    operation: Operation | None
    command: Command | None
    home: Household | None
    hamlet: str
    decided_by: str

    @property
    def pusher(self) -> Pusher:
        """Its author, for when it happened."""
        return author_of(self.kept, (), History(""))


@dataclass(frozen=True)
class Page:
    """One page of what waits for a decision, the longest waiting first; `page` counts from 1."""

    rows: list[Apart]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return _pages(self.total)


def waiting(session: Session, actor: Actor, page: int) -> Page:
    """One page of what nobody has decided yet; a page beyond the last one is the last one."""
    columns: Any = Quarantined
    wanted: Any = visible_to(actor, Quarantined).where(columns.state == "open")
    total: int = session.execute(wanted.with_only_columns(func.count())).scalar_one()
    page = min(max(page, 1), _pages(total))
    ordered = wanted.order_by(columns.received_at, columns.device_id, columns.seq, columns.op_id)
    return Page(_named(session, actor, ordered.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)), total, page)


def count_waiting(session: Session, actor: Actor) -> int:
    """How many operations nobody has decided yet."""
    columns: Any = Quarantined
    wanted: Any = visible_to(actor, Quarantined).where(columns.state == "open")
    count: int = session.execute(wanted.with_only_columns(func.count())).scalar_one()
    return count


def count_revoked(session: Session, actor: Actor, device_id: str) -> int:
    """How many of a phone's operations *Nhận* takes in at one press (`decisions.accept_all`)."""
    wanted: Any = delivered_revoked(actor, device_id)
    count: int = session.execute(wanted.with_only_columns(func.count()).order_by(None)).scalar_one()
    return min(count, MOST)


def apart(session: Session, actor: Actor, op_id: str, payload_hash: str) -> Apart:
    """One operation that is or was kept apart. Raises `NotFound`."""
    columns: Any = Quarantined
    wanted = visible_to(actor, Quarantined).where(
        columns.op_id == op_id, columns.payload_hash == payload_hash
    )
    found = _named(session, actor, wanted)
    if not found:
        raise NotFound
    return found[0]


def _named(session: Session, actor: Actor, wanted: Any) -> list[Apart]:
    """With names and households: five statements, however many there are."""
    kept, account, device = _columns(Quarantined), _columns(Account), _columns(Device)
    rows = session.execute(
        wanted.join(account, (account.commune_id == kept.commune_id) & (account.id == kept.account_id))
        .join(device, (device.commune_id == kept.commune_id) & (device.id == kept.device_id))
        .with_only_columns(Quarantined, account.name, device.name)
    ).all()
    read = {row.op_id + row.payload_hash: _read(row) for row, _author, _device in rows}
    places = _places(session, actor, [command for _operation, command in read.values() if command])
    hamlets = {hamlet.id: hamlet.name for hamlet in session.exec(visible_to(actor, Hamlet))}
    people = _people(session, actor, [row.decided_by for row, _author, _device in rows])
    found = []
    for row, author, phone in rows:
        operation, command = read[row.op_id + row.payload_hash]
        home = places.get(_about(command)) if command else None
        where = hamlets.get(home.hamlet_id, "") if home else ""
        found.append(
            Apart(row, author, phone, operation, command, home, where, people.get(row.decided_by, ""))
        )
    return found


def _read(kept: Quarantined) -> tuple[Operation | None, Command | None]:
    try:
        operation = operation_of(kept)
        return operation, checked(HANDLERS[operation.type].shape, operation.data)
    except Rejected:
        return None, None


def _about(command: Command) -> str:
    """The id of the household that a command names, or of what it changes."""
    return str(getattr(command, "household_id", None) or getattr(command, "id", ""))


def _places(session: Session, actor: Actor, commands: Sequence[Command]) -> dict[str, Household]:
    """The households that these commands are about, under the id that they name."""
    named = {_about(command) for command in commands}
    visits = {visit.id: visit.household_id for visit in _those(session, actor, Visit, named)}
    homes = {home.id: home for home in _those(session, actor, Household, {*named, *visits.values()})}
    merged = {id: home.merged_into for id, home in homes.items() if home.merged_into}
    standing = {home.id: home for home in _those(session, actor, Household, merged.values())}
    homes |= {id: standing[into] for id, into in merged.items()}
    homes |= {visit: homes[home] for visit, home in visits.items()}
    return _added(session, actor, named - homes.keys()) | homes


def _added(session: Session, actor: Actor, ids: set[str]) -> dict[str, Household]:
    """Households that are not there yet, from the operations that would add them."""
    columns = _columns(Quarantined)
    rows = visible_to(actor, Quarantined).where(
        columns.kind == "household", columns.state == "open", columns.record_id.in_(sorted(ids))
    )
    commands = [_read(row)[1] for row in session.exec(rows)] if ids else []
    return {
        command.id: Household(
            commune_id=actor.commune_id, feed_seq=0, id=command.id, hamlet_id=command.hamlet_id,
            head_name=command.head_name, house_no=command.house_no or "", alley=command.alley or "",
        )
        for command in commands
        if isinstance(command, AddHousehold)
    }  # fmt: skip


def _those(session: Session, actor: Actor, model: Any, ids: Iterable[str]) -> list[Any]:
    wanted = sorted(set(ids))
    return list(session.exec(visible_to(actor, model).where(model.id.in_(wanted)))) if wanted else []


def _people(session: Session, actor: Actor, ids: Iterable[str | None]) -> dict[str | None, str]:
    return {one.id: one.name for one in _those(session, actor, Account, [id for id in ids if id])}


def _columns(model: Any) -> Any:
    return model


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
