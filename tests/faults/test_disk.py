"""The disk: full in the middle of a queue; and waited for before every acknowledgement."""

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from app.core.db import Database
from tests import machine
from tests.conftest import missing
from tests.e2e.server import Server
from tests.faults.conftest import LONG, Phones, Serve
from tests.faults.fleet import Fleet, fleet, whole
from tests.world import World

ROUNDS = 5 if LONG else 2
EXCHANGES = 40 if LONG else 10

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_full_disk_is_said_and_nothing_acknowledged_is_lost(
    serve: Serve, world: World, database_url: str, database: Database, small_disk: Path
) -> None:
    assert whole(_filled(serve, world, database_url, database, small_disk))


@on_sqlite
def test_full_disk_after_the_answer_is_seen_to_lose(
    serve: Serve, world: World, database_url: str, database: Database, small_disk: Path
) -> None:
    seed = "commit_after_answer"
    assert _filled(serve, world, database_url, database, small_disk, seed)["lost"] > 0


def _filled(
    serve: Serve, world: World, url: str, database: Database, disk: Path, seed: str = ""
) -> dict[str, int]:
    """The disk is full, and made free again, again and again; then all is sent."""
    signed_in = fleet(database, world, "", 1)
    database.close()  # the last one: everything is in the one file
    file = Path(url.removeprefix("sqlite:///"))
    shutil.copy(file, disk / "test.sqlite3")
    url = f"sqlite:///{disk / 'test.sqlite3'}"
    server = serve(seed, url=url)
    lan = signed_in.members[0]
    lan.phone.client.base_url = server.url
    for _ in range(ROUNDS):
        ballast = disk / "ballast"
        free = shutil.disk_usage(disk).free
        ballast.write_bytes(b"0" * max(0, free - 150_000))
        assert _until_refused(signed_in) or seed
        ballast.unlink()
        time.sleep(0.2)
        signed_in.drain()
    moved = Database(url)
    try:
        return signed_in.tally(moved)
    finally:
        moved.close()


def _until_refused(phones: Fleet) -> bool:
    """Whether the server says that it cannot; one that answers first never does."""
    lan = phones.members[0]
    for _ in range(20):
        lan.save(40)
        if not lan.deliver(200):
            return True
        time.sleep(0.1)
    return False


@on_sqlite
def test_every_acknowledgement_waits_for_the_disk(serve: Serve, phones: Phones, tmp_path: Path) -> None:
    assert _flushes(serve(), phones, tmp_path) >= EXCHANGES


@on_sqlite
def test_server_that_does_not_wait_for_the_disk_is_seen(serve: Serve, phones: Phones, tmp_path: Path) -> None:
    assert _flushes(serve("synchronous_normal"), phones, tmp_path) == 0


def _flushes(server: Server, phones: Phones, tmp_path: Path) -> int:
    """How many exchanges had the database's log flushed to the disk before the first byte of their answer."""
    if machine.strace() is None:
        missing("strace")
    lan = phones(server, 1).members[0]
    lan.save()
    assert lan.deliver()
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,recvfrom,sendto,send"
    command = ["strace", "-f", "-y", "-qq", "-e", calls, "-o", str(trace), "-p", str(server.pid)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as strace:
        time.sleep(1)
        if strace.poll() is not None:
            pytest.skip("no process can be traced here")
        for _ in range(EXCHANGES):
            lan.save()
            assert lan.deliver()
        strace.send_signal(signal.SIGINT)
    return _flushed_first(trace.read_text("utf-8", "replace"))


def _flushed_first(trace: str) -> int:
    count, flushed = 0, False
    for line in trace.splitlines():
        if re.search(r"f(?:data)?sync\(\d+<[^>]*-wal>", line):
            flushed = True
        elif "HTTP/1.1 200" in line:
            count += flushed
            flushed = False
    return count
