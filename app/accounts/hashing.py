"""Hashes of passwords and invite codes: slow on purpose, so that few are computed at a time."""

import os
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# argon2id, OWASP's second recommended setting: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each computation takes a core and 19 MiB; where there are several cores, one is left to everybody else.
_COMPUTING = threading.BoundedSemaphore(max(1, min(4, (os.cpu_count() or 1) - 1)))

# Judged when nobody is found, so that a wrong name takes as long as a wrong password.
NOBODY = _HASHER.hash(secrets.token_hex(8))


def hash_secret(secret: str) -> str:
    """argon2id hash of a password or an invite code."""
    return _HASHER.hash(secret)


def verifies(known_hash: str, secret: str) -> bool:
    """Whether the hash is of this secret. Not to be called within a transaction: it waits for its turn."""
    with _COMPUTING:
        try:
            return _HASHER.verify(known_hash, secret.encode("utf-8", "replace"))
        except VerifyMismatchError:
            return False
