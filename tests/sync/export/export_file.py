"""An export file as a phone makes it; tests/e2e has real ones."""

import gzip
import json
import uuid
from base64 import b64decode, b64encode
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.phone import Phone


def make_export_file(phone: Phone, *ops: dict[str, Any], **changes: Any) -> bytes:
    """The file with these operations, signed by the phone and encrypted for the key that it gets from its
    server."""
    key = phone.exchange(ops=[], device_key=public_key(phone.device_id))["export_key"]
    return encrypt_content(key, owner_of(phone) | {"ops": list(ops)} | changes, signed_by=phone.device_id)


def make_unsigned_file(phone: Phone, *ops: dict[str, Any], **changes: Any) -> bytes:
    """The file of an older build, or of somebody who knows what the desk shows of the phone."""
    key = phone.exchange(ops=[])["export_key"]
    return encrypt_content(key, owner_of(phone) | {"ops": list(ops)} | changes)


def owner_of(phone: Phone) -> dict[str, Any]:
    """The part of a file's content that says which phone made it."""
    return {name: getattr(phone, name) for name in ("commune_id", "account_id", "device_id")}


@cache
def _key_pair(owner: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_key(owner: str) -> str:
    """The public key of a phone, or of anybody else; the same at every call."""
    return b64encode(point_of(_key_pair(owner))).decode()


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def signed(plain: bytes, owner: str) -> bytes:
    """The JSON of an object with `owner`'s signature of it as its last member."""
    r, s = decode_dss_signature(_key_pair(owner).sign(plain, ec.ECDSA(SHA256())))
    signature = b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return plain[:-1] + b',"signature":"' + signature + b'"}'


def encrypt_content(
    key: dict[str, str],
    content: Any,
    compress: bool = True,
    signed_by: str | None = None,
    commune_id: str | None = None,
) -> bytes:
    """A file with any content, encrypted for `key`. `commune_id`: which its head names, by default that of
    the content; empty: the file is of version 1."""
    curve = ec.SECP256R1()
    own = ec.generate_private_key(curve)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, b64decode(key["public_key"]))
    point = point_of(own)
    derived = HKDF(SHA256(), 44, point, b"tungnha export 1").derive(own.exchange(ec.ECDH(), theirs))
    named = content["commune_id"].encode() if commune_id is None else commune_id.encode()
    version, commune = (b"\x02", bytes([len(named)]) + named) if named else (b"\x01", b"")
    head = b"TUNGNHA" + version + uuid.UUID(key["id"]).bytes + point + commune
    plain = json.dumps(content).encode()
    plain = signed(plain, signed_by) if signed_by else plain
    return head + AESGCM(derived[:32]).encrypt(
        derived[32:], gzip.compress(plain) if compress else plain, head
    )
