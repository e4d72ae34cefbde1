"""A standby of a running PostgreSQL: it follows by streaming, falls behind, and is promoted."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests import postgres


@dataclass(frozen=True)
class Standby:
    """`folder` has its Unix socket."""

    programs: Path
    primary: Path
    folder: Path

    def catch_up(self) -> None:
        """Wait until it has everything that the primary has written until now."""
        (end,) = _ask(self.primary, "SELECT pg_current_wal_flush_lsn()::text")
        until = time.monotonic() + 60
        while not _ask(self.folder, f"SELECT pg_last_wal_replay_lsn() >= '{end}'")[0]:
            assert time.monotonic() < until, "the standby does not follow"
            time.sleep(0.05)

    def fall_behind(self) -> None:
        """End its streaming, once it has caught up."""
        self.catch_up()
        until = time.monotonic() + 60
        _ask(self.folder, "ALTER SYSTEM SET primary_conninfo = ''")
        _ask(self.folder, "SELECT pg_reload_conf()")
        while _ask(self.folder, "SELECT count(*) FROM pg_stat_wal_receiver")[0]:
            assert time.monotonic() < until, "the standby goes on following"
            time.sleep(0.05)

    def pause(self) -> None:
        """Have it go on receiving, and show nothing of it."""
        _ask(self.folder, "SELECT pg_wal_replay_pause()")
        while _ask(self.folder, "SELECT pg_get_wal_replay_pause_state()") != ("paused",):
            time.sleep(0.02)

    def resume(self) -> None:
        """Have it show what it has received meanwhile."""
        _ask(self.folder, "SELECT pg_wal_replay_resume()")

    def kill_primary(self) -> None:
        """Kill the primary as a machine does that loses its power."""
        postgres.kill(self.primary)

    def start_primary(self) -> None:
        """Start the primary, if it was killed."""
        if not _answers(self.primary):
            postgres.start_again(self.programs, self.primary)

    def take_over(self) -> None:
        """Let the standby take the place of a primary that was killed."""
        postgres.run(self.programs, self.folder, "pg_ctl", "-D", str(self.folder / "data"), "-w", "promote")

    def promote(self) -> None:
        """Kill the primary as a machine does that loses its power, and let the standby take its place."""
        primary = str(self.primary / "data")
        postgres.run(self.programs, self.primary, "pg_ctl", "-D", primary, "-w", "-m", "immediate", "stop")
        self.take_over()


@contextmanager
def standby_of(programs: Path, primary: Path) -> Iterator[Standby]:
    """A running standby of the cluster in `primary`. Afterwards that cluster runs, whatever came of it."""
    folder = Path(tempfile.mkdtemp(prefix="tungnha-standby-", dir=primary.parent))
    if owner := postgres.owner_of_clusters():
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    copy = ("-D", str(folder / "data"), "-h", str(primary), "-U", "tungnha", "-R", "-X", "stream")
    postgres.run(programs, primary, "pg_basebackup", *copy, "-c", "fast", "--no-sync")
    postgres.start(programs, folder)
    standby = Standby(programs, primary, folder)
    try:
        yield standby
    finally:
        data = str(folder / "data")
        postgres.run(programs, folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
        standby.start_primary()


def _answers(folder: Path) -> bool:
    try:
        return _ask(folder, "SELECT 1") == (1,)
    except psycopg.OperationalError:
        return False


def _ask(folder: Path, statement: str) -> tuple[Any, ...]:
    with psycopg.connect(host=str(folder), user="tungnha", dbname="postgres", autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return (cursor.fetchone() or ()) if cursor.description else ()
