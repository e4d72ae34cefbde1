"""Merging two households: what moves, what the phones are told, and where what they still write lands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.accounts.access import Actor, actor_for
from app.accounts.models import Account, Assignment
from app.core.clock import wire_time
from app.core.db import Database
from app.core.errors import Invalid, NotFound, StaleDecision
from app.households.models import Household
from app.sync.decisions import accept, choose
from app.sync.models import Quarantined
from app.visits import totals
from app.visits.merging import merge
from app.visits.models import FollowUp, Visit
from tests.conftest import NOW, FakeClock
from tests.sync.phone import Phone, sign_in
from tests.world import LAN, World, give_lan_both_hamlets

DUE = "2026-11-30"


def test_visits_and_promises_move_and_the_phones_are_told(
    lan: Phone, world: World, database: Database
) -> None:
    promise = lan.visit(world.mai, follow_up_on=DUE) | {"at": "2026-11-23T02:00:00.000Z"}
    withdrawn, kept = lan.visit(world.mai), lan.visit(world.duc)
    lan.exchange(promise, withdrawn, kept)
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    _merge(database, world, world.mai, world.duc)
    changes = lan.exchange()["changes"]
    (gone,) = changes["gone"]
    assert {name: gone[name] for name in ("kind", "id", "hamlet_id", "moved_to")} == {
        "kind": "household", "id": world.mai, "hamlet_id": world.dong, "moved_to": world.duc,
    }  # fmt: skip
    assert {row["id"] for row in changes["household"]} == {world.duc}
    assert {row["id"]: row["household_id"] for row in changes["visit"]} == {promise["data"]["id"]: world.duc}
    (row,) = changes["follow_up"]
    assert (row["household_id"], row["closed_by"]) == (world.duc, kept["data"]["id"])
    assert {visit.household_id for visit in _all(database, Visit)} == {world.duc}
    lan.state = {}
    assert _home(database, world, world.mai).state == "mistake"
    assert world.mai not in {row["id"] for row in lan.exchange()["changes"]["household"]}


def test_two_doors_of_a_day_become_one_in_the_totals(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(
        lan.visit(world.duc), lan.visit(world.mai), lan.visit(world.mai, result="not_home", services=[])
    )
    _merge(database, world, world.mai, world.duc)
    _sums_up(database, world)
    figures = database.read(lambda session: totals.total_of(_facts(session, world)))
    (helped,) = [total for cell, total in figures.items() if (cell.service, cell.outcome) == ("", "helped")]
    assert (helped.visits, helped.households) == (2, {world.duc})


def test_merging_into_another_hamlet_takes_everything_along(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    nam.exchange()
    _merge(database, world, world.duc, world.anh)
    _sums_up(database, world)
    told = nam.exchange()["changes"]
    assert [row["id"] for row in told["visit"]] == [visit["data"]["id"]]
    assert [row["household_id"] for row in told["follow_up"]] == [world.anh]
    assert {row["kind"] for row in lan.exchange()["changes"]["gone"]} == {"household", "visit", "follow_up"}
    amended = lan.amend(visit, note="Sửa sau khi gộp")
    (result,) = lan.exchange(amended, lan.visit(world.duc))["results"][:1]
    assert (result["status"], "row" in result) == ("applied", False)
    assert {row.household_id for row in _all(database, Visit)} == {world.anh}
    _sums_up(database, world)


def test_phone_that_holds_both_hamlets_keeps_what_moved(lan: Phone, world: World, database: Database) -> None:
    give_lan_both_hamlets(database, world)
    visit = lan.visit(world.duc, follow_up_on=DUE)
    lan.exchange(visit)
    _merge(database, world, world.duc, world.anh)
    changes = lan.exchange()["changes"]
    gone = {row["kind"]: row["feed_seq"] for row in changes["gone"]}
    assert gone["visit"] < changes["visit"][0]["feed_seq"]
    assert gone["follow_up"] < changes["follow_up"][0]["feed_seq"]


def test_what_phones_still_write_for_the_losing_one_lands_on_the_survivor(
    lan: Phone, world: World, database: Database
) -> None:
    early = lan.visit(world.mai)
    lan.exchange(early)
    _merge(database, world, world.mai, world.duc)
    late = lan.visit(world.mai, follow_up_on=DUE)
    results = lan.exchange(late, lan.amend(early, note="Sửa"))["results"]
    assert [one["status"] for one in results] == ["applied", "applied"]
    assert {one["row"]["household_id"] for one in results} == {world.duc}
    assert {row.household_id for row in _all(database, Visit)} == {world.duc}
    assert [row.household_id for row in _all(database, FollowUp)] == [world.duc]
    _sums_up(database, world)


def test_survivor_comes_among_the_changes_to_the_phone_that_wrote_for_the_losing_one(
    lan: Phone, world: World, database: Database
) -> None:
    """It stands in the result, but under another id than the operation named: a phone passes it over."""
    lan.exchange()
    amended = lan.op("household.amend", {"id": world.mai, "base_version": 1, "state": "moved"})
    _merge(database, world, world.mai, world.duc)
    answer = lan.exchange(amended, lan.visit(world.mai), once=True)
    assert [one["status"] for one in answer["results"]] == ["applied", "applied"]
    assert [(row["id"], row["state"]) for row in answer["changes"]["household"]] == [(world.duc, "moved")]
    assert answer["changes"]["visit"] == []


def test_what_waited_in_the_quarantine_lands_on_the_survivor(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    nam.exchange(nam.visit(world.mai))
    _merge(database, world, world.mai, world.duc)
    kept = _all(database, Quarantined)[0]
    database.write(lambda session: accept(session, _binh(session, world), kept.op_id, kept.payload_hash, NOW))
    assert [row.household_id for row in _all(database, Visit)] == [world.duc]
    _sums_up(database, world)


def test_change_of_the_losing_one_changes_the_survivor_where_both_were_alike(
    lan: Phone, world: World, database: Database
) -> None:
    _merge(database, world, world.mai, world.duc)
    alike, mistake, other, = (
        _amend(lan, world.mai, alley="Ngõ 4"),
        _amend(lan, world.mai, state="mistake"),
        _amend(lan, world.mai, house_no="14A"),
    )  # fmt: skip
    results = lan.exchange(alike, mistake, other)["results"]
    assert [one["status"] for one in results] == ["applied", "applied", "conflict"]
    assert (results[0]["row"]["id"], results[0]["row"]["alley"]) == (world.duc, "Ngõ 4")
    duc = _home(database, world, world.duc)
    assert (duc.alley, duc.state, duc.house_no, duc.version) == ("Ngõ 4", "active", "12", 3)
    assert all("row" not in one or one["row"]["id"] == world.duc for one in results)


def test_household_that_moved_away_is_told_of_the_survivor(
    lan: Phone, world: World, database: Database
) -> None:
    _merge(database, world, world.mai, world.duc)
    assert lan.statuses(_amend(lan, world.mai, state="moved")) == ["applied"]
    assert _home(database, world, world.duc).state == "moved"
    assert lan.statuses(_amend(lan, world.mai, state="empty")) == ["applied"], "an own edit of an own edit"
    assert _home(database, world, world.duc).state == "empty"


def test_conflict_over_a_household_merged_since_is_decided_on_the_survivor(
    lan: Phone, world: World, database: Database
) -> None:
    _merge(database, world, world.mai, world.duc)
    lan.exchange(_amend(lan, world.mai, house_no="14A"))
    kept = _all(database, Quarantined)[0]
    key = (kept.op_id, kept.payload_hash)
    database.write(lambda session: choose(session, _binh(session, world), *key, 1, {"house_no"}, NOW))
    assert _home(database, world, world.duc).house_no == "14A"


def test_survivor_takes_over_what_it_had_not(lan: Phone, world: World, database: Database) -> None:
    number = _amend(lan, world.mai, phone="0912345678", phone_consent=True)
    lan.exchange(number)
    uoc = world.homes[world.dong][2]
    _merge(database, world, world.mai, uoc, seen={world.mai: 2, uoc: 1})
    survivor = _home(database, world, uoc)
    assert (survivor.house_no, survivor.alley, survivor.phone) == ("5", "Ngõ 3", "+84912345678")
    assert survivor.version == 2


def test_chain_of_mergings_ends_at_the_last_survivor(lan: Phone, world: World, database: Database) -> None:
    uoc = world.homes[world.dong][2]
    _merge(database, world, world.mai, world.duc)
    _merge(database, world, world.duc, uoc, seen={world.duc: 1, uoc: 1})
    moved = {row["id"]: row["moved_to"] for row in lan.exchange()["changes"]["gone"]}
    assert moved == {world.mai: uoc, world.duc: uoc}
    assert lan.statuses(lan.visit(world.mai)) == ["applied"]
    assert [row.household_id for row in _all(database, Visit)] == [uoc]


@pytest.mark.parametrize(("days", "status"), [(89, "applied"), (91, "quarantined")])
def test_authority_of_the_losing_ones_hamlet_lasts_ninety_days(
    lan: Phone, world: World, database: Database, clock: FakeClock, days: int, status: str
) -> None:
    _merge(database, world, world.duc, world.anh)
    clock.forward(days=days)
    lan.now = clock()
    assert lan.statuses(lan.visit(world.duc), lan.visit(world.anh)) == [status, status]


def test_hamlet_that_was_never_the_authors_gives_no_authority(
    nam: Phone, lan: Phone, world: World, database: Database
) -> None:
    """Lan's hamlet loses the house; Nam's house is still none of hers by any other one."""
    _merge(database, world, world.duc, world.anh)
    other = world.homes[world.tay][1]
    assert lan.statuses(lan.visit(other)) == ["quarantined"]


def test_second_press_changes_nothing_and_a_stale_look_is_refused(
    lan: Phone, world: World, database: Database
) -> None:
    _merge(database, world, world.mai, world.duc)
    lan.exchange()
    _merge(database, world, world.mai, world.duc)
    assert not any(lan.exchange()["changes"].values())
    uoc = world.homes[world.dong][2]
    with pytest.raises(StaleDecision):
        _merge(database, world, uoc, world.mai, seen={uoc: 1, world.mai: 2})
    lan.exchange(_amend(lan, uoc, house_no="5A"))
    with pytest.raises(StaleDecision):
        _merge(database, world, uoc, world.duc)
    with pytest.raises(Invalid):
        _merge(database, world, uoc, uoc)


def test_visits_that_arrive_while_it_happens_are_at_the_survivor_too(
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
        _merge(database, world, world.mai, world.duc)
        assert {status for one in delivered for status in one.result()} == {"applied"}
    visits = _all(database, Visit)
    assert (len(visits), {visit.household_id for visit in visits}) == (32, {world.duc})
    _sums_up(database, world)


def test_supervisor_next_door_merges_nothing(world: World, database: Database) -> None:
    with pytest.raises(NotFound):
        database.write(
            lambda session: merge(
                session, _actor(session, world.neighbour_id, world.hoa), world.mai, world.duc,
                {world.mai: 1, world.duc: 1}, NOW,
            )
        )  # fmt: skip
    assert _home(database, world, world.mai).merged_into is None


def test_moved_out_of_the_team_within_ninety_days_still_counts(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    _merge(database, world, world.mai, world.duc)

    def end(session: Session) -> None:
        for row in session.exec(select(Assignment).where(Assignment.hamlet_id == world.dong)):
            row.until = clock() - timedelta(days=10)

    database.write(end)
    before = lan.visit(world.mai) | {"at": wire_time(clock() - timedelta(days=11))}
    assert lan.statuses(before, lan.visit(world.mai)) == ["applied", "quarantined"]


def _merge(
    database: Database, world: World, losing: str, surviving: str, seen: dict[str, int] | None = None
) -> None:
    versions = seen or {losing: 1, surviving: 1}
    database.write(lambda session: merge(session, _binh(session, world), losing, surviving, versions, NOW))


def _amend(by: Phone, household_id: str, **fields: Any) -> dict[str, Any]:
    return by.op("household.amend", {"id": household_id, "base_version": 1} | fields)


def _binh(session: Session, world: World) -> Actor:
    return _actor(session, world.commune_id, world.binh)


def _actor(session: Session, commune_id: str, account_id: str) -> Actor:
    return actor_for(session, session.get_one(Account, (commune_id, account_id)))


def _home(database: Database, world: World, id: str) -> Household:
    return database.read(lambda session: session.get_one(Household, (world.commune_id, id)))


def _facts(session: Session, world: World) -> Any:
    ids = [row.id for row in session.exec(select(Visit))]
    return totals.facts_of(session, world.commune_id, ids).values()


def _sums_up(database: Database, world: World) -> None:
    assert database.read(lambda session: totals.differences(session, world.commune_id)) == []


def _all(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
