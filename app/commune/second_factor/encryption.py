"""Secrets of authenticator apps, encrypted with a key that is derived from the instance's id key.

A table of factors that is copied, printed or logged tells nothing. Who has the whole database has the id key
too (docs/decisions/0140-a-second-factor-at-the-desk.md).
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Session

from app.core.derived_ids import derived_salt

_NONCE_BYTES = 12


def encrypt(session: Session, secret: str, factor_id: str) -> str:
    """`secret`, readable for the factor of this id only."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = _cipher(session).encrypt(nonce, secret.encode(), factor_id.encode())
    return urlsafe_b64encode(nonce + encrypted).decode()


def decrypt(session: Session, encrypted: str, factor_id: str) -> str:
    """What was encrypted. Raises `InvalidTag` if it is another factor's, or the id key is another one."""
    content = urlsafe_b64decode(encrypted)
    nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
    return _cipher(session).decrypt(nonce, rest, factor_id.encode()).decode()


def _cipher(session: Session) -> AESGCM:
    return AESGCM(derived_salt(session, "second factor"))
