"""Files with the id key: the one that the instance uses, and copies of it
(`docs/decisions/0162-the-id-key-lies-apart-from-the-data.md`)."""

from pathlib import Path

from app.core.id_key.stored import KeyFile
from app.upkeep.maintenance.files import MaintenanceRefused, atomic_write


def write_key(file: Path, key: str) -> None:
    """Write a key to a new file that only its owner can read. Raises `MaintenanceRefused`."""
    with atomic_write(file) as part:
        part.write_text(f"{key}\n", "ascii")


def beside(backup: Path) -> Path:
    """The name of the file with the id key of a backup that is not encrypted."""
    return backup.with_name(f"{backup.name}.id-key")


def write_beside(backup: Path, key: str) -> Path:
    """Write the key beside a backup; where it is. Raises `MaintenanceRefused`."""
    file = beside(backup)
    if KeyFile(file).read() != key:  # of a backup before, which was deleted
        write_key(file, key)
    return file


def read_key(file: Path) -> str:
    """The key in a file that `write_key` wrote. Raises `MaintenanceRefused`."""
    try:
        file.open("rb").close()
    except OSError as error:
        raise MaintenanceRefused(f"{file} cannot be read: {error.strerror}.") from None
    if (key := KeyFile(file).read()) is None:
        raise MaintenanceRefused(f"{file} holds no key: it is a line of 64 digits and letters a to f.")
    return key
