"""Changes of the desk log in the database, with its triggers dropped and made again, and in its file: `check`
names each. Some need a witness that somebody else keeps."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app.core import desk_log
from app.core.audit.chain import AuditHead, Head, entry_hash, stored_head
from app.core.audit.views import VIEWED
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.upkeep.audit.checks import REWRITTEN, mark_problem
from app.upkeep.audit.purge import PURGED
from app.upkeep.audit.witness import NoWitness, Witness, parse, take
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.desk_log import catch_up, rewrite
from app.upkeep.maintenance.nightly.verification import Found, check_restored
from app.upkeep.migrations import append_only
from tests.conftest import NOW
from tests.operator import run
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

COUNT = VIEWS = 6
_ALTERED = "1 entries of the desk log were altered or moved, the first of them number"


@dataclass
class Attacker:
    """Somebody who may do everything in the database, and perhaps in the desk log's file."""

    session: Session
    commune_id: str
    file: Path

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


def _alter_views(attacker: Attacker) -> None:
    attacker.change(attacker.entries()[VIEWS - 1], views=[])


def _delete(attacker: Attacker) -> None:
    attacker.session.delete(attacker.entries()[2])


def _delete_first(attacker: Attacker) -> None:
    attacker.session.delete(attacker.entries()[0])


def _delete_newest(attacker: Attacker) -> None:
    attacker.session.delete(attacker.entries()[-1])


def _cut_tail(attacker: Attacker) -> None:
    attacker.execute("DELETE FROM desk_entry WHERE commune_id = :commune_id AND seq > 3")


def _delete_newest_with_the_head(attacker: Attacker) -> None:
    _delete_newest(attacker)
    attacker.session.flush()
    attacker.chain_anew()


def _move_head(attacker: Attacker) -> None:
    attacker.execute("UPDATE audit_head SET seq = 3 WHERE commune_id = :commune_id")


def _delete_all(attacker: Attacker) -> None:
    attacker.execute("DELETE FROM desk_entry WHERE commune_id = :commune_id")
    attacker.execute("DELETE FROM audit_head WHERE commune_id = :commune_id")


def _forge_purge(attacker: Attacker, up_to: Head, years: int, **details: object) -> None:
    """An entry as the daily work writes it, that says that it was made in so many years."""
    at = NOW + timedelta(days=365 * years)
    before = at - timedelta(days=6 * 365)
    details = {"up_to": [*up_to], "before": before.isoformat(), "at": at.isoformat()} | details
    newest = attacker.entries()[-1]
    entry = newest.entry | {"id": "forged", "what": PURGED} | details
    hash = entry_hash(attacker.commune_id, Head(newest.seq, newest.hash), entry)
    row = DeskEntry(
        commune_id=attacker.commune_id, id="forged", entry=entry,
        seq=newest.seq + 1, previous=newest.hash, hash=hash,
    )  # fmt: skip
    attacker.session.add(row)
    attacker.session.flush()
    head = attacker.session.get_one(AuditHead, attacker.commune_id)
    head.seq, head.hash = row.seq, hash
    attacker.session.add(head)


def _purge_with(attacker: Attacker, years: int = 0) -> None:
    third = attacker.entries()[2]
    up_to = Head(third.seq, third.hash)
    _forge_purge(attacker, up_to, years)
    attacker.execute("DELETE FROM desk_entry WHERE commune_id = :commune_id AND seq <= 3")


def _purge_of_times_to_come(attacker: Attacker) -> None:
    _purge_with(attacker, years=6)


def _purge_with_shortened_file(attacker: Attacker) -> None:
    """Nothing but the number of lines says that there were some."""
    _purge_with(attacker)
    of_commune = f'"commune_id":"{attacker.commune_id}"'
    lines = attacker.file.read_text().splitlines(keepends=True)
    ours = [line for line in lines if of_commune in line][:3]
    padding = sum(map(len, ours)) * " " + "\n"
    attacker.file.write_text("".join(line for line in lines if line not in ours) + padding)


def _purge_without_an_entry(attacker: Attacker) -> None:
    attacker.execute("DELETE FROM desk_entry WHERE commune_id = :commune_id AND seq <= 3")


def _purge_without_deletions(attacker: Attacker) -> None:
    _forge_purge(attacker, Head(3, "0" * 64), 0, before=NOW.isoformat())


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


def _alter_line(attacker: Attacker) -> None:
    content = attacker.file.read_text()
    assert '"list":"l2"' in content
    attacker.file.write_text(content.replace('"list":"l2"', '"list":"l9"'))


def _alter_hash_of_line(attacker: Attacker) -> None:
    third = attacker.entries()[2]
    attacker.file.write_text(attacker.file.read_text().replace(third.hash, "0" * 64))


