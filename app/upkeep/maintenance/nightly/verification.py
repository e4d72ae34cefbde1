"""What proves that a backup is one: it is decrypted, restored into a scratch database, and checked there."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from app.core.db import Database
from app.core.epoch import ServerEpoch
from app.core.errors import Unavailable
from app.core.feed import FeedCounter
from app.upkeep.maintenance.check import AUDIT, check
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import encryption
from app.upkeep.maintenance.nightly.encryption import KeyPair
from app.upkeep.maintenance.postgresql import PostgresqlStore
from app.upkeep.maintenance.restore import migrate
from app.upkeep.maintenance.sqlite import SqliteStore

Store = SqliteStore | PostgresqlStore


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


def verify(store: Store, file: Path, keys: KeyPair, work: Path, expected: Content | None = None) -> list[str]:
    """Decrypt a backup into the folder `work`, restore it into a scratch database and check that.

    Returns the names of the checks that found problems.

    `expected`: what it has to contain. Raises `MaintenanceRefused` if it cannot be restored.
    """
    compressed, plain = work / "decrypted", work / "restored"
    try:
        encryption.decrypt(file, compressed, keys)
        encryption.decompress(compressed, plain)
        store.validate(plain)
        with store.scratch(plain) as url:
            return check_restored(url, expected)
    except (SQLAlchemyError, Unavailable, OSError) as error:
        raise MaintenanceRefused(
            "The backup could not be restored into a scratch database: is there room on its disk?"
        ) from error
    finally:
        plain.unlink(missing_ok=True)


def check_restored(url: str, expected: Content | None) -> list[str]:
    """The names of the checks that find problems in a restored database. Raises `MaintenanceRefused` if it
    lacks what it has to contain."""
    database = Database(url)
    try:
        migrate(database)
        if expected and not database.read(read_content).includes(expected):
            raise MaintenanceRefused("The backup lacks what was in the database before it was begun.")
        # What was changed in the desk log stays so: a copy with all that there is counts nevertheless.
        return [result.name for result in check(database) if result.problems and result.name != AUDIT]
    finally:
        database.close()
