"""Flags are computed after the transaction that changes visits: soon, once, and before anybody decides."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session, select

from app.core.clock import wire_time
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Invalid
from app.core.sql.locks import try_lock_flags
from app.fieldwork.derived.flags import evaluation, unevaluated
from app.fieldwork.derived.flags.evaluation import evaluate, evaluate_all
from app.fieldwork.derived.flags.models import UnevaluatedDay, VisitFlag
from app.fieldwork.derived.flags.neighbours import PersonDay
from app.fieldwork.derived.flags.unevaluated import Days
from app.main import create_app
from app.reports.closing import close_period
from app.review.visit_list.flag_queries import count_unevaluated
from app.upkeep.maintenance.check import check
from tests.conftest import NOW, FakeClock
from tests.fieldwork.derived.flags.flagged import Op, assert_as_computed_anew, ids
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.web.desk.desk_client import UNCLEAR, Page, states, words
from tests.world import World, add_households

DIGITS = "CCCD 001085012345"
CONSIDERED = "Đang xem xét 3 lượt vừa gửi hoặc vừa sửa"


def days_in(database: Database) -> dict[tuple[str, str], int]:
    """The days that are not evaluated, with how many visits of them changed."""
    rows = database.read(lambda session: session.exec(select(UnevaluatedDay)).all())
    return {(row.kind, row.id): row.visits for row in rows}


def stored_flags(database: Database) -> set[tuple[str, str]]:
    rows = database.read(lambda session: session.exec(select(VisitFlag)).all())
    return {(row.visit_id, row.rule) for row in rows}


@pytest.fixture
def pushed(lan: Phone, world: World, database: Database) -> list[Op]:
    """Three visits, whose flags are not computed: the last two have one, of the note."""
    first, second, third = add_households(database, world, 3)
    visits = [lan.visit(first), lan.visit(second, note=DIGITS), lan.visit(third, note=DIGITS)]
    assert lan.statuses(*visits) == ["applied"] * 3
    assert stored_flags(database) == set()
    return visits


def test_a_push_notes_its_days_and_an_evaluation_writes_their_flags(
    pushed: list[Op], lan: Phone, database: Database
) -> None:
    assert days_in(database) == {("person", lan.account_id): 3}
    evaluate_all(database)
    assert stored_flags(database) == {(id, "digits") for id in ids(*pushed[1:])}
    assert days_in(database) == {}


def test_a_visit_that_moves_has_both_households_evaluated(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    first, again = lan.visit(world.duc), lan.visit(world.duc) | {"at": wire_time(NOW - timedelta(hours=5))}
    lan.exchange(first, again)
    evaluate_all(database)
    assert {rule for _id, rule in stored_flags(database)} == {"repeated"}
    lan.exchange(lan.amend(first, household_id=world.mai))
    assert days_in(database) == {("person", lan.account_id): 1, ("household", world.duc): 0}
    assert_as_computed_anew(database, world)
    assert stored_flags(database) == set()


def test_a_visit_that_is_withdrawn_loses_its_flags_at_once(
    pushed: list[Op], lan: Phone, database: Database, world: World
) -> None:
    evaluate_all(database)
    _, second, third = ids(*pushed)
    lan.exchange(lan.op("visit.withdraw", {"id": second}))
    assert stored_flags(database) == {(third, "digits")}
    assert_as_computed_anew(database, world)


def test_an_evaluation_that_fails_leaves_its_days(
    pushed: list[Op], lan: Phone, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(unevaluated, "delete_days", fail)
        with suppress(RuntimeError):
            evaluate_all(database)
    assert stored_flags(database) == set(), "what it had written is rolled back"
    assert days_in(database) == {("person", lan.account_id): 3}
    evaluate_all(database)
    assert len(stored_flags(database)) == len(pushed) - 1


def test_many_days_are_evaluated_some_at_a_time(
    lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "AT_ONCE", 2)
    days = [NOW - timedelta(days=number) for number in range(5)]
    lan.exchange(*(lan.visit(world.duc, note=DIGITS) | {"at": wire_time(day)} for day in days))
    assert len(database.read(lambda session: session.exec(select(UnevaluatedDay)).all())) == 5
    evaluate_all(database)
    assert len(stored_flags(database)) == 5
    assert_as_computed_anew(database, world)


def test_a_commune_to_which_phones_push_all_the_time_is_left_when_time_is_up(
    lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lan.exchange(lan.visit(world.duc))
    write, transactions = Database.write, list[object]()

    def and_a_push(self: Database, work: Callable[[Session], object]) -> object:
        done = write(self, work)
        transactions.append(done)
        if len(transactions) < 50:
            lan.exchange(lan.visit(world.duc))
        return done

    monkeypatch.setattr(Database, "write", and_a_push)
    evaluate_all(database, 0.001)
    assert len(transactions) == 1


def test_a_commune_whose_days_cannot_be_evaluated_keeps_no_other_waiting(
    pushed: list[Op], database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write(
        lambda session: session.add(
            UnevaluatedDay(
                commune_id=world.neighbour_id, kind="person", id=world.hoa, day=NOW.date(), visits=1
            )
        )
    )
    real = evaluation._evaluate

    def fail(session: Session, commune_id: str, days: Days) -> set[PersonDay]:
        if commune_id == world.neighbour_id:
            raise ZeroDivisionError
        return real(session, commune_id, days)

    monkeypatch.setattr(evaluation, "_evaluate", fail)
    for _ in range(4):  # in another order each time
        with pytest.raises(ZeroDivisionError):
            evaluate_all(database)
    assert stored_flags(database) == {(id, "digits") for id in ids(*pushed[1:])}


def test_a_visit_that_is_flagged_again_is_not_accepted_from_a_page_without_it(
    pushed: list[Op], lan: Phone, desk: TestClient, database: Database
) -> None:
    first, second, third = ids(*pushed)
    evaluate_all(database)
    desk.post(f"/desk/visits/{second}/accept", data={"version": "1"})
    lan.exchange(lan.amend(pushed[1], note=f"{DIGITS}, hẹn mai"))
    said = Page(desk, "?state=received").press_all(state="accepted_flagged")
    assert "1 lượt có lý do cần xem sau khi trang này mở: chưa duyệt." in said
    assert states(lan) == {first: "accepted", second: "received", third: "accepted"}


def test_a_lost_note_is_found_by_check(pushed: list[Op], database: Database) -> None:
    waiting = [one for one in check(database, lambda: NOW) if one.remarks and one.name != "audit"]
    assert [(one.problems, one.remarks) for one in waiting] == [
        ([], ["The flags of 1 days are not computed yet (commune 06391)."])
    ]
    database.write(lambda session: session.execute(text("DELETE FROM unevaluated_day")))
    (found,) = (one for one in check(database, lambda: NOW) if one.problems)
    (problem,) = found.problems
    assert problem.startswith(f"{len(pushed) - 1} flags of commune 06391 are not what")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_servers_do_not_compute_the_same_flags(
    pushed: list[Op], database: Database, world: World
) -> None:
    def hold(session: Session) -> None:
        assert try_lock_flags(session, world.commune_id)
        evaluate_all(database)
        assert stored_flags(database) == set(), "the other one is at it"

    database.write(hold)
    evaluate_all(database)
    assert len(stored_flags(database)) == len(pushed) - 1


def test_a_server_computes_them_when_it_starts(
    pushed: list[Op], database: Database, database_url: str, clock: FakeClock, tmp_path: Path
) -> None:
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path), clock)
    with TestClient(app, base_url="http://127.0.0.1") as server:
        end = time.monotonic() + 30
        while days_in(database) and time.monotonic() < end:
            server.get("/healthz")
            time.sleep(0.02)
    assert stored_flags(database) == {(id, "digits") for id in ids(*pushed[1:])}


def test_pages_say_that_visits_are_considered_and_write_nothing(
    pushed: list[Op], desk: TestClient, database: Database
) -> None:
    screens = ("/desk/", "/desk/visits", "/desk/flags", "/desk/reports")
    for screen in screens:
        assert CONSIDERED in words(desk.get(screen).text)
    assert len(days_in(database)) == 1
    assert stored_flags(database) == set()
    evaluate_all(database)
    for screen in screens:
        assert "Đang xem xét" not in words(desk.get(screen).text)
    assert len(pushed) == 3


def _accept_first(desk: TestClient, visits: list[Op]) -> None:
    desk.post(f"/desk/visits/{visits[0]['data']['id']}/accept", data={"version": "1"})


def _return_first(desk: TestClient, visits: list[Op]) -> None:
    desk.post(f"/desk/visits/{visits[0]['data']['id']}/return", data={"version": "1", **UNCLEAR})


def _accept_all(desk: TestClient, _visits: list[Op]) -> None:
    page = Page(desk, "?state=received")
    assert "2 lượt có lý do cần xem sau khi trang này mở: chưa duyệt." in page.press_all()


@pytest.mark.parametrize("decide", [_accept_first, _return_first, _accept_all])
def test_whoever_decides_has_the_flags_computed_first(
    pushed: list[Op], desk: TestClient, lan: Phone, database: Database, decide: Callable[..., None]
) -> None:
    decide(desk, pushed)
    assert days_in(database) == {}
    assert stored_flags(database) == {(id, "digits") for id in ids(*pushed[1:])}
    assert [states(lan)[id] for id in ids(*pushed[1:])] == ["received"] * 2


def test_a_period_with_flags_that_nobody_has_computed_is_not_closed_without_a_reason(
    pushed: list[Op], database: Database, world: World, clock: FakeClock
) -> None:
    clock.forward(days=7)
    with pytest.raises(Invalid) as refused:
        database.write(lambda session: close_period(session, binh(session, world), "2026-W48", "", clock()))
    assert refused.value.fields == ["reason"]
    assert len(pushed) == 3


def test_the_number_of_a_commune_is_its_own(pushed: list[Op], database: Database, world: World) -> None:
    def count(session: Session) -> int:
        return count_unevaluated(session, binh(session, world))

    assert database.read(count) == len(pushed)
    assert database.write(lambda session: evaluate(session, world.neighbour_id)) == 0
    assert database.read(count) == len(pushed)
