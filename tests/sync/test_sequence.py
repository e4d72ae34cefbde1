"""Lost numbers: those that a phone has used and for which neither it nor the server has an operation."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.commune.accounts.models import Device
from app.core.db import Database
from app.sync.applying.sequence import MAX_GAPS, MAX_RANGE, find_gaps
from tests.conftest import FakeClock
from tests.phone import Phone, new_id, sign_in
from tests.world import LAN, World


def test_complete_queue_has_no_lost_number(lan: Phone, world: World, database: Database) -> None:
    first, second, third = (lan.visit(world.duc) for _ in range(3))
    for op in (first, third, second):
        lan.exchange(op)
    assert _device(database, lan).lost_count == 0
    assert _device(database, lan).settled_seq == 4


def test_delivered_operations_do_not_count_as_unsent(lan: Phone, world: World, database: Database) -> None:
    ops = [lan.visit(world.duc) for _ in range(3)]
    queue = {"count": 3, "oldest_at": ops[0]["at"], "next_seq": 4, "held": [1, 2, 3]}
    lan.exchange(*ops[:2], queue=queue)
    assert _device(database, lan).queue_count == 1
    lan.exchange(ops[2], queue=queue | {"count": 1, "held": [3]})
    assert (_device(database, lan).queue_count, _device(database, lan).queue_oldest_at) == (0, None)


def test_number_that_is_nowhere_counts_as_lost_until_its_operation_arrives(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    vanished, later = lan.visit(world.duc), lan.visit(world.duc)
    lan.held.discard(vanished["seq"])
    lan.exchange(later)
    device = _device(database, lan)
    assert (device.lost_count, device.lost_at) == (1, clock())
    clock.forward(days=1)
    lan.exchange(lan.visit(world.mai))
    assert _device(database, lan).lost_at == device.lost_at, "the time at which it was first noticed"
    lan.exchange(vanished)
    assert (_device(database, lan).lost_count, _device(database, lan).lost_at) == (0, None)


def test_numbers_of_rejected_and_quarantined_operations_are_not_lost(
    lan: Phone, world: World, database: Database
) -> None:
    rejected = lan.visit(world.duc, services=[])
    waiting = lan.visit(new_id())
    assert lan.statuses(rejected, waiting) == ["rejected", "quarantined"]
    lan.exchange(lan.visit(world.duc))
    assert _device(database, lan).lost_count == 0


def test_number_the_phone_still_holds_is_not_lost(lan: Phone, world: World, database: Database) -> None:
    lan.visit(world.duc)
    lan.exchange(lan.visit(world.duc))
    assert _device(database, lan).lost_count == 0


def test_no_number_counts_as_lost_in_the_first_exchange_after_a_restore(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange()
    lan.state["epoch"] = "an-earlier-epoch"
    vanished = lan.visit(world.duc)
    lan.held.discard(vanished["seq"])
    lan.exchange(lan.visit(world.duc))
    assert _device(database, lan).lost_count == 0


def test_emptied_phone_that_resumes_its_device_is_reported_as_reinstalled_and_with_losses(
    lan: Phone, browser: Callable[[], TestClient], world: World, database: Database, clock: FakeClock
) -> None:
    lan.visit(world.duc)
    lan.exchange()
    again = _resumed(browser, lan, clock, installation_id="first-installation")
    assert _device(database, lan).reinstalled_at is None
    again = _resumed(browser, lan, clock, installation_id="second-installation")
    again.seq, again.held = 1, set()
    again.exchange(again.visit(world.duc))
    device = _device(database, lan)
    assert (device.lost_count, device.reinstalled_at) == (1, clock())


def test_at_most_max_range_numbers_of_an_absurd_claim_are_checked(
    lan: Phone, world: World, database: Database
) -> None:
    ops = [lan.visit(world.duc) for _ in range(3)]
    queue = {"count": 0, "oldest_at": None, "next_seq": 2**53 - 1, "held": [5, 9]}
    lan.exchange(*ops, queue=queue)
    device = _device(database, lan)
    assert (device.lost_count, device.lost_seqs) == (MAX_RANGE - 5, [[4, 4], [6, 8], [10, MAX_RANGE]])
    assert device.settled_seq == 4


def test_at_most_the_first_thousand_gaps_are_stored(lan: Phone, world: World, database: Database) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    held = list(range(2, 2 * MAX_GAPS + 100, 2))
    queue = {"count": 0, "oldest_at": None, "next_seq": held[-1] + 1, "held": held}
    lan.exchange(lan.op("household.add", household, seq=held[-1]), queue=queue)
    device = _device(database, lan)
    assert (device.lost_count, len(device.lost_seqs)) == (MAX_GAPS, MAX_GAPS)
    assert device.lost_seqs[-1] == [2 * MAX_GAPS - 1] * 2


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    known=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5))),
    first=st.integers(1, 20),
    width=st.integers(0, 30),
)
def test_gaps_are_the_numbers_that_are_not_known(
    known: list[tuple[int, int]], first: int, width: int
) -> None:
    found = find_gaps(range(first, first + width), [[low, low + more] for low, more in known])
    numbers = [number for low, high in found for number in range(low, high + 1)]
    held = {number for low, more in known for number in range(low, low + more + 1)}
    assert numbers == [number for number in range(first, first + width) if number not in held]
    assert all(high + 1 < low for (_, high), (low, _) in pairwise(found)), "a gap is one span"


def _resumed(browser: Callable[[], TestClient], phone: Phone, clock: FakeClock, **more: Any) -> Phone:
    again = sign_in(browser(), *LAN, clock(), device_id=phone.device_id, **more)
    assert again.device_id == phone.device_id
    return again


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))
