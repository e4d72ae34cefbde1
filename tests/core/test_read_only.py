"""A read-only database: a push stores and rejects nothing. Which errors are the database's failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from psycopg import errors
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from app.core.db import Database, is_database_failure
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry, RefusedOperation
from tests.cases import cases
from tests.cli.test_cli import count
from tests.phone import Phone
from tests.world import World

UNTOUCHED: list[type[SQLModel]] = [Visit, LedgerEntry, RefusedOperation]


def test_push_to_a_read_only_standby_stores_nothing_and_can_be_repeated(
    lan: Phone, world: World, app: FastAPI, database: Database
) -> None:
    ops = [lan.visit(world.duc), lan.visit(world.mai)]
    with read_only(app):
        for _ in range(6):
            answer = lan.send(*ops)
            assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
            assert answer.headers["retry-after"] == "30"
    assert [count(database, model) for model in UNTOUCHED] == [0, 0, 0]
    assert lan.statuses(*ops) == ["applied", "applied"]


@cases(
    "error, cause",
    [
        (errors.NumericValueOutOfRange, "data"),
        (errors.CheckViolation, "data"),
        (errors.ReadOnlySqlTransaction, "server"),
        (errors.InsufficientPrivilege, "server"),
        (errors.UndefinedTable, "server"),
        (errors.AdminShutdown, "server"),
        (errors.InternalError_, "server"),
        (errors.OutOfMemory, "server"),
        (errors.DataError, "data"),  # without SQLSTATE, raised by the driver: a NUL in a text
        (errors.InterfaceError, "server"),
    ],
)
def test_only_sqlstates_of_classes_22_and_23_mean_that_the_data_are_refused(error: Any, cause: str) -> None:
    wrapped = DBAPIError.instance("INSERT", {}, error("…"), errors.Error)
    assert isinstance(wrapped, DBAPIError)
    assert is_database_failure(wrapped) is (cause == "server")


@contextmanager
def read_only(app: FastAPI) -> Iterator[None]:
    """Make the app's database read-only: PostgreSQL like a standby, SQLite by its connections."""
    database: Database = app.state.database
    if database.is_sqlite:
        event.listen(database.engine, "begin", _only_query)
        yield
        event.remove(database.engine, "begin", _only_query)
    else:
        _set(database, "default_transaction_read_only = on")
        yield
        _set(database, "default_transaction_read_only = off")
    database.engine.dispose()


def _only_query(connection: Any) -> None:
    connection.exec_driver_sql("PRAGMA query_only=ON")


def _set(database: Database, setting: str) -> None:
    """Set it for every connection that is opened from now on."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ WRITE")
        connection.exec_driver_sql(f'ALTER DATABASE "{connection.engine.url.database}" SET {setting}')
        connection.commit()
    database.engine.dispose()
