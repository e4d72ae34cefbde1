"""*Cho nghỉ* and coming back: what waits on the phone, and a number that somebody else has now."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.web.desk.people.people_client import code_of, invite, team_id, team_of
from tests.world import LAN, NAM, World

Browser = Callable[[], TestClient]


def test_ended_members_queue_waits_in_quarantine_and_they_can_come_back(
    desk: TestClient, browser: Browser, lan: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    lan.exchange()
    waiting = lan.visit(world.duc)
    assert "Cho Nguyễn Thị Lan nghỉ?" in desk.get(f"/desk/people/{world.lan}/end").text
    desk.post(f"/desk/people/{world.lan}/end")
    exchanged = lan.exchange(waiting)
    assert ([one["status"] for one in exchanged["results"]], exchanged["erase"]) == (["quarantined"], True)
    assert "Đã nghỉ" in desk.get(f"/desk/people/{world.lan}").text
    assert desk.post(f"/desk/people/{world.lan}/code").status_code == 404
    form = {"team": team_id(database, "Tổ Thôn Đông")}
    code = code_of(desk.post(f"/desk/people/{world.lan}/return", data=form))
    again = sign_in(browser(), LAN[0], code, clock())
    assert again.statuses(again.visit(world.mai)) == ["applied"]


def test_person_whose_number_went_to_another_needs_a_new_one_to_come_back(
    desk: TestClient, browser: Browser, database: Database, world: World, clock: FakeClock
) -> None:
    desk.post(f"/desk/people/{world.nam}/end")
    invite(desk, database, phone=NAM[0], other_than=world.nam)
    form = {"team": team_id(database, "Tổ Thôn Tây")}
    refused = desk.post(f"/desk/people/{world.nam}/return", data=form)
    assert (refused.status_code, "Số cũ nay là của người khác." in refused.text) == (422, True)
    desk.post(f"/desk/people/{world.nam}/edit", data={"name": "Trần Văn Nam", "phone": "0900 000 066"})
    code = code_of(desk.post(f"/desk/people/{world.nam}/return", data=form))
    assert sign_in(browser(), "0900000066", code, clock()).account_id == world.nam


def test_somebody_who_has_not_left_is_not_brought_back_into_another_team(
    desk: TestClient, database: Database, world: World
) -> None:
    form = {"team": team_id(database, "Tổ Thôn Tây")}
    assert desk.post(f"/desk/people/{world.lan}/return", data=form).status_code == 404
    assert team_of(database, world, world.lan) == "Tổ Thôn Đông"
