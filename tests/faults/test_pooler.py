"""PgBouncer in transaction mode between the server and PostgreSQL: no exchange is refused."""

import os
import pwd
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import make_url

from app.core.db import Database
from tests.conftest import skip_without
from tests.faults.fleet import Member, fleet, is_complete
from tests.faults.workers import serving
from tests.machine import pgbouncer
from tests.rounds import LONG
from tests.world import World

PHONES, ROUNDS = 10, 50 if LONG else 10
CONFIG = """
[databases]
* = host={host} user=tungnha
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
"""


@contextmanager
def pooled(url: str, folder: Path) -> Iterator[str]:
    """The address of the database through a PgBouncer of this test."""
    program = pgbouncer()
    if program is None:
        skip_without("PgBouncer")
        return
    address = make_url(url)
    folder.mkdir()
    (folder / "pgbouncer.ini").write_text(CONFIG.format(host=address.query["host"], folder=folder))
    owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    for path in (folder, folder / "pgbouncer.ini"):
        if owner:
            os.chown(path, owner.pw_uid, owner.pw_gid)
    process = subprocess.Popen(
        [program, "-q", "pgbouncer.ini"],
        cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        user=owner.pw_uid if owner else None, group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
    )  # fmt: skip
    try:
        end = time.monotonic() + 30
        while not (folder / ".s.PGSQL.6432").exists():
            assert time.monotonic() < end, "PgBouncer did not start"
            time.sleep(0.05)
        host = address.update_query_dict({"host": str(folder), "port": "6432"})
        yield host.render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_exchanges_through_a_pooler_are_all_answered_and_none_is_told_to_retry(
    database_url: str, world: World, database: Database, short_path: Path, tmp_path: Path
) -> None:
    refused: list[str] = []

    def send(member: Member) -> None:
        for _ in range(ROUNDS):
            member.save()
            is_answered = member.deliver()
            if not is_answered or member.outbox:
                refused.append("retry" if is_answered else "no answer")

    with pooled(database_url, short_path / "pgb") as url, serving(url, tmp_path, 2) as server:
        phones = fleet(database, world, server.url, PHONES)
        threads = [threading.Thread(target=send, args=(member,)) for member in phones.members]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert refused == []
    assert is_complete(phones.tally(database))
    assert phones.acknowledged == PHONES * ROUNDS


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path fits into the address of a Unix socket, and that another user may enter."""
    with TemporaryDirectory(prefix="tn-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)
