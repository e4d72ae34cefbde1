"""Three phones wrote one record before a restore: whichever sends first, the newest write is its content."""

from itertools import permutations
from typing import Any

import pytest

from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.models import Visit, VisitVersion
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, Sent, heal, send
from tests.world import LAN, World

ORDERS = list(permutations(range(3)))


@pytest.fixture
def phones(instance: Instance) -> list[Phone]:
    """Lan's three phones."""
    return [instance.phone(LAN) for _ in range(3)]


@pytest.mark.parametrize("order", ORDERS)
def test_newest_of_three_writes_of_a_visit_is_its_content(
    instance: Instance, phones: list[Phone], world: World, order: tuple[int, ...]
) -> None:
    one, two, three = phones
    sent: list[Sent] = [[], [], []]
    sent[0] += send(one, one.visit(world.duc))
    visit = sent[0][0][0]
    instance.back_up()
    older, newer = one.amend(visit, note="một, cũ"), one.amend(visit, note="một, mới")
    sent[0] += send(one, newer)
    sent[1] += send(two, two.amend(visit, 2, note="hai"))
    late = send(one, older)
    sent[2] += send(three, three.amend(visit, 3, note="ba"))
    assert _note(instance) == "ba"
    sent[0] = [sent[0][0], *late, *sent[0][1:]]
    instance.restore()
    for place in order:
        heal(phones[place], sent[place])
    assert _note(instance) == "ba"
    notes = {version.content["note"] for version in instance.rows(VisitVersion)}
    assert notes == {"Đã cài xong", "một, cũ", "một, mới", "hai"}


@pytest.mark.parametrize("order", ORDERS)
def test_newest_of_three_writes_of_a_household_is_its_content(
    instance: Instance, phones: list[Phone], world: World, order: tuple[int, ...]
) -> None:
    def amend(place: int, base_version: int, house_no: str) -> dict[str, Any]:
        data = {"id": world.duc, "base_version": base_version, "house_no": house_no}
        return phones[place].op("household.amend", data)

    instance.back_up()
    older, newer = amend(0, 1, "12"), amend(0, 1, "12A")
    sent = [send(phones[0], newer), send(phones[1], amend(1, 2, "12B"))]
    sent[0] += send(phones[0], older)
    sent.append(send(phones[2], amend(2, 3, "12C")))
    instance.restore()
    for place in order:
        assert {result["status"] for result in heal(phones[place], sent[place])} == {"applied"}
    (household,) = (row for row in instance.rows(Household) if row.id == world.duc)
    assert household.house_no == "12C"
    versions = [one for one in instance.rows(HouseholdVersion) if one.household_id == world.duc]
    assert {one.fields["house_no"] for one in versions} == {"12", "12A", "12B", "12C"}


def _note(instance: Instance) -> str:
    (row,) = instance.rows(Visit)
    note: str = row.note
    return note
