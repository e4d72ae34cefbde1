"""Writing files so that they are either complete or absent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class MaintenanceRefused(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """A backup or restore cannot be done. `sentence` tells the operator why, without personal data."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@contextmanager
def atomic_write(file: Path, *, replaces: bool = False) -> Iterator[Path]:
    """Yield a temporary path; when the block succeeds, flush that file to disk and rename it to `file`.

    Only the owner can read the file. `replaces`: one that exists is replaced. Raises `MaintenanceRefused` if
    `file` exists otherwise, or cannot be written.
    """
    part = file.with_name(f".{file.name}.part")
    if not replaces:
        _refuse_existing(file)
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise MaintenanceRefused(f"{file} cannot be written: {error.strerror}.") from None
    try:
        yield part
        fsync(part)
        if not replaces:
            _refuse_existing(file)
        part.rename(file)
        fsync(file.parent)
    except OSError as error:
        raise MaintenanceRefused(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def fsync(path: Path) -> None:
    """Flush a file's content, or a folder's entries, to the disk. Raises `OSError`."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def starts_with(file: Path, magic: bytes) -> bool:
    """Whether a file begins with these bytes. Raises `MaintenanceRefused` if it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(magic)) == magic
    except OSError as error:
        raise MaintenanceRefused(f"{file} cannot be read: {error.strerror}.") from None


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise MaintenanceRefused(f"{file} is there already: a backup never overwrites.")
