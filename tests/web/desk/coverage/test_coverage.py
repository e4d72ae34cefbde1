"""/desk/coverage: the hamlets' table, the households not reached, the overdue appointments."""

import re

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import pager_link, words
from tests.world import World, add_households

BACK = {"result": "come_back", "services": [], "follow_up_on": "2026-11-25"}


@pytest.mark.both_databases
def test_lowest_coverage_comes_first_and_each_figure_leads_to_what_it_counts(
    desk: TestClient, lan: Phone, nam: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc))
    nam.exchange(nam.visit(world.anh))
    page = desk.get("/desk/coverage").text
    assert _hamlets(page) == ["Thôn Đông", "Thôn Tây"]
    assert "Thôn Đông Sơ đồ 3 1 33 % 2 In phiếu 1 0 Tổ Thôn Đông" in words(page)
    assert "Tất cả 5 2 40 % 3 2 0" in words(page)
    links = re.findall(r'href="(/desk/(?:coverage/|reports/|hamlets/thon-dong/)[^"]*)"', page)
    for link in {link.replace("&amp;", "&") for link in links}:
        assert desk.get(link).status_code == 200
    (visits,) = [link for link in links if "visits" in link and "thon-dong" in link]
    assert "Danh sách: 1. tính đến" in words(desk.get(visits.replace("&amp;", "&")).text)


@pytest.mark.parametrize(
    ("sort", "first"),
    [("hamlet", "Thôn Đông"), ("households", "Thôn Đông"), ("left", "Thôn Đông"), ("visits", "Thôn Tây")],
)
def test_table_is_sorted_by_the_column_in_the_address(
    desk: TestClient, lan: Phone, world: World, sort: str, first: str
) -> None:
    lan.exchange(lan.visit(world.duc))
    page = desk.get(f"/desk/coverage?sort={sort}").text
    assert _hamlets(page)[0] == first
    assert page.count("aria-sort") == 1
    assert "aria-sort" in desk.get("/desk/coverage?sort=khong-co").text


def test_households_not_reached_are_listed_by_hamlet_with_the_visits_that_found_nobody(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai, result="not_home", services=[]))
    page = words(desk.get("/desk/coverage/not-reached").text)
    assert "4 hộ chưa gặp được ai" in page
    assert "Tất cả 4 Thôn Đông 2 Thôn Tây 2" in page
    assert "14 · Trần Thị Mai Ngõ 3 đã đến 1 lần, lần cuối 24/11/2026, chưa gặp ai" in page
    assert "12 · Nguyễn Văn Đức" not in page
    page = words(desk.get(f"/desk/coverage/not-reached?hamlet={world.tay}").text)
    assert ("2 hộ chưa gặp được ai" in page, "Trần Thị Mai" in page) == (True, False)
    for unknown in ("khong-co", "%00", "x" * 64):
        assert "4 hộ" in words(desk.get(f"/desk/coverage/not-reached?hamlet={unknown}").text)


def test_long_list_of_households_is_paged(desk: TestClient, database: Database, world: World) -> None:
    add_households(database, world, 150)
    address = f"/desk/coverage/not-reached?hamlet={world.dong}"
    following = pager_link(desk, address, "next")
    assert "Nguyễn Văn Thử" in desk.get(following).text
    assert pager_link(desk, following, "prev")


@pytest.mark.both_databases
def test_overdue_appointments_by_person_and_one_by_one(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc, **BACK))
    assert "Không có lần hẹn nào quá hạn." in desk.get("/desk/coverage/overdue").text
    clock.forward(days=2)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    page = desk.get("/desk/coverage/overdue").text
    assert "Nguyễn Thị Lan Thôn Đông 1 25/11/2026" in words(page)
    assert "12 · Nguyễn Văn Đức Ngõ 3, Thôn Đông 25/11/2026 1 ngày Nguyễn Thị Lan Xem lượt" in words(page)
    for query in (f"hamlet={world.dong}", f"person={world.lan}", f"hamlet={world.dong}&person={world.lan}"):
        assert "1 lần hẹn" in words(desk.get(f"/desk/coverage/overdue?{query}").text)
    assert "0 lần hẹn" in words(desk.get(f"/desk/coverage/overdue?hamlet={world.tay}").text)
    for page_number in ("0", "999", "x", "-1", "٢"):
        assert "1 lần hẹn" in words(desk.get(f"/desk/coverage/overdue?page={page_number}").text)


def test_supervisor_next_door_sees_nothing_of_it(hoa: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc, **BACK))
    for path in ("", "/not-reached", "/overdue"):
        page = hoa.get(f"/desk/coverage{path}?hamlet={world.dong}").text
        assert "Thôn Đông" not in page
        assert "Nguyễn" not in page
    assert "Độ phủ Chưa có hộ nào." in words(hoa.get("/desk/coverage").text), "not 100 % of nothing"


def _hamlets(page: str) -> list[str]:
    return re.findall(r'<td role="rowheader"><b><a href="/desk/hamlets/[^"]+"[^>]*>([^<]+)<', page)
