"""Where the id key is: in a file apart from the data, or in the database's one row of it.

With the file the row has a fingerprint only, so that a copy of the database opens no secret
(`docs/decisions/0162-the-id-key-lies-apart-from-the-data.md`).
"""

import hashlib
import re
import secrets
from pathlib import Path

from sqlalchemy import URL
from sqlmodel import Field, Session, SQLModel

from app.core.errors import Unavailable
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

KEY_FILE = "id_key_file"
"""The execution option of an engine that has its `KeyFile`, or None."""
_ROW = 1
_KEY = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES = 1_000


class IdKeyMissing(Unavailable):
    """The id key is not in the database, and its file is missing or has another key."""


@stores(rows.TECHNICAL, {rows.TECHNICAL: "fingerprint", rows.SECRET: "key"})
class IdKey(SQLModel, table=True):
    """One row. `key`: the instance's, created with the database; empty once it is in a file, and then
    `fingerprint` says which key that is."""

    __tablename__ = "id_key"

    id: int = Field(primary_key=True)
    key: str
    fingerprint: str = Field(default="", sa_column_kwargs={"server_default": ""})


class KeyFile:
    """A file with an id key: a line of 64 hexadecimal digits. It is read when the key is needed first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key = ""

    def key(self, fingerprint: str) -> str:
        """The key of this fingerprint. Raises `IdKeyMissing`."""
        if not self._key or fingerprint_of(self._key) != fingerprint:
            self._key = self.read() or ""
        if not self._key or fingerprint_of(self._key) != fingerprint:
            raise IdKeyMissing
        return self._key

    def read(self) -> str | None:
        """The key in the file; None if it is missing, unreadable, or no key is in it."""
        try:
            with self.path.open("rb") as opened:
                return parse(opened.read(_MAX_BYTES))
        except OSError:
            return None


def find_file(named: Path | None, url: URL) -> KeyFile | None:
    """The file that is `named` for a database, or the one beside a SQLite file; None if there is neither."""
    is_sqlite = url.get_backend_name() == "sqlite"
    file = named or (Path(f"{url.database}.key") if is_sqlite else None)
    return KeyFile(file) if file else None


def parse(content: bytes) -> str | None:
    """The key in the content of a file; None if it is none."""
    key = content.decode("ascii", "replace").strip()
    return key if _KEY.fullmatch(key) else None


def fingerprint_of(key: str) -> str:
    """16 hexadecimal digits that tell keys apart and tell nothing about them."""
    return hashlib.sha256(f"id key {key}".encode()).hexdigest()[:16]


def ensure_key(session: Session) -> None:
    """Create the instance's key in a new database."""
    if session.get(IdKey, _ROW) is None:
        session.add(IdKey(id=_ROW, key=new_key()))


def new_key() -> str:
    """A random key."""
    return secrets.token_hex(32)


def stored_key(session: Session) -> IdKey:
    """The row."""
    return session.get_one(IdKey, _ROW)


def id_key(session: Session) -> str:
    """The instance's key, from the row or the file of the database. Raises `IdKeyMissing`."""
    row = stored_key(session)
    if row.key:
        return row.key
    file: KeyFile | None = session.connection().get_execution_options().get(KEY_FILE)
    if file is None:
        raise IdKeyMissing
    return file.key(row.fingerprint)


def replace_key(session: Session, key: str) -> None:
    """Have the database derive from another key, which is in its row until it is moved to a file."""
    row = stored_key(session)
    row.key, row.fingerprint = key, ""
    session.flush()


def leave_fingerprint(session: Session) -> None:
    """Take the key out of the row, once a file has it."""
    row = stored_key(session)
    row.key, row.fingerprint = "", fingerprint_of(row.key)
