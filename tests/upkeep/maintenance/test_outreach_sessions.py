"""Outreach sessions come back after a restore as they were, whichever phone sends first."""

import pytest
from fastapi.testclient import TestClient

from app.fieldwork.outreach.models import OutreachSession
from tests.fieldwork.outreach.sessions import amend, record
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.web.desk.coverage.test_outreach_session import seen
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


def test_what_comes_again_after_a_restore_does_not_replace_a_correction_made_since(
    instance: Instance, lan: Phone, desk: TestClient, world: World
) -> None:
    recorded = send(lan, record(lan, world.dong))
    session = recorded[0][0]
    instance.back_up()
    amended = send(lan, amend(lan, session, 1, people=31))
    instance.restore()
    address = f"/desk/outreach/{session['data']['id']}/edit"
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    form = {"held_on": "2026-11-24", "hamlet": world.dong, "place": "Sân kho", "people": "42"}
    more = {"service": ["vietqr"], "reason": "Đếm thiếu", "version": seen(desk.get(address).text)}
    assert desk.post(address, data=form | more).status_code == 303
    assert [one["status"] for one in heal(lan, amended)] == ["applied"]
    (row,) = instance.rows(OutreachSession)
    assert (row.place, row.people) == ("Sân kho", 42)
