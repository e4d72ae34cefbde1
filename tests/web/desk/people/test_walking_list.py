"""/desk/hamlets/{id}/walking-list: every household in walking order, or those not reached yet."""

from fastapi.testclient import TestClient

from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World


def test_households_stand_by_alley_and_number_with_team_and_date(desk: TestClient, world: World) -> None:
    page = words(desk.get(f"/desk/hamlets/{world.dong}/walking-list").text)
    assert "Phiếu đi thăm Thôn Đông Tổ Thôn Đông · 3 hộ · in ngày 24/11/2026" in page
    order = [page.index(name) for name in ("Đặng Thị Ước", "Ngõ 3", "Nguyễn Văn Đức", "Trần Thị Mai")]
    assert order == sorted(order)
    assert "Lê Thị Ánh" not in page, "of the next hamlet"


def test_only_those_not_reached(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(
        lan.visit(world.duc),
        lan.visit(world.mai, result="not_home", services=[]),
    )
    everyone = words(desk.get(f"/desk/hamlets/{world.dong}/walking-list").text)
    assert "Nguyễn Văn Đức 24/11/2026" in everyone
    left = words(desk.get(f"/desk/hamlets/{world.dong}/walking-list?show=not-reached").text)
    assert ("Nguyễn Văn Đức" in left, "Trần Thị Mai Chưa gặp" in left) == (False, True), "nobody opened"
    assert "2 hộ chưa gặp" in left


def test_household_that_moved_away_is_left_out(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "state": "moved"}))
    page = words(desk.get(f"/desk/hamlets/{world.dong}/walking-list").text)
    assert ("Nguyễn Văn Đức" in page, "2 hộ" in page) == (False, True)


def test_hamlet_without_households_and_one_without_anybody_left(
    desk: TestClient, lan: Phone, world: World
) -> None:
    saved = desk.post("/desk/hamlets/new", data={"name": "Thôn Bắc"})
    assert saved.status_code == 303
    bac = next(
        part.split('"')[0]
        for part in desk.get("/desk/hamlets").text.split('href="/desk/hamlets/')
        if ">Thôn Bắc<" in part.split("</a>")[0] + "<"
    )
    assert "Thôn chưa có hộ nào." in desk.get(f"/desk/hamlets/{bac}/walking-list").text
    lan.exchange(*(lan.visit(household) for household in world.households[world.dong]))
    address = f"/desk/hamlets/{world.dong}/walking-list?show=not-reached"
    assert "Hộ nào trong thôn cũng đã gặp." in desk.get(address).text


def test_supervisor_next_door_finds_no_list(hoa: TestClient, world: World) -> None:
    assert hoa.get(f"/desk/hamlets/{world.dong}/walking-list").status_code == 404
