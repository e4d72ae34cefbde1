"""Locks between the processes of an instance, also on several machines, for work that one of them does."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlmodel import Session

_PREPARATION = 7_366_118  # an arbitrary number, the same in every process
_FLAGS = 7_366_119
_TAKE = text("SELECT pg_advisory_xact_lock(:key)")
_TRY = text("SELECT pg_try_advisory_xact_lock(:key, hashtext(:of))")


@contextmanager
def sqlite_file_lock(engine: Engine) -> Iterator[None]:
    """Hold the lock for preparing this SQLite file; does nothing for another database. Raises `OSError`.

    Without it, processes that open a new file at once fail while one of them switches it to its write-ahead
    log. The lock is a file beside the database and ends with its process. Once the block has succeeded it is
    given content, which later says that there was a database.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    file = os.open(f"{engine.url.database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
        os.pwrite(file, b"begun\n", 0)
    finally:
        os.close(file)


def lock_preparation(transaction: Session | Connection) -> None:
    """Wait until no other transaction prepares the database: its schema, its keys, the demo commune.

    PostgreSQL: an advisory lock until the end of the transaction, so that a pooler of connections may be
    between. SQLite: nothing, there is one writer.
    """
    connection = transaction.connection() if isinstance(transaction, Session) else transaction
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKE, {"key": _PREPARATION})


def try_lock_flags(session: Session, commune_id: str) -> bool:
    """Whether no other process is computing the flags of this commune; nobody else begins to until the end of
    the transaction. SQLite: always, there is one writer."""
    if session.connection().dialect.name != "postgresql":
        return True
    is_free: bool = session.execute(_TRY, {"key": _FLAGS, "of": commune_id}).scalar_one()
    return is_free
