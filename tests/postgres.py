"""Starts a PostgreSQL for the tests with its initdb and pg_ctl, in a temporary folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

MIN_FREE_BYTES = 4 << 30  # for the logs and databases of several clusters


def find_bin_dir() -> Path | None:
    """Folder of the newest `initdb` and `pg_ctl` on this machine, or None."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def cluster(bin_dir: Path, fsync: str = "off") -> Iterator[str]:
    """A running server; yields its folder, which has the Unix socket.

    With `fsync` off the data are in memory if there is room, which halves the time to create a database. Only
    tests that kill the server need `fsync`.
    """
    folder = Path(tempfile.mkdtemp(prefix="tungnha-pg-", dir=memory() if fsync == "off" else None))
    owner = owner_of_clusters()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

    data = str(folder / "data")
    encoding = ("--encoding=UTF8", "--locale=C")
    run(bin_dir, folder, "initdb", "-D", data, "-U", "tungnha", "--auth=trust", *encoding, "--no-sync")
    start(bin_dir, folder, fsync)
    try:
        yield str(folder)
    finally:
        run(bin_dir, folder, "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def start(bin_dir: Path, folder: Path, fsync: str = "off", *, quiet: bool = False) -> None:
    """Start the cluster in `folder` and wait until it answers. Raises CalledProcessError; `quiet`: prints no
    errors."""
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync={fsync} -c max_connections=300"
    )
    log = str(folder / "log")
    data = str(folder / "data")
    run(bin_dir, folder, "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start", quiet=quiet)


def kill(folder: Path) -> None:
    """End the cluster's main process as a machine does that loses its power; its children notice it."""
    os.kill(postmaster_pid(folder), signal.SIGKILL)


def start_again(bin_dir: Path, folder: Path, fsync: str = "off") -> None:
    """Start a cluster that was killed, once the last of its children has ended."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.2)
        with suppress(subprocess.CalledProcessError):
            start(bin_dir, folder, fsync, quiet=True)
            return
    raise AssertionError("PostgreSQL did not start again")


def postmaster_pid(folder: Path) -> int:
    """The process id of the cluster's main process."""
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def memory() -> Path | None:
    """Linux's folder in memory, if it exists and has room."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and shutil.disk_usage(folder).free > MIN_FREE_BYTES else None


def run(bin_dir: Path, folder: Path, program: str, *arguments: str, quiet: bool = False) -> None:
    """Run one of PostgreSQL's programs in `folder`. Raises CalledProcessError; `quiet`: prints no errors."""
    owner = owner_of_clusters()
    subprocess.run(
        [str(bin_dir / program), *arguments],
        check=True,
        cwd=folder,
        env=os.environ | ({"HOME": owner.pw_dir} if owner else {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
    )


def owner_of_clusters() -> pwd.struct_passwd | None:
    """The user postgres if this process is root, because PostgreSQL does not run as root; else None."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def connect(folder: str, database: str = "postgres") -> "psycopg.Connection[Any]":
    """A connection to a database of the cluster in `folder`."""
    return psycopg.connect(host=folder, user="tungnha", dbname=database, autocommit=True)


def execute(folder: str, statement: str) -> None:
    """Execute a statement about the cluster's databases."""
    with connect(folder) as connection:
        connection.execute(statement.encode())


def copy(folder: str, template: str, name: str) -> None:
    """A new database, copied by its files. From 15 on PostgreSQL's default is its log, at twice the CPU."""
    with connect(folder) as connection:
        by_files = " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{by_files}".encode())


def url_of(folder: str, name: str) -> str:
    """The address of a database of the cluster in `folder`."""
    return f"postgresql+psycopg://tungnha@/{name}?host={folder}"
