"""/desk/quarantine: the list, *Nhận*, and what the phones get afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.sync.wire.models import LedgerEntry
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.web.desk.records.quarantine.items import (
    addresses,
    assert_totals_are_right,
    decide,
    deliver_revoked,
    new_household,
    quarantined,
    stored_visits,
)
from tests.world import World

Browser = Callable[[], TestClient]


def test_list_and_page_show_content_author_place_and_reason(
    desk: TestClient, lan: Phone, world: World
) -> None:
    assert "Không có gì chờ xử lý." in desk.get("/desk/quarantine").text
    deliver_revoked(desk, lan, lan.visit(world.duc, note="Số máy 0900000001", follow_up_on="2026-11-30"))
    page = desk.get("/desk/quarantine").text
    for words in ("Ghi lượt thăm", "12 · Nguyễn Văn Đức", "Ngõ 3, Thôn Đông", "Nguyễn Thị Lan", "16:40"):
        assert words in page
    assert "Gửi từ máy đã thu hồi, hoặc của người đã nghỉ." in page
    one = desk.get(addresses(desk)[0]).text
    for words in ("Đã hỗ trợ", "Cài VNeID: Tự làm được, 1 người", "30/11/2026", "Tính vào ngày", "••01"):
        assert words in one
    assert "0900000001" not in one


def test_accepted_visit_is_counted_on_the_day_it_was_received_and_reaches_the_phone(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    deliver_revoked(desk, lan, visit)
    clock.forward(days=2)
    answer = decide(desk, "accept")
    assert answer.headers["location"] == "/desk/quarantine?done=applied"
    (row,) = stored_visits(database)
    assert (row.recorded_by, row.counted_on.isoformat(), row.review_state) == (
        world.lan, "2026-11-24", "received",
    )  # fmt: skip
    assert_totals_are_right(database, world)
    changes = other.exchange()["changes"]
    assert [one["id"] for one in changes["visit"]] == [visit["data"]["id"]]
    (accepted,) = changes["tombstone"]
    assert (accepted["kind"], accepted["id"]) == ("accepted", visit["op_id"])
    assert accepted["feed_seq"] < changes["visit"][0]["feed_seq"], (
        "the phone stops showing its operation when the row arrives"
    )
    (again,) = lan.exchange(visit)["results"]
    assert (again["status"], again["version"]) == ("duplicate", 1)
    entry = database.read(lambda session: session.exec(select(LedgerEntry)).one())
    assert (entry.status, entry.record_id, entry.seq) == ("applied", row.id, visit["seq"])


def test_an_operation_is_applied_once_however_often_it_is_accepted(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    amended = lan.amend(visit, note="Sửa")
    deliver_revoked(desk, lan, visit, amended)
    first, second = addresses(desk)
    for address in (first, second, second, first):
        assert desk.post(f"{address}/accept").headers["location"] == "/desk/quarantine?done=applied"
    assert desk.post(f"{first}/drop").headers["location"] == "/desk/quarantine?done=applied"
    (row,) = stored_visits(database)
    assert (row.note, row.version) == ("Sửa", 2)
    assert_totals_are_right(database, world)


def test_operation_that_cannot_be_applied_stays_quarantined_with_a_sentence(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    household = new_household(world)
    deliver_revoked(desk, lan, lan.op("household.add", household), lan.visit(household["id"]))
    add, visit = addresses(desk)
    assert "Vũ Thị Thắm" in desk.get(visit).text, "the household that waits beside it"
    refused = desk.post(f"{visit}/accept")
    assert refused.status_code == 409
    assert "Nhận bản ghi thêm hộ, hoặc gắn vào một hộ." in refused.text
    assert {row.state for row in quarantined(database)} == {"open"}
    assert (desk.post(f"{add}/accept").status_code, desk.post(f"{visit}/accept").status_code) == (303, 303)
    assert len(stored_visits(database)) == 1
    assert_totals_are_right(database, world)


def test_operations_that_waited_for_an_accepted_household_are_applied(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    household = new_household(world)
    other.exchange(other.visit(household["id"]))
    deliver_revoked(desk, lan, lan.op("household.add", household))
    assert "Đợi bản ghi thêm hộ: hộ này chưa có trong sổ." in desk.get("/desk/quarantine").text
    add = next(one for one in addresses(desk) if "Thêm hộ" in desk.get(one).text)
    desk.post(f"{add}/accept")
    assert {row.state for row in quarantined(database)} == {"applied"}
    assert len(stored_visits(database)) == 1
    op_ids = {row.op_id for row in quarantined(database)}
    assert {
        row["id"] for row in other.exchange()["changes"]["tombstone"] if row["kind"] == "accepted"
    } == op_ids


def test_all_operations_of_a_revoked_phone_are_accepted_at_once(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    household = new_household(world)
    add, visit, nonsense = (
        lan.op("household.add", household),
        lan.visit(household["id"]),
        lan.op("visit.record", {}),
    )
    deliver_revoked(desk, lan, visit, nonsense, add)
    address = f"/desk/quarantine/devices/{lan.device_id}/accept"
    page = desk.get(addresses(desk)[0]).text
    assert f'action="{address}"' in page
    assert "Nhận cả 3 bản ghi chờ của máy này" in page
    assert desk.post(address, data={"seen": "2"}).headers["location"].endswith("done=changed")
    assert stored_visits(database) == []
    assert desk.post(address, data={"seen": "3"}).headers["location"].endswith("applied=2")
    assert len(stored_visits(database)) == 1
    assert len(addresses(desk)) == 1
    assert_totals_are_right(database, world)


def test_accepted_visit_outside_the_authors_hamlets_is_applied(
    desk: TestClient, nam: Phone, world: World, database: Database
) -> None:
    nam.exchange(nam.visit(world.duc))
    (address,) = addresses(desk)
    assert (
        "Thuộc thôn mà người ghi không phụ trách lúc ghi, hoặc gửi về sau hơn 90 ngày."
        in desk.get(address).text
    )
    decide(desk, "accept")
    (row,) = stored_visits(database)
    assert (row.recorded_by, row.hamlet_id) == (world.nam, world.dong)
    changes = nam.exchange()["changes"]
    assert ([one["kind"] for one in changes["tombstone"]], changes["visit"]) == (["accepted"], []), (
        "not Nam's hamlet"
    )


@pytest.mark.parametrize("data", [{"id": 7}, {"id": new_id(), "household_id": "\ud800"}, {}])
def test_unreadable_operation_can_be_dropped_and_never_accepted(
    desk: TestClient, lan: Phone, database: Database, data: dict[str, Any]
) -> None:
    deliver_revoked(desk, lan, lan.op("visit.record", data))
    (address,) = addresses(desk)
    assert "Nội dung không đọc được." in desk.get(address).text
    assert desk.post(f"{address}/accept").status_code == 409
    assert desk.post(f"{address}/choose").status_code == 404
    decide(desk, "drop")
    assert quarantined(database)[0].state == "dropped"


def test_supervisor_next_door_finds_and_decides_nothing(
    desk: TestClient, browser: Browser, lan: Phone, world: World, database: Database
) -> None:
    deliver_revoked(desk, lan, lan.visit(world.duc))
    (address,) = addresses(desk)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert addresses(hoa) == []
    assert hoa.get(address).status_code == 404
    for verb in ("accept", "drop", "choose"):
        assert hoa.post(f"{address}/{verb}").status_code == 404
    hoa.post(f"/desk/quarantine/devices/{lan.device_id}/accept", data={"seen": "1"})
    assert quarantined(database)[0].state == "open"


def test_list_of_more_than_fifty_has_pages(desk: TestClient, lan: Phone, world: World) -> None:
    deliver_revoked(desk, lan, *(lan.visit(world.duc) for _ in range(51)))
    assert len(addresses(desk)) == 50
    page = desk.get("/desk/quarantine?page=2").text
    assert "Trang 2/2" in page
    assert page.count('class="household"') == 1
