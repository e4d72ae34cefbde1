"""Hashes of passwords and invite codes. They are slow on purpose, and few are computed at a time."""

import os
import secrets
import threading
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlmodel import Session

from app.core.id_key.derived import derived_salt

# argon2id, OWASP's second recommended setting: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A code opens one account once, within 14 days, and is void after 20 wrong tries; one request makes 500.
# At a tenth of a password's cost it still takes days to find one of a stolen backup (docs/decisions/0029).
_CODE_HASHER = PasswordHasher(time_cost=1, memory_cost=4 * 1024, parallelism=1)
# Each computation uses a core and 19 MiB; where there are several cores, one stays free for other requests.
_AT_ONCE = max(1, min(4, (os.cpu_count() or 1) - 1))
_computations = threading.BoundedSemaphore(_AT_ONCE)

# Verified when the name or number is unknown, so that the answer takes as long as for a wrong secret.
UNKNOWN_NAME_HASH = _HASHER.hash(secrets.token_hex(8))
UNKNOWN_CODE_HASH = _CODE_HASHER.hash(secrets.token_hex(8))


def share(workers: int) -> None:
    """Compute this process's share of the hashes that all `workers` of a server compute at a time."""
    global _computations  # noqa: PLW0603 - one for the process
    _computations = threading.BoundedSemaphore(max(1, _AT_ONCE // workers))


def hash_secret(secret: str) -> str:
    """argon2id hash of a password."""
    return _HASHER.hash(secret)


def code_salt(session: Session) -> bytes:
    """The salt of the instance's invite codes. They share one, so that a code is looked up by its hash."""
    return derived_salt(session, "invite codes")


def hash_code(code: str, salt: bytes) -> str:
    """argon2id hash of an invite code; see `code_salt`."""
    with _computations:
        return _CODE_HASHER.hash(code.encode("utf-8", "replace"), salt=salt)


def is_comparable(known_hash: str, salt: bytes) -> bool:
    """Whether `hash_code` gives this hash for its code: it has this salt, and today's cost."""
    cost = f"m={_CODE_HASHER.memory_cost},t={_CODE_HASHER.time_cost},p={_CODE_HASHER.parallelism}"
    return known_hash.startswith(f"$argon2id$v=19${cost}${b64encode(salt).decode().rstrip('=')}$")


def verifies(known_hash: str, secret: str) -> bool:
    """Whether the hash, which names its cost, is of this secret. Never call it within a transaction: it may
    wait for other calls."""
    with _computations:
        try:
            return _HASHER.verify(known_hash, secret.encode("utf-8", "replace"))
        except VerifyMismatchError:
            return False
