"""Waiting for transactions that are open now."""

import time

from sqlalchemy import Connection, Engine, text

# Each transaction holds the lock of its own number; whoever may use the database sees all of them.
_OPEN = text(
    "SELECT lock.virtualtransaction FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)"
    " WHERE lock.locktype = 'virtualxid' AND lock.mode = 'ExclusiveLock' AND lock.granted"
    " AND activity.datname = current_database() AND pid <> pg_backend_pid()"
    " AND activity.backend_type IS DISTINCT FROM 'autovacuum worker'"
)
_PAUSE = 0.05


def wait_for_open(engine: Engine, seconds: float) -> bool:
    """Wait until the transactions that are open now have ended; False if some have not after so long.

    What one of them has read before a commit of ours it may still write afterwards. SQLite has one writer.
    """
    if engine.dialect.name != "postgresql":
        return True
    end = time.monotonic() + seconds
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        waiting = _open(connection)
        while waiting and time.monotonic() < end:
            time.sleep(_PAUSE)
            waiting &= _open(connection)
    return not waiting


def _open(connection: Connection) -> set[str]:
    return set(connection.scalars(_OPEN))
