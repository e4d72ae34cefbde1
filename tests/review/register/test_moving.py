"""Moving a household to another hamlet: what moves, what phones are given, what they may still send."""

from collections import Counter

import pytest
from sqlmodel import Session

from app.core.db import Database
from app.core.errors import NotFound, StaleDecision
from app.fieldwork.derived.total_models import DailyTotal
from app.fieldwork.visits.models import FollowUp, Visit
from app.review.register.moving import move_household
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, all_rows, find_household, merge_households
from tests.world import World, give_lan_both_hamlets

DUE = "2026-11-30"


def move(
    database: Database, world: World, clock: FakeClock, household_id: str, hamlet_id: str, seen: int = 1
) -> None:
    def work(session: Session) -> None:
        binh = actor_of(session, world.commune_id, world.binh)
        move_household(session, binh, household_id, hamlet_id, seen, clock())

    database.write(work)


def commune_totals(database: Database) -> Counter[tuple[object, ...]]:
    """The commune's figures by day, service and outcome."""
    sums: Counter[tuple[object, ...]] = Counter()
    for row in all_rows(database, DailyTotal):
        for name in ("visits", "people"):
            sums[row.day, row.service, row.outcome, name] += getattr(row, name)
    return +sums


def assert_checked(database: Database) -> None:
    assert [result.problems for result in check(database) if result.problems] == []


def test_phones_of_both_hamlets_learn_it_and_no_figure_of_the_commune_changes(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    first, second = lan.visit(world.duc, follow_up_on=DUE), lan.visit(world.mai)
    lan.exchange(first, second)
    nam.exchange()
    before = commune_totals(database)
    move(database, world, clock, world.duc, world.tay)
    assert commune_totals(database) == before
    assert_checked(database)
    removed = lan.exchange()["changes"]
    assert {(row["kind"], row["id"]) for row in removed["tombstone"]} == {
        ("household", world.duc),
        ("visit", first["data"]["id"]),
        ("follow_up", first["data"]["id"]),
    }
    assert not removed["household"]
    added = nam.exchange()["changes"]
    assert [(row["id"], row["hamlet_id"]) for row in added["household"]] == [(world.duc, world.tay)]
    assert [row["id"] for row in added["visit"]] == [first["data"]["id"]]
    assert [row["household_id"] for row in added["follow_up"]] == [world.duc]


def test_visit_in_a_queue_of_the_old_hamlet_arrives_and_counts_once(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange()
    unsent = lan.visit(world.duc, follow_up_on=DUE)
    move(database, world, clock, world.duc, world.tay)
    assert lan.statuses(unsent) == ["applied"]
    assert lan.statuses(unsent) == ["duplicate"]
    (visit,) = all_rows(database, Visit)
    assert (visit.household_id, visit.hamlet_id) == (world.duc, world.tay)
    assert {row.hamlet_id for row in all_rows(database, FollowUp)} == {world.tay}
    assert {row.hamlet_id for row in all_rows(database, DailyTotal) if row.visits} == {world.tay}
    assert_checked(database)
    assert unsent["data"]["id"] in {row["id"] for row in nam.exchange()["changes"]["visit"]}


def test_what_the_old_phone_still_changes_is_applied(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    move(database, world, clock, world.duc, world.tay)
    amended = lan.amend(visit, note="Sửa sau khi chuyển")
    relabelled = lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"})
    assert lan.statuses(amended, relabelled) == ["applied", "applied"]
    assert lan.statuses(lan.op("visit.withdraw", {"id": visit["data"]["id"]})) == ["applied"]
    assert find_household(database, world, world.duc).house_no == "12B"
    assert_checked(database)


@pytest.mark.parametrize(("days", "status"), [(89, "applied"), (91, "quarantined")])
def test_authority_of_the_old_hamlet_lasts_ninety_days(
    lan: Phone, world: World, database: Database, clock: FakeClock, days: int, status: str
) -> None:
    move(database, world, clock, world.duc, world.tay)
    clock.forward(days=days)
    lan.now = clock()
    assert lan.statuses(lan.visit(world.duc)) == [status]


def test_hamlet_that_never_had_it_gives_no_authority(
    nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    assert nam.statuses(nam.visit(world.duc)) == ["quarantined"]
    move(database, world, clock, world.anh, world.dong)
    assert nam.statuses(nam.visit(world.duc)) == ["quarantined"]
    assert nam.statuses(nam.visit(world.anh)) == ["applied"]


def test_moved_there_and_back_it_is_on_the_phone_again(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    move(database, world, clock, world.duc, world.tay)
    move(database, world, clock, world.duc, world.dong, seen=2)
    changes = lan.exchange()["changes"]
    newest = {row["id"]: row["feed_seq"] for kind in ("household", "visit") for row in changes[kind]}
    removed = {row["id"]: row["feed_seq"] for row in changes["tombstone"] if row["hamlet_id"] == world.dong}
    assert newest.keys() == {world.duc, visit["data"]["id"]}
    assert all(newest[id] > feed_seq for id, feed_seq in removed.items())
    assert_checked(database)


def test_phone_of_both_hamlets_keeps_it(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    give_lan_both_hamlets(database, world)
    lan.exchange(lan.visit(world.duc))
    move(database, world, clock, world.duc, world.tay)
    changes = lan.exchange()["changes"]
    tombstones = {row["kind"]: row["feed_seq"] for row in changes["tombstone"]}
    assert tombstones["household"] < changes["household"][0]["feed_seq"]
    assert tombstones["visit"] < changes["visit"][0]["feed_seq"]


def test_visit_for_a_household_merged_into_one_that_moved_since_is_applied(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    merge_households(database, world, world.mai, world.duc)
    move(database, world, clock, world.duc, world.tay)
    assert lan.statuses(lan.visit(world.mai)) == ["applied"]
    assert {(row.household_id, row.hamlet_id) for row in all_rows(database, Visit)} == {
        (world.duc, world.tay)
    }
    assert_checked(database)


def test_stale_merged_and_unknown_ones_are_refused(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    with pytest.raises(StaleDecision):
        move(database, world, clock, world.duc, world.tay)
    merge_households(database, world, world.mai, world.duc, {world.mai: 1, world.duc: 2})
    with pytest.raises(StaleDecision):
        move(database, world, clock, world.mai, world.tay, seen=2)
    for household_id, hamlet_id in ((world.anh, "khong-co"), ("khong-co", world.tay)):
        with pytest.raises(NotFound):
            move(database, world, clock, household_id, hamlet_id)


def test_supervisor_next_door_moves_nothing(world: World, database: Database, clock: FakeClock) -> None:
    def work(session: Session) -> None:
        hoa = actor_of(session, world.neighbour_id, world.hoa)
        move_household(session, hoa, world.duc, world.tay, 1, clock())

    with pytest.raises(NotFound):
        database.write(work)
    assert find_household(database, world, world.duc).hamlet_id == world.dong
