"""An export file as a phone makes it; tests/e2e has real ones."""

import gzip
import json
import uuid
from base64 import b64decode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.phone import Phone


def make_export_file(phone: Phone, *ops: dict[str, Any], **changes: Any) -> bytes:
    """The file with these operations, encrypted for the key that the phone gets from its server."""
    key = phone.exchange(ops=[])["export_key"]
    return encrypt_content(key, owner_of(phone) | {"ops": list(ops)} | changes)


def owner_of(phone: Phone) -> dict[str, Any]:
    """The part of a file's content that says which phone made it."""
    return {name: getattr(phone, name) for name in ("commune_id", "account_id", "device_id")}


def encrypt_content(key: dict[str, str], content: Any, compress: bool = True) -> bytes:
    """A file with any content, encrypted for `key`."""
    curve = ec.SECP256R1()
    own = ec.generate_private_key(curve)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, b64decode(key["public_key"]))
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    derived = HKDF(SHA256(), 44, point, b"tungnha export 1").derive(own.exchange(ec.ECDH(), theirs))
    head = b"TUNGNHA\x01" + uuid.UUID(key["id"]).bytes + point
    plain = json.dumps(content).encode()
    return head + AESGCM(derived[:32]).encrypt(
        derived[32:], gzip.compress(plain) if compress else plain, head
    )
