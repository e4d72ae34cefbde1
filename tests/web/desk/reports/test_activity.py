"""Activity sheets of members and teams: the days, visits, households and sessions that count."""

import re

import pytest
from fastapi.testclient import TestClient

from app.commune.settings import CommuneSettings
from app.core.db import Database
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

MONTH = "2026-11"


def lines(desk: TestClient, address: str) -> list[list[str]]:
    """The cells of the sheet's table, line by line."""
    answer = desk.get(address)
    assert answer.status_code == 200, answer.text
    rows = re.findall(r'<tr role="row".*?</tr>', answer.text, re.DOTALL)[1:]
    return [[words(cell) for cell in re.findall(r"<t[dh] .*?</t[dh]>", row, re.DOTALL)] for row in rows]


def test_days_visits_and_distinct_households_of_a_member(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc), lan.visit(world.mai))
    sheet = lines(desk, f"/desk/people/{world.lan}/activity/{MONTH}")
    assert sheet == [["24/11/2026", "3", "2", "0"], ["Cộng 1 ngày", "3", "2", "0"]]
    page = desk.get(f"/desk/people/{world.lan}/activity/{MONTH}").text
    assert f'href="/desk/visits?volunteer={world.lan}&amp;day=2026-11-24"' in page
    assert "Tháng 11/2026, từ 01/11/2026 đến 30/11/2026" in words(page)


def test_withdrawn_and_returned_visits_do_not_count(desk: TestClient, lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit, lan.visit(world.mai))
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert lines(desk, f"/desk/people/{world.lan}/activity/{MONTH}")[-1] == ["Cộng 1 ngày", "1", "1", "0"]


def test_sessions_count_on_their_day(desk: TestClient, lan: Phone, world: World) -> None:
    session = {
        "id": "0193a000-0000-7000-8000-00000000000a", "hamlet_id": world.dong, "place": "Nhà văn hóa",
        "held_on": "2026-11-24", "services": ["vneid_install"], "people": 20,
    }  # fmt: skip
    answer = lan.exchange(lan.op("outreach.record", session))
    assert [result["status"] for result in answer["results"]] == ["applied"]
    assert lines(desk, f"/desk/people/{world.lan}/activity/{MONTH}")[0] == ["24/11/2026", "0", "0", "1"]


def test_members_of_a_team_stand_by_name_and_sign(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    team = team_of_lan(desk)
    sheet = lines(desk, f"/desk/teams/{team}/activity/{MONTH}")
    of_lan = next(line for line in sheet if line[0] == "Nguyễn Thị Lan")
    assert of_lan[2:] == ["1", "1", "1", "0", ""]
    assert sheet[-1][0] == "Cộng"
    page = desk.get(f"/desk/teams/{team}/activity/{MONTH}").text
    assert ("Ký nhận" in page, "Cán bộ theo dõi" in page) == (True, True)


@pytest.mark.both_databases
def test_day_of_somebody_who_moved_is_on_one_sheet_only(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    before = team_of_lan(desk)
    other = next(id for id in _teams(desk) if id != before)
    moved = desk.post(f"/desk/people/{world.lan}/move", data={"team": other})
    assert moved.status_code == 303
    sheets = {team: lines(desk, f"/desk/teams/{team}/activity/{MONTH}") for team in (before, other)}
    of_lan = [line[2:6] for sheet in sheets.values() for line in sheet if line[0] == "Nguyễn Thị Lan"]
    assert sorted(of_lan) == [["0", "0", "0", "0"], ["1", "1", "1", "0"]]


def test_links_lead_to_the_current_month(desk: TestClient, world: World) -> None:
    assert f"/desk/people/{world.lan}/activity" in desk.get(f"/desk/people/{world.lan}").text
    assert f"/desk/teams/{team_of_lan(desk)}/activity" in desk.get("/desk/teams").text
    for address in (f"/desk/people/{world.lan}/activity", f"/desk/teams/{team_of_lan(desk)}/activity"):
        assert desk.get(address, follow_redirects=False).headers["location"] == f"{address}/{MONTH}"


def test_months_begin_on_the_day_that_the_commune_set(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc))
    address = f"/desk/people/{world.lan}/activity"
    assert [len(lines(desk, f"{address}/{code}")) for code in ("2026-11", "2026-12", "2026")] == [2, 0, 2]
    settings = CommuneSettings(commune_id=world.commune_id, month_start_day=15)
    database.write(lambda session: session.add(settings))
    assert [len(lines(desk, f"{address}/{code}")) for code in ("2026-11", "2026-12", "2026")] == [0, 2, 2]
    assert desk.get(address, follow_redirects=False).headers["location"] == f"{address}/2026-12"


def test_unknown_periods_people_and_teams_are_not_found(
    desk: TestClient, hoa: TestClient, world: World
) -> None:
    addresses = [
        f"/desk/people/{world.lan}/activity/2026-13", "/desk/people/nobody/activity/2026-11",
        "/desk/teams/nothing/activity/2026-11",
    ]  # fmt: skip
    assert [desk.get(address).status_code for address in addresses] == [404, 404, 404]
    assert hoa.get(f"/desk/people/{world.lan}/activity/{MONTH}").status_code == 404
    assert hoa.get(f"/desk/teams/{team_of_lan(desk)}/activity/{MONTH}").status_code == 404


def _teams(desk: TestClient) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="/desk/teams/([\w-]+)"', desk.get("/desk/teams").text)))


def team_of_lan(desk: TestClient) -> str:
    """Lan's team."""
    page = desk.get("/desk/teams").text
    found = re.search(r'href="/desk/teams/([\w-]+)">Tổ Thôn Đông<', page)
    assert found is not None
    return found[1]
