"""The nightly archive of PostgreSQL by Barman: how long a base backup, its restore and the check take.

One commune with a whole log is copied, under other ids, until the database has the size that is asked for.
Then `nightly-archive` runs twice, with a base backup and without one. Meanwhile the oldest snapshot that the
primary has to preserve is looked for. Needs Debian's package `barman`.
"""

import argparse
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from app.core.clock import utc_now
from app.core.db import Database
from app.upkeep.maintenance import record
from benchmarks import databases, dataset, log
from benchmarks.figures import Figure, main
from tests import postgres
from tests.upkeep.maintenance.archive import Archive, archive_of

VISITS = 100_000  # of a commune
SIZE = 5_000_000_000  # bytes
LONGEST = 600  # seconds that a snapshot may be held
_SNAPSHOT = (
    "SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0) FROM pg_stat_activity"
    " WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()"
)
_TABLES = (
    "SELECT c.table_name FROM information_schema.columns c"
    " JOIN information_schema.tables t USING (table_schema, table_name)"
    " WHERE table_schema = 'public' AND c.column_name = 'commune_id' AND t.table_type = 'BASE TABLE'"
)


def measure(small: bool = False, size: int = SIZE) -> list[Figure]:
    """The time of a night with a base backup and of one without, and the longest snapshot."""
    with databases.store("postgresql") as store:
        programs, folder = postgres.find_bin_dir(), Path(str(make_url(store.url).query["host"]))
        assert programs
        assert isinstance(store, databases.Postgresql)
        database = Database(store.url)
        bytes_ = _fill(store, database, 1_000 if small else VISITS, 0 if small else size)
        database.close()
        with archive_of(programs, folder, folder / "archive", "postgres") as archive:
            with _longest_snapshot(store) as snapshots:
                nights = [_night(archive, days) for days in (0, 1)]
            (base,) = archive.sizes()
    gigabytes = bytes_ / 1e9
    return [
        Figure(
            f"an archive's night {what}, {gigabytes:.1f} GB",
            took,
            "s",
            detail=f"{bytes_ / took / 1e6:.0f} MB/s; the base backup has {base / 1e9:.1f} GB",
        )
        for what, took in zip(("with a base backup", "without one"), nights, strict=True)
    ] + [Figure("the longest snapshot of the primary meanwhile", max(snapshots), "s", budget=LONGEST)]


def _night(archive: Archive, days: int) -> float:
    """Seconds of a night. What the benchmark's rows lack (devices, numbers of the feed) is no failure."""
    began, now = time.monotonic(), utc_now() + timedelta(days=days)
    result = archive.run(now)
    took = time.monotonic() - began
    if unexpected := set(result.problems) - {"foreign keys", "feed"}:
        raise RuntimeError(f"check finds problems: {unexpected}")
    database = Database(archive.url)
    good = partial(record.record_good, begun_at=now + timedelta(hours=1), kind=record.ARCHIVE)
    database.write(lambda session: good(session, file=result.name, size=result.size))
    database.close()
    return took


def _fill(store: databases.Postgresql, database: Database, visits: int, size: int) -> int:
    """Write a whole log, and copies of its commune, one at least, until the database has `size` bytes; its
    size."""
    commune = dataset.settle(database, 10, 15, 240)
    log.write(store, commune.id, visits, whole=True, a_day=360)
    connection = store.connect()
    store.trust(connection)
    number = 0
    while (now := _size(connection)) < size or not number:
        number += 1
        _copy(connection, commune.id, f"copy-{number:011d}", f"{90_000 + number}")
    connection.execute("VACUUM ANALYZE")
    connection.close()
    return now


def _size(connection: Any) -> int:
    found: int = connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]
    return found


def _copy(connection: Any, commune_id: str, new_id: str, code: str) -> None:
    own = {"commune": {"id": new_id, "code": code}}
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    for table in ("commune", *names):
        columns = _columns(connection, table)
        values = own.get(table, {"commune_id": new_id})
        chosen = ", ".join(f"'{values[name]}'" if name in values else f'"{name}"' for name in columns)
        key = "id" if table == "commune" else "commune_id"
        quoted = ", ".join(f'"{name}"' for name in columns)  # some are words of SQL
        into, source = f"{table} ({quoted})", f"{table} WHERE {key} = '{commune_id}'"
        connection.execute(f"INSERT INTO {into} SELECT {chosen} FROM {source}")


def _columns(connection: Any, table: str) -> list[str]:
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in found]


@contextmanager
def _longest_snapshot(store: databases.Postgresql) -> Iterator[list[float]]:
    """The age of the oldest snapshot, four times a second."""
    ages, over = [0.0], threading.Event()

    def look() -> None:
        with store.connect() as connection:
            while not over.wait(0.25):
                ages.append(float(connection.execute(_SNAPSHOT).fetchone()[0]))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield ages
    finally:
        over.set()
        thread.join()


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=int, default=SIZE, help="of the database, in bytes")


if __name__ == "__main__":
    main(measure, _options)
