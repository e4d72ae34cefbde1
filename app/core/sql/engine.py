"""The engine of a database: opening connections, beginning transactions, returning connections."""

import sqlite3

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection

from app.core.sql import sqlite_file

SPARE = 2  # connections beyond those of the threads: for the daily purge and the health check
POOL_SIZE = 40 + SPARE  # for the threads of a single worker


def create(url: str, pool_size: int = POOL_SIZE) -> Engine:
    """The connection pool of the database at `url`; nothing is opened yet.

    `pool_size`: as many as threads may use it, so that none waits for a connection.
    """
    # hide_parameters: an error message must not carry a household's name into a log.
    if not url.startswith("sqlite"):
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            pool_use_lifo=True,  # the last one used has the statements prepared
            connect_args={"client_encoding": "utf8"},  # else psycopg reads texts of SQL_ASCII as bytes
        )
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkin", _reset_read_only)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        pool_use_lifo=True,
        connect_args={"check_same_thread": False},
    )
    sqlite_file.hold(engine)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _reset_read_only(connection: "psycopg.Connection[object] | None", _record: object) -> None:
    # SQLAlchemy leaves False after a read; then the next transaction begins with READ WRITE, which fails on a
    # read-only database.
    if connection is not None and not connection.closed:
        connection.read_only = None


def _prepare_postgresql(connection: "psycopg.Connection[object]", _record: object) -> None:
    # Compiling a statement or starting a process for it takes longer than executing it, and is decided by
    # estimates that are too high for searches by a key (docs/decisions/0019).
    connection.autocommit = True
    connection.execute(
        "SELECT set_config('jit', 'off', false), set_config('max_parallel_workers_per_gather', '0', false)"
    )
    connection.autocommit = False


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver begins a transaction only before the first change: an earlier savepoint would survive a
    # rollback. So it begins none, and `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
    # What is deleted or replaced is overwritten with zeros: the file has nothing of an erased household.
    connection.execute("PRAGMA secure_delete=ON")
    # What a savepoint would restore, two megabytes for a hundred visits, is else written to another file.
    connection.execute("PRAGMA temp_store=MEMORY")
    # A push writes 200 pages, many of them as the pushes before it: of a log of 16 MB, four times the usual
    # one, each is copied into the database once.
    connection.execute("PRAGMA wal_autocheckpoint=4000")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
