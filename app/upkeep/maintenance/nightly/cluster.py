"""A restored PostgreSQL cluster that runs for a while, for this process alone."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from app.upkeep.maintenance.files import MaintenanceRefused

_REPLAY_TIMEOUT = 6 * 3_600  # seconds
# Nothing of the primary's configuration counts, also not where it would write its log. Without hot_standby no
# parameter has to be as large as there.
_OPTIONS = {
    "listen_addresses": "", "archive_mode": "off", "hot_standby": "off", "fsync": "off",
    "max_wal_senders": "0", "primary_conninfo": "", "logging_collector": "off",
    "shared_preload_libraries": "", "ssl": "off", "cluster_name": "restored", "external_pid_file": "",
}  # fmt: skip


@contextmanager
def running(data: Path, work: Path, url: str) -> Iterator[str]:
    """Start the cluster in the folder `data`, which replays its log to the end; the address there of the
    database that is at `url` on the primary. It is stopped afterwards.

    `work`: a private folder. Raises `MaintenanceRefused`.
    """
    program = _program(data)
    options = _OPTIONS | {"unix_socket_directories": str(work)}
    for name, content in (("config_file", ""), ("hba_file", "local all all trust\n"), ("ident_file", "")):
        options[name] = str(work / name)
        (work / name).write_text(content, "utf-8")
    line = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    _run(program, "-D", str(data), "-w", "-l", str(work / "log"), "-o", line, "start")
    try:
        _wait_for_the_end_of_recovery(program, data, work, url)
        yield (
            make_url(url)
            .set(host=None, port=None, password=None, query={"host": str(work)})
            .render_as_string(hide_password=False)
        )
    finally:
        _run(program, "-D", str(data), "-w", "-m", "immediate", "stop")


def _wait_for_the_end_of_recovery(program: str, data: Path, work: Path, url: str) -> None:
    """Wait until the log is replayed: without hot_standby `pg_ctl` does not."""
    until = time.monotonic() + _REPLAY_TIMEOUT
    parts = make_url(url)
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=str(work), user=parts.username, dbname=parts.database).close()
            return
        time.sleep(0.2)
        _run(program, "-D", str(data), "status")
    raise MaintenanceRefused("The restored cluster did not replay its log within six hours.")


def _program(data: Path) -> str:
    """`pg_ctl` of the cluster's version."""
    version = (data / "PG_VERSION").read_text("utf-8").strip()
    installed = Path(f"/usr/lib/postgresql/{version}/bin/pg_ctl")
    found = str(installed) if installed.exists() else shutil.which("pg_ctl")
    if found is None:
        raise MaintenanceRefused(f"PostgreSQL {version} is not installed on this machine.")
    return found


def _run(program: str, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [program, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise MaintenanceRefused(
            f"The restored cluster does not run (pg_ctl {arguments[-1]}: exit code {done.returncode}): is "
            "all of its log there, and is this machine's PostgreSQL of the primary's version?"
        )
