"""Statements handed to the database's driver, around SQLAlchemy's results: half of what a short one costs.

`Connection.exec_driver_sql` builds a context, a result and its column metadata for every statement; an
exchange has about thirty (`docs/decisions/0018-statements-compiled-once.md`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

_CONNECTION = "connection of the transaction"
# What the driver is given with a statement: by name, or in the order of its placeholders.
Parameters = Mapping[str, object] | tuple[object, ...]


def bind_processor(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], object] | None:
    """What turns a value of a column into what the driver is given; None if nothing has to.

    SQLite has texts of days: SQLAlchemy writes the same one in five times the time.
    """
    if dialect.name == "sqlite" and isinstance(type_, Date):
        return _day_as_text
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _day_as_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def connection_of(session: Session) -> Connection:
    """The session's connection. `Session.connection` takes as long as reading a row; it is asked once in a
    transaction."""
    known: tuple[object, Connection] | None = session.info.get(_CONNECTION)
    if known and known[0] is session.get_transaction():
        return known[1]
    connection = session.connection()
    session.info[_CONNECTION] = (session.get_transaction(), connection)
    return connection


def execute(connection: Connection, sql: str, parameters: Parameters) -> DBAPICursor:
    """Execute the driver's own text of a statement; the caller closes the cursor.

    `connection` must be in a transaction. Raises `DBAPIError` as SQLAlchemy does, and like it discards a
    connection that is lost.
    """
    return _run(connection, sql, parameters, "execute")


def execute_many(connection: Connection, sql: str, several: Sequence[Parameters]) -> None:
    """Execute it once for each set of parameters, in one call of the driver. Raises what `execute` raises."""
    _run(connection, sql, several, "executemany").close()


def _run(
    connection: Connection, sql: str, parameters: Parameters | Sequence[Parameters], method: str
) -> DBAPICursor:
    cursor = connection.connection.cursor()
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, sql, parameters, None, method == "executemany")
    dialect = connection.dialect
    try:
        getattr(cursor, method)(sql, parameters)
    except dialect.loaded_dbapi.Error as error:
        is_lost = dialect.is_disconnect(error, connection.connection, cursor)
        if is_lost:
            connection.invalidate(error)
        else:
            cursor.close()
        raise DBAPIError.instance(
            sql, None, error, dialect.loaded_dbapi.Error,
            hide_parameters=True, connection_invalidated=is_lost, dialect=dialect,
        ) from error  # fmt: skip
    return cursor
