"""Changes of the desk log by SQL, with its triggers dropped and made again: `check` names each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app.core import desk_log
from app.core.audit.chain import AuditHead, Head, entry_hash, stored_head
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.upkeep.audit.checks import mark_problem
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.nightly.verification import check_restored
from app.upkeep.migrations import append_only
from tests.conftest import NOW
from tests.operator import run
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

COUNT = 6
_ALTERED = "1 entries of the desk log were altered or moved, the first of them number"


@dataclass
class Attacker:
    """Somebody who may do everything in the database, and cannot change the desk log's file."""

    session: Session
    commune_id: str

    def entries(self) -> list[DeskEntry]:
        of_commune = select(DeskEntry).where(DeskEntry.commune_id == self.commune_id)
        return list(self.session.exec(of_commune.order_by(col(DeskEntry.seq))))

    def execute(self, statement: str, **values: object) -> None:
        self.session.execute(text(statement), {"commune_id": self.commune_id} | values)

    def change(self, row: DeskEntry, **details: object) -> None:
        row.entry = row.entry | details
        self.session.add(row)

    def chain_anew(self) -> None:
        """All hashes of the chain and its head, as if it had always been so."""
        head = Head()
        for row in self.entries():
            following = Head(head.seq + 1, entry_hash(self.commune_id, head, row.entry))
            row.seq, row.previous, row.hash = following.seq, head.hash, following.hash
            self.session.add(row)
            self.session.flush()
            head = following
        stored = self.session.get_one(AuditHead, self.commune_id)
        stored.seq, stored.hash = head
        self.session.add(stored)


def _alter_person(attacker: Attacker) -> None:
    attacker.change(attacker.entries()[2], by="somebody-else")


def _alter_time(attacker: Attacker) -> None:
    attacker.change(attacker.entries()[2], at="2026-01-01T00:00:00.000Z")


def _alter_with_its_own_hash(attacker: Attacker) -> None:
    row = attacker.entries()[2]
    attacker.change(row, what="visit.returned")
    row.hash = entry_hash(attacker.commune_id, Head(row.seq - 1, row.previous), row.entry)


def _alter_and_chain_anew(attacker: Attacker) -> None:
    attacker.change(attacker.entries()[2], by="somebody-else")
    attacker.chain_anew()


def _delete(attacker: Attacker) -> None:
    attacker.session.delete(attacker.entries()[2])


def _delete_newest(attacker: Attacker) -> None:
    attacker.session.delete(attacker.entries()[-1])


def _delete_newest_with_the_head(attacker: Attacker) -> None:
    _delete_newest(attacker)
    attacker.session.flush()
    attacker.chain_anew()


def _delete_all(attacker: Attacker) -> None:
    attacker.execute("DELETE FROM desk_entry WHERE commune_id = :commune_id")
    attacker.execute("DELETE FROM audit_head WHERE commune_id = :commune_id")


def _reorder(attacker: Attacker) -> None:
    first, second = attacker.entries()[1:3]
    move = "UPDATE desk_entry SET seq = :seq WHERE commune_id = :commune_id AND id = :id"
    for row, seq in ((first, 1000), (second, first.seq), (first, second.seq)):
        attacker.execute(move, id=row.id, seq=seq)


def _add(attacker: Attacker) -> None:
    newest = attacker.entries()[-1]
    entry = newest.entry | {"id": "forged", "by": "somebody-else"}
    hash = entry_hash(attacker.commune_id, Head(newest.seq, newest.hash), entry)
    row = DeskEntry(
        commune_id=attacker.commune_id, id="forged", entry=entry,
        seq=newest.seq + 1, previous=newest.hash, hash=hash,
    )  # fmt: skip
    attacker.session.add(row)


def _rename(attacker: Attacker) -> None:
    attacker.execute("UPDATE desk_entry SET id = 'other' WHERE commune_id = :commune_id AND seq = 3")


def _move_to_another_commune(attacker: Attacker) -> None:
    attacker.execute("UPDATE desk_entry SET commune_id = 'c06400' WHERE commune_id = :commune_id AND seq = 1")


