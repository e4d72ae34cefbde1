"""Which phones somebody should call about today, and why; *Đã gọi*, and settling a loss.

The reasons are: a phone in use is silent; it holds old unsent records; its part of the quarantine is full; it
sent more of one day than anybody records; it lost records; it used sequence numbers twice. Silence is counted
in working time: Sundays, public holidays and the commune's own days off do not count (decision 50).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.call_history import CallRecord, SettledLoss, latest_calls
from app.commune.accounts.devices import DeviceWithOwner, find_for_update, list_devices
from app.commune.accounts.models import Device
from app.commune.accounts.people import new_id
from app.commune.calendar.workdays import load_workdays
from app.core import desk_log
from app.core.clock import local_date, wire_time
from app.core.errors import Invalid, NotFound, StaleDecision, TextRefused
from app.core.numbers.id_numbers import stored_text

SILENT_AFTER = timedelta(days=3)  # of working time
UNSENT_AFTER = timedelta(hours=24)  # then the phone itself warns as well
# A phone without unsent records that has been silent for longer is not in use any more.
UNUSED_AFTER = timedelta(days=30)
CROWDED_TIME = timedelta(days=7)  # so long after it sent more than the limit of one day
MAX_NOTE_LENGTH = 200  # characters, of a call's note and of the reason of a settled loss


@dataclass(frozen=True)
class _Times:
    """The instant of the request, and the last contact at which a phone is silent by now."""

    now: datetime
    silent_since: datetime


@dataclass(frozen=True)
class Call:
    """A call to make; `silent`, `unsent`, `full`, `crowded` and `has_lost` are the reasons, one at least.

    `called`: somebody made it today; `last`: the latest call of the device within `UNUSED_AFTER`.
    """

    entry: DeviceWithOwner
    silent: bool
    unsent: bool
    full: bool
    crowded: bool
    called: bool
    last: CallRecord | None

    @property
    def has_lost(self) -> bool:
        return _has_loss(self.entry.device)

    @property
    def loss(self) -> str:
        """The fingerprint of the loss."""
        return loss_fingerprint(self.entry.device)


def calls_to_make(session: Session, actor: Actor, now: datetime) -> list[Call]:
    """The calls of today: losses first, then the longest silent.

    Of revoked devices only those over their quota are listed. Silence counts only for devices that are their
    owner's latest, and whose owner has not left.
    """
    entries = [
        entry
        for entry in list_devices(session, actor)
        if entry.device.revoked_at is None or entry.device.full_since
    ]
    latest = _latest_of_owners(entry for entry in entries if entry.device.revoked_at is None)
    times = _times(session, actor, now)
    last = latest_calls(session, actor, now - UNUSED_AFTER)
    calls = [
        _call(entry, times, last.get(entry.device.id), is_latest=entry.device.id in latest)
        for entry in entries
    ]
    with_reason = [call for call in calls if _has_reason(call)]
    return sorted(with_reason, key=lambda call: (not call.has_lost, call.entry.device.last_contact_at))


def find_call(session: Session, actor: Actor, device_id: str, now: datetime) -> Call:
    """The device with its reasons for a call, of which there may be none by now. Raises `NotFound`."""
    found = list_devices(session, actor, device_id)
    if not found:
        raise NotFound
    last = latest_calls(session, actor, now - UNUSED_AFTER).get(device_id)
    return _call(found[0], _times(session, actor, now), last, is_latest=True)


def silent_since(session: Session, actor: Actor, now: datetime) -> datetime:
    """The instant `SILENT_AFTER` before `now`: phones without a contact since then are silent."""
    return load_workdays(session, actor.commune_id, now).begin_of(SILENT_AFTER, now)


def mark_called(session: Session, actor: Actor, device_id: str, note: str, now: datetime) -> None:
    """*Đã gọi*: the call was made today; `note` is what came of it. Repeated on the same day with the same
    note it changes nothing.

    Raises `NotFound`, and `Invalid` for a note that is too long or cannot be stored.
    """
    text = clean_note(note, "note")
    device = find_for_update(session, actor, device_id)
    last = latest_calls(session, actor, now - UNUSED_AFTER).get(device_id)
    is_same = last and (last.called_by, last.note) == (actor.account_id, text)
    if last and is_same and local_date(last.called_at) == local_date(now):
        return
    device.called_at, device.called_by = now, actor.account_id
    session.add(device)
    session.add(
        CallRecord(
            commune_id=device.commune_id,
            id=new_id(),
            account_id=device.account_id,
            device_id=device.id,
            called_by=actor.account_id,
            called_at=now,
            note=text,
        )
    )


def unmark_called(session: Session, actor: Actor, device_id: str) -> None:
    """*Hoàn tác*: that call was not made; earlier ones stay in the history. Raises `NotFound`."""
    device = find_for_update(session, actor, device_id)
    made = visible_to(actor, CallRecord).where(CallRecord.device_id == device.id)
    for call in session.exec(made.where(CallRecord.called_at == device.called_at)):
        session.delete(call)
    device.called_at = device.called_by = None
    session.add(device)


def settle_loss(
    session: Session, actor: Actor, device_id: str, fingerprint: str, reason: str, now: datetime
) -> None:
    """Stop reporting a device's loss and looking for its lost numbers; later operations with these numbers
    are still applied.

    `fingerprint`: of the loss that the supervisor saw. `reason`: why nobody has to look for it. Without a
    loss nothing happens. Raises `NotFound`, `StaleDecision` if the loss has changed since, and `Invalid` for
    a reason that is missing or cannot be stored.
    """
    text = clean_note(reason, "reason")
    if not text:
        raise Invalid("reason")
    device = find_for_update(session, actor, device_id)
    if not _has_loss(device):
        return
    if loss_fingerprint(device) != fingerprint:
        raise StaleDecision
    session.add(
        SettledLoss(
            commune_id=device.commune_id,
            id=new_id(),
            device_id=device.id,
            lost_seqs=device.lost_seqs,
            lost_at=device.lost_at,
            reinstalled_at=device.reinstalled_at,
            reused_count=device.reused_count,
            settled_by=actor.account_id,
            settled_at=now,
            reason=text,
        )
    )
    details = {"device": device.id, "lost": device.lost_count, "reused": device.reused_count}
    desk_log.note(session, actor.commune_id, "loss.settled", now, by=actor.account_id, **details)
    device.abandoned_seqs = [*device.abandoned_seqs, *device.lost_seqs]
    device.lost_count, device.lost_seqs, device.lost_at, device.reinstalled_at = 0, [], None, None
    device.reused_count, device.reused_at = 0, None
    session.add(device)


def clean_note(text: str, field: str) -> str:
    """What was noted, as it is stored. Raises `Invalid` if it is too long or cannot be stored."""
    try:
        clean = stored_text(text, field)
    except TextRefused:
        raise Invalid(field) from None
    if len(clean) > MAX_NOTE_LENGTH:
        raise Invalid(field)
    return clean


def loss_fingerprint(device: Device) -> str:
    """A text that changes when the device loses or reuses more numbers or is reinstalled."""
    reinstalled_at = wire_time(device.reinstalled_at) if device.reinstalled_at else ""
    return f"{device.lost_count}-{reinstalled_at}-{device.reused_count}"


def _has_reason(call: Call) -> bool:
    return call.silent or call.unsent or call.full or call.crowded or call.has_lost


def _has_loss(device: Device) -> bool:
    return device.lost_count > 0 or device.reinstalled_at is not None or device.reused_count > 0


def _latest_of_owners(entries: Iterable[DeviceWithOwner]) -> set[str]:
    """The id of each owner's device with the latest contact; an owner's `entries` begin with the latest."""
    latest: dict[str, str] = {}
    for entry in entries:
        latest.setdefault(entry.owner.id, entry.device.id)
    return set(latest.values())


def _times(session: Session, actor: Actor, now: datetime) -> _Times:
    return _Times(now, silent_since(session, actor, now))


def _call(entry: DeviceWithOwner, times: _Times, last: CallRecord | None, *, is_latest: bool) -> Call:
    device, now = entry.device, times.now
    contact = device.last_contact_at or device.enrolled_at
    is_silent = contact <= times.silent_since
    has_unsent = device.queue_count > 0
    in_use = device.next_seq > 1 and entry.owner.ended_at is None and is_latest
    return Call(
        entry=entry,
        silent=in_use and is_silent and (has_unsent or now - contact < UNUSED_AFTER),
        unsent=has_unsent and now - (device.queue_oldest_at or contact) >= UNSENT_AFTER,
        full=device.full_since is not None,
        crowded=device.too_many_at is not None and now - device.too_many_at < CROWDED_TIME,
        called=device.called_at is not None and local_date(device.called_at) == local_date(now),
        last=last,
    )
