"""Outreach sessions come back after a restore as they were, whichever phone sends first."""

import pytest

from app.fieldwork.outreach.models import OutreachSession
from tests.fieldwork.outreach.sessions import amend, record
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.world import World


@pytest.mark.parametrize("is_first_back", [True, False])
def test_amendments_come_back_with_the_numbers_that_they_had(
    instance: Instance, lan: Phone, other: Phone, world: World, is_first_back: bool
) -> None:
    recorded = send(lan, record(lan, world.dong))
    session = recorded[0][0]
    instance.back_up()
    one = send(lan, amend(lan, session, 1, place="Sân trường"))
    two = send(other, amend(other, session, 2, place="Trạm y tế"))
    instance.restore()
    healing = [(lan, [*recorded, *one]), (other, two)]
    versions = [
        result["version"]
        for phone, sent in (healing if is_first_back else healing[::-1])
        for result in heal(phone, sent)
    ]
    assert sorted(versions) == [1, 2, 3]
    (row,) = instance.rows(OutreachSession)
    assert (row.place, row.version) == ("Trạm y tế", 3)
