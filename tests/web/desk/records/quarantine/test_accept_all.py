"""*Nhận tất cả*: everything that a revoked phone delivered, in bounded transactions, with the true count."""

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from tests.phone import Phone, new_id
from tests.web.desk.desk_client import words
from tests.web.desk.records.quarantine.items import (
    addresses,
    assert_consistent,
    deliver_revoked,
    quarantined,
    stored_visits,
)
from tests.world import World


@pytest.mark.slow
def test_more_than_two_hundred_are_accepted_and_what_could_not_be_has_its_reason(
    desk: TestClient, lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sync.quarantine.bulk.MAX_SECONDS", 600)
    desk.post(f"/desk/devices/{lan.device_id}/revoke")
    lan.exchange(*(lan.visit(household) for household in world.households[world.dong] * 70))
    lan.exchange(lan.visit(new_id()), lan.op("visit.record", {}))
    lan.exchange(*(lan.visit(world.mai) for _ in range(5)))
    assert "Nhận cả 217 bản ghi chờ của máy này" in words(desk.get(addresses(desk)[0]).text)
    answer = desk.post(f"/desk/quarantine/devices/{lan.device_id}/accept", data={"seen": "217"})
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã nhận 215 bản ghi của máy này; 2 chưa nhận được, vì sao ghi ở từng dòng." in page
    assert "hộ này chưa có trong sổ. Nhận bản ghi thêm hộ, hoặc gắn vào một hộ." in page
    assert "Không nhận được: nội dung không đúng mẫu." in page
    assert "Nhận cả 2 bản ghi chờ của máy này" in page
    assert len(stored_visits(database)) == 215
    assert_consistent(database)


def test_nothing_is_left_and_the_page_says_so(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    other.exchange(other.visit(new_id()))
    deliver_revoked(desk, lan, lan.visit(world.duc), lan.visit(world.mai))
    answer = desk.post(f"/desk/quarantine/devices/{lan.device_id}/accept", data={"seen": "2"})
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã nhận 2 bản ghi của máy này, không còn bản ghi nào chờ." in page
    assert "Không có gì chờ xử lý." in page, "the list of this phone"
    assert [row.state for row in quarantined(database)].count("open") == 1
    assert "Đợi bản ghi thêm hộ" in desk.get("/desk/quarantine").text


@pytest.mark.both_databases
def test_phone_that_delivered_more_meanwhile_is_shown_again(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    deliver_revoked(desk, lan, lan.visit(world.duc))
    lan.exchange(lan.visit(world.mai))
    answer = desk.post(f"/desk/quarantine/devices/{lan.device_id}/accept", data={"seen": "1"})
    assert "chưa nhận bản ghi nào" in desk.get(answer.headers["location"]).text
    assert stored_visits(database) == []
