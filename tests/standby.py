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

    def fall_behind(self) -> None:
        """End its streaming, once it has everything that the primary has written until now."""
        (end,) = _ask(self.primary, "SELECT pg_current_wal_flush_lsn()::text")
        until = time.monotonic() + 60
        while not _ask(self.folder, f"SELECT pg_last_wal_replay_lsn() >= '{end}'")[0]:
            assert time.monotonic() < until, "the standby does not follow"
            time.sleep(0.05)
        _ask(self.folder, "ALTER SYSTEM SET primary_conninfo = ''")
        _ask(self.folder, "SELECT pg_reload_conf()")
        while _ask(self.folder, "SELECT count(*) FROM pg_stat_wal_receiver")[0]:
            assert time.monotonic() < until, "the standby goes on following"
            time.sleep(0.05)

    def promote(self) -> None:
        """Kill the primary as a machine does that loses its power, and let the standby take its place."""
        primary = str(self.primary / "data")
        postgres.run(self.programs, self.primary, "pg_ctl", "-D", primary, "-w", "-m", "immediate", "stop")
        postgres.run(self.programs, self.folder, "pg_ctl", "-D", str(self.folder / "data"), "-w", "promote")


@contextmanager
def standby_of(programs: Path, primary: Path) -> Iterator[Standby]:
    """A running standby of the cluster in `primary`. Afterwards that cluster runs, whatever came of it."""
    folder = Path(tempfile.mkdtemp(prefix="tungnha-standby-", dir=primary.parent))
    if owner := postgres.owner_of_clusters():
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    copy = ("-D", str(folder / "data"), "-h", str(primary), "-U", "tungnha", "-R", "-X", "stream")
    postgres.run(programs, primary, "pg_basebackup", *copy, "-c", "fast", "--no-sync")
    postgres.start(programs, folder)
    try:
        yield Standby(programs, primary, folder)
    finally:
        data = str(folder / "data")
        postgres.run(programs, folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
        if not (primary / "data" / "postmaster.pid").exists():
            postgres.start(programs, primary)


def _ask(folder: Path, statement: str) -> tuple[Any, ...]:
    with psycopg.connect(host=str(folder), user="tungnha", dbname="postgres", autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return (cursor.fetchone() or ()) if cursor.description else ()
