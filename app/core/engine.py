"""The engine of a database: how its connections are opened, begun and handed back."""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection

POOL_SIZE = 40  # as many as Starlette's worker threads: a thread never waits for a connection


def create(url: str) -> Engine:
    """The pool of connections to the database at `url`; nothing is opened yet."""
    # hide_parameters: an error message must not carry a household's name into a log.
    if not url.startswith("sqlite"):
        engine = create_engine(
            url, hide_parameters=True, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=True
        )
        event.listen(engine, "checkin", _reset_read_only)
        return engine
    engine = create_engine(
        url, hide_parameters=True, pool_size=POOL_SIZE, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _reset_read_only(connection: Any, _record: Any) -> None:
    # SQLAlchemy leaves False after a read, which begins READ WRITE on a database that is set to read-only.
    if connection is not None and not connection.closed:
        connection.read_only = None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late and lets savepoints escape a rollback: we begin ourselves.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
