"""A benchmark's own databases, as durable as in production."""

import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlmodel import SQLModel

from app.core.db import Database, table_of
from app.upkeep.migrations import upgrade
from app.upkeep.migrations.distribution import distribute
from benchmarks.processes import cpu_seconds
from tests import postgres
from tests.distributed.cluster import Cluster, cluster, find_programs


class Sqlite:
    """A SQLite file."""

    mark = "?"
    name = "SQLite"

    def __init__(self, file: Path) -> None:
        self._file = file
        self.url = f"sqlite:///{file}"

    def copy(self) -> "Sqlite":
        """A second database as this one is now, to which nobody is connected."""
        return Sqlite(shutil.copyfile(self._file, self._file.with_name("copy.sqlite3")))

    def cpu(self) -> float:
        """SQLite works in the server's own processes."""
        return 0.0

    def connect(self) -> Any:
        connection = sqlite3.connect(self._file, isolation_level=None)
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def analyze(self) -> None:
        """Nothing to do: without statistics SQLite plans by its indexes alone."""

    def empty(self, connection: Any, tables: Iterable[str]) -> None:
        """Delete all rows of these tables, which refer to later ones."""
        for table in tables:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("VACUUM")

    def values(self, row: Mapping[str, Any], columns: Sequence[str]) -> tuple[Any, ...]:
        """The values of a row as this database's driver takes them."""
        return tuple(_as_sqlite(row[column]) for column in columns)

    def trust(self, connection: Any) -> None:
        """Switch off the check of foreign keys for rows that are loaded from here on."""
        connection.execute("PRAGMA foreign_keys=OFF")

    def load(self, connection: Any, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
        """Write many rows; each has a value for every column."""
        name, columns = named(model)
        marks = ", ".join("?" for _ in columns)
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})",
            (self.values(row, columns) for row in rows),
        )
        connection.execute("COMMIT")

    def settle(self, connection: Any) -> None:
        """Move the log into the file. No ANALYZE: production has no statistics either."""
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Postgresql:
    """A cluster of our own, on a Unix socket."""

    mark = "%s"
    name = "PostgreSQL"

    def __init__(self, folder: str, name: str = "postgres") -> None:
        self._folder, self._name = folder, name
        self.url = f"postgresql+psycopg://tungnha@/{name}?host={folder}"
        self._postmaster = int((Path(folder) / "data" / "postmaster.pid").read_text().split()[0])

    def cpu(self) -> float:
        """CPU seconds of the postmaster and all of its processes so far."""
        return cpu_seconds(self._postmaster)

    def connect(self) -> Any:
        return psycopg.connect(host=self._folder, user="tungnha", dbname=self._name, autocommit=True)

    def copy(self) -> "Postgresql":
        """A second database of the cluster as this one is now, to which nobody is connected."""
        copy = Postgresql(self._folder, "template1")
        connection = copy.connect()
        connection.execute(f"CREATE DATABASE copy TEMPLATE {self._name}")
        connection.close()
        return Postgresql(self._folder, "copy")

    def analyze(self) -> None:
        """As autovacuum does within a minute. Until then plans are those for empty tables, which scan a whole
        commune for each row that a foreign key names: ten times slower."""
        connection = self.connect()
        connection.execute("ANALYZE")
        connection.close()

    def empty(self, connection: Any, tables: Iterable[str]) -> None:
        """Delete all rows of these tables, and of those that refer to them."""
        connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")

    def values(self, row: Mapping[str, Any], columns: Sequence[str]) -> tuple[Any, ...]:
        """The values of a row as this database's driver takes them."""
        return tuple(_as_json(row[column]) for column in columns)

    def trust(self, connection: Any) -> None:
        """Switch off the check of foreign keys for rows that are loaded from here on."""
        connection.execute("SET session_replication_role = replica")

    def load(self, connection: Any, model: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
        """Write many rows; each has a value for every column."""
        name, columns = named(model)
        with connection.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(self.values(row, columns))

    def settle(self, connection: Any) -> None:
        """As autovacuum does after a while."""
        connection.execute("VACUUM ANALYZE")


class Citus(Postgresql):
    """A cluster of our own, of a coordinator and two workers."""

    name = "Citus"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self.url = cluster, cluster.url
        self._postmasters = [postgres.postmaster_pid(node.folder) for node in cluster.nodes]

    def cpu(self) -> float:
        """CPU seconds of all machines so far."""
        return sum(map(cpu_seconds, self._postmasters))

    def connect(self) -> Any:
        return self._cluster.coordinator.connect()


Store = Sqlite | Postgresql


@contextmanager
def store(kind: str) -> Iterator[Store]:
    """A migrated, else empty database of `kind` (`sqlite`, `postgresql`, `citus`), deleted afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="tungnha-bench-") as folder:
            yield _migrated(Sqlite(Path(folder) / "benchmark.sqlite3"))
        return
    if kind == "citus":
        if (programs := find_programs()) is None:
            raise SystemExit("Citus is missing: PG_CONFIG names a PostgreSQL that has it.")
        with cluster(programs, "on") as made:
            yield _distributed(_migrated(Citus(made)))
        return
    programs = find_programs() or postgres.find_bin_dir()
    if programs is None:
        raise SystemExit("PostgreSQL is missing: `python -m tests.machine` installs it on Debian.")
    with postgres.cluster(programs, "on") as folder:
        yield _migrated(Postgresql(folder))


def _migrated(store: Store) -> Store:
    database = Database(store.url)
    upgrade(database)
    database.close()
    return store


def _distributed(store: Store) -> Store:
    database = Database(store.url)
    database.write(lambda session: distribute(session.connection()))
    database.close()
    return store


def named(model: type[SQLModel]) -> tuple[str, list[str]]:
    """The table of a model and its columns."""
    table = table_of(model)
    return table.name, [column.name for column in table.columns]


def _as_sqlite(value: Any) -> Any:
    """As `core.clock.Instant` and SQLAlchemy's `Date` and `JSON` write it."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")[:-6]
    return value.isoformat() if isinstance(value, date) else _as_json(value)


def _as_json(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def count_visits(store: Store) -> int:
    """The number of visits, read over a new connection."""
    connection = store.connect()
    try:
        found: int = connection.execute("SELECT count(*) FROM visit").fetchone()[0]
        return found
    finally:
        connection.close()


def wait_for_flags(store: Store) -> None:
    """Wait until the server has computed the flags of all visits."""
    connection = store.connect()
    try:
        for _ in range(600):
            if not connection.execute("SELECT count(*) FROM unevaluated_day").fetchone()[0]:
                return
            time.sleep(0.1)
    finally:
        connection.close()
    raise RuntimeError("the flags were not computed")
