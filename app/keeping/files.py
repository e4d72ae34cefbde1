"""Files that are whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Impossible(Exception):  # noqa: N818 - a fact, named as such
    """What was asked for cannot be done; `sentence` tells the operator why, without personal data."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """Yields the name to write to; what was written is at `file`, durably, once the block has ended well.

    Only its owner may read it. Raises `Impossible` if something is at `file`: nothing is ever overwritten.
    """
    part = file.with_name(f".{file.name}.part")
    _refuse_existing(file)
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise Impossible(f"{file} cannot be written: {error.strerror}.") from None
    try:
        yield part
        sync(part)
        _refuse_existing(file)
        part.rename(file)
        sync(file.parent)
    except OSError as error:
        raise Impossible(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def starts_with(file: Path, mark: bytes) -> bool:
    """Whether a file begins with these bytes. Raises `Impossible` if it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(mark)) == mark
    except OSError as error:
        raise Impossible(f"{file} cannot be read: {error.strerror}.") from None


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise Impossible(f"{file} is there already: a backup never overwrites.")
