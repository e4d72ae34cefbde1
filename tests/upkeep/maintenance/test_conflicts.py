"""Two phones changed one field of a household before a restore: whichever phone sends first, there is one
conflict afterwards, which the desk decides."""

from collections.abc import Callable
from typing import Any

import pytest

from app.fieldwork.households.models import Household
from app.sync.wire.models import QuarantinedOperation
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, Sent, heal, send
from tests.world import World

Amend = Callable[..., dict[str, Any]]


@pytest.fixture
def amend(world: World) -> Amend:
    def operation(phone: Phone, base_version: int, **fields: Any) -> dict[str, Any]:
        return phone.op("household.amend", {"id": world.duc, "base_version": base_version, **fields})

    return operation


@pytest.mark.parametrize("first", ["the one that stood", "the one in conflict"])
def test_of_a_conflict_before_a_restore_one_remains_whoever_comes_back_first(
    instance: Instance, lan: Phone, other: Phone, world: World, amend: Amend, first: str
) -> None:
    instance.back_up()
    stood = send(lan, amend(lan, 1, house_no="12A"))
    beaten = send(other, amend(other, 1, house_no="12B"))
    assert _statuses(stood, beaten) == ["applied", "conflict"]
    instance.restore()
    healing = [(lan, stood), (other, beaten)]
    results = [
        heal(phone, sent) for phone, sent in (healing if first == "the one that stood" else healing[::-1])
    ]
    assert [result["status"] for (result,) in results] == ["applied", "conflict"]
    assert len(_open(instance)) == 1
    assert _duc(instance, world).house_no == ("12A" if first == "the one that stood" else "12B")


@pytest.mark.parametrize("first", ["the one that stood", "the one that was never sent"])
def test_edit_that_was_not_sent_before_the_restore_conflicts_all_the_same(
    instance: Instance, lan: Phone, other: Phone, world: World, amend: Amend, first: str
) -> None:
    instance.back_up()
    stood = send(lan, amend(lan, 1, house_no="12A"))
    waiting = amend(other, 1, house_no="12B")
    instance.restore()
    if first == "the one that stood":
        heal(lan, stood)
    other.exchange(waiting)
    heal(lan, stood)
    assert len(_open(instance)) == 1


def test_edit_on_what_the_restored_server_shows_does_not_override_an_older_one_unseen(
    instance: Instance, lan: Phone, other: Phone, world: World, amend: Amend
) -> None:
    """The other phone, which has the restored row, writes its own before Lan's version is back."""
    instance.back_up()
    stood = send(lan, amend(lan, 1, house_no="12A"))
    instance.restore()
    other.exchange()
    ((_, result),) = send(other, amend(other, 1, alley="Ngõ 9"))
    send(other, amend(other, result["version"], house_no="12B"))
    (healed,) = heal(lan, stood)
    assert (healed["status"], healed["fields"]) == ("conflict", ["house_no"])


def test_two_edits_of_which_a_second_restore_undid_the_one_and_the_first_the_other_conflict(
    instance: Instance, lan: Phone, other: Phone, world: World, amend: Amend
) -> None:
    """The later write has the higher version, but its phone never got the other write."""
    instance.back_up()
    first = send(lan, amend(lan, 1, house_no="12A"))
    instance.restore()
    other.exchange()
    second = send(other, amend(other, 1, house_no="12B"))
    instance.restore()
    results = [*heal(lan, first), *heal(other, second)]
    assert [result["status"] for result in results] == ["applied", "conflict"]
    assert _duc(instance, world).house_no == "12A"
    assert len(_open(instance)) == 1


def test_edit_upon_the_one_that_comes_back_later_stays(
    instance: Instance, lan: Phone, other: Phone, world: World, amend: Amend
) -> None:
    instance.back_up()
    seen = send(lan, amend(lan, 1, house_no="12A"))
    upon = send(other, amend(other, 2, house_no="12B"))
    instance.restore()
    assert [result["status"] for result in [*heal(other, upon), *heal(lan, seen)]] == ["applied", "applied"]
    assert _duc(instance, world).house_no == "12B"
    assert _open(instance) == []


def test_acked_version_that_another_write_has_is_ignored(
    instance: Instance, lan: Phone, other: Phone, world: World, amend: Amend
) -> None:
    """A phone names the version of a row that it got, not that of a write of its own."""
    instance.back_up()
    stood = send(lan, amend(lan, 1, house_no="12A"))
    ((beaten, _),) = send(other, amend(other, 1, house_no="12B"))
    instance.restore()
    heal(lan, stood)
    (result,) = heal(other, [(beaten, {"version": 2})])
    assert (result["status"], result["fields"]) == ("conflict", ["house_no"])
    assert _duc(instance, world).house_no == "12A"


def test_edit_of_a_merged_household_is_the_newest_again_when_the_merging_is_undone(
    instance: Instance, lan: Phone, other: Phone, world: World, amend: Amend, desk: Any
) -> None:
    """The write changed the survivor, so its version is one of another household."""
    instance.back_up()
    older = send(lan, amend(lan, 1, state="empty")) + send(lan, amend(lan, 2, state="active"))
    form = {"surviving": world.mai, "one": "3", "other": "1"}
    assert desk.post(f"/desk/duplicates/{world.duc}/{world.mai}/merge", data=form).status_code == 303
    newest = send(other, amend(other, 4, state="moved"))
    instance.restore()
    heal(lan, older)
    assert [result["status"] for result in heal(other, newest)] == ["applied"]
    assert _duc(instance, world).state == "moved"


def _statuses(*sent: Sent) -> list[str]:
    return [result["status"] for pairs in sent for _, result in pairs]


def _open(instance: Instance) -> list[QuarantinedOperation]:
    return [item for item in instance.rows(QuarantinedOperation) if item.state == "open"]


def _duc(instance: Instance, world: World) -> Household:
    (row,) = (row for row in instance.rows(Household) if row.id == world.duc)
    found: Household = row
    return found
