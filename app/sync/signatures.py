"""Who made an export file: the phone signs it with a key of its own (ECDSA, P-256).

The private half cannot leave the phone. Everything else that a file needs is known at the desk: the ids of
the phone and its owner, and the commune's public key. So only a signed file is applied as its owner's; any
other one is quarantined, and counts once a supervisor accepts it under their own name.
"""

from base64 import b64decode
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Device, DeviceValues
from app.core import desk_log

POINT_BYTES, NUMBER_BYTES = 65, 32  # an uncompressed point; each half of a signature
KEY_REGISTERED = "device.key_registered"  # in the desk log


def is_signed(public_key: str | None, digest: bytes, signature: str) -> bool:
    """Whether the holder of the private half has signed a content with this SHA-256."""
    key = _point(public_key or "")
    numbers = _decode(signature, 2 * NUMBER_BYTES)
    if key is None or numbers is None:
        return False
    r, s = (int.from_bytes(half, "big") for half in (numbers[:NUMBER_BYTES], numbers[NUMBER_BYTES:]))
    try:
        key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(SHA256())))
    except InvalidSignature:
        return False
    return True


def is_to_register(actor: Actor, device: DeviceValues, public_key: str | None) -> bool:
    """Whether a phone that sends this key is to have it from now on.

    A phone whose storage was emptied has another one. What is no key is ignored: it must keep no phone from
    sending. A phone that was revoked keeps the key that it had: whoever holds it now could otherwise sign as
    its owner, and the owner's own files would count as unsigned.
    """
    return not actor.suspended and _is_new(device["public_key"], public_key)


def register_sent(session: Session, device: DeviceValues, public_key: str | None, now: datetime) -> None:
    """Enter the key that a phone sends in the row of its device, and in the desk log (`is_to_register`)."""
    device["public_key"] = public_key
    _note(session, device["commune_id"], device["id"], device["account_id"], public_key, now)


def register_enrolled(session: Session, device: Device, public_key: str | None, now: datetime) -> None:
    """The same for a phone that signs in."""
    if _is_new(device.public_key, public_key):
        device.public_key = public_key
        session.add(device)
        _note(session, device.commune_id, device.id, device.account_id, public_key, now)


def _is_new(known: str | None, sent: str | None) -> bool:
    """Whether `sent` is a key, and another one than the known."""
    return sent is not None and sent != known and _point(sent) is not None


def _note(
    session: Session, commune_id: str, device: str, account: str, key: str | None, now: datetime
) -> None:
    desk_log.note(session, commune_id, KEY_REGISTERED, now, device=device, account=account, public_key=key)


def _point(text: str) -> ec.EllipticCurvePublicKey | None:
    point = _decode(text, POINT_BYTES)
    if point is None:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return None


def _decode(text: str, size: int) -> bytes | None:
    """The bytes of a text in base64, if they are as many as that."""
    if len(text) != 4 * -(-size // 3):
        return None
    try:
        decoded = b64decode(text, validate=True)
    except ValueError:
        return None
    return decoded if len(decoded) == size else None