TAMPERING: list[tuple[Callable[[Attacker], None], str]] = [
    (_alter_person, f"{_ALTERED} 3"),
    (_alter_time, f"{_ALTERED} 3"),
    (_alter_with_its_own_hash, "1 entries of the desk log do not follow the one before"),
    (_alter_and_chain_anew, f"The desk log's file has another entry {COUNT}"),
    (_delete, "1 entries of the desk log are missing"),
    (_delete_newest, "The newest entry of the desk log is another than its head says"),
    (_delete_newest_with_the_head, f"file has entries up to {COUNT}, and the database up to {COUNT - 1}"),
    (_delete_all, f"file has entries up to {COUNT}, and the database up to 0"),
    (_reorder, "2 entries of the desk log were altered or moved, the first of them number 2"),
    (_add, "The newest entry of the desk log is another than its head says"),
    (_rename, f"{_ALTERED} 3"),
    (_move_to_another_commune, f"{_ALTERED} 1 (commune 06400)"),
]  # fmt: skip


def tamper(database: Database, world: World, how: Callable[[Attacker], None]) -> None:
    def work(session: Session) -> None:
        append_only.release(session.connection())
        how(Attacker(session, world.commune_id))
        session.flush()
        append_only.protect(session.connection(), has_checkpoints=True)

    database.write(work)


def found(database: Database) -> dict[str, str]:
    return {one.name: " ".join(one.problems) for one in check(database) if one.problems}


@pytest.fixture(autouse=True)
def entries(instance: Instance, world: World) -> None:
    def work(session: Session) -> None:
        for number in range(COUNT):
            desk_log.note(session, world.commune_id, "list.undone", NOW, list=f"l{number}")

    instance.database.write(work)


@pytest.mark.parametrize(("how", "sentence"), TAMPERING, ids=lambda value: getattr(value, "__name__", ""))
def test_tampering_is_named(
    how: Callable[[Attacker], None],
    sentence: str,
    instance: Instance,
    world: World,
) -> None:
    assert found(instance.database) == {}
    tamper(instance.database, world, how)
    problems = found(instance.database)
    assert list(problems) == ["audit"]
    assert sentence in problems["audit"]


def test_missing_triggers_are_named(instance: Instance) -> None:
    instance.database.write(lambda session: append_only.release(session.connection()))
    assert found(instance.database) == {
        "audit": "Nothing refuses to change the desk log: it has no triggers, and the role has the right to."
    }


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_role_without_the_right_is_refused_where_there_are_no_triggers(instance: Instance) -> None:
    """As on Citus; a role of its own, because a superuser has every right."""
    with instance.database.engine.connect() as connection:
        append_only.release(connection)
        for statement in ("CREATE ROLE writes", f"ALTER TABLE {append_only.TABLE} OWNER TO writes"):
            connection.execute(text(statement))
        connection.execute(text("SET LOCAL ROLE writes"))
        assert append_only.protection(connection) == ""
        append_only.protect(connection, has_triggers=False)
        assert append_only.protection(connection) == "rights"
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text("UPDATE desk_entry SET hash = ''"))
        connection.rollback()


def test_printed_mark_is_compared(instance: Instance, world: World) -> None:
    """Also one of long ago; a person may have typed it."""
    rows = {row.seq: row.hash for row in instance.rows(DeskEntry) if row.commune_id == world.commune_id}
    mark = f"3 · {rows[3][:8].upper()} {rows[3][8:16]}"
    for typed, sentence in {
        mark: "",
        f"3 {rows[4][:16]}": "The desk log has another entry 3: it was changed.",
        f"99 {rows[3][:16]}": "The desk log has no entry 99",
        f"3 {rows[3][:8]}": "A mark is a number and 16 digits",
        f"x {rows[3][:16]}": "A mark is a number and 16 digits",
        f"{'9' * 40} {rows[3][:16]}": "A mark is a number and 16 digits",
        "": "A mark is a number and 16 digits",
    }.items():
        found = instance.database.read(lambda session, typed=typed: mark_problem(session, "06391", typed))  # type: ignore[misc]
        assert found.startswith(sentence), typed
        assert bool(found) == bool(sentence)


def test_command_compares_a_printed_mark(
    instance: Instance, world: World, database_url: str, tmp_path: Path
) -> None:
    settings = {"TUNGNHA_DATA_DIR": str(tmp_path)}
    mark = str(instance.database.read(lambda session: stored_head(session, world.commune_id)))
    done = run(database_url, "check-log-mark", mark, "--commune", "06391", **settings)
    assert (done.exit_code, done.stdout) == (0, "ok\n")
    done = run(database_url, "check-log-mark", mark, "--commune", "06400", **settings)
    assert (done.exit_code, "has no entry" in done.stdout) == (1, True)


def test_backup_of_a_desk_log_that_was_changed_counts(instance: Instance, world: World) -> None:
    """It has all that there is; otherwise no backup would ever count again."""
    tamper(instance.database, world, _alter_person)
    url = instance.database.engine.url.render_as_string(hide_password=False)
    assert check_restored(url, None) == []
