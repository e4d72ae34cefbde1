"""*Máy bị mất*: a supervisor reports a phone as lost, which revokes it."""

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.commune.accounts import devices
from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.models import Account, Device
from app.core import desk_log
from app.core.clock import wire_time
from app.core.errors import Invalid, NotFound
from app.core.text import nfc
from app.sync.lost_phones.contents import contents_at
from app.sync.lost_phones.models import LostPhone

MAX_TEXT = 1000
MAX_AGE = timedelta(days=366)
CLOCK_TOLERANCE = timedelta(minutes=5)
"""The supervisor's clock may be ahead of the server's by so much."""


def report_lost(
    session: Session, actor: Actor, device_id: str, detected_at: datetime, happened: str, now: datetime
) -> LostPhone:
    """Revoke the phone and note what it had at its last contact.

    A phone that is reported already stays as it was reported, until it is allowed again. Raises `NotFound`;
    `Invalid` with *detected_at* for a time to come or of more than a year ago, with *reason* for a text of
    more than `MAX_TEXT` characters; `TextRefused`.
    """
    device = find(session, actor, Device, device_id)
    if device.last_contact_at is None:
        raise NotFound  # it never had a list
    if not now - MAX_AGE <= detected_at <= now + CLOCK_TOLERANCE:
        raise Invalid("detected_at")
    text = nfc(happened, "reason")
    if len(text) > MAX_TEXT:
        raise Invalid("reason")
    if (known := _reported(session, actor, device)) is not None:
        return known
    devices.revoke(session, actor, device_id, now)
    owner = session.get_one(Account, (actor.commune_id, device.account_id))
    contents = contents_at(session, owner, device.last_contact_at)
    lost = LostPhone(
        commune_id=actor.commune_id,
        id=secrets.token_urlsafe(12),
        device_id=device_id,
        reported_by=actor.account_id,
        reported_at=now,
        detected_at=detected_at,
        happened=text,
        last_contact_at=device.last_contact_at,
        unsent=device.queue_count,
        **vars(contents),
    )
    session.add(lost)
    details = {"device": device_id, "account": owner.id, "detected_at": wire_time(detected_at)}
    desk_log.note(session, actor.commune_id, "device.lost", now, **details, by=actor.account_id)
    return lost


def _reported(session: Session, actor: Actor, device: Device) -> LostPhone | None:
    """The report of this device since it was revoked last."""
    if device.revoked_at is None:
        return None
    reports = visible_to(actor, LostPhone).where(
        LostPhone.device_id == device.id, col(LostPhone.reported_at) >= device.revoked_at
    )
    return session.exec(reports).first()


def list_lost(session: Session, actor: Actor) -> list[tuple[LostPhone, Device, Account]]:
    """The lost phones with their owners, the latest detection first."""
    is_device = (col(Device.commune_id) == actor.commune_id) & (col(Device.id) == col(LostPhone.device_id))
    is_owner = (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == col(Device.account_id))
    rows = session.execute(
        visible_to(actor, LostPhone)
        .join(Device, is_device)
        .join(Account, is_owner)
        .with_only_columns(LostPhone, Device, Account)
        .order_by(col(LostPhone.detected_at).desc(), col(LostPhone.id))
    )
    return [(lost, device, owner) for lost, device, owner in rows]


def find_lost(session: Session, actor: Actor, id: str) -> tuple[LostPhone, Device, Account]:
    """One of them. Raises `NotFound`."""
    lost = find(session, actor, LostPhone, id)
    device = session.get_one(Device, (actor.commune_id, lost.device_id))
    return lost, device, session.get_one(Account, (actor.commune_id, device.account_id))


def reporter(session: Session, lost: LostPhone) -> str:
    """The name of who reported it."""
    statement = select(Account.name).where(
        Account.commune_id == lost.commune_id, Account.id == lost.reported_by
    )
    return session.exec(statement).one()
