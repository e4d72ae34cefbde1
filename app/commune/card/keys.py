"""The secrets by which phones answer for their owners' cards: given until the phone says that it has one."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlmodel import Session, select
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.accounts.models import Device
from app.commune.card.models import CardKey
from app.core import desk_log
from app.core.epoch import current_epoch
from app.core.errors import SignInRequired
from app.core.id_key import encryption

PURPOSE: Final = "member card"
MADE = "device.card_key"  # of the desk log
_SECRET_BYTES = 32


class CardKeyRow(TypedDict):
    """A secret on its way to its phone: 32 bytes in base64, and the name by which the phone confirms it."""

    id: str
    secret: str


def exchange(
    session: Session, commune_id: str, device_id: str, known_id: str, now: datetime
) -> CardKeyRow | None:
    """What a device that has stored the key `known_id` (empty: none) has to store; None if it has it.

    An answer that did not arrive is given again: the key stays the same until the phone names it. One that
    was confirmed and is lost on the phone is replaced. Raises `SignInRequired` for a device that there is
    not.
    """
    wanted = select(Device).where(Device.commune_id == commune_id, Device.id == device_id)
    device = session.exec(wanted.with_for_update(key_share=True)).first()
    if device is None:
        raise SignInRequired
    key = session.get(CardKey, (commune_id, device_id))
    if key is None or not _is_usable(session, key) or (key.confirmed_at and key.id != known_id):
        key = _replace(session, device, now)
    if key.id != known_id:
        return {"id": key.id, "secret": _read(session, key)}
    key.confirmed_at = key.confirmed_at or now
    session.add(key)
    return None


def forget(session: Session, commune_id: str, device_id: str) -> None:
    """Have the device get another secret: whoever signs in again has proved again who they are."""
    key = session.get(CardKey, (commune_id, device_id))
    if key is not None:
        session.delete(key)
        session.flush()


def secrets_of(session: Session, devices: list[Device]) -> Iterator[bytes]:
    """The secrets that these devices of one commune have confirmed and that count today."""
    for device in devices:
        key = session.get(CardKey, (device.commune_id, device.id))
        if key is not None and key.confirmed_at is not None and _is_usable(session, key):
            yield b64decode(_read(session, key))


def _is_usable(session: Session, key: CardKey) -> bool:
    """Whether phone and server can agree by it: it is of this epoch, and the id key can read it."""
    if key.epoch != current_epoch(session, key.commune_id).id:
        return False
    return encryption.is_readable(session, PURPOSE, key.secret, key.device_id)


def _read(session: Session, key: CardKey) -> str:
    return encryption.decrypt(session, PURPOSE, key.secret, key.device_id)


def _replace(session: Session, device: Device, now: datetime) -> CardKey:
    forget(session, device.commune_id, device.id)
    secret = b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    key = CardKey(
        commune_id=device.commune_id,
        device_id=device.id,
        id=secrets.token_urlsafe(12),
        secret=encryption.encrypt(session, PURPOSE, secret, device.id),
        epoch=current_epoch(session, device.commune_id).id,
    )
    session.add(key)
    session.flush()
    desk_log.note(session, device.commune_id, MADE, now, device=device.id, account=device.account_id)
    return key
