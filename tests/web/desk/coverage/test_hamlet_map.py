"""/desk/hamlets/{id}/map: the households of a hamlet as cells, with what phones say of them."""

import re

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.web.desk.coverage.paper_size import PaperSize, paper_size
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World, add_households

OFFERED = [{"code": "vneid_install", "outcome": "already_had", "people": 1}]
BACK = {"result": "come_back", "services": []}
_CELL = re.compile(r'data-status="(\w+)" href="/desk/households/[^"]+" aria-label="([^"]*)"')


@pytest.mark.both_databases
def test_cells_say_guided_met_promised_absent_or_not_yet_in_the_order_of_alleys(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    ids = add_households(database, world, 4)
    lan.exchange(
        lan.visit(world.duc),
        lan.visit(world.mai, services=OFFERED),
        lan.visit(ids[0], result="not_home", services=[]),
        lan.visit(ids[1], **BACK, follow_up_on="2026-11-25"),
        lan.visit(ids[2], **BACK),
    )
    page = desk.get(f"/desk/hamlets/{world.dong}/map").text
    assert _CELL.findall(page) == [
        ("new", "Số 5, Đặng Thị Ước: Chưa gặp"),
        ("guided", "Số 12, Nguyễn Văn Đức: Đã hướng dẫn · Đã gặp 24/11/2026"),
        ("met", "Số 14, Trần Thị Mai: Đã gặp 24/11/2026"),
        ("absent", "Số 100, Nguyễn Văn Thử 0: Vắng nhà 24/11/2026"),
        ("follow_up", "Số 101, Nguyễn Văn Thử 1: Hẹn quay lại · Đã gặp 24/11/2026"),
        ("follow_up", "Số 102, Nguyễn Văn Thử 2: Hẹn quay lại · Đã gặp 24/11/2026"),
        ("new", "Số 103, Nguyễn Văn Thử 3: Chưa gặp"),
    ]
    text = words(page)
    assert "Đã hướng dẫn: 1 Đã gặp: 1 Hẹn quay lại: 2 Vắng nhà: 1 Chưa gặp: 2" in text
    assert "Ngõ 3 2/2 hộ đã gặp" in text
    assert "Ngõ 9 2/4 hộ đã gặp" in text
    assert "4 trên 7 hộ đã gặp · tính đến 24/11/2026" in text
    assert "Thôn Đông Sơ đồ 7 4 57 %" in words(desk.get("/desk/coverage").text)


def test_a_visit_that_was_withdrawn_leaves_the_cell(desk: TestClient, lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, **BACK, follow_up_on="2026-11-25")
    lan.exchange(visit)
    assert _status(desk, world, "Nguyễn Văn Đức") == "follow_up"
    lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert _status(desk, world, "Nguyễn Văn Đức") == "new"


def test_households_without_number_or_alley_have_a_cell_and_those_that_moved_have_none(
    desk: TestClient, lan: Phone, world: World
) -> None:
    new = {"hamlet_id": world.dong, "head_name": "Vũ <Văn> Sơn", "house_no": "", "alley": ""}
    lan.exchange(
        lan.op("household.add", {"id": "01900000-0000-7000-8000-000000000001", **new}),
        lan.op("household.amend", {"id": world.mai, "base_version": 1, "state": "moved"}),
    )
    page = desk.get(f"/desk/hamlets/{world.dong}/map").text
    assert _CELL.findall(page)[0] == ("new", "Vũ &lt;Văn&gt; Sơn: Chưa gặp")
    assert '<span class="screen-only">Sơn</span>' in page, "a name is not printed"
    assert ("Chưa ghi ngõ, xóm 0/2 hộ đã gặp" in words(page), "Trần Thị Mai" in page) == (True, False)


def test_hamlet_without_households_and_the_supervisor_next_door(
    desk: TestClient, hoa: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(
        *(
            lan.op("household.amend", {"id": id, "base_version": 1, "state": "empty"})
            for id in world.households[world.dong]
        )
    )
    address = f"/desk/hamlets/{world.dong}/map"
    assert "Thôn chưa có hộ nào." in desk.get(address).text
    assert hoa.get(address).status_code == 404


def test_a_page_of_a4_takes_150_households_in_few_or_many_alleys() -> None:
    for alleys in ([150], [15] * 10, [3] * 50, [75, 1] * 2):
        assert paper_size([1] * count for count in alleys).pages == 1
    assert paper_size([[1] * 15] * 3) == PaperSize("large", 2, 1), "a small hamlet has large cells"
    assert paper_size([[1] * 25] * 20).pages == 2
    assert paper_size([]).pages == paper_size([[2] * 150]).pages == 1


def _status(desk: TestClient, world: World, name: str) -> str:
    cells = _CELL.findall(desk.get(f"/desk/hamlets/{world.dong}/map").text)
    (found,) = [status for status, label in cells if name in label]
    return str(found)
