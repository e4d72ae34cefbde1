"""`Database.read`: on PostgreSQL prepared statements survive it, and it writes nothing."""

import pytest
from fastapi import FastAPI
from sqlalchemy import bindparam, event, select, text
from sqlmodel import Session

from app.commune.accounts.models import Account
from app.core.db import Database, table_of
from app.core.errors import NotFound, Unavailable
from app.core.sql.prepared import Prepared
from tests.phone import Phone
from tests.world import World

_ACCOUNT = table_of(Account)
NAMES = Prepared(select(_ACCOUNT.c.name).where(_ACCOUNT.c.id == bindparam("id")))
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%account.id%'")

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgresql
def test_prepared_statements_survive_reads_and_reads_that_raise(database: Database, world: World) -> None:
    def missed(session: Session) -> None:
        NAMES.rows(session, id=world.lan)
        raise NotFound

    for _ in range(8):
        database.read(lambda session: NAMES.rows(session, id=world.lan))
        with pytest.raises(NotFound):
            database.read(missed)
    assert database.read(lambda session: session.execute(PREPARED).scalar_one()) == 1


@on_postgresql
def test_reads_end_in_a_commit(lan: Phone, app: FastAPI) -> None:
    ended: list[str] = []
    engine = app.state.database.engine
    event.listen(engine, "commit", lambda _connection: ended.append("commit"))
    event.listen(engine, "rollback", lambda _connection: ended.append("rollback"))
    lan.exchange()
    assert "commit" in ended
    assert "rollback" not in ended


def test_changes_made_in_a_read_are_discarded(database: Database, world: World) -> None:
    def rename(session: Session) -> str:
        account = session.get(Account, (world.commune_id, world.lan))
        assert account is not None
        account.name = "Người Khác"
        session.add(account)
        return account.name

    assert database.read(rename) == "Người Khác"
    (row,) = database.read(lambda session: NAMES.rows(session, id=world.lan))
    assert row["name"] == "Nguyễn Thị Lan"


@on_postgresql
def test_a_statement_that_writes_is_refused_in_a_read(database: Database, world: World) -> None:
    with pytest.raises(Unavailable):
        database.read(lambda session: session.execute(text("UPDATE account SET name = 'x'")))
    (row,) = database.read(lambda session: NAMES.rows(session, id=world.lan))
    assert row["name"] == "Nguyễn Thị Lan"
