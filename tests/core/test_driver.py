"""Statements handed to the driver: errors, lost connections, savepoints and listeners."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from app.core.db import Database, is_database_failure
from app.core.errors import Unavailable
from app.core.sql.driver import execute, execute_many
from tests.statements import sent_statements

INSERT = "INSERT INTO province (code, name, kind) VALUES ('20', 'Lạng Sơn', 'tỉnh')"
COUNT = text("SELECT count(*) FROM province")


def test_error_is_the_one_that_sqlalchemy_raises(database: Database) -> None:
    def insert_twice(session: Session) -> None:
        for _ in range(2):
            execute(session.connection(), INSERT, ()).close()

    with pytest.raises(IntegrityError) as refused:
        database.write(insert_twice)
    assert not is_database_failure(refused.value)
    assert database.read(lambda session: session.execute(COUNT).scalar_one()) == 0


def test_savepoint_takes_back_what_was_executed_in_it(database: Database) -> None:
    def insert(session: Session) -> None:
        savepoint = session.begin_nested()
        execute(session.connection(), INSERT, ()).close()
        savepoint.rollback()

    database.write(insert)
    assert database.read(lambda session: session.execute(COUNT).scalar_one()) == 0


def test_listeners_of_statements_get_these_too(database: Database) -> None:
    def send(session: Session) -> None:
        execute(session.connection(), "SELECT 1", ()).close()
        execute_many(session.connection(), "DELETE FROM province WHERE 1 = 0", [(), ()])

    with sent_statements(database.engine) as sent:
        database.write(send)
    statements = [statement for statement, _ in sent]
    assert "SELECT 1" in statements
    assert "DELETE FROM province WHERE 1 = 0" in statements


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_lost_connection_is_discarded_and_the_next_one_works(database: Database) -> None:
    lost: list[DBAPIError] = []

    def end_own_connection(session: Session) -> None:
        connection = session.connection()
        try:
            execute(connection, "SELECT pg_terminate_backend(pg_backend_pid())", ())
        except DBAPIError as error:
            assert connection.invalidated
            lost.append(error)
            raise

    with pytest.raises(Unavailable):
        database.read(end_own_connection)
    assert [error.connection_invalidated for error in lost] == [True]
    assert database.read(lambda session: session.execute(COUNT).scalar_one()) == 0
