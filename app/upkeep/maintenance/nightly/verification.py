"""What proves that a backup is one: it is decrypted, restored into a scratch database, and checked there."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from app.core.db import Database
from app.core.epoch import ServerEpoch
from app.core.errors import Unavailable
from app.core.feed import FeedCounter
from app.upkeep.maintenance.check import AUDIT, SECRETS, check
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key.restored import adopt
from app.upkeep.maintenance.nightly import encryption
from app.upkeep.maintenance.nightly.encryption import KeyPair
from app.upkeep.maintenance.postgresql import PostgresqlStore
from app.upkeep.maintenance.restore import migrate
from app.upkeep.maintenance.sqlite import SqliteStore

Store = SqliteStore | PostgresqlStore


@dataclass(frozen=True)
class Found:
    """What `check` finds in a restored backup: the names of the checks with problems for which it does not
    count; and whether the desk log was changed (`log_changed`). It counts then, because it has all that there
    is and nothing mends a chain, but whoever is told of the backup is told of that too."""

    problems: list[str]
    log_changed: bool = False


@dataclass(frozen=True)
class Content:
    """How far a database has come: its epoch, and the number of the newest change by commune."""

    epoch: str
    heads: dict[str, int]

    def includes(self, earlier: "Content") -> bool:
        """Whether everything is here that was there earlier."""
        return self.epoch == earlier.epoch and all(
            self.heads.get(commune, -1) >= head for commune, head in earlier.heads.items()
        )


def read_content(session: Session) -> Content:
    """How far this database has come."""
    heads = {counter.commune_id: counter.head for counter in session.exec(select(FeedCounter))}
    return Content(session.get_one(ServerEpoch, 1).epoch, heads)


def verify(
    store: Store,
    file: Path,
    keys: KeyPair,
    work: Path,
    expected: Content | None = None,
    id_keys: Sequence[str] | None = None,
) -> Found:
    """Decrypt a backup into the folder `work`, restore it into a scratch database and check that.

    `expected`: what it has to contain; `id_keys`: those that it may have been made with, if it has
    none itself; None if its secrets are not to be read. Raises `MaintenanceRefused` if it cannot be restored.
    """
    compressed, plain = work / "decrypted", work / "restored"
    try:
        encryption.decrypt(file, compressed, keys)
        encryption.decompress(compressed, plain)
        store.validate(plain)
        with store.scratch(plain) as url:
            return check_restored(url, expected, id_keys)
    except (SQLAlchemyError, Unavailable, OSError) as error:
        raise MaintenanceRefused(
            "The backup could not be restored into a scratch database: is there room on its disk?"
        ) from error
    finally:
        plain.unlink(missing_ok=True)


def check_restored(url: str, expected: Content | None, id_keys: Sequence[str] | None = None) -> Found:
    """What the checks find in a restored database. Raises `MaintenanceRefused` if it
    lacks what it has to contain, or if none of `id_keys` is its key."""
    database = Database(url)
    try:
        migrate(database)
        if id_keys is not None:
            adopt(database, id_keys)
        if expected and not database.read(read_content).includes(expected):
            raise MaintenanceRefused("The backup lacks what was in the database before it was begun.")
        names = [one.name for one in check(database) if one.problems]
        # Without the id key, of an archive, nobody knows what can be decrypted.
        ignored = (AUDIT, SECRETS) if id_keys is None else (AUDIT,)
        return Found([name for name in names if name not in ignored], AUDIT in names)
    finally:
        database.close()
