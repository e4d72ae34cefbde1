"""Merging two households: what moves, which tombstones phones get, where later writes are applied."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.errors import Invalid, StaleDecision
from app.fieldwork.derived.household_days.models import HouseholdMonth
from app.fieldwork.derived.visit_facts import MET
from app.fieldwork.visits.models import FollowUp, Visit
from app.sync.quarantine.decisions import accept, choose
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import NOW, FakeClock
from tests.consents import agreed
from tests.phone import Phone, sign_in
from tests.review.deduplication.merges import (
    all_rows,
    amend_household,
    assert_totals_add_up,
    binh_as_actor,
    find_household,
    merge_households,
)
from tests.world import LAN, World, give_lan_both_hamlets

DUE = "2026-11-30"


def test_visits_and_follow_ups_move_and_the_phones_get_tombstones(
    lan: Phone, world: World, database: Database
) -> None:
    returning = lan.visit(world.mai, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    withdrawn, later = lan.visit(world.mai), lan.visit(world.duc)
    lan.exchange(returning, withdrawn, later)
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    merge_households(database, world, world.mai, world.duc)
    changes = lan.exchange()["changes"]
    (tombstone,) = changes["tombstone"]
    assert {name: tombstone[name] for name in ("kind", "id", "hamlet_id", "moved_to")} == {
        "kind": "household", "id": world.mai, "hamlet_id": world.dong, "moved_to": world.duc,
    }  # fmt: skip
    assert {row["id"] for row in changes["household"]} == {world.duc}
    assert {row["id"]: row["household_id"] for row in changes["visit"]} == {
        returning["data"]["id"]: world.duc
    }
    (row,) = changes["follow_up"]
    assert (row["household_id"], row["closed_by"]) == (world.duc, later["data"]["id"])
    assert {visit.household_id for visit in all_rows(database, Visit)} == {world.duc}
    lan.state = {}
    assert find_household(database, world, world.mai).state == "mistake"
    assert world.mai not in {row["id"] for row in lan.exchange()["changes"]["household"]}


def test_two_households_of_a_day_become_one_in_the_totals(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(
        lan.visit(world.duc), lan.visit(world.mai), lan.visit(world.mai, result="not_home", services=[])
    )
    merge_households(database, world, world.mai, world.duc)
    assert_totals_add_up(database, world)
    met = [row for row in all_rows(database, HouseholdMonth) if row.measure == MET]
    assert [(row.household_id, row.days.bit_count()) for row in met] == [(world.duc, 1)]


def test_merging_into_another_hamlet_takes_everything_along(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    nam.exchange()
    merge_households(database, world, world.duc, world.anh)
    assert_totals_add_up(database, world)
    changes = nam.exchange()["changes"]
    assert [row["id"] for row in changes["visit"]] == [visit["data"]["id"]]
    assert [row["household_id"] for row in changes["follow_up"]] == [world.anh]
    assert {row["kind"] for row in lan.exchange()["changes"]["tombstone"]} == {
        "household",
        "visit",
        "follow_up",
    }
    amended = lan.amend(visit, note="Sửa sau khi gộp")
    (result,) = lan.exchange(amended, lan.visit(world.duc))["results"][:1]
    assert (result["status"], "row" in result) == ("applied", False)
    assert {row.household_id for row in all_rows(database, Visit)} == {world.anh}
    assert_totals_add_up(database, world)


def test_phone_that_holds_both_hamlets_keeps_what_moved(lan: Phone, world: World, database: Database) -> None:
    give_lan_both_hamlets(database, world)
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    merge_households(database, world, world.duc, world.anh)
    changes = lan.exchange()["changes"]
    tombstone = {row["kind"]: row["feed_seq"] for row in changes["tombstone"]}
    assert tombstone["visit"] < changes["visit"][0]["feed_seq"]
    assert tombstone["follow_up"] < changes["follow_up"][0]["feed_seq"]


def test_later_writes_for_the_losing_household_are_applied_to_the_survivor(
    lan: Phone, world: World, database: Database
) -> None:
    early = lan.visit(world.mai)
    lan.exchange(early)
    merge_households(database, world, world.mai, world.duc)
    late = lan.visit(world.mai, follow_up_on=DUE)
    results = lan.exchange(late, lan.amend(early, note="Sửa"))["results"]
    assert [one["status"] for one in results] == ["applied", "applied"]
    assert {one["row"]["household_id"] for one in results} == {world.duc}
    assert {row.household_id for row in all_rows(database, Visit)} == {world.duc}
    assert [row.household_id for row in all_rows(database, FollowUp)] == [world.duc]
    assert_totals_add_up(database, world)


def test_survivor_comes_among_the_changes_to_the_phone_that_wrote_for_the_losing_one(
    lan: Phone, world: World, database: Database
) -> None:
    """The result has it under another id than the operation named, so the phone ignores it there."""
    lan.exchange()
    amended = lan.op("household.amend", {"id": world.mai, "base_version": 1, "state": "moved"})
    merge_households(database, world, world.mai, world.duc)
    answer = lan.exchange(amended, lan.visit(world.mai), omit_result_rows=True)
    assert [one["status"] for one in answer["results"]] == ["applied", "applied"]
    assert [(row["id"], row["state"]) for row in answer["changes"]["household"]] == [(world.duc, "moved")]
    assert answer["changes"]["visit"] == []


def test_operation_that_waited_in_quarantine_is_applied_to_the_survivor(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    nam.exchange(nam.visit(world.mai))
    merge_households(database, world, world.mai, world.duc)
    item = all_rows(database, QuarantinedOperation)[0]
    database.write(
        lambda session: accept(session, binh_as_actor(session, world), item.op_id, item.payload_hash, NOW)
    )
    assert [row.household_id for row in all_rows(database, Visit)] == [world.duc]
    assert_totals_add_up(database, world)


def test_change_of_the_losing_one_changes_the_survivor_where_both_had_the_same_value(
    lan: Phone, world: World, database: Database
) -> None:
    merge_households(database, world, world.mai, world.duc)
    alike, mistake, other, = (
        amend_household(lan, world.mai, alley="Ngõ 4"),
        amend_household(lan, world.mai, state="mistake"),
        amend_household(lan, world.mai, house_no="14A"),
    )  # fmt: skip
    results = lan.exchange(alike, mistake, other)["results"]
    assert [one["status"] for one in results] == ["applied", "applied", "conflict"]
    assert (results[0]["row"]["id"], results[0]["row"]["alley"]) == (world.duc, "Ngõ 4")
    duc = find_household(database, world, world.duc)
    assert (duc.alley, duc.state, duc.house_no, duc.version) == ("Ngõ 4", "active", "12", 3)
    assert all("row" not in one or one["row"]["id"] == world.duc for one in results)


def test_household_that_moved_away_leads_to_the_survivor(
    lan: Phone, world: World, database: Database
) -> None:
    merge_households(database, world, world.mai, world.duc)
    assert lan.statuses(amend_household(lan, world.mai, state="moved")) == ["applied"]
    assert find_household(database, world, world.duc).state == "moved"
    assert lan.statuses(amend_household(lan, world.mai, state="empty")) == ["applied"], (
        "an own edit of an own edit"
    )
    assert find_household(database, world, world.duc).state == "empty"


def test_conflict_over_a_household_merged_since_is_decided_on_the_survivor(
    lan: Phone, world: World, database: Database
) -> None:
    merge_households(database, world, world.mai, world.duc)
    lan.exchange(amend_household(lan, world.mai, house_no="14A"))
    item = all_rows(database, QuarantinedOperation)[0]
    key = (item.op_id, item.payload_hash)
    database.write(lambda session: choose(session, binh_as_actor(session, world), *key, 1, {"house_no"}, NOW))
    assert find_household(database, world, world.duc).house_no == "14A"


def test_survivor_takes_over_what_it_did_not_have(lan: Phone, world: World, database: Database) -> None:
    number = amend_household(lan, world.mai, **agreed(lan))
    lan.exchange(number)
    uoc = world.households[world.dong][2]
    merge_households(database, world, world.mai, uoc, seen={world.mai: 2, uoc: 1})
    survivor = find_household(database, world, uoc)
    assert (survivor.house_no, survivor.alley, survivor.phone) == ("5", "Ngõ 3", "+84912345678")
    assert survivor.version == 2


def test_chain_of_merges_ends_at_the_last_survivor(lan: Phone, world: World, database: Database) -> None:
    uoc = world.households[world.dong][2]
    merge_households(database, world, world.mai, world.duc)
    merge_households(database, world, world.duc, uoc, seen={world.duc: 1, uoc: 1})
    moved = {row["id"]: row["moved_to"] for row in lan.exchange()["changes"]["tombstone"]}
    assert moved == {world.mai: uoc, world.duc: uoc}
    assert lan.statuses(lan.visit(world.mai)) == ["applied"]
    assert [row.household_id for row in all_rows(database, Visit)] == [uoc]


def test_second_merge_changes_nothing_and_stale_versions_are_refused(
    lan: Phone, world: World, database: Database
) -> None:
    merge_households(database, world, world.mai, world.duc)
    lan.exchange()
    merge_households(database, world, world.mai, world.duc)
    assert not any(lan.exchange()["changes"].values())
    uoc = world.households[world.dong][2]
    with pytest.raises(StaleDecision):
        merge_households(database, world, uoc, world.mai, seen={uoc: 1, world.mai: 2})
    lan.exchange(amend_household(lan, uoc, house_no="5A"))
    with pytest.raises(StaleDecision):
        merge_households(database, world, uoc, world.duc)
    with pytest.raises(Invalid):
        merge_households(database, world, uoc, uoc)


def test_visits_that_arrive_during_the_merge_are_moved_too(
    browser: Callable[[], TestClient], world: World, database: Database, clock: FakeClock
) -> None:
    phones = [sign_in(browser(), *LAN, clock()) for _ in range(4)]
    queues = [[phone.visit(world.mai) for _ in range(8)] for phone in phones]
    begin = Barrier(len(phones) + 1)

    def deliver(phone: Phone, queue: list[dict[str, Any]]) -> set[str]:
        begin.wait()
        return {status for visit in queue for status in phone.statuses(visit)}

    with ThreadPoolExecutor(len(phones)) as pool:
        delivered = [pool.submit(deliver, *pair) for pair in zip(phones, queues, strict=True)]
        begin.wait()
        sleep(0.1)
        merge_households(database, world, world.mai, world.duc)
        assert {status for one in delivered for status in one.result()} == {"applied"}
    visits = all_rows(database, Visit)
    assert (len(visits), {visit.household_id for visit in visits}) == (32, {world.duc})
    assert_totals_add_up(database, world)
