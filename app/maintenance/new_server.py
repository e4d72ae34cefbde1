"""The key of an instance, kept apart for the day on which every backup is lost: with it a new server gives
people, hamlets and lists the ids that phones know.

`docs/decisions/0075-a-new-server-without-a-backup.md` says what comes back.
"""

import re
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from app.areas import Commune
from app.core import derived_ids
from app.core.epoch import ServerEpoch
from app.maintenance.files import MaintenanceRefused, atomic_write

_KEY = re.compile(r"[0-9a-f]{64}")


def write_key(session: Session, file: Path) -> None:
    """Write the instance's key to a new file that only its owner can read. Raises `MaintenanceRefused`."""
    with atomic_write(file) as part:
        part.write_text(f"{derived_ids.id_key(session).key}\n", "ascii")


def read_key(file: Path) -> str:
    """The key in a file that `write_key` wrote. Raises `MaintenanceRefused`."""
    try:
        key = file.read_bytes()[:1000].decode("ascii", "replace").strip()
    except OSError as error:
        raise MaintenanceRefused(f"{file} cannot be read: {error.strerror}.") from None
    if not _KEY.fullmatch(key):
        raise MaintenanceRefused(f"{file} holds no key: it is a line of 64 digits and letters a to f.")
    return key


def begin_with_key(session: Session, key: str, now: datetime) -> None:
    """Have this database derive ids as the one did that is lost.

    Versions begin above those that phones know, as after a restore. Raises `MaintenanceRefused` if there are
    records already, whose ids another key has made.
    """
    if session.exec(select(Commune.id).limit(1)).first() is not None:
        raise MaintenanceRefused("This database has communes already: the key of another one is too late.")
    derived_ids.replace_key(session, key)
    session.get_one(ServerEpoch, 1).version_floor = int(now.timestamp())
