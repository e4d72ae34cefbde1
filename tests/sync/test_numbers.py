"""Lost numbers: the commune hears of a record that a phone once numbered and nobody has."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.accounts.models import Device
from app.core.db import Database
from app.sync.numbers import MOST_GAPS, WIDEST, gaps
from tests.conftest import FakeClock
from tests.sync.phone import Phone, new_id, sign_in
from tests.world import LAN, World


def test_whole_queue_raises_no_alarm(lan: Phone, world: World, database: Database) -> None:
    first, second, third = (lan.visit(world.duc) for _ in range(3))
    for op in (first, third, second):
        lan.exchange(op)
    assert _device(database, lan).lost == 0
    assert _device(database, lan).settled_seq == 4


def test_what_an_exchange_delivered_is_unsent_no_longer(lan: Phone, world: World, database: Database) -> None:
    ops = [lan.visit(world.duc) for _ in range(3)]
    queue = {"count": 3, "oldest_at": ops[0]["at"], "next_seq": 4, "held": [1, 2, 3]}
    lan.exchange(*ops[:2], queue=queue)
    assert _device(database, lan).queue_count == 1
    lan.exchange(ops[2], queue=queue | {"count": 1, "held": [3]})
    assert (_device(database, lan).queue_count, _device(database, lan).queue_oldest_at) == (0, None)


def test_number_that_is_nowhere_raises_the_alarm_and_its_return_ends_it(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    vanished, later = lan.visit(world.duc), lan.visit(world.duc)
    lan.held.discard(vanished["seq"])
    lan.exchange(later)
    device = _device(database, lan)
    assert (device.lost, device.lost_at) == (1, clock())
    clock.forward(days=1)
    lan.exchange(lan.visit(world.mai))
    assert _device(database, lan).lost_at == device.lost_at, "since when it is known"
    lan.exchange(vanished)
    assert (_device(database, lan).lost, _device(database, lan).lost_at) == (0, None)


def test_whatever_became_of_an_operation_its_number_is_not_lost(
    lan: Phone, world: World, database: Database
) -> None:
    rejected = lan.visit(world.duc, services=[])
    kept = lan.visit(new_id())
    assert lan.statuses(rejected, kept) == ["rejected", "quarantined"]
    lan.exchange(lan.visit(world.duc))
    assert _device(database, lan).lost == 0


def test_number_the_phone_still_holds_is_not_lost(lan: Phone, world: World, database: Database) -> None:
    lan.visit(world.duc)
    lan.exchange(lan.visit(world.duc))
    assert _device(database, lan).lost == 0


def test_after_a_restore_it_is_the_server_that_forgot(lan: Phone, world: World, database: Database) -> None:
    lan.exchange()
    lan.state["epoch"] = "a-history-before"
    vanished = lan.visit(world.duc)
    lan.held.discard(vanished["seq"])
    lan.exchange(lan.visit(world.duc))
    assert _device(database, lan).lost == 0


def test_emptied_phone_that_resumes_its_device_raises_both_alarms(
    lan: Phone, browser: Callable[[], TestClient], world: World, database: Database, clock: FakeClock
) -> None:
    lan.visit(world.duc)
    lan.exchange()
    again = _resumed(browser, lan, clock, life="first-life")
    assert _device(database, lan).new_life_at is None
    again = _resumed(browser, lan, clock, life="second-life")
    again.seq, again.held = 1, set()
    again.exchange(again.visit(world.duc))
    device = _device(database, lan)
    assert (device.lost, device.new_life_at) == (1, clock())


def test_phone_that_claims_absurd_numbers_is_not_counted_for_ever(
    lan: Phone, world: World, database: Database
) -> None:
    ops = [lan.visit(world.duc) for _ in range(3)]
    queue = {"count": 0, "oldest_at": None, "next_seq": 2**53 - 1, "held": [5, 9]}
    lan.exchange(*ops, queue=queue)
    device = _device(database, lan)
    assert (device.lost, device.lost_numbers) == (WIDEST - 5, [[4, 4], [6, 8], [10, WIDEST]])
    assert device.settled_seq == 4


def test_phone_that_leaves_every_second_number_out_is_told_with_its_first_thousand_gaps(
    lan: Phone, world: World, database: Database
) -> None:
    home = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    held = list(range(2, 2 * MOST_GAPS + 100, 2))
    queue = {"count": 0, "oldest_at": None, "next_seq": held[-1] + 1, "held": held}
    lan.exchange(lan.op("household.add", home, seq=held[-1]), queue=queue)
    device = _device(database, lan)
    assert (device.lost, len(device.lost_numbers)) == (MOST_GAPS, MOST_GAPS)
    assert device.lost_numbers[-1] == [2 * MOST_GAPS - 1] * 2


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    known=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5))),
    first=st.integers(1, 20),
    width=st.integers(0, 30),
)
def test_gaps_are_the_numbers_that_are_not_known(
    known: list[tuple[int, int]], first: int, width: int
) -> None:
    found = gaps(range(first, first + width), [[low, low + more] for low, more in known])
    numbers = [number for low, high in found for number in range(low, high + 1)]
    held = {number for low, more in known for number in range(low, low + more + 1)}
    assert numbers == [number for number in range(first, first + width) if number not in held]
    assert all(high + 1 < low for (_, high), (low, _) in pairwise(found)), "stretches, not their parts"


def _resumed(browser: Callable[[], TestClient], phone: Phone, clock: FakeClock, **more: Any) -> Phone:
    again = sign_in(browser(), *LAN, clock(), device_id=phone.device_id, **more)
    assert again.device_id == phone.device_id
    return again


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))
