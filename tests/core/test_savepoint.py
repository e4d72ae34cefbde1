"""Savepoints by hand: what a block has written is undone, and the error that ended it is what is raised."""

from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.commune.areas import Province
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.sql.driver import connection_of, execute
from app.core.sql.savepoint import savepoint

INSERT = text("INSERT INTO province (code, name, kind) VALUES (:code, 'Lạng Sơn', 'tỉnh')")


def test_block_that_raises_has_written_nothing(database: Database) -> None:
    def work(session: Session) -> None:
        session.execute(INSERT, {"code": "20"})
        with suppress(ZeroDivisionError), savepoint(session, "one"):
            session.execute(INSERT, {"code": "21"})
            raise ZeroDivisionError
        with savepoint(session, "two"):
            session.execute(INSERT, {"code": "22"})

    database.write(work)
    assert database.read(lambda session: sorted(session.exec(select(Province.code)))) == ["20", "22"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_connection_that_is_lost_in_a_block_is_a_failure_of_the_database(database: Database) -> None:
    def work(session: Session) -> None:
        with savepoint(session, "operations"):
            execute(connection_of(session), "SELECT pg_terminate_backend(pg_backend_pid())", ())

    with pytest.raises(Unavailable):
        database.write(work)
