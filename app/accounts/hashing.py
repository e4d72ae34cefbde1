"""Hashes of passwords and invite codes. They are slow on purpose, and few are computed at a time."""

import os
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# argon2id, OWASP's second recommended setting: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each computation uses a core and 19 MiB; where there are several cores, one stays free for other requests.
_COMPUTATIONS = threading.BoundedSemaphore(max(1, min(4, (os.cpu_count() or 1) - 1)))

# Verified when the name or number is unknown, so that the answer takes as long as for a wrong secret.
UNKNOWN_NAME_HASH = _HASHER.hash(secrets.token_hex(8))


def hash_secret(secret: str) -> str:
    """argon2id hash of a password or an invite code."""
    return _HASHER.hash(secret)


def verifies(known_hash: str, secret: str) -> bool:
    """Whether the hash is of this secret. Never call it within a transaction: it may wait for other calls."""
    with _COMPUTATIONS:
        try:
            return _HASHER.verify(known_hash, secret.encode("utf-8", "replace"))
        except VerifyMismatchError:
            return False
