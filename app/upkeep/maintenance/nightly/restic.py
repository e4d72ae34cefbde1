"""A second copy of a backup in a repository of restic (S3 and others), where `RESTIC_REPOSITORY` names one.

The file is encrypted already. restic and its credentials are set up by restic's own environment variables.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from app.upkeep.maintenance.files import MaintenanceRefused

REPOSITORY = "RESTIC_REPOSITORY"
_HOST = "tung-nha"


def copy(file: Path, tag: str, days: int) -> None:
    """Store the file in the repository, read it back, and have those of the same
    `tag` and more than `days` days deleted.

    Does nothing if no repository is named. Raises `MaintenanceRefused`.
    """
    if not os.environ.get(REPOSITORY):
        return
    own = ("--host", _HOST, "--tag", tag)
    _run("backup", *own, "--quiet", str(file))
    if _digest_of_copy(file, own) != _digest(file):
        raise MaintenanceRefused("restic gave back another file than it was given.")
    _run(
        "forget",
        *own,
        "--group-by",
        "tags",
        "--keep-within",
        f"{days}d",
        "--keep-last",
        "7",
        "--prune",
        "--quiet",
    )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _digest_of_copy(file: Path, own: tuple[str, ...]) -> str:
    command = _command("dump", *own, "latest", str(file.resolve()))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        digest = hashlib.file_digest(process.stdout, "sha256").hexdigest()  # type: ignore[arg-type]
    return digest if process.returncode == 0 else ""


def _run(*arguments: str) -> None:
    """Raises `MaintenanceRefused` without restic's output, which may quote an address with a password."""
    done = subprocess.run(_command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise MaintenanceRefused(
            f"restic {arguments[0]} failed (exit code {done.returncode}): "
            "what does restic snapshots say with the same settings?"
        )


def _command(*arguments: str) -> list[str]:
    if (program := shutil.which("restic")) is None:
        raise MaintenanceRefused(f"{REPOSITORY} is set, and restic is not installed.")
    return [program, "--no-cache", *arguments]
