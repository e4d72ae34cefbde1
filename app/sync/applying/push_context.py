"""Push context: what all operations of one push have in common."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final, Literal

from sqlmodel import Session

from app.commune.accounts.access import MAX_DELAY, AccessPeriod, Actor, access_periods
from app.commune.accounts.author import Author, corrected_time
from app.commune.accounts.models import DeviceValues
from app.core.epoch import Epoch
from app.sync.applying.day_limit import DayLimit, day_limit
from app.sync.wire.models import Withheld
from app.sync.wire.protocol import Operation

# Why all operations of a push are quarantined: its phone may not send any more, or did not sign its file, or
# its commune is at another instance by now, where they are applied (`app/upkeep/moving/queues.py`).
REVOKED: Final = "revoked"
UNSIGNED: Final = "unsigned"
MOVED: Final = "moved"


@dataclass(frozen=True)
class PushContext:
    """An account on a device, at the time of receipt.

    `applied_at`: when it is applied, if that is later than the receipt. `epoch`: the server's. `withheld`:
    why everything is quarantined, or empty. `day_limit`: what its device may add of a day, None if a
    supervisor decides. `devices`, `is_choice` and `is_leader` as in `Author`. `erased_labels`: the ids of
    households that its operations add with the label of an erased one (`ErasureGate.recognise`).
    """

    commune_id: str
    account_id: str
    device_id: str
    received_at: datetime
    clock_offset: timedelta
    access_periods: tuple[AccessPeriod, ...]
    epoch: Epoch
    devices: frozenset[str] = frozenset()
    withheld: Withheld | Literal[""] = ""
    day_limit: DayLimit | None = None
    is_choice: bool = False
    is_leader: bool = False
    applied_at: datetime | None = None
    erased_labels: frozenset[str] = frozenset()

    def author(self, operation: Operation) -> Author:
        """The author of one operation.

        An `acked_version` above the floor is ignored: it cannot be of an earlier epoch.
        """
        floor, acked_version = self.epoch.version_floor, operation.acked_version or 0
        return Author(
            account_id=self.account_id,
            device_id=self.device_id,
            seq=operation.seq,
            occurred_at=operation.at,
            received_at=self.received_at,
            applied_at=self.applied_at or self.received_at,
            clock_offset=self.clock_offset,
            hamlet_ids=self._writable_hamlets(operation.at),
            devices=self.devices,
            version_floor=floor,
            acked_version=acked_version if acked_version <= floor and not self.is_choice else 0,
            is_choice=self.is_choice,
            is_leader=self.is_leader,
            names_erased=str(operation.data.get("id")) in self.erased_labels,
            merged_hamlets=self._merged_hamlets,
        )

    @cached_property
    def _merged_hamlets(self) -> Mapping[str, str]:
        return {one.hamlet_id: one.merged_into for one in self.access_periods if one.merged_into}

    @cached_property
    def _current_hamlets(self) -> frozenset[str]:
        """The hamlets of the periods that still last: they cover every moment."""
        return _hamlets(period for period in self.access_periods if period.until is None)

    @cached_property
    def _ended_periods(self) -> list[AccessPeriod]:
        return [period for period in self.access_periods if period.until is not None]

    def _writable_hamlets(self, at: datetime) -> frozenset[str]:
        """The hamlets in which the account could write at `at`, an instant of the phone's clock."""
        if not self._ended_periods:
            return self._current_hamlets
        moment = corrected_time(at, self.clock_offset, self.received_at, MAX_DELAY)
        return self._current_hamlets | _hamlets(one for one in self._ended_periods if one.covers(moment))


def _hamlets(periods: Iterable[AccessPeriod]) -> frozenset[str]:
    return frozenset(hamlet_id for period in periods for hamlet_id in period.hamlet_ids)


def push_context(
    session: Session, actor: Actor, device: DeviceValues, now: datetime, clock_offset: timedelta, epoch: Epoch
) -> PushContext:
    """The context of an actor's push from a device.

    `clock_offset`: the server's time minus the phone's.
    """
    periods = access_periods(session, actor, now, lock=True)
    is_revoked = actor.suspended or device["revoked_at"] is not None
    return PushContext(
        actor.commune_id,
        actor.account_id,
        device["id"],
        now,
        clock_offset,
        periods,
        epoch,
        withheld=REVOKED if is_revoked else MOVED if actor.moved_to else "",
        day_limit=day_limit(device, now, clock_offset),
        is_leader=actor.role == "leader",
    )
