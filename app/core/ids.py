"""Ids that come out the same again: derived by a key from what they are made for.

A restored database has forgotten the people, hamlets and households that were made since its backup; phones
have not. Made again, they get the ids that phones know. Without the key an id does not tell what it was made
of: ids travel to phones, files and the desk log, and all numbers of a country can be tried in minutes.
"""

import hashlib
import hmac
import json
import secrets
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Container
from datetime import datetime
from itertools import count

from sqlmodel import Field, Session, SQLModel

from app.core.clock import Instant

_ROW = 1


class IdKey(SQLModel, table=True):
    """One row: the instance's key, made with the database and hence in each of its backups."""

    __tablename__ = "id_key"

    id: int = Field(primary_key=True)
    key: str
    made_at: datetime = Field(sa_type=Instant)


def ensure_key(session: Session, now: datetime) -> None:
    """Make the instance's key, if it has none."""
    if session.get(IdKey, _ROW) is None:
        session.add(IdKey(id=_ROW, key=secrets.token_hex(32), made_at=now))


def key_of(session: Session) -> IdKey:
    """The instance's key, to be kept over a restore."""
    return session.get_one(IdKey, _ROW)


def take_over(session: Session, other: IdKey) -> None:
    """Derive by the key of the database that a restore replaces, if it is the older one: the backup was made
    before there were keys. Otherwise the backup's own stays: the replaced database had begun anew."""
    key = key_of(session)
    if other.made_at < key.made_at:
        key.key, key.made_at = other.key, other.made_at
        session.add(key)


class Ids:
    """The ids of this instance's records of one kind, in one commune.

    `kind` and `commune_id` keep them apart: one number in two communes is two people.
    """

    def __init__(self, session: Session, kind: str, commune_id: str) -> None:
        self._key = bytes.fromhex(key_of(session).key)
        self._about = (kind, commune_id)

    def token(self, *made_of: str, taken: Container[str] = ()) -> str:
        """An id of 16 characters, the first one that is not `taken`."""
        return self._first(made_of, taken, lambda digest: urlsafe_b64encode(digest[:12]).decode())

    def uuid(self, *made_of: str, taken: Container[str] = ()) -> str:
        """A UUID, likewise: of two records made of the same, the second always gets the same second one."""
        return self._first(made_of, taken, lambda digest: str(uuid.UUID(bytes=digest[:16], version=5)))

    def _first(self, made_of: tuple[str, ...], taken: Container[str], form: Callable[[bytes], str]) -> str:
        return next(id for number in count() if (id := form(self._digest(made_of, number))) not in taken)

    def _digest(self, made_of: tuple[str, ...], number: int) -> bytes:
        text = json.dumps([*self._about, *made_of, number])
        return hmac.new(self._key, text.encode(), hashlib.sha256).digest()