def _add_line(attacker: Attacker) -> None:
    *_others, last = attacker.file.read_text().splitlines()
    with attacker.file.open("a") as file:
        file.write(json.dumps(json.loads(last) | {"id": "forged"}, separators=(",", ":")) + "\n")


def _shorten_file(attacker: Attacker) -> None:
    lines = attacker.file.read_text().splitlines(keepends=True)
    attacker.file.write_text("".join(lines[:-2]))


def _delete_middle_line(attacker: Attacker) -> None:
    lines = attacker.file.read_text().splitlines(keepends=True)
    attacker.file.write_text("".join(line for line in lines if '"list":"l2"' not in line) + " " * 500 + "\n")


def _delete_file(attacker: Attacker) -> None:
    attacker.file.unlink()


def _delete_file_and_mark(attacker: Attacker) -> None:
    _delete_file(attacker)
    attacker.file.with_name(f"{attacker.file.name}.mark").unlink()


def _alter_and_delete_file(attacker: Attacker) -> None:
    _alter_and_chain_anew(attacker)
    _delete_file_and_mark(attacker)


TAMPERING: list[tuple[Callable[[Attacker], None], str]] = [
    (_alter_person, f"{_ALTERED} 3"),
    (_alter_time, f"{_ALTERED} 3"),
    (_alter_views, f"{_ALTERED} {VIEWS}"),
    (_alter_with_its_own_hash, "1 entries of the desk log do not follow the one before"),
    (_alter_and_chain_anew, "4 entries of the desk log are others in its file, the first of them number 3"),
    (_delete_first, "The desk log begins behind number 1, and no entry says that it was purged"),
    (_delete, "1 entries of the desk log are missing"),
    (_delete_newest, "The newest entry of the desk log is another than its head says"),
    (_cut_tail, "3 lines of the desk log's file are of entries that the database does not have"),
    (_delete_newest_with_the_head, "1 lines of the desk log's file are of entries that the database does"),
    (_move_head, "The newest entry of the desk log is another than its head says"),
    (_delete_all, f"{COUNT} lines of the desk log's file are of entries that the database does not have"),
    (_purge_with, "3 entries of the desk log are gone, and were not old by their lines in its file"),
    (_purge_of_times_to_come, "1 entries of the desk log purged at a time that had not come"),
    (_purge_with_shortened_file, "3 lines of purged entries are missing in the desk log's file"),
    (_purge_without_an_entry, "The desk log begins behind number 3, and no entry says that it was purged"),
    (_purge_without_deletions, "1 entries of the desk log purged what was not old enough"),
    (_reorder, "2 entries of the desk log were altered or moved, the first of them number 2"),
    (_add, "The newest entry of the desk log is another than its head says"),
    (_rename, f"{_ALTERED} 3"),
    (_move_to_another_commune, f"{_ALTERED} 1 (commune 06400)"),
    (_alter_line, "1 entries of the desk log are others in its file, the first of them number 3"),
    (_alter_hash_of_line, "1 entries of the desk log are others in its file, the first of them number 3"),
    (_add_line, "1 lines of the desk log's file are of entries that the database does not have"),
    (_shorten_file, "The desk log's file is shorter than it was"),
    (_delete_middle_line, "1 entries of the desk log are not in its file, the first of them number 3"),
    (_delete_file, "is missing: rewrite-desk-log"),
    (_delete_file_and_mark, "is missing: rewrite-desk-log"),
    (_alter_and_delete_file, "is missing: rewrite-desk-log"),
]  # fmt: skip


def tamper(instance: Instance, world: World, how: Callable[[Attacker], None]) -> None:
    def work(session: Session) -> None:
        append_only.release(session.connection())
        how(Attacker(session, world.commune_id, instance.settings.desk_log_file))
        session.flush()
        append_only.guard(session.connection())

    instance.database.write(work)


def found(database: Database, *witnesses: Witness) -> dict[str, str]:
    return {one.name: " ".join(one.problems) for one in check(database, witnesses=witnesses) if one.problems}


@pytest.fixture(autouse=True)
def entries(instance: Instance, world: World) -> None:
    def work(session: Session) -> None:
        for number in range(COUNT - 1):
            desk_log.note(session, world.commune_id, "list.undone", NOW, list=f"l{number}")
        desk_log.note(session, world.commune_id, VIEWED, NOW, views=[["binh", "visit", "v1", 2]])

    instance.database.write(work)
    catch_up(instance.database)


