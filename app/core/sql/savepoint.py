"""Savepoints around statements of `Prepared` and `Batch`: the objects of the session know nothing of them."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlmodel import Session

from app.core.sql.driver import connection_of, execute


@contextmanager
def savepoint(session: Session, name: str) -> Iterator[None]:
    """Undo what the block has written if it raises. A third of the time of `Session.begin_nested`, which
    keeps books of objects: flush those that are changed before, and use none after an error."""
    connection = connection_of(session)
    execute(connection, f"SAVEPOINT {name}", ()).close()
    try:
        yield
    except BaseException:
        with suppress(DBAPIError, PendingRollbackError):  # the error may have ended the transaction
            execute(connection, f"ROLLBACK TO SAVEPOINT {name}", ()).close()
            execute(connection, f"RELEASE SAVEPOINT {name}", ()).close()
        raise
    execute(connection, f"RELEASE SAVEPOINT {name}", ()).close()
