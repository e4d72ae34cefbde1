"""The files of imports, in a folder of the data folder that only the server's user may read."""

import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from app.core.errors import TextRefused
from app.core.personal_data.codes import Term
from app.core.text import nfc
from app.intake.household_import.reading.reader import LIMITS, SUFFIXES

RETENTION_DAYS = Term.UNCONFIRMED.days
MAX_NAME = 120  # characters of a file's name
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]")


def folder_of(data_dir: Path) -> Path:
    """The folder of the files."""
    return data_dir / "imports"


def path_of(folder: Path, import_id: str, suffix: str) -> Path:
    """The file of an import; nothing that was typed is part of its name."""
    return folder / f"{import_id}{suffix}"


def suffix_of(name: str) -> str:
    """The suffix of a file name in lower case; "" if it is none that is read."""
    suffix = Path(_UNSAFE.sub("", name[-10:])).suffix.lower()
    return suffix if suffix in SUFFIXES else ""


def displayed_name(name: str) -> str:
    """A file's name without folders and control characters, shortened."""
    last = _UNSAFE.sub(" ", re.split(r"[/\\]", name)[-1])
    try:
        return nfc(last)[-MAX_NAME:]
    except TextRefused:
        return ""


def store(folder: Path, import_id: str, suffix: str, content: BinaryIO) -> bool:
    """Copy a file into the folder; false if it is empty or larger than what is read. Raises `OSError`.

    Then it is not left behind.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = path_of(folder, import_id, suffix)
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(content, out, 1 << 16)
            size = out.tell()
    except OSError:
        target.unlink(missing_ok=True)
        raise
    is_readable = 0 < size <= LIMITS.file_bytes
    if not is_readable:
        target.unlink()
    return is_readable


def remove(folder: Path, import_id: str, suffix: str) -> None:
    """Remove the file of an import."""
    path_of(folder, import_id, suffix).unlink(missing_ok=True)


def purge(data_dir: Path, now: float | None = None) -> None:
    """Remove files older than `RETENTION_DAYS`."""
    before = (now or time.time()) - RETENTION_DAYS * 86_400
    folder = folder_of(data_dir)
    for file in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):  # another server process may have removed it
            if file.stat().st_mtime < before:
                file.unlink()
