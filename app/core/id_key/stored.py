"""Where the id key is: in a file apart from the data, or in the database's one row of it.

With the file the row has a fingerprint only, so that a copy of the database opens no secret
(`docs/decisions/0162-the-id-key-lies-apart-from-the-data.md`).
"""

import hashlib
import re
import secrets
from pathlib import Path

from sqlalchemy import URL, Engine
from sqlmodel import Field, Session, SQLModel

from app.core.errors import Unavailable
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

KEY_FILE = "id_key_file"
"""The execution option of an engine that has its `KeyFile`."""
MOVED = "in its file"
"""In the row instead of the key. It is no key, so that an older release fails instead of deriving from it."""
_ROW = 1
_KEY = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES = 1_000


class IdKeyMissing(Unavailable):
    """The id key is not in the database, and its file is missing or has another key."""


@stores(rows.TECHNICAL, {rows.TECHNICAL: "fingerprint", rows.SECRET: "key"})
class IdKey(SQLModel, table=True):
    """One row. `key`: the instance's, created with the database, or `MOVED` once it is in a file; then
    `fingerprint` says which key that is."""

    __tablename__ = "id_key"

    id: int = Field(primary_key=True)
    key: str
    fingerprint: str = Field(default="", sa_column_kwargs={"server_default": ""})

    @property
    def own_key(self) -> str:
        """The key, or nothing if a file has it."""
        return "" if self.key == MOVED else self.key

    def fits(self, key: str | None) -> bool:
        """Whether this is the instance's key."""
        known = self.fingerprint or fingerprint_of(self.own_key)
        return key is not None and fingerprint_of(key) == known


class KeyFile:
    """A file with an id key: a line of 64 hexadecimal digits. It is read when the key is needed first.

    `path`: None if there is no file.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._key = ""

    def know(self, key: str) -> None:
        """Have a key that is in no file yet: it is in memory only, and in no log of a database."""
        self._key = key

    def key(self, fingerprint: str) -> str:
        """The key of this fingerprint. Raises `IdKeyMissing`."""
        if not self._key or fingerprint_of(self._key) != fingerprint:
            self._key = self.read() or ""
        if not self._key or fingerprint_of(self._key) != fingerprint:
            raise IdKeyMissing
        return self._key

    def read(self) -> str | None:
        """The key in the file; None if it is missing, unreadable, or no key is in it."""
        if self.path is None:
            return None
        try:
            with self.path.open("rb") as opened:
                return parse(opened.read(_MAX_BYTES))
        except OSError:
            return None


def find_file(named: Path | None, url: URL) -> KeyFile:
    """The file that is `named` for a database, or the one beside a SQLite file."""
    is_sqlite = url.get_backend_name() == "sqlite"
    return KeyFile(named or (Path(f"{url.database}.key") if is_sqlite else None))


def parse(content: bytes) -> str | None:
    """The key in the content of a file; None if it is none."""
    key = content.decode("ascii", "replace").strip()
    return key if _KEY.fullmatch(key) else None


def fingerprint_of(key: str) -> str:
    """16 hexadecimal digits that tell keys apart and tell nothing about them."""
    return hashlib.sha256(f"id key {key}".encode()).hexdigest()[:16]


def ensure_key(session: Session) -> None:
    """Have a new database derive from the key in its file, or from a new one that is in the database."""
    if session.get(IdKey, _ROW) is not None:
        return
    key = _file_of(session).read()
    row = IdKey(id=_ROW, key=MOVED, fingerprint=fingerprint_of(key)) if key else IdKey(id=_ROW, key=new_key())
    session.add(row)


def know(engine: Engine, key: str) -> None:
    """Have a database use this key, which is in none of its files."""
    file: KeyFile = engine.get_execution_options()[KEY_FILE]
    file.know(key)


def new_key() -> str:
    """A random key."""
    return secrets.token_hex(32)


def stored_key(session: Session) -> IdKey:
    """The row."""
    return session.get_one(IdKey, _ROW)


def id_key(session: Session) -> str:
    """The instance's key, from the row or the file of the database. Raises `IdKeyMissing`."""
    row = stored_key(session)
    if row.own_key:
        return row.own_key
    return _file_of(session).key(row.fingerprint)


def _file_of(session: Session) -> KeyFile:
    file: KeyFile = session.connection().get_execution_options()[KEY_FILE]
    return file


def replace_key(session: Session, key: str) -> None:
    """Have the database derive from another key, which is in its row until it is moved to a file."""
    row = stored_key(session)
    row.key, row.fingerprint = key, ""
    session.flush()


def leave_fingerprint(session: Session, key: str) -> None:
    """Have the row say only which key it is, which a file has, or the caller writes to one."""
    row = stored_key(session)
    row.key, row.fingerprint = MOVED, fingerprint_of(key)
    session.flush()
