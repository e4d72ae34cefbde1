"""Ids derived by a key from what identifies a record, so that the same record gets the same id again.

A restored database lacks the people, hamlets and households that were added since its backup; phones still
refer to them. When they are added again they get the ids that phones know. The key is secret because ids
are in phones, files and the desk log: without one, all phone numbers of a country could be tried in minutes
to find the number that an id is derived from.

`docs/decisions/0025-ids-outlive-a-restore.md` lists what is derived.
"""

import hashlib
import hmac
import json
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Container
from itertools import count

from sqlmodel import Session

from app.core.id_key.stored import id_key


def derived_secret(session: Session, what: str) -> bytes:
    """48 secret bytes for one purpose, the same for as long as there is the instance's key."""
    key = bytes.fromhex(id_key(session))
    return b"".join(hmac.digest(key, f"{what} {part}".encode(), hashlib.sha256) for part in "01")[:48]


def derived_salt(session: Session, what: str) -> bytes:
    """16 bytes for one purpose, the same for as long as the instance lives, also after a restore."""
    key = bytes.fromhex(id_key(session))
    return hmac.digest(key, what.encode(), hashlib.sha256)[:16]


class Ids:
    """Derives ids for records of one kind in one commune of this instance.

    `kind` and `commune_id` go into the id: one phone number in two communes is two people.
    """

    def __init__(self, session: Session, kind: str, commune_id: str) -> None:
        self._key = bytes.fromhex(id_key(session))
        self._prefix = (kind, commune_id)

    def token(self, *parts: str, used: Container[str] = ()) -> str:
        """An id of 16 characters; of those derived from `parts` the first one that is not in `used`."""
        return self._first_unused(parts, used, lambda digest: urlsafe_b64encode(digest[:12]).decode())

    def uuid(self, *parts: str, used: Container[str] = ()) -> str:
        """A UUID, chosen in the same way: the second record of the same parts always gets the same one."""
        return self._first_unused(parts, used, lambda digest: str(uuid.UUID(bytes=digest[:16], version=5)))

    def _first_unused(
        self, parts: tuple[str, ...], used: Container[str], encode: Callable[[bytes], str]
    ) -> str:
        return next(id for n in count() if (id := encode(self._digest(parts, n))) not in used)

    def _digest(self, parts: tuple[str, ...], number: int) -> bytes:
        text = json.dumps([*self._prefix, *parts, number])
        return hmac.new(self._key, text.encode(), hashlib.sha256).digest()
