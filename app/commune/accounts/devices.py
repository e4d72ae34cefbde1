"""Devices: the row that every exchange reads and writes, the desk's list, revoking and allowing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.deactivation import close_invites, end_sessions
from app.commune.accounts.models import Account, Device, DeviceValues, Team
from app.core import desk_log
from app.core.clock import wire_time
from app.core.db import table_of
from app.core.errors import NotFound
from app.core.sql.prepared import Prepared
from app.core.text import by_given_name

OTHER_PHONE_TIME = timedelta(days=30)
_DEVICE = table_of(Device)
_OWN = select(_DEVICE).where(
    _DEVICE.c.commune_id == bindparam("commune_id"), _DEVICE.c.id == bindparam("device_id")
)
_FIND = Prepared(_OWN, DeviceValues)
_LOCK = Prepared(_OWN.with_for_update(key_share=True), DeviceValues)
_OTHER = _DEVICE.alias()
_FIND_SAME_PHONE = Prepared(
    select(_OTHER.c.id).where(
        *(device.c.commune_id == bindparam("commune_id") for device in (_DEVICE, _OTHER)),
        _DEVICE.c.id == bindparam("device_id"),
        *(_OTHER.c[name] == _DEVICE.c[name] for name in ("account_id", "installation_id")),
    )
)
# The columns that an exchange may change.
_EXCHANGE_COLUMNS = (
    "next_seq", "last_contact_at", "queue_count", "queue_oldest_at", "build", "clock_offset_ms",
    "settled_seq", "lost_count", "lost_at", "lost_seqs", "abandoned_seqs",
    "full_since", "reused_count", "reused_at", "guide_seq", "public_key",
    "recorded_days", "too_many_at",
)  # fmt: skip
_UPDATE = Prepared(
    update(_DEVICE)
    .where(_DEVICE.c.commune_id == bindparam("commune"), _DEVICE.c.id == bindparam("device"))
    .values({name: bindparam(f"new_{name}", type_=_DEVICE.c[name].type) for name in _EXCHANGE_COLUMNS})
)


def find(session: Session, actor: Actor) -> DeviceValues | None:
    """The actor's device."""
    return _FIND.first(session, commune_id=actor.commune_id, device_id=actor.device_id)


def lock(session: Session, actor: Actor) -> DeviceValues | None:
    """The actor's device, locked against other writers until the transaction ends."""
    return _LOCK.first(session, commune_id=actor.commune_id, device_id=actor.device_id)


def ids_of_phone(session: Session, commune_id: str, device_id: str) -> frozenset[str]:
    """The ids of all devices of this one's account and phone, its own among them.

    A phone that signs in again after it was revoked is a new device with the same `installation_id`.
    """
    rows = _FIND_SAME_PHONE.rows(session, commune_id=commune_id, device_id=device_id)
    return frozenset({device_id, *(row["id"] for row in rows)})


def update_after_exchange(session: Session, device: DeviceValues) -> None:
    """Write the columns of `device` that an exchange may change."""
    row: Mapping[str, object] = device
    values = {f"new_{name}": row[name] for name in _EXCHANGE_COLUMNS}
    _UPDATE.run(session, commune=device["commune_id"], device=device["id"], **values)


class OtherPhone(TypedDict):
    """Another phone that signed in with the same account; `invited_by`: the name of who issued its code,
    empty for an operator."""

    name: str
    at: str
    invited_by: str


def newest_other(session: Session, device: DeviceValues, now: datetime) -> OtherPhone | None:
    """The newest other phone of the device's account, for 30 days after it signed in."""
    at = device["other_phone_at"]
    if at is None or at < now - OTHER_PHONE_TIME:
        return None
    issuer = (col(Account.commune_id) == device["commune_id"]) & (col(Account.id) == Device.invited_by)
    wanted = (
        select(Device, col(Account.name))
        .join(Account, issuer, isouter=True)
        .where(
            col(Device.commune_id) == device["commune_id"],
            col(Device.account_id) == device["account_id"],
            col(Device.id) != device["id"],
            or_(
                col(Device.installation_id).is_(None),
                col(Device.installation_id).is_distinct_from(device["installation_id"]),
            ),
        )
        .order_by(col(Device.enrolled_at).desc(), col(Device.id))
        .limit(1)
    )
    row = session.execute(wanted).first()
    return OtherPhone(name=row[0].name, at=wire_time(at), invited_by=row[1] or "") if row else None


