"""Files and folders that are their owner's alone: they hold names, numbers and notes."""

import os
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def begin() -> None:
    """From here on whatever this process makes is its owner's alone, SQLite's files and reports included."""
    os.umask(OTHERS)


def make_folder(folder: Path) -> None:
    """Make a folder if it is not there, and close it to everybody but its owner.

    One that is everybody's by intent (*/tmp*) or another user's stays as it is. Raises `OSError`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
        folder.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def close_file(file: Path) -> bool:
    """Close a file to everybody but its owner; False if it is open to others and another user's."""
    try:
        mode = file.stat().st_mode
        if mode & OTHERS:
            file.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    return True
