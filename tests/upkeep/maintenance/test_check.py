"""`check` finds inconsistent rows and prints how many there are, without names."""

from typing import Any

import pytest
from sqlalchemy import event, text

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.rebuild import rebuild
from app.upkeep.maintenance.check import check
from tests.conftest import NOW
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

DAMAGE = {
    "merged hamlets": [
        (
            "UPDATE hamlet SET merged_into = 'thon-tay' WHERE id = 'thon-dong'",
            "households are in a hamlet that was merged",
        ),
        (
            "UPDATE hamlet SET merged_into = 'thon-tay' WHERE id = 'thon-dong'",
            "1 teams are in charge of a merged hamlet",
        ),
        (
            "UPDATE hamlet SET merged_into = 'gone' WHERE id = 'thon-tay'",
            "1 hamlets were merged into one that",
        ),
    ],
    "feed": [
        ("UPDATE visit SET feed_seq = 9999", "1 rows are numbered outside"),
        ("UPDATE visit SET feed_seq = (SELECT min(feed_seq) FROM household)", "1 numbers of the feed"),
    ],
    "ledger": [
        ("UPDATE ledger SET record_id = 'gone' WHERE kind = 'visit'", "their visit is not there"),
        ("UPDATE ledger SET version = 7 WHERE kind = 'visit'", "has not reached"),
        ("DELETE FROM quarantined", "1 operations were acknowledged as quarantined"),
    ],
    "merged households": [
        (
            "UPDATE household SET merged_into = (SELECT min(id) FROM household WHERE id NOT IN "
            "(SELECT household_id FROM visit)) WHERE id IN (SELECT household_id FROM visit)",
            "1 visits stand at a household that was merged",
        ),
        ("UPDATE household SET merged_into = 'gone' WHERE head_name LIKE 'V%'", "one that does not stand"),
    ],
    "derived tables": [
        ("UPDATE daily_total SET visits = 5", "daily totals of commune 06391"),
        ("UPDATE monthly_total SET people = people + 1", "monthly totals of commune 06391"),
        ("DELETE FROM monthly_total", "monthly totals of commune 06391"),
        ("UPDATE open_visits SET visits = 7", "06391 has another number of visits in 1 review states"),
        ("UPDATE household_month SET days = 9", "days of 2 months of households of commune 06391"),
        ("DELETE FROM household_month", "days of 2 months of households of commune 06391"),
        ("UPDATE visited_household SET first_on = NULL", "1 households of commune 06391 were first or last"),
        (
            "INSERT INTO visit_flag (commune_id, visit_id, rule, recorded_by, counted_on, undecided, numbers)"
            " SELECT commune_id, id, 'clock', recorded_by, counted_on, true, '{}' FROM visit",
            "1 flags of commune 06391",
        ),
        (
            "INSERT INTO household_need (commune_id, household_id, service, visit_id, hamlet_id, asked_on,"
            " dropped) SELECT commune_id, household_id, 'bills', id, hamlet_id, counted_on, false FROM visit",
            "1 needs of households of commune 06391",
        ),
    ],
    "follow-ups": [
        ("UPDATE follow_up SET closed_on = '2020-01-01'", "1 follow-ups have another day than the visit"),
    ],
    "phone numbers": [
        ("DELETE FROM phone_commune", "2 phone numbers of commune 06391 are not where"),
        (
            "INSERT INTO phone_commune (phone, commune_id) VALUES ('+84900000077', 'c06391')",
            "1 phone numbers of commune 06391 are not where",
        ),
    ],
}
DERIVED = ("derived tables", "phone numbers")


@pytest.fixture(autouse=True)
def something(lan: Phone, world: World, database: Database) -> None:
    due = lan.visit(world.duc, follow_up_on="2026-11-30")
    lan.exchange(due, lan.visit("8d7a3c1e-0a55-4a53-9c35-0d2a6f1f9a10"))
    evaluate_all(database)


