"""A backup file as a phone makes it; tests/e2e has real ones."""

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

from tests.sync.phone import Phone


def copied_out(phone: Phone, *ops: dict[str, Any], **changes: Any) -> bytes:
    """The file with these operations, for the key that the phone gets from its server."""
    key = phone.exchange(ops=[])["backup_key"]
    whose = {name: getattr(phone, name) for name in ("commune_id", "account_id", "device_id")}
    return sealed(key, whose | {"ops": list(ops)} | changes)


def sealed(key: dict[str, str], content: Any, pack: bool = True) -> bytes:
    curve = ec.SECP256R1()
    own = ec.generate_private_key(curve)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, b64decode(key["public_key"]))
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    derived = HKDF(SHA256(), 44, point, b"tungnha backup 1").derive(own.exchange(ec.ECDH(), theirs))
    head = b"TUNGNHA\x01" + uuid.UUID(key["id"]).bytes + point
    plain = json.dumps(content).encode()
    return head + AESGCM(derived[:32]).encrypt(derived[32:], gzip.compress(plain) if pack else plain, head)
