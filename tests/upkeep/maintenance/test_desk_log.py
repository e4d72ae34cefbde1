"""The desk log's file is made complete: after a crash, by a machine that another one's decisions lack."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, insert, select

from app.core import desk_log as core
from app.core.db import Database
from app.core.desk_log import DeskEntry, DeskLog
from app.upkeep.maintenance import desk_log
from app.upkeep.maintenance.desk_log import catch_up, mark_file, rewrite
from tests.e2e.server import ROOT
from tests.rounds import LONG

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
LARGE = 1_000_000
# Prints the seconds and the kilobytes that a start takes for the desk log. `ru_maxrss` would have the memory
# of the process that started this one.
MEASURED = """
import re, sys, time
from pathlib import Path
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.upkeep.maintenance.desk_log import catch_up
began = time.process_time()
added = catch_up(Database(sys.argv[1], DeskLog(Path(sys.argv[2])))).added
memory = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]
print(added, time.process_time() - began, memory)
"""


@pytest.fixture
def machine(database_url: str, tmp_path: Path) -> Callable[[str], Database]:
    """A machine with a desk log of its own, at the one database."""
    return lambda name: Database(database_url, DeskLog(tmp_path / name / "desk-log.jsonl"))


def decide(database: Database, count: int = 1, commune_id: str = "c") -> None:
    for _ in range(count):
        database.write(lambda session: core.note(session, commune_id, "visit.accepted", NOW, visits=["v1"]))


def ids(database: Database) -> list[str]:
    assert database.desk_log
    return [entry["id"] for entry in database.desk_log.entries()]


def crash(database: Database, count: int = 1) -> None:
    """Decisions that are committed, and whose lines are not written."""
    log, database.desk_log = database.desk_log, None
    decide(database, count)
    database.desk_log = log


def test_entries_of_a_crash_are_added_once_and_others_not_again(machine: Callable[[str], Database]) -> None:
    one = machine("one")
    decide(one, 3)
    catch_up(one)
    crash(one, 2)
    assert [catch_up(one).added, catch_up(one).added] == [2, 0]
    decide(one)
    assert catch_up(one).added == 0
    assert (len(ids(one)), len(set(ids(one)))) == (6, 6)


def test_file_has_the_decisions_of_the_other_machine(machine: Callable[[str], Database]) -> None:
    one, two = machine("one"), machine("two")
    decide(one, 2)
    catch_up(one)
    decide(two, 3)
    assert (catch_up(one).added, catch_up(two).missing) == (3, 2), "nothing says what a new machine had"
    rewrite(two, NOW)
    assert catch_up(one).added == 1, "this was noted"
    decide(two)
    assert (catch_up(one).added, catch_up(two).added) == (1, 0)
    assert set(ids(two)) - set(ids(one)) == set(ids(two)[:1]), "the start of the epoch"


def test_entry_committed_after_a_later_one_is_found(
    machine: Callable[[str], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that was open at the last look has the lower number."""
    one = machine("one")
    monkeypatch.setattr(desk_log, "OVERLAP", 3)
    decide(one, 6)
    decide(one, 1, "d")
    decide(one)
    catch_up(one)
    crash_number = 7
    lines = [line for line in _lines(one) if json.loads(line)["id"] != _id_of(one, crash_number)]
    assert one.desk_log
    one.desk_log.path.write_text("".join(lines))
    _set_mark(one, number=8)
    assert catch_up(one).added == 1


def test_what_may_be_on_its_way_to_the_file_is_left_for_the_next_look(
    machine: Callable[[str], Database],
) -> None:
    one = machine("one")
    decide(one)
    catch_up(one)
    head = catch_up(one).head
    crash(one)
    assert catch_up(one, up_to=head).added == 0
    assert catch_up(one, up_to=head + 1).added == 1


@pytest.mark.parametrize("damage", ["{", '{"number": 5}', ""])
def test_without_a_mark_nothing_is_added(damage: str, machine: Callable[[str], Database]) -> None:
    """Nothing says that the file had all lines before those that it lacks."""
    one = machine("one")
    decide(one, 2)
    catch_up(one)
    crash(one)
    assert one.desk_log
    mark_file(one.desk_log).write_text(damage)
    assert (catch_up(one).added, catch_up(one).missing) == (0, 1)


def test_what_another_epoch_lacked_is_added_behind_the_newest_line(
    machine: Callable[[str], Database],
) -> None:
    """As after a promotion, which has not seen the last entries of this machine."""
    one = machine("one")
    decide(one, 2)
    catch_up(one)
    crash(one)
    assert one.desk_log
    mark_file(one.desk_log).write_text('{"epoch": "another", "number": 99, "offset": 1}')
    assert catch_up(one).added == 1


def test_file_that_was_lost_or_truncated_is_not_refilled(machine: Callable[[str], Database]) -> None:
    one = machine("one")
    decide(one, 4)
    catch_up(one)
    assert one.desk_log
    content = one.desk_log.path.read_bytes()
    one.desk_log.path.write_bytes(content[: len(content) - 30])
    caught = catch_up(one)
    assert (caught.added, caught.missing, caught.is_shorter) == (0, 1, True)
    one.desk_log.path.unlink()
    assert (catch_up(one).added, catch_up(one).missing) == (0, 4)
    rewrite(one, NOW)
    assert len(set(ids(one))) == 6, "with the start of the epoch, and that it was written anew"


def test_start_with_a_million_entries_is_quick_and_small(machine: Callable[[str], Database]) -> None:
    one = machine("one")
    fill(one, LARGE if LONG else LARGE // 20)
    assert catch_up(one).added == 0, "every entry is in the file"
    crash(one, 2)
    assert one.desk_log
    words = [one.engine.url.render_as_string(hide_password=False), str(one.desk_log.path)]
    done = subprocess.run([sys.executable, "-c", MEASURED, *words], cwd=ROOT, capture_output=True, check=True)
    added, seconds, kilobytes = done.stdout.split()
    print(f"{seconds.decode()} s, {int(kilobytes) // 1024} MB")
    assert int(added) == 2
    assert float(seconds) < 2
    assert int(kilobytes) < 200 * 1024


def fill(database: Database, count: int) -> None:
    """So many entries, in the database and in the file."""
    assert database.desk_log
    database.desk_log.path.parent.mkdir(parents=True, exist_ok=True)
    with database.desk_log.path.open("a") as file:
        for first in range(0, count, 10_000):
            entries = [
                {
                    "id": f"e{number:015}",
                    "commune_id": "many",
                    "at": "2026-11-24T09:40:00.000Z",
                    "what": "visit.accepted",
                }
                for number in range(first, first + 10_000)
            ]
            rows = [
                {
                    "commune_id": "many",
                    "id": one["id"],
                    "entry": one,
                    "seq": seq,
                    "previous": "",
                    "hash": "",
                }
                for seq, one in enumerate(entries, first + 1)
            ]
            database.write(lambda session, rows=rows: session.execute(insert(DeskEntry), rows))  # type: ignore[misc]
            file.write("".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries))


def _lines(database: Database) -> list[str]:
    assert database.desk_log
    return database.desk_log.path.read_text().splitlines(keepends=True)


def _id_of(database: Database, number: int) -> str:
    def find(session: Session) -> str:
        return session.exec(select(DeskEntry.id).where(DeskEntry.number == number)).one()

    return database.read(find)


def _set_mark(database: Database, **changes: int) -> None:
    assert database.desk_log
    file = mark_file(database.desk_log)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"offset": 0} | changes))
