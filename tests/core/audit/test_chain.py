"""The entries of a commune are a chain: each follows one other, however many are written at once."""

import hashlib
import json
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app.core import desk_log
from app.core.audit.chain import AuditHead
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.upkeep.audit.verification import NOTHING_KNOWN, problems, read_chain
from tests.conftest import NOW


def note(database: Database, commune_id: str = "c", count: int = 1, **details: object) -> None:
    def work(session: Session) -> None:
        for number in range(count):
            desk_log.note(session, commune_id, "visit.accepted", NOW, **details, number=number)

    database.write(work)


def entries(database: Database, commune_id: str = "c") -> list[DeskEntry]:
    of_commune = select(DeskEntry).where(DeskEntry.commune_id == commune_id).order_by(col(DeskEntry.seq))
    return list(database.read(lambda session: session.exec(of_commune).all()))


def found(database: Database, commune_id: str = "c") -> list[str]:
    return database.read(
        lambda session: list(
            problems(session, commune_id, read_chain(session, commune_id), NOTHING_KNOWN, NOW)
        )
    )


def test_each_entry_has_the_hash_of_the_one_before_as_the_decision_says(database: Database) -> None:
    note(database, visits=("v1", "v2"), ten={10: "a", 9: "ậ"})
    note(database, count=2)
    note(database, "other")
    previous = ""
    for seq, row in enumerate(entries(database), 1):
        content = json.dumps(["c", seq, previous, row.entry], sort_keys=True, separators=(",", ":"))
        assert (row.seq, row.previous) == (seq, previous)
        assert row.hash == hashlib.sha256(content.encode("ascii")).hexdigest()
        previous = row.hash
    assert [row.seq for row in entries(database, "other")] == [1]
    head = database.read(lambda session: session.get(AuditHead, "c"))
    assert head is not None
    assert (head.seq, head.hash) == (3, previous)
    assert found(database) == []


@pytest.mark.slow
def test_transactions_at_once_make_one_chain(database: Database) -> None:
    """The first entries of all are among them: no row is there yet that could be locked."""

    def write() -> None:
        for number in range(8):
            note(database, count=2, by=number)

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    rows = entries(database)
    assert [row.seq for row in rows] == list(range(1, 97))
    assert found(database) == []


def test_transaction_that_fails_leaves_no_entry(database: Database) -> None:
    def work(session: Session) -> None:
        desk_log.note(session, "c", "visit.accepted", NOW)
        raise KeyError

    with pytest.raises(KeyError):
        database.write(work)
    note(database)
    assert [row.seq for row in entries(database)] == [1]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE desk_entry SET hash = 'x'", "DELETE FROM desk_entry", "TRUNCATE desk_entry"],
)
def test_database_refuses_to_change_entries(statement: str, database: Database) -> None:
    if database.is_sqlite and statement.startswith("TRUNCATE"):
        pytest.skip("SQLite has no such statement")
    note(database)
    refusal = pytest.raises(DBAPIError, match="entries of the desk log are never changed")
    with refusal, database.engine.begin() as connection:
        connection.execute(text(statement))
    assert found(database) == []