def test_whole_database_has_no_problem(instance: Instance) -> None:
    assert {one.name: one.problems for one in check(instance.database)} == {
        "file": [], "foreign keys": [], "feed": [], "ledger": [], "merged households": [],
        "merged hamlets": [], "derived tables": [], "closed periods": [], "follow-ups": [],
        "phone numbers": [], "audit": [], "retention": [], "secrets": [], "imports of communes": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "statement", "sentence"),
    [(name, *damage) for name, damages in DAMAGE.items() for damage in damages],
)
def test_damage_is_found(instance: Instance, name: str, statement: str, sentence: str) -> None:
    instance.database.write(lambda session: session.execute(text(statement)))
    results = check(instance.database, lambda: NOW)
    found = {one.name: " ".join(one.problems) for one in results if one.problems}
    assert list(found) == [name]
    assert sentence in found[name]


@pytest.mark.parametrize("statement", [one for name in DERIVED for one, _sentence in DAMAGE[name]])
def test_what_follows_from_visits_is_written_anew(instance: Instance, statement: str) -> None:
    instance.database.write(lambda session: session.execute(text(statement)))
    rebuilt = rebuild(instance.database, "06391", NOW)
    assert [list(tables.values()) for tables in rebuilt.values()] in ([[1]], [[2]])
    assert [one.problems for one in check(instance.database, lambda: NOW) if one.problems] == []
    assert rebuild(instance.database, "", NOW)["06391"] == {}


def test_phones_get_the_rows_of_households_whose_days_were_wrong(
    lan: Phone, world: World, instance: Instance
) -> None:
    before = {row["id"]: row["met_on"] for row in lan.exchange(scope=None)["changes"]["household"]}
    instance.database.write(lambda session: session.execute(text("DELETE FROM visited_household")))
    assert rebuild(instance.database, "06391", NOW) == {"06391": {"visited_household": 1}}
    (row,) = lan.exchange()["changes"]["household"]
    assert row["met_on"] == before[world.duc] is not None


def test_rows_without_what_they_belong_to_are_found(instance: Instance) -> None:
    _damage(instance, "DELETE FROM household WHERE id IN (SELECT household_id FROM visit)")
    (found,) = (one.problems for one in check(instance.database) if one.name == "foreign keys")
    assert "1 rows of visit lack their household (commune 06391)." in found


def _damage(instance: Instance, statement: str) -> None:
    """Change rows with the database's foreign keys off."""
    off, on = "PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON"
    if not instance.database.is_sqlite:
        off, on = "SET session_replication_role = replica", "RESET session_replication_role"
    with instance.database.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for one in (off, statement, on):
            raw.execute(one)
            raw.commit()


def test_one_commune_is_checked_alone(instance: Instance) -> None:
    instance.database.write(lambda session: session.execute(text("UPDATE open_visits SET visits = 7")))
    problems = {
        code: [problem for one in check(instance.database, lambda: NOW, code) for problem in one.problems]
        for code in ("06391", "06400")
    }
    assert problems == {
        "06391": ["Commune 06391 has another number of visits in 1 review states."],
        "06400": [],
    }
    assert check(instance.database, lambda: NOW, "00000") == []


def test_each_commune_is_checked_in_a_transaction_of_its_own(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One snapshot of all would be as old as the whole check takes."""
    communes: list[set[str]] = []
    read = Database.read

    def note(database: Database, work: Any) -> Any:
        communes.append(set())
        return read(database, work)

    def see(_connection: Any, _cursor: Any, _text: str, parameters: Any, *_rest: Any) -> None:
        values = parameters.values() if isinstance(parameters, dict) else parameters or ()
        communes[-1].update(code for code in ("c06391", "c06400") if code in values)

    monkeypatch.setattr(Database, "read", note)
    event.listen(instance.database.engine, "before_cursor_execute", see)
    check(instance.database, lambda: NOW)
    assert {"c06391"} in communes
    assert {"c06400"} in communes
    assert {"c06391", "c06400"} not in communes
