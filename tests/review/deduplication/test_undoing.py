"""Undoing a merge: everything is as before, phones are given it, and what stands in the way."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, select

from app.core.db import Database
from app.core.errors import NotFound, StaleDecision, UndoTooLate
from app.fieldwork.derived.total_models import DailyTotal
from app.fieldwork.households.hamlet_merge import Merge, merge_hamlets, preview
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import FollowUp, Visit
from app.review.deduplication.undoing import recent_merges, undo_merge
from app.review.register.moving import move_household
from app.upkeep.maintenance.check import check
from tests.conftest import NOW, FakeClock
from tests.phone import Phone, sign_in
from tests.review.deduplication.merges import (
    actor_of,
    all_rows,
    amend_household,
    binh_as_actor,
    find_household,
    merge_households,
)
from tests.rounds import seeds
from tests.sync.simulated_phone import SimulatedPhone
from tests.world import LAN, World

DUE = "2026-11-30"
# What a merge and its undo may change: the feed's numbers, and the versions of the two households.
NOT_COMPARED = {"feed_seq", "version"}


def undo(database: Database, world: World, losing: str, now: Any = NOW) -> str:
    return database.write(lambda session: undo_merge(session, binh_as_actor(session, world), losing, now))


def counted_rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """The rows that count: households, visits, follow-ups and totals."""

    def work(session: Session) -> dict[str, list[dict[str, Any]]]:
        return {model.__name__: _values(session, model) for model in (Household, Visit, FollowUp, DailyTotal)}

    return database.read(work)


def _values(session: Session, model: type[SQLModel]) -> list[dict[str, Any]]:
    rows = [row.model_dump(exclude=NOT_COMPARED) for row in session.exec(select(model))]
    rows = [row for row in rows if "visits" not in row or row["visits"]]
    return sorted(rows, key=str)


def assert_checked(database: Database) -> None:
    assert [result.problems for result in check(database) if result.problems] == []


def test_everything_is_as_before_and_the_phones_are_given_it(
    lan: Phone, world: World, database: Database
) -> None:
    early = lan.visit(world.mai, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    withdrawn, own = lan.visit(world.mai), lan.visit(world.duc)
    lan.exchange(early, withdrawn, own)
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    before = counted_rows(database)
    merge_households(database, world, world.mai, world.duc)
    lan.exchange()
    assert counted_rows(database) != before
    assert undo(database, world, world.mai) == world.duc
    assert counted_rows(database) == before
    assert_checked(database)
    changes = lan.exchange()["changes"]
    assert {row["id"] for row in changes["household"]} == {world.mai, world.duc}
    assert {row["id"]: row["household_id"] for row in changes["visit"]} == {early["data"]["id"]: world.mai}
    assert [(row["household_id"], row["closed_by"]) for row in changes["follow_up"]] == [(world.mai, None)]
    assert undo(database, world, world.mai) == world.duc  # again: changes nothing
    assert counted_rows(database) == before


@pytest.mark.parametrize("number", seeds(6))
def test_merge_and_undo_change_no_row_that_counts_and_phones_are_as_new_ones(
    client: Any, world: World, database: Database, browser: Callable[[], Any], clock: FakeClock, number: int
) -> None:
    """Random visits, merges and undos; each undo is of the newest merge that stands."""
    dice = random.Random(number)
    phone = SimulatedPhone(sign_in(client, *LAN, clock()))
    ids = world.households[world.dong]
    standing: list[tuple[str, dict[str, Any]]] = []
    for minute in range(6):
        now = NOW + timedelta(minutes=minute)
        for _ in range(dice.randrange(4)) if not standing else ():
            result = dice.choice(("helped", "not_home"))
            services = [{"code": "vneid_install", "outcome": "did_it", "people": dice.randint(1, 3)}]
            due = dice.choice((None, DUE))
            phone.save(
                phone.phone.visit(
                    dice.choice(ids), result=result, services=services if result == "helped" else [],
                    follow_up_on=due,
                )
            )  # fmt: skip
        phone.drain()
        versions = {one.id: one.version for one in all_rows(database, Household) if not one.merged_into}
        left = [id for id in (*ids, world.anh) if id in versions]
        if standing and (len(left) < 2 or dice.random() < 0.5):
            losing, before = standing.pop()
            undo(database, world, losing, now)
            assert counted_rows(database) == before
        else:
            losing, surviving = dice.sample(left, 2)
            standing.append((losing, counted_rows(database)))
            merge_households(database, world, losing, surviving, versions, now)
        assert_checked(database)
    phone.drain()
    fresh = phone.fresh_rows()
    assert {key: row for key, row in phone.rows.items() if key in fresh or key[0] != "member"} == fresh


def test_visits_of_a_hamlet_that_was_merged_return_to_it(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc))

    def merge_dong_into_tay(session: Session) -> None:
        binh = binh_as_actor(session, world)
        seen = preview(session, binh, world.dong, world.tay).seen
        merge_hamlets(session, binh, Merge(world.dong, world.tay, NOW, seen), NOW)

    database.write(merge_dong_into_tay)
    before = counted_rows(database)
    merge_households(database, world, world.duc, world.anh)
    undo(database, world, world.duc)
    assert counted_rows(database) == before
    assert [visit.hamlet_id for visit in all_rows(database, Visit)] == [world.dong]
    assert_checked(database)


def test_fields_that_the_survivor_took_over_are_empty_again(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(amend_household(lan, world.duc, house_no="", alley=""))
    before = counted_rows(database)
    merge_households(database, world, world.mai, world.duc, {world.mai: 1, world.duc: 2})
    assert find_household(database, world, world.duc).house_no == "14"
    undo(database, world, world.mai)
    assert counted_rows(database) == before


def test_reviews_and_withdrawals_since_stay_with_their_visits(
    desk: Any, lan: Phone, world: World, database: Database
) -> None:
    reviewed, withdrawn = lan.visit(world.mai), lan.visit(world.mai)
    lan.exchange(reviewed, withdrawn)
    merge_households(database, world, world.mai, world.duc)
    desk.post(f"/desk/visits/{reviewed['data']['id']}/accept", data={"version": "1"})
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    undo(database, world, world.mai)
    visits = {visit.id: visit for visit in all_rows(database, Visit)}
    assert {visit.household_id for visit in visits.values()} == {world.mai}
    assert visits[reviewed["data"]["id"]].review_state == "accepted"
    assert visits[withdrawn["data"]["id"]].withdrawn_at is not None
    assert_checked(database)


def test_visits_that_were_added_or_amended_since_stand_in_the_way(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.mai)
    lan.exchange(visit)
    merge_households(database, world, world.mai, world.duc)
    lan.exchange(lan.visit(world.mai), lan.visit(world.duc))
    assert _recent(database, world).changed_visits == 2
    with pytest.raises(StaleDecision):
        undo(database, world, world.mai)
    assert find_household(database, world, world.mai).merged_into == world.duc


def test_amended_visit_stands_in_the_way(lan: Phone, world: World, database: Database) -> None:
    visit = lan.visit(world.mai)
    lan.exchange(visit)
    merge_households(database, world, world.mai, world.duc)
    lan.exchange(lan.amend(visit, note="Sửa sau khi gộp"))
    with pytest.raises(StaleDecision):
        undo(database, world, world.mai)


@pytest.mark.parametrize("what", ["edit", "merge", "move"])
def test_what_was_decided_on_the_survivor_since_stands_in_the_way(
    lan: Phone, world: World, database: Database, what: str
) -> None:
    merge_households(database, world, world.mai, world.duc)
    if what == "edit":
        lan.exchange(amend_household(lan, world.duc, house_no="12B"))
    elif what == "merge":
        merge_households(database, world, world.duc, world.anh)
    else:
        database.write(
            lambda session: move_household(
                session, binh_as_actor(session, world), world.duc, world.tay, 1, NOW
            )
        )
    assert _recent(database, world).is_changed
    with pytest.raises(StaleDecision):
        undo(database, world, world.mai)


def test_undo_of_a_later_merge_makes_way_for_the_earlier_one(
    lan: Phone, world: World, database: Database
) -> None:
    before = counted_rows(database)
    uoc = world.households[world.dong][2]
    merge_households(database, world, world.mai, world.duc)
    later = NOW + timedelta(minutes=1)
    merge_households(database, world, uoc, world.duc, {uoc: 1, world.duc: 1}, later)
    with pytest.raises(StaleDecision):
        undo(database, world, world.mai)
    undo(database, world, uoc, later)
    undo(database, world, world.mai, later)
    assert counted_rows(database) == before


def test_after_a_day_a_merge_stands(world: World, database: Database) -> None:
    merge_households(database, world, world.mai, world.duc)
    with pytest.raises(UndoTooLate):
        undo(database, world, world.mai, NOW + timedelta(days=1))
    undo(database, world, world.mai, NOW + timedelta(hours=23))


def test_merged_again_after_an_undo_it_is_undone_again(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.mai))
    before = counted_rows(database)
    for version in (1, 3):
        merge_households(database, world, world.mai, world.duc, {world.mai: version, world.duc: 1})
        undo(database, world, world.mai)
    assert counted_rows(database) == before


def test_visit_in_a_queue_for_the_survivor_stays_there(lan: Phone, world: World, database: Database) -> None:
    merge_households(database, world, world.mai, world.duc)
    lan.exchange()
    unsent, for_mai = lan.visit(world.duc), lan.visit(world.mai)
    undo(database, world, world.mai)
    assert lan.statuses(unsent, for_mai) == ["applied", "applied"]
    assert {visit.id: visit.household_id for visit in all_rows(database, Visit)} == {
        unsent["data"]["id"]: world.duc,
        for_mai["data"]["id"]: world.mai,
    }


def test_unmerged_household_and_the_supervisor_next_door_are_refused(
    world: World, database: Database
) -> None:
    with pytest.raises(NotFound):
        undo(database, world, world.duc)
    merge_households(database, world, world.mai, world.duc)
    with pytest.raises(NotFound):
        database.write(
            lambda session: undo_merge(
                session, actor_of(session, world.neighbour_id, world.hoa), world.mai, NOW
            )
        )
    assert find_household(database, world, world.mai).merged_into == world.duc


def _recent(database: Database, world: World) -> Any:
    return database.read(
        lambda session: recent_merges(session, binh_as_actor(session, world), world.duc, NOW)
    )[world.mai]
