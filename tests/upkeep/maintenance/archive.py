"""A primary with an archive by the real Barman, configured as deploy/ and docs/deploy.md say."""

import os
import pickle
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from app.core.config import Settings
from app.core.db import Database
from app.upkeep import migrations
from app.upkeep.maintenance.nightly import archive
from app.upkeep.maintenance.nightly.archive import ArchiveResult
from tests import postgres
from tests.docs.sources import ROOT

SERVER = "tungnha"
_CONFIG = """[barman]
barman_user = {user}
barman_home = {folder}/barman
barman_lock_directory = {folder}/barman
configuration_files_directory = {folder}/barman.d
log_file = {folder}/barman.log
immediate_checkpoint = true
"""


class Archive:
    """`url`: of the primary's database; `folder`: has what Barman has."""

    def __init__(self, programs: Path, primary: Path, folder: Path, url: str) -> None:
        self.programs, self.primary, self.folder, self.url = programs, primary, folder, url
        self.settings = Settings(database_url=url, data_dir=folder / "data")

    def run(self, now: datetime) -> ArchiveResult:
        """What the timer runs, as the user who has the archive. Raises `MaintenanceRefused`."""

        def work() -> ArchiveResult:
            # The project's folder may be its owner's alone.
            migrations.FOLDER = self.folder / "migrations"
            migrations.VERSIONS = migrations.FOLDER / "versions"
            database = Database(self.url)
            try:
                return archive.run(database, self.settings, SERVER, now)
            finally:
                database.close()

        return _as_owner(work)  # type: ignore[no-any-return]

    def barman(self, *words: str) -> str:
        """What Barman prints."""
        command = ["barman", *words]
        done = _as_owner(lambda: subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        return str(done)

    def names(self) -> list[str]:
        """The names of the base backups."""
        return sorted(re.findall(r"'(.+)'", self.barman("list-backups", SERVER)))

    def sizes(self) -> list[int]:
        """The bytes of each base backup."""
        folders = (self.folder / "barman" / SERVER / "base").iterdir()
        return [sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) for folder in folders]

    def log(self) -> set[str]:
        """The names of the segments of the log."""
        return {file.name for file in self.files("wals") if len(file.name) == 24}

    def files(self, kind: str) -> list[Path]:
        """The files of *base* backups, or of the log (*wals*)."""
        return sorted(file for file in (self.folder / "barman" / SERVER / kind).rglob("*") if file.is_file())


@contextmanager
def archive_of(programs: Path, primary: Path, folder: Path, name: str) -> Iterator[Archive]:
    """An archive of the cluster in `primary`, which is reached by its socket, and of its database `name`."""
    owner = postgres.owner_of_clusters()
    for statement in statements("An archive, restored every night"):
        postgres.execute(str(primary), statement)
    config = (ROOT / "deploy" / "barman" / "tungnha.conf").read_text("utf-8")
    config = config.replace("host=10.0.0.1", f"host={primary}")
    config = config.replace("/usr/lib/postgresql/17/bin", str(programs))
    for made in (folder, folder / "barman", folder / "barman.d", folder / "data"):
        made.mkdir(exist_ok=True)
    shutil.copytree(migrations.FOLDER, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "barman.d" / "tungnha.conf").write_text(config, "utf-8")
    (folder / ".barman.conf").write_text(
        _CONFIG.format(user=owner.pw_name if owner else os.environ.get("USER", "nobody"), folder=folder),
        "utf-8",
    )
    if owner:
        for made in (folder, *folder.rglob("*")):
            os.chown(made, owner.pw_uid, owner.pw_gid)
    before = os.environ.get("HOME", "")
    os.environ["HOME"] = str(folder)
    made_archive = Archive(programs, primary, folder, postgres.url_of(str(primary), name))
    try:
        for command in commands("An archive, restored every night"):
            made_archive.barman(*command)
            if command == ["cron"]:
                _wait_for_streaming(primary)
        yield made_archive
    finally:
        made_archive.barman("receive-wal", "--stop", SERVER)
        os.environ["HOME"] = before


def _wait_for_streaming(primary: Path) -> None:
    """What ends before Barman receives the log is not in it: the `sleep` of docs/deploy.md."""
    until = time.monotonic() + 60
    wanted = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name <> ''"
    with postgres.connect(str(primary)) as connection:
        while connection.execute(wanted).fetchone() == (0,):
            assert time.monotonic() < until, "Barman does not receive the log"
            time.sleep(0.1)


def statements(heading: str) -> list[str]:
    """The statements that docs/deploy.md has for psql below a heading."""
    return re.findall(r'psql -c "(.+)"$', _section(heading), re.MULTILINE)


def commands(heading: str) -> list[list[str]]:
    """The commands of Barman there."""
    return [line.split() for line in re.findall(r"-- barman (.+)$", _section(heading), re.MULTILINE)]


def _section(heading: str) -> str:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    return re.split(r"\n##+ ", page.partition(f"\n### {heading}\n")[2])[0]


def _as_owner(work: Callable[[], Any]) -> Any:
    """What `work` returns or raises in a child process of the user who may run PostgreSQL."""
    owner = postgres.owner_of_clusters()
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        if owner:
            os.setgroups([])
            os.setgid(owner.pw_gid)
            os.setuid(owner.pw_uid)
        done: tuple[Any, Exception | None]
        try:
            done = (work(), None)
        except Exception as raised:
            done = (None, raised)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(done, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        value, failure = pickle.load(pipe)
    os.waitpid(child, 0)
    if failure:
        raise failure
    return value
