"""Barman, which stores base backups of a PostgreSQL cluster, and its log as it is written.

Everything is asked of its command, which reads the configuration of the server's name.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.upkeep.maintenance.files import MaintenanceRefused


@dataclass(frozen=True)
class BaseBackup:
    """A base backup: Barman's id of it, and the name that it was given, or empty."""

    id: str
    name: str


class Barman:
    """The backups of one server, by its name in Barman's configuration. Every method raises
    `MaintenanceRefused`."""

    def __init__(self, server: str) -> None:
        self._server = server

    def back_up(self, name: str) -> None:
        """Make a base backup, and wait until all of the log that it needs has arrived."""
        self._run("backup", "--wait", "--name", name, self._server)

    def complete_log(self) -> None:
        """Have the log arrive and be archived up to this moment."""
        self._run("switch-wal", "--force", "--archive", "--archive-timeout", "300", self._server)

    def restore(self, name: str, folder: Path) -> None:
        """Write the files of a cluster into a new folder; it replays the log when it starts."""
        self._run("restore", self._server, name, str(folder))

    def delete(self, backup: BaseBackup) -> None:
        """Delete a base backup, and the log before the one that is the oldest then."""
        self._run("delete", self._server, backup.id)

    def backups(self) -> list[BaseBackup]:
        """Those that are there, also failed ones."""
        try:
            listed = json.loads(self._run("--format", "json", "list-backups", self._server))
            return list(_parse(listed[self._server]))
        except (ValueError, KeyError, TypeError):
            raise MaintenanceRefused("barman list-backups did not answer as it is documented.") from None

    def _run(self, *arguments: str) -> str:
        if (program := shutil.which("barman")) is None:
            raise MaintenanceRefused("barman is not installed.")
        command = [program, *arguments]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            verb = next(word for word in arguments if not word.startswith("-") and word != "json")
            raise MaintenanceRefused(
                f"barman {verb} failed (exit code {done.returncode}): what does barman check "
                f"{self._server} say, and Barman's log?"
            )
        return done.stdout


def _parse(listed: list[dict[str, Any]]) -> Iterator[BaseBackup]:
    for one in listed:
        yield BaseBackup(str(one["backup_id"]), str(one.get("backup_name") or ""))
