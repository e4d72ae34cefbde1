"""Devices: what is known of a phone, read and written by every exchange."""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from app.accounts.access import Actor
from app.accounts.models import Device
from app.core.batch import Row
from app.core.prepared import Prepared

_DEVICE: Any = Device.__table__  # type: ignore[attr-defined]
_NAMED = select(_DEVICE).where(
    _DEVICE.c.commune_id == bindparam("commune_id"), _DEVICE.c.id == bindparam("device_id")
)
_FIND, _LOCK = Prepared(_NAMED), Prepared(_NAMED.with_for_update(key_share=True))
# What a phone says of itself, and what follows for its numbers.
_SAID = (
    "next_seq", "last_contact_at", "queue_count", "queue_oldest_at", "build", "clock_offset_ms",
    "settled_seq", "lost", "lost_at",
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


def note(session: Session, device: Row) -> None:
    """Write down what the phone said of itself."""
    said = {f"new_{name}": device[name] for name in _SAID}
    _NOTE.run(session, commune=device["commune_id"], device=device["id"], **said)
