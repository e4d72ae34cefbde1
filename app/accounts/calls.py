"""Calls: which phones somebody should ask after today, and the two ways to close such a call.

A phone is asked after when it is silent though it was working, when it holds records that nobody else has,
when it brings so much that cannot be counted that no more is kept, and when records it once numbered are
nowhere any more or share their number with others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.accounts.access import Actor
from app.accounts.devices import Held, held, locked
from app.accounts.models import Device, SettledLoss
from app.accounts.people import new_id
from app.core import desk_log
from app.core.clock import local_date, wire_time
from app.core.errors import StaleDecision

SILENT_AFTER = timedelta(days=3)
UNSENT_AFTER = timedelta(hours=24)  # from when on the phone itself says so
# A phone that has nothing unsent and was not heard of for so long is not in use any more.
NOT_WORKING_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Call:
    """A phone to ask after, and why: `silent`, `unsent`, `full` and `has_lost` are the four reasons."""

    held: Held
    silent: bool
    unsent: bool
    full: bool
    called: bool

    @property
    def has_lost(self) -> bool:
        return _is_alarmed(self.held.device)

    @property
    def seen(self) -> str:
        """Which loss this is; another one since is another word."""
        return loss_of(self.held.device)


def to_call(session: Session, actor: Actor, now: datetime) -> list[Call]:
    """The phones to ask after today: those with losses first, then the longest silent.

    `called`: somebody did so today. Revoked phones, but for those that are `full`, and, for their silence,
    those of people who left are left out.
    """
    phones = [one for one in held(session, actor) if one.device.revoked_at is None or one.device.full_since]
    newest = _newest(one for one in phones if one.device.revoked_at is None)
    calls = [_call(one, now, is_newest=one.device.id in newest) for one in phones]
    wanted = [call for call in calls if call.silent or call.unsent or call.full or call.has_lost]
    return sorted(wanted, key=lambda call: (not call.has_lost, call.held.device.last_contact_at))


def note_called(session: Session, actor: Actor, device_id: str, now: datetime) -> None:
    """*Đã gọi*: this phone is not asked after again today. Raises `NotFound`."""
    device = locked(session, actor, device_id)
    device.called_at, device.called_by = now, actor.account_id
    session.add(device)


def take_back_call(session: Session, actor: Actor, device_id: str) -> None:
    """*Hoàn tác*: nobody called after all. Raises `NotFound`."""
    device = locked(session, actor, device_id)
    device.called_at = device.called_by = None
    session.add(device)


def settle_loss(session: Session, actor: Actor, device_id: str, seen: str, now: datetime) -> None:
    """Close the alarm: what is lost is known to be, and its numbers are sought no more.

    What turns up all the same is taken in as ever. `seen` is the loss that the supervisor looked at; an
    alarm that is closed already stays closed. Raises `NotFound`, and `StaleDecision` for another loss.
    """
    device = locked(session, actor, device_id)
    if not _is_alarmed(device):
        return
    if loss_of(device) != seen:
        raise StaleDecision
    session.add(
        SettledLoss(
            commune_id=device.commune_id,
            id=new_id(),
            device_id=device.id,
            numbers=device.lost_numbers,
            lost_at=device.lost_at,
            new_life_at=device.new_life_at,
            reused=device.reused,
            settled_by=actor.account_id,
            settled_at=now,
        )
    )
    said = {"by": actor.account_id, "device": device.id, "lost": device.lost, "reused": device.reused}
    desk_log.note(session, actor.commune_id, "loss.settled", now, **said)
    device.given_up = [*device.given_up, *device.lost_numbers]
    device.lost, device.lost_numbers, device.lost_at, device.new_life_at = 0, [], None, None
    device.reused, device.reused_at = 0, None
    session.add(device)


def loss_of(device: Device) -> str:
    """A loss in short, to tell it from a later one."""
    return f"{device.lost}-{wire_time(device.new_life_at) if device.new_life_at else ''}-{device.reused}"


def _is_alarmed(device: Device) -> bool:
    return device.lost > 0 or device.new_life_at is not None or device.reused > 0


def _newest(phones: Iterable[Held]) -> set[str]:
    """Of each person the phone that was in contact last; `phones` come in that order."""
    first: dict[str, str] = {}
    for one in phones:
        first.setdefault(one.member.id, one.device.id)
    return set(first.values())


def _call(one: Held, now: datetime, *, is_newest: bool) -> Call:
    device = one.device
    contact = device.last_contact_at or device.enrolled_at
    quiet = now - contact
    has_unsent = device.queue_count > 0
    in_use = device.next_seq > 1 and one.member.ended_at is None and is_newest
    return Call(
        held=one,
        silent=in_use and quiet >= SILENT_AFTER and (has_unsent or quiet < NOT_WORKING_AFTER),
        unsent=has_unsent and now - (device.queue_oldest_at or contact) >= UNSENT_AFTER,
        full=device.full_since is not None,
        called=device.called_at is not None and local_date(device.called_at) == local_date(now),
    )
