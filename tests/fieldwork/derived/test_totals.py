"""Daily totals follow every change of a visit, by any command, in the same transaction."""

from datetime import date
from typing import Any

from sqlmodel import Session, select

from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account
from app.core.db import Database
from app.fieldwork.derived.total_models import DailyTotal
from app.fieldwork.derived.totals import DailyTotals
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from tests.conftest import NOW, FakeClock
from tests.derived_tables import assert_as_defined
from tests.phone import Phone, new_id
from tests.world import World, give_lan_both_hamlets

TODAY = date(2026, 11, 24)


def test_visits_and_people_by_service_and_outcome(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(
        lan.visit(world.duc, services=_services(("vneid_install", "did_it", 2), ("vietqr", "explained", 1))),
        lan.visit(world.duc, services=_services(("vneid_install", "did_it", 1))),
        lan.visit(world.mai, services=_services(("vneid_install", "did_it", 1))),
        lan.visit(world.mai, result="not_home", services=[]),
    )
    assert _totals(database, world) == {
        ("", "helped"): (3, 0),
        ("", "not_home"): (1, 0),
        ("vneid_install", "did_it"): (3, 4),
        ("vietqr", "explained"): (1, 1),
    }


def test_repeated_operation_is_counted_once(lan: Phone, world: World, database: Database) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit, visit)
    lan.exchange(visit)
    assert _totals(database, world)["", "helped"] == (1, 0)


def test_amended_and_withdrawn_visits_count_for_what_they_are_now(
    lan: Phone, world: World, database: Database
) -> None:
    visit, same_household = lan.visit(world.duc), lan.visit(world.duc)
    lan.exchange(visit, same_household)
    lan.exchange(lan.amend(visit, household_id=world.mai, services=_services(("vietqr", "explained", 3))))
    assert _totals(database, world) == {
        ("", "helped"): (2, 0),
        ("vneid_install", "did_it"): (1, 1),
        ("vietqr", "explained"): (1, 3),
    }
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert _totals(database, world) == {("", "helped"): (1, 0), ("vneid_install", "did_it"): (1, 1)}


def test_visit_that_moves_to_another_hamlet_is_counted_there(
    lan: Phone, world: World, database: Database
) -> None:
    give_lan_both_hamlets(database, world)
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    lan.exchange(lan.amend(visit, household_id=world.anh))
    assert _totals(database, world) == {}
    assert _totals(database, world, world.tay)["", "helped"] == (1, 0)


def test_returned_visit_is_not_counted_and_counts_again_when_it_is_amended(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    verdict = Verdict("returned", "missing_information", "note", "Thiếu")
    database.write(lambda session: _return(session, world, visit["data"]["id"], verdict, clock))
    assert _totals(database, world) == {}
    lan.exchange(lan.amend(visit, note="Đủ rồi"))
    assert _totals(database, world)["", "helped"] == (1, 0)


def test_visit_applied_from_quarantine_is_counted_on_the_day_it_was_received(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    lan.exchange(lan.visit(household["id"]))
    assert _totals(database, world) == {}
    clock.forward(days=2)
    lan.exchange(lan.op("household.add", household))
    assert _totals(database, world)["", "helped"] == (1, 0)


def test_check_finds_a_total_that_is_wrong(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc))

    def falsify(session: Any) -> None:
        row = session.exec(select(DailyTotal).where(DailyTotal.service == "")).one()
        row.visits += 1

    database.write(falsify)
    wrong = database.read(lambda session: DailyTotals().wrong(session, world.commune_id, NOW))
    assert wrong == [("", TODAY, world.dong, "helped")]


def _return(session: Session, world: World, visit_id: str, verdict: Verdict, clock: FakeClock) -> None:
    binh = actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))
    reviews.return_(session, binh, visit_id, SeenVisit(1), verdict, clock())


def _services(*parts: tuple[str, str, int]) -> list[dict[str, Any]]:
    return [{"code": code, "outcome": outcome, "people": people} for code, outcome, people in parts]


def _totals(database: Database, world: World, hamlet: str = "") -> dict[tuple[str, str], tuple[int, int]]:
    """Today's totals by service and outcome; checks that all tables are as defined."""
    assert_as_defined(database, world.commune_id)
    rows = database.read(lambda session: list(session.exec(select(DailyTotal))))
    assert {row.day for row in rows} <= {TODAY}
    return {
        (row.service, row.outcome): (row.visits, row.people)
        for row in rows
        if row.hamlet_id == (hamlet or world.dong) and row.visits
    }
