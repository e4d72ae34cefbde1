"""Decisions that were changed by SQL contradict the desk log: `check` names each kind."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session

from app.upkeep.audit.checks import check_commune
from app.upkeep.audit.verification import NOTHING_KNOWN
from app.upkeep.maintenance.check import check
from tests.cases import cases
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

NOT_AS_NOTED = "decisions are not what the desk log says: by whom, when, on what or which."
OTHER = "1 visits have another review than their decisions."


@pytest.fixture
def desk(instance: Instance) -> TestClient:
    client = instance.browser()
    client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    return client


@pytest.fixture
def decided(instance: Instance, desk: TestClient, lan: Phone, world: World) -> list[str]:
    """An accepted visit, a returned one, one whose decision was undone, and one that waits."""
    operations = [lan.visit(world.duc) for _ in range(4)]
    lan.exchange(*operations)
    first, second, third, fourth = (one["data"]["id"] for one in operations)
    accept(desk, first)
    more = {"version": "1", "reason": "missing_information", "field": "result", "note": "Ghi rõ hơn"}
    assert desk.post(f"/desk/visits/{second}/return", data=more).status_code == 303
    accept(desk, third)
    assert desk.post(f"/desk/decisions/{batch_of(instance, third)}/undo").status_code == 303
    assert problems(instance) == []
    return [first, second, third, fourth]


def batch_of(instance: Instance, visit_id: str) -> str:
    of_visit = text("SELECT batch_id FROM decision WHERE visit_id = :id")
    return str(
        instance.database.read(lambda session: session.execute(of_visit, {"id": visit_id}).scalar_one())
    )


def accept(desk: TestClient, visit_id: str, version: int = 1) -> None:
    answer = desk.post(f"/desk/visits/{visit_id}/accept", data={"version": str(version)})
    assert answer.status_code == 303


def problems(instance: Instance) -> list[str]:
    return [problem for one in check(instance.database) for problem in one.problems if one.name == "audit"]


class _RollBackError(Exception):
    pass


@cases(
    "statement, sentence",
    [
        ("UPDATE decision SET decided_by = :nam WHERE visit_id = :first", NOT_AS_NOTED),
        ("UPDATE decision SET decided_at = '2026-01-05 08:00:00' WHERE visit_id = :first", NOT_AS_NOTED),
        ("UPDATE decision SET state = 'returned' WHERE visit_id = :first", NOT_AS_NOTED),
        ("UPDATE decision SET reason = 'other' WHERE visit_id = :second", NOT_AS_NOTED),
        ("UPDATE decision SET visit_id = :fourth WHERE visit_id = :first", NOT_AS_NOTED),
        ("UPDATE decision SET decided_by = :nam WHERE visit_id = :third AND undo", NOT_AS_NOTED),
        (
            "INSERT INTO decision (commune_id, id, visit_id, visit_version, state, reason, field, note,"
            " decided_by, decided_at, undo) SELECT commune_id, 'forged', :fourth, visit_version, state,"
            " reason, field, note, decided_by, decided_at, undo FROM decision WHERE visit_id = :first",
            NOT_AS_NOTED,
        ),
        ("DELETE FROM decision WHERE visit_id = :first", "1 decisions that the desk log has are not there."),
        (
            "UPDATE decision_batch SET made_by = :nam"
            " WHERE id IN (SELECT batch_id FROM decision WHERE visit_id = :first)",
            "1 batches of decisions are not what the desk log says.",
        ),
        ("UPDATE visit SET review_state = 'accepted', reviewed_at = received_at WHERE id = :fourth", OTHER),
        ("UPDATE visit SET review_state = 'accepted' WHERE id = :second", OTHER),
        ("UPDATE visit SET review_state = 'received', reviewed_at = NULL WHERE id = :first", OTHER),
    ],
)  # fmt: skip
def test_decision_changed_by_sql_is_named(
    statement: str, sentence: str, instance: Instance, world: World, decided: list[str]
) -> None:
    values = dict(zip(("first", "second", "third", "fourth"), decided, strict=True), nam=world.nam)
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    found: list[str] = []

    def work(session: Session) -> None:
        session.execute(text(statement), used)
        found.extend(check_commune(session, world.commune_id, NOTHING_KNOWN, instance.clock()))
        raise _RollBackError

    with pytest.raises(_RollBackError):
        instance.database.write(work)
    assert sentence in " ".join(found)
    assert problems(instance) == []


def test_decisions_that_a_restore_reverted_are_no_tampering(
    instance: Instance, desk: TestClient, lan: Phone, world: World, decided: list[str]
) -> None:
    instance.back_up()
    waiting = decided[3]
    accept(desk, waiting)
    instance.clock.forward(hours=1)
    instance.restore()
    assert problems(instance) == []
    accept(desk, waiting)
    assert problems(instance) == []


def test_undo_that_a_restore_reverted_is_no_tampering(
    instance: Instance, desk: TestClient, lan: Phone, world: World, decided: list[str]
) -> None:
    waiting = decided[3]
    accept(desk, waiting)
    batch = batch_of(instance, waiting)
    instance.back_up()
    assert desk.post(f"/desk/decisions/{batch}/undo").status_code == 303
    instance.clock.forward(hours=1)
    instance.restore()
    assert problems(instance) == []


def test_visits_that_their_author_amended_are_no_tampering(
    instance: Instance, desk: TestClient, lan: Phone, world: World
) -> None:
    operations = [lan.visit(world.duc) for _ in range(2)]
    lan.exchange(*operations)
    for operation in operations:
        accept(desk, operation["data"]["id"])
        lan.exchange(lan.amend(operation, note="Lần hai"))
    accept(desk, operations[0]["data"]["id"], version=2)
    assert problems(instance) == []


@cases("minutes", [0, -90])
def test_decisions_follow_each_other_as_the_desk_log_says_whatever_the_clock_did(
    minutes: int, instance: Instance, desk: TestClient, lan: Phone, world: World
) -> None:
    """Returned, undone and accepted within a millisecond, or while the server's clock was set back."""
    operation = lan.visit(world.duc)
    lan.exchange(operation)
    visit = operation["data"]["id"]
    more = {"version": "1", "reason": "missing_information", "field": "result", "note": "Ghi rõ hơn"}
    assert desk.post(f"/desk/visits/{visit}/return", data=more).status_code == 303
    assert desk.post(f"/desk/decisions/{batch_of(instance, visit)}/undo").status_code == 303
    instance.clock.forward(minutes=minutes)
    accept(desk, visit)
    assert problems(instance) == []
