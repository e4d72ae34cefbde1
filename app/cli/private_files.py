"""Permissions of files and folders with personal data: only their owner may read them."""

import errno
import os
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def set_private_umask() -> None:
    """Make all files private that this process creates, including those of SQLite and reports."""
    os.umask(OTHERS)


def make_folder(folder: Path) -> None:
    """Create a folder unless it exists, and make it private.

    A folder with the sticky bit (*/tmp*) or of another user is not changed. Raises `OSError`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
        folder.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def make_private(file: Path) -> bool:
    """Make a file private. False if others may read it and it belongs to another user."""
    try:
        mode = file.stat().st_mode
        if mode & OTHERS:
            file.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    except OSError as error:  # a secret that is mounted read-only: who mounts it decides who reads it
        return error.errno == errno.EROFS
    return True
