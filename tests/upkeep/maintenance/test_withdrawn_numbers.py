"""Telephone numbers after a restore: whoever sends again first, a withdrawn number does not come back."""

from typing import Any

import pytest

from app.fieldwork.households.consents import HouseholdConsent
from app.fieldwork.households.models import Household
from tests.consents import agreed
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.world import World


@pytest.mark.parametrize("first", ["who asked", "who entered the withdrawal"])
def test_number_that_was_withdrawn_does_not_come_back_with_a_restore(
    instance: Instance, lan: Phone, other: Phone, world: World, first: str
) -> None:
    """The server has forgotten both."""
    lan.exchange()
    other.exchange()
    instance.back_up()
    asked = send(lan, _amend(lan, world.duc, **agreed(lan)))
    instance.clock.forward(minutes=5)
    other.now = instance.clock()
    withdrawn = send(other, _amend(other, world.duc, phone=""))
    assert _number(instance, world) is None
    instance.restore()
    healing = [(lan, asked), (other, withdrawn)]
    for phone, sent in healing if first == "who asked" else healing[::-1]:
        phone.now = instance.clock()
        assert {one["status"] for one in heal(phone, sent)} == {"applied"}
    assert _number(instance, world) is None
    assert {one.kind for one in instance.rows(HouseholdConsent)} == {"device", "withdrawn"}


def _number(instance: Instance, world: World) -> str | None:
    (household,) = (row for row in instance.rows(Household) if row.id == world.duc)
    number: str | None = household.phone
    return number


def _amend(by: Phone, household_id: str, **fields: Any) -> dict[str, Any]:
    return by.op("household.amend", {"id": household_id, "base_version": 1} | fields)