@pytest.mark.parametrize(("how", "sentence"), TAMPERING, ids=lambda value: getattr(value, "__name__", ""))
def test_tampering_is_named(
    how: Callable[[Attacker], None],
    sentence: str,
    instance: Instance,
    world: World,
) -> None:
    assert found(instance.database) == {}
    tamper(instance, world, how)
    problems = found(instance.database)
    assert list(problems) == ["audit"]
    assert sentence in problems["audit"]


@pytest.mark.parametrize("statement", [
    "UPDATE desk_entry SET hash = ''", "DELETE FROM desk_entry", "DELETE FROM desk_entry WHERE seq = 1",
    "UPDATE audit_head SET seq = seq - 1", "UPDATE audit_head SET seq = seq + 1", "DELETE FROM audit_head",
    "UPDATE audit_head SET commune_id = 'other'", "UPDATE audit_head SET hash = ''",
])  # fmt: skip
def test_database_refuses_to_change_entries_and_heads(instance: Instance, statement: str) -> None:
    with (
        instance.database.engine.connect() as connection,
        pytest.raises(DBAPIError, match=r"never changed|newest"),
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_database_refuses_to_replace_entries(instance: Instance, world: World) -> None:
    """REPLACE deletes without the triggers of a deletion."""
    copy = "SELECT commune_id, id, number, entry, seq, previous, 'forged' FROM desk_entry WHERE seq = 3"
    columns = "commune_id, id, number, entry, seq, previous, hash"
    with instance.database.engine.connect() as connection, pytest.raises(DBAPIError, match="never changed"):
        connection.execute(text(f"INSERT OR REPLACE INTO desk_entry ({columns}) {copy}"))


def test_witness_names_what_was_rewritten_with_its_file(instance: Instance, world: World) -> None:
    """Nothing on this machine has another content; what somebody else keeps does."""
    database = instance.database
    (witness,) = parse([database.read(lambda session: take(session, NOW)).line()])
    assert found(database, witness) == {}
    tamper(instance, world, _alter_and_chain_anew)
    _delete_file_and_mark(Attacker(Session(), "", instance.settings.desk_log_file))
    rewrite(database, NOW)
    assert found(database) == {}
    assert (
        f"has another entry {COUNT}: what is in the database was written anew"
        in found(database, witness)["audit"]
    )
    tamper(instance, world, _cut_tail)
    assert f"has entries up to {COUNT}, and the database up to 3" in found(database, witness)["audit"]


def test_witness_of_before_a_restore_is_no_tampering(instance: Instance, world: World) -> None:
    instance.back_up()
    instance.database.write(
        lambda session: desk_log.note(session, world.commune_id, "list.undone", NOW, list="later")
    )
    witness = instance.database.read(lambda session: take(session, NOW))
    instance.restore()
    assert found(instance.database, witness) == {}


@pytest.mark.parametrize("line", ["", "{}", '{"at":"","desk_log_heads":{"":[1]}}', "[" * 100_000, "x"])
def test_what_is_no_witness_is_refused(line: str) -> None:
    with pytest.raises(NoWitness):
        parse(["", line or "null"])


def test_file_is_written_anew_by_a_command_that_is_noted(instance: Instance, world: World) -> None:
    database, file = instance.database, instance.settings.desk_log_file
    tamper(instance, world, _alter_line)
    before = file.read_bytes()
    replaced = rewrite(database, NOW)
    assert replaced is not None
    assert replaced.read_bytes() == before
    assert found(database) == {}
    (noted,) = (one.entry for one in instance.rows(DeskEntry) if one.entry["what"] == REWRITTEN)
    assert noted["replaced"] == hashlib.sha256(before).hexdigest()
    (audit,) = (one for one in check(database) if one.name == "audit")
    assert any("its file was written anew" in remark for remark in audit.remarks)


def test_nothing_is_added_to_a_file_that_lost_lines(instance: Instance, world: World) -> None:
    """At a start either: somebody would have them replaced by what is in the database now."""
    file = instance.settings.desk_log_file
    for how in (_shorten_file, _delete_file_and_mark):
        tamper(instance, world, how)
        size = file.stat().st_size if file.exists() else 0
        assert catch_up(instance.database).added == 0
        assert (file.stat().st_size if file.exists() else 0) == size


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
        connection.execute(text("CREATE ROLE writes"))
        for table in (append_only.TABLE, append_only.HEADS):
            connection.execute(text(f"ALTER TABLE {table} OWNER TO writes"))
        connection.execute(text("SET LOCAL ROLE writes"))
        assert append_only.protection(connection) == ""
        append_only.guard(connection, has_triggers=False)
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
    """It has all that there is, and otherwise no backup would ever count again; but it says so."""
    tamper(instance, world, _alter_person)
    url = instance.database.engine.url.render_as_string(hide_password=False)
    assert check_restored(url, None) == Found([], log_changed=True)
