"""A lost phone is revoked, and the desk says what it had at its last contact and until when to tell of it."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.fieldwork.households.models import Household
from app.sync.lost_phones.models import LostPhone
from tests.cases import cases
from tests.conftest import NOW, FakeClock
from tests.consents import agreed
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.world import World

# NOW in Vietnam
DAY, TIME = "24/11/2026", "10:00"


def _report(desk: TestClient, phone: Phone, **changes: str) -> Any:
    form = {"day": DAY, "time": TIME, "reason": "Rơi ở chợ"} | changes
    return desk.post(f"/desk/devices/{phone.device_id}/lost", data=form)


def _lost(database: Database) -> list[LostPhone]:
    return list(database.read(lambda session: session.exec(select(LostPhone)).all()))


def _device(database: Database, phone: Phone) -> Device:
    key = (phone.commune_id, phone.device_id)
    return database.read(lambda session: session.get_one(Device, key))


@pytest.mark.both_databases
def test_report_revokes_the_phone_and_counts_what_it_had_at_its_last_contact(
    desk: TestClient, lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    number = {**agreed(lan), "base_version": 1}
    lan.exchange(lan.op("household.amend", {"id": world.duc, **number}))
    lan.exchange(
        lan.visit(world.duc), lan.visit(world.mai, note=""), lan.visit(world.duc, follow_up_on="2026-12-10")
    )
    contact = clock()
    clock.forward(hours=1)
    added = {"id": "00000000-0000-4000-8000-000000000001", "hamlet_id": world.tay, "head_name": "Vũ Thị Sen"}
    nam.exchange(nam.op("household.add", added | {"house_no": "9", "alley": ""}))
    answer = _report(desk, lan)
    assert answer.status_code == 303
    (lost,) = _lost(database)
    assert (lost.households, lost.visits, lost.notes, lost.numbers) == (3, 3, 2, 1)
    assert (lost.hamlets, lost.members, lost.last_contact_at) == ("Thôn Đông", 1, contact)
    assert _device(database, lan).revoked_at == clock()
    page = words(desk.get(answer.headers["location"]).text)
    assert "Chủ hộ của 3 hộ; 1 hộ có số điện thoại." in page
    assert "3 lượt thăm trong 60 ngày (kết quả, việc hướng dẫn), trong đó 2 lượt có ghi chú" in page
    assert "Rơi ở chợ" in page
    assert "Nguyễn Văn Đức" not in page, "no household is named"
    entries = database.read(lambda session: session.exec(select(DeskEntry)).all())
    whats = [row.entry["what"] for row in entries]
    assert {"device.revoked", "device.lost"} <= set(whats)


@pytest.mark.both_databases
def test_what_came_after_the_last_contact_is_not_counted(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(hours=1)
    added = {"id": "00000000-0000-4000-8000-000000000002", "hamlet_id": world.dong, "head_name": "Vũ Thị Sen"}
    other.exchange(other.op("household.add", added | {"house_no": "9", "alley": ""}), other.visit(world.mai))
    _report(desk, lan)
    (lost,) = _lost(database)
    assert (lost.households, lost.visits) == (3, 1)
    everything = database.read(lambda session: session.exec(select(Household)).all())
    assert len([row for row in everything if row.hamlet_id == world.dong]) == 4


@pytest.mark.both_databases
def test_numbers_are_those_of_households_that_expected_somebody_then(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    third = world.households[world.dong][2]
    for id in (world.duc, world.mai, third):
        lan.exchange(lan.op("household.amend", {"id": id, **agreed(lan), "base_version": 1}))
    without_day = {"result": "come_back", "services": []}
    lan.exchange(lan.visit(world.duc, follow_up_on="2026-12-10"), lan.visit(third, **without_day))
    lan.state = {"epoch": lan.state["epoch"]}
    on_phone = {row["id"] for row in lan.exchange()["changes"]["household"] if row["phone"]}
    clock.forward(hours=1)
    other.exchange(other.visit(world.duc), other.visit(world.mai, follow_up_on="2026-12-10"))
    desk.post(f"/desk/households/{third}/number/withdraw")
    _report(desk, lan)
    (lost,) = _lost(database)
    assert (lost.numbers, on_phone) == (2, {world.duc, third})


def test_hours_are_counted_from_the_detection(desk: TestClient, lan: Phone, clock: FakeClock) -> None:
    lan.exchange()
    clock.now = NOW + timedelta(days=1)
    sign_in(desk, "binh", BINH_PASSWORD)
    address = _report(desk, lan, time="8h30").headers["location"]
    page = words(desk.get(address).text)
    assert "Thông báo trước 08:30 27/11/2026 (72 giờ)" in page
    assert "trước 08:30 27/11/2026 (72 giờ), sự cố nghiêm trọng trước 08:30 25/11/2026 (24 giờ)" in page
    rows = words(desk.get("/desk/lost-phones").text)
    assert "Nguyễn Thị Lan" in rows
    assert "08:30 27/11/2026 Còn" in rows
    clock.forward(days=3)
    sign_in(desk, "binh", BINH_PASSWORD)
    assert "Đã hết 72 giờ" in words(desk.get("/desk/lost-phones").text)


def test_phone_is_reported_once(desk: TestClient, lan: Phone, database: Database, clock: FakeClock) -> None:
    lan.exchange()
    first = _report(desk, lan).headers["location"]
    clock.forward(minutes=1)
    assert _report(desk, lan, reason="Bấm hai lần").headers["location"] == first
    assert [lost.happened for lost in _lost(database)] == ["Rơi ở chợ"]
    desk.post(f"/desk/devices/{lan.device_id}/allow")
    clock.forward(minutes=1)
    assert _report(desk, lan, reason="Lại mất").headers["location"] != first
    assert "Đã thu hồi" in words(desk.get("/desk/lost-phones").text)


@cases(
    "changes, sentence",
    [
        ({"day": "31/02/2026"}, "Ghi ngày và giờ phát hiện"),
        ({"day": ""}, "Ghi ngày và giờ phát hiện"),
        ({"time": "25:00"}, "Ghi ngày và giờ phát hiện"),
        ({"time": "chiều"}, "Ghi ngày và giờ phát hiện"),
        ({"day": "25/11/2027"}, "Giờ phát hiện phải trong một năm qua"),
        ({"day": "1/1/2020"}, "Giờ phát hiện phải trong một năm qua"),
        ({"reason": "a" * 1001}, "Ghi ngắn hơn 1.000 ký tự"),
        ({"reason": "a\x00b"}, "Ghi ngắn hơn 1.000 ký tự"),
    ],
)
def test_what_is_not_understood_is_named_and_nothing_is_revoked(
    desk: TestClient, lan: Phone, database: Database, changes: dict[str, str], sentence: str
) -> None:
    answer = _report(desk, lan, **changes)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert (_lost(database), _device(database, lan).revoked_at) == ([], None)


def test_form_names_the_consequences_before_anything_happens(
    desk: TestClient, lan: Phone, database: Database
) -> None:
    lan.exchange()
    page = words(desk.get(f"/desk/devices/{lan.device_id}/lost").text)
    assert "Máy của Nguyễn Thị Lan bị mất?" in page
    assert "Hạn 24 giờ và 72 giờ tính từ lúc phát hiện" in page
    assert _device(database, lan).revoked_at is None


def test_supervisor_next_door_finds_neither_phone_nor_papers(
    desk: TestClient, hoa: TestClient, lan: Phone, database: Database
) -> None:
    lan.exchange()
    assert _report(hoa, lan).status_code == 404
    address = _report(desk, lan).headers["location"]
    assert hoa.get(address).status_code == 404
    assert "Nguyễn Thị Lan" not in hoa.get("/desk/lost-phones").text
