"""Devices: what is known of a phone, read and written by every exchange."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.accounts.ending import close_invites, end_sessions
from app.accounts.models import Account, Device, Team
from app.core import desk_log
from app.core.batch import Row
from app.core.errors import NotFound
from app.core.prepared import Prepared
from app.core.text import by_given_name

_DEVICE: Any = Device.__table__  # type: ignore[attr-defined]
_NAMED = select(_DEVICE).where(
    _DEVICE.c.commune_id == bindparam("commune_id"), _DEVICE.c.id == bindparam("device_id")
)
_FIND, _LOCK = Prepared(_NAMED), Prepared(_NAMED.with_for_update(key_share=True))
_OTHER: Any = _DEVICE.alias()
_SAME_PHONE = Prepared(
    select(_OTHER.c.id).where(
        _DEVICE.c.commune_id == bindparam("commune_id"),
        _DEVICE.c.id == bindparam("device_id"),
        *(_OTHER.c[name] == _DEVICE.c[name] for name in ("commune_id", "account_id", "life")),
    )
)
# What a phone says of itself, and what follows for its numbers.
_SAID = (
    "next_seq", "last_contact_at", "queue_count", "queue_oldest_at", "build", "clock_offset_ms",
    "settled_seq", "lost", "lost_at", "lost_numbers", "given_up",
    "full_since", "reused", "reused_at",
)  # fmt: skip
_NOTE = Prepared(
    update(_DEVICE)
    .where(_DEVICE.c.commune_id == bindparam("commune"), _DEVICE.c.id == bindparam("device"))
    .values({name: bindparam(f"new_{name}", type_=_DEVICE.c[name].type) for name in _SAID})
)


def find(session: Session, actor: Actor) -> Row | None:
    """The actor's device."""
    return _FIND.first(session, commune_id=actor.commune_id, device_id=actor.device_id)


def lock(session: Session, actor: Actor) -> Row | None:
    """The same, kept from other writers until the transaction ends."""
    return _LOCK.first(session, commune_id=actor.commune_id, device_id=actor.device_id)


def of_same_phone(session: Session, commune_id: str, device_id: str) -> frozenset[str]:
    """All that the phone of this device has been for its account: one that signs in anew after it was revoked
    is another device, with the same `life`."""
    rows = _SAME_PHONE.rows(session, commune_id=commune_id, device_id=device_id)
    return frozenset({device_id, *(row["id"] for row in rows)})


def note(session: Session, device: Row) -> None:
    """Write down what the phone said of itself."""
    said = {f"new_{name}": device[name] for name in _SAID}
    _NOTE.run(session, commune=device["commune_id"], device=device["id"], **said)


@dataclass(frozen=True)
class Held:
    """A device with the person who has it; `team` is empty for somebody who left theirs."""

    device: Device
    member: Account
    team: str


def held(session: Session, actor: Actor, device_id: str = "") -> list[Held]:
    """The devices that phones signed in on, by their people's given names, the latest contact first;
    only the one with `device_id`, if that is given."""
    device: Any = Device
    account: Any = Account
    wanted: Any = visible_to(actor, Device).where(device.last_contact_at.is_not(None))
    if device_id:
        wanted = wanted.where(device.id == device_id)
    same = (account.commune_id == device.commune_id) & (account.id == device.account_id)
    team: Any = Team
    theirs = (team.commune_id == account.commune_id) & (team.id == account.team_id)
    rows = session.execute(
        wanted.join(account, same)
        .join(team, theirs, isouter=True)
        .with_only_columns(Device, Account, team.name)
        .order_by(device.last_contact_at.desc(), device.id)
    )
    found = [Held(phone, member, name or "") for phone, member, name in rows]
    return sorted(found, key=lambda one: by_given_name(one.member.name))


def revoke(session: Session, actor: Actor, device_id: str, now: datetime) -> None:
    """*Thu hồi máy*: from here on it delivers into the quarantine and is given nothing; at its next contact
    it erases its copy. No code of its account's that is out opens a phone any more.

    Revoked twice is revoked once. Raises `NotFound`.
    """
    device = locked(session, actor, device_id)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = now, actor.account_id
        session.add(device)
        close_invites(session, device.commune_id, device.account_id, now)
        _write_down(session, actor, device, "device.revoked", now)


def allow(session: Session, actor: Actor, device_id: str, now: datetime) -> None:
    """*Cho dùng lại*: as before, once it has signed in with a new code: whoever has its cookie may be who it
    was revoked for. What it delivered meanwhile waits for a decision. Raises `NotFound`."""
    device = locked(session, actor, device_id)
    if device.revoked_at is not None:
        device.revoked_at = device.revoked_by = None
        session.add(device)
        end_sessions(session, device)
        _write_down(session, actor, device, "device.allowed", now)


def suspend(session: Session, account: Account, device_id: str, now: datetime) -> Device:
    """A device that the database has forgotten, or knows as it was before: from here on it may deliver and
    sees nothing. Nobody decided so: `revoked_by` stays as it is."""
    known = session.get(Device, (account.commune_id, device_id))
    device = known or Device(
        commune_id=account.commune_id, id=device_id, account_id=account.id, name="", enrolled_at=now
    )
    device.revoked_at = device.revoked_at or now
    session.add(device)
    session.flush()
    return device


def _write_down(session: Session, actor: Actor, device: Device, what: str, now: datetime) -> None:
    said = {"device": device.id, "account": device.account_id, "by": actor.account_id}
    desk_log.note(session, actor.commune_id, what, now, **said)


def locked(session: Session, actor: Actor, device_id: str) -> Device:
    """A device of the actor's commune, kept from its own exchange, which reads it under the same lock.

    Raises `NotFound`.
    """
    named = visible_to(actor, Device).where(Device.id == device_id)
    device = session.exec(named.with_for_update(key_share=True)).first()
    if device is None:
        raise NotFound
    return device
