"""Secrets that the database has encrypted with a key which is derived from the instance's id key.

A table that is copied, printed or logged tells nothing, and neither does the whole database where the id key
is in a file apart.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from app.core.id_key.derived import derived_salt
from app.core.id_key.stored import IdKeyMissing

_NONCE_BYTES = 12


def encrypt(session: Session, purpose: str, secret: str, owner_id: str) -> str:
    """`secret`, readable for this purpose and the owner of this id only."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = _cipher(session, purpose).encrypt(nonce, secret.encode(), owner_id.encode())
    return urlsafe_b64encode(nonce + encrypted).decode()


def decrypt(session: Session, purpose: str, encrypted: str, owner_id: str) -> str:
    """What was encrypted. Raises `InvalidTag` if it is another owner's, or the id key is another one."""
    content = urlsafe_b64decode(encrypted)
    nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
    return _cipher(session, purpose).decrypt(nonce, rest, owner_id.encode()).decode()


def is_readable(session: Session, purpose: str, encrypted: str, owner_id: str) -> bool:
    """Whether it can be decrypted, with the key that is at hand."""
    try:
        decrypt(session, purpose, encrypted, owner_id)
    except (InvalidTag, ValueError, IdKeyMissing):
        return False
    return True


def _cipher(session: Session, purpose: str) -> AESGCM:
    return AESGCM(derived_salt(session, purpose))