@dataclass(frozen=True)
class DeviceWithOwner:
    """A device with its owner; `team` is the name of the owner's team, empty if they left it.

    `invited_by`: the name of who issued its code; `is_second`: another phone in use has the same owner.
    """

    device: Device
    owner: Account
    team: str
    invited_by: str = ""
    is_second: bool = False


def list_devices(session: Session, actor: Actor, device_id: str = "") -> list[DeviceWithOwner]:
    """The devices with which a phone has signed in, ordered by their owners' given names and then the latest
    contact; with `device_id` only that one."""
    wanted = visible_to(actor, Device).where(col(Device.last_contact_at).is_not(None))
    if device_id:
        wanted = wanted.where(Device.id == device_id)
    is_owner = (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == Device.account_id)
    is_team = (col(Team.commune_id) == actor.commune_id) & (col(Team.id) == Account.team_id)
    issuer = aliased(Account)
    is_issuer = (col(issuer.commune_id) == actor.commune_id) & (col(issuer.id) == Device.invited_by)
    rows = session.execute(
        wanted.join(Account, is_owner)
        .join(Team, is_team, isouter=True)
        .join(issuer, is_issuer, isouter=True)
        .with_only_columns(Device, Account, col(Team.name), col(issuer.name))
        .order_by(col(Device.last_contact_at).desc(), col(Device.id))
    ).all()
    phones: dict[str, set[str]] = {}
    for device, owner, _team, _issuer in rows:
        if device.revoked_at is None:
            phones.setdefault(owner.id, set()).add(device.installation_id or device.id)
    found = [
        DeviceWithOwner(device, owner, team or "", invited_by or "", _is_one_of_two(device, phones))
        for device, owner, team, invited_by in rows
    ]
    return sorted(found, key=lambda entry: by_given_name(entry.owner.name))


def _is_one_of_two(device: Device, phones: Mapping[str, set[str]]) -> bool:
    return device.revoked_at is None and len(phones[device.account_id]) > 1


def revoke(session: Session, actor: Actor, device_id: str, now: datetime) -> None:
    """*Thu hồi máy*: what it still delivers is quarantined and it gets no rows; at its next contact it erases
    its copy. The open invite codes of its account end.

    All devices of its account and phone are revoked: one whose sign-in answer was lost has a second row.
    A revoked device stays as it is. Raises `NotFound`.
    """
    visible = visible_to(actor, Device).where(Device.id == device_id).with_only_columns(col(Device.id))
    if session.execute(visible).first() is None:
        raise NotFound
    # Locked in one order, also if a colleague revokes the other row.
    for id in sorted(ids_of_phone(session, actor.commune_id, device_id)):
        device = find_for_update(session, actor, id)
        if device.revoked_at is None:
            device.revoked_at, device.revoked_by = now, actor.account_id
            session.add(device)
            close_invites(session, device.commune_id, device.account_id, now)
            _note(session, actor, device, "device.revoked", now)


def allow(session: Session, actor: Actor, device_id: str, now: datetime) -> None:
    """*Cho dùng lại*: the device works as before once it has signed in with a new code. Its sessions end:
    its cookie may be in the hands of whoever it was revoked for. What it delivered meanwhile stays in the
    quarantine.

    Raises `NotFound`.
    """
    device = find_for_update(session, actor, device_id)
    if device.revoked_at is not None:
        device.revoked_at = device.revoked_by = None
        session.add(device)
        end_sessions(session, device)
        _note(session, actor, device, "device.allowed", now)


def suspend(session: Session, account: Account, device_id: str, now: datetime) -> Device:
    """Revoke a device of which a restored database has an older row or none, which is then added. No
    supervisor decided so: `revoked_by` stays as it is."""
    known = session.get(Device, (account.commune_id, device_id))
    device = known or Device(
        commune_id=account.commune_id, id=device_id, account_id=account.id, name="", enrolled_at=now
    )
    device.revoked_at = device.revoked_at or now
    session.add(device)
    session.flush()
    return device


def find_for_update(session: Session, actor: Actor, device_id: str) -> Device:
    """A device that the actor may see, locked like `lock` does: its own exchange waits. Raises `NotFound`."""
    wanted = visible_to(actor, Device).where(Device.id == device_id)
    device = session.exec(wanted.with_for_update(key_share=True)).first()
    if device is None:
        raise NotFound
    return device


def _note(session: Session, actor: Actor, device: Device, what: str, now: datetime) -> None:
    ids = {"device": device.id, "account": device.account_id, "by": actor.account_id}
    desk_log.note(session, actor.commune_id, what, now, **ids)
