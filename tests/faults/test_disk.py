"""The disk: full in the middle of a queue, and flushed before every acknowledgement."""

import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from app.core.db import Database
from tests import machine
from tests.conftest import skip_without
from tests.e2e.server import Server
from tests.faults.conftest import Phones, Serve
from tests.faults.fleet import Fleet, fleet, is_complete
from tests.rounds import LONG
from tests.world import World

ROUNDS = 5 if LONG else 2
EXCHANGES = 40 if LONG else 10

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_full_disk_is_reported_and_nothing_acknowledged_is_lost(
    serve: Serve, world: World, database_url: str, database: Database, small_disk: Path
) -> None:
    assert is_complete(_fill_disk(serve, world, database_url, database, small_disk))


@pytest.mark.mutant
@on_sqlite
def test_commit_after_the_answer_is_detected_by_a_full_disk(
    serve: Serve, world: World, database_url: str, database: Database, small_disk: Path
) -> None:
    mutant = "commit_after_answer"
    assert _fill_disk(serve, world, database_url, database, small_disk, mutant)["lost"] > 0


def _fill_disk(
    serve: Serve, world: World, url: str, database: Database, disk: Path, mutant: str = ""
) -> dict[str, int]:
    """Fill the disk and free it again, several times; then everything is sent."""
    signed_in = fleet(database, world, "", 1)
    database.close()  # writes the log into the file
    file = Path(url.removeprefix("sqlite:///"))
    shutil.copy(file, disk / "test.sqlite3")
    url = f"sqlite:///{disk / 'test.sqlite3'}"
    server = serve(mutant, url=url)
    lan = signed_in.members[0]
    lan.phone.client.base_url = server.url
    for _ in range(ROUNDS):
        ballast = disk / "ballast"
        _fill(disk, ballast)
        assert _send_until_refused(signed_in) or mutant
        ballast.unlink()
        signed_in.drain()
    moved = Database(url)
    try:
        return signed_in.tally(moved)
    finally:
        moved.close()


def _fill(disk: Path, ballast: Path) -> None:
    """Leave 150 KB at most: the server may write while the file grows."""
    with suppress(OSError):
        ballast.write_bytes(b"0" * max(0, shutil.disk_usage(disk).free - 150_000))


def _send_until_refused(phones: Fleet) -> bool:
    """Save and send until the server refuses; whether it did. A server that answers before it commits does
    not."""
    lan = phones.members[0]
    for _ in range(20):
        lan.save(40)
        if not lan.deliver(200):
            return True
        time.sleep(0.1)
    return False


@on_sqlite
def test_disk_is_flushed_before_every_acknowledgement(serve: Serve, phones: Phones, tmp_path: Path) -> None:
    assert _count_flushes(serve(), phones, tmp_path) >= EXCHANGES


@pytest.mark.mutant
@on_sqlite
def test_server_that_does_not_flush_the_disk_is_detected(
    serve: Serve, phones: Phones, tmp_path: Path
) -> None:
    """A checkpoint, about one in four thousand pages, flushes as well."""
    assert _count_flushes(serve("synchronous_normal"), phones, tmp_path) <= EXCHANGES // 10


def _count_flushes(server: Server, phones: Phones, tmp_path: Path) -> int:
    """The number of exchanges with a flush of the database's log before the first byte of the answer."""
    if machine.strace() is None:
        skip_without("strace")
    lan = phones(server, 1).members[0]
    lan.save()
    assert lan.deliver()
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,recvfrom,sendto,send"
    command = ["strace", "-f", "-y", "-qq", "-e", calls, "-o", str(trace), "-p", str(server.pid)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as strace:
        _wait_until_traced(strace, server.pid)
        for _ in range(EXCHANGES):
            lan.save()
            assert lan.deliver()
        strace.send_signal(signal.SIGINT)
    return _count_flushed_first(trace.read_text("utf-8", "replace"))


def _wait_until_traced(strace: "subprocess.Popen[bytes]", pid: int) -> None:
    """Wait until strace has attached to every thread; skip the test where it is not allowed to."""
    end = time.monotonic() + 60
    while not all(_is_traced(thread) for thread in Path(f"/proc/{pid}/task").iterdir()):
        if strace.poll() is not None:
            pytest.skip("no process can be traced here")
        assert time.monotonic() < end, "strace did not attach"
        time.sleep(0.05)


def _is_traced(thread: Path) -> bool:
    try:
        status = (thread / "status").read_text()
    except OSError:
        return True  # it has ended
    return "TracerPid:\t0\n" not in status


def _count_flushed_first(trace: str) -> int:
    count, flushed = 0, False
    for line in trace.splitlines():
        if re.search(r"f(?:data)?sync\(\d+<[^>]*-wal>", line):
            flushed = True
        elif "HTTP/1.1 200" in line:
            count += flushed
            flushed = False
    return count
