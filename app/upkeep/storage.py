"""Whether what lies on the disk is encrypted: what the operator states, and what this machine shows of it.

Nothing on a machine proves either answer: a rented disk may be encrypted below what the machine sees, and
a PostgreSQL on another machine is out of sight. So it is stated in a setting, and what is seen stands beside
it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from app.core.config import PREFIX, Settings

Seen = Literal["encrypted", "not_seen", "unknown"]
SETTING = f"{PREFIX}ENCRYPTED_AT_REST"
_LOCAL = ("", "localhost", "127.0.0.1", "::1")
_SEEN = {
    "encrypted": "an encrypted device is below it",
    "not_seen": "no encrypted device is seen below it",
    "unknown": "this machine does not show what is below it",
}


@dataclass(frozen=True)
class StorageState:
    """`stated`: *yes*, *no* or empty, as the setting says; `seen`: below the data folder on this machine."""

    stated: Literal["", "yes", "no"]
    seen: Seen
    place: str

    @property
    def sentence(self) -> str:
        """What an operator reads; in capitals what has to be done."""
        seen = f"{self.place}: {_SEEN[self.seen]}"
        if self.stated == "yes":
            return f"encrypted, as {SETTING} states ({seen})"
        if self.stated == "no":
            return f"NOT ENCRYPTED, as {SETTING} states ({seen})"
        return f"NOT STATED whether it is encrypted: set {SETTING} to yes or no ({seen})"


def storage_state(settings: Settings, sys: Path = Path("/sys")) -> StorageState:
    """What is stated, and what is seen below the folder that has the database. `sys`: where the kernel shows
    its devices."""
    host = _database_host(settings)
    if host not in _LOCAL:
        return StorageState(settings.encrypted_at_rest, "unknown", f"the database on {host}")
    folder = settings.sqlite_file.absolute().parent if settings.sqlite_file else settings.data_dir
    seen: Seen = "unknown"
    if settings.sqlite_file:  # where a PostgreSQL of this machine has its files, it does not say
        seen = _look(folder, sys)
    return StorageState(settings.encrypted_at_rest, seen, str(folder))


def _database_host(settings: Settings) -> str:
    if settings.sqlite_file:
        return ""
    return urlsplit(settings.database_shown).hostname or ""


def _look(folder: Path, sys: Path) -> Seen:
    try:
        device = os.stat(_existing(folder)).st_dev
        found = sys / "dev" / "block" / f"{os.major(device)}:{os.minor(device)}"
        if not found.exists():
            return "unknown"  # of a container's layers, or a file system over several disks
        return "encrypted" if any(map(_is_encrypted, _chain(found.resolve()))) else "not_seen"
    except OSError:
        return "unknown"


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _chain(device: Path, depth: int = 8) -> Iterator[Path]:
    """The device and those that it is made of."""
    yield device
    slaves = device / "slaves"
    if depth and slaves.is_dir():
        for below in slaves.iterdir():
            yield from _chain(below.resolve(), depth - 1)


def _is_encrypted(device: Path) -> bool:
    """Whether it is a mapping of dm-crypt (LUKS among them)."""
    uuid = device / "dm" / "uuid"
    return uuid.is_file() and uuid.read_text(encoding="ascii", errors="replace").startswith("CRYPT-")
