"""Who pushes: what every operation of one exchange has in common."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.accounts.access import LATE, Actor, Charge, charges
from app.accounts.author import Author, by_servers_clock
from app.core.batch import Row
from app.core.db import History
from app.sync.protocol import Operation


@dataclass(frozen=True)
class Pusher:
    """An account on a device, at an instant of receipt; `devices` as `Author` has them.

    `history` is the server's; `suspended`: the device was revoked or the account ended, so that what comes is
    kept apart. `is_choice`: as `Author` has it.
    """

    commune_id: str
    account_id: str
    device_id: str
    received_at: datetime
    clock_offset: timedelta
    charges: tuple[Charge, ...]
    history: History
    devices: frozenset[str] = frozenset()
    suspended: bool = False
    is_choice: bool = False

    def author(self, operation: Operation) -> Author:
        """The author of one operation. Numbers above the floor are this history's own: a phone that claims
        to have got one in another is not believed."""
        got = operation.got or 0
        return Author(
            account_id=self.account_id,
            device_id=self.device_id,
            seq=operation.seq,
            occurred_at=operation.at,
            received_at=self.received_at,
            clock_offset=self.clock_offset,
            hamlet_ids=self._writable(operation.at),
            devices=self.devices,
            floor=self.history.floor,
            had=got if got <= self.history.floor and not self.is_choice else 0,
            is_choice=self.is_choice,
        )

    def _writable(self, at: datetime) -> frozenset[str]:
        """The hamlets that were the account's when a record was made, `at` by the phone's clock."""
        moment = by_servers_clock(at, self.clock_offset, self.received_at, LATE)
        return frozenset(charge.hamlet_id for charge in self.charges if charge.covers(moment))


def pusher_of(
    session: Session, actor: Actor, device: Row, now: datetime, offset: timedelta, history: History
) -> Pusher:
    """The pusher an actor is on a device in this exchange; `offset` is the phone's clock's."""
    held = charges(session, actor, now)
    suspended = actor.suspended or device["revoked_at"] is not None
    return Pusher(
        actor.commune_id, actor.account_id, device["id"], now, offset, held, history, suspended=suspended
    )
