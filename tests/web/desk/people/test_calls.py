"""*Đã gọi* with a note, *Đã rõ* with a reason; both stay in sight, and so does what a revoked phone holds."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.call_history import CallRecord, SettledLoss
from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.world import World

QUEUE = {"count": 2, "oldest_at": "2026-11-23T01:02:00.000Z", "next_seq": 3, "held": [1, 2]}


def test_note_of_a_call_is_on_the_overview_the_next_day_and_on_the_persons_page(
    desk: TestClient, lan: Phone, clock: FakeClock
) -> None:
    _report_queue(lan, clock)
    assert "Còn 2 lượt trên máy chưa gửi" in words(desk.get(f"/desk/calls/{lan.device_id}").text)
    assert _call(desk, lan, "hết pin").status_code == 303
    assert "hôm nay: hết pin" in words(desk.get("/desk/").text)
    clock.forward(hours=10)
    sign_in(desk, "binh", BINH_PASSWORD)
    assert "hôm qua: hết pin" in words(desk.get("/desk/").text)
    _call(desk, lan, "mai ra xã gửi")
    page = _person(desk, lan)
    assert (
        "Các lần gọi mai ra xã gửi Hoàng Văn Bình , 03:40 25/11/2026"
        " hết pin Hoàng Văn Bình , 17:40 24/11/2026"
    ) in page


def test_call_without_a_note_says_so_and_a_long_number_is_masked(
    desk: TestClient, lan: Phone, clock: FakeClock
) -> None:
    _report_queue(lan, clock)
    _call(desk, lan, "")
    assert "hôm nay: đã gọi, không ghi gì" in words(desk.get("/desk/").text)
    clock.forward(minutes=1)
    _call(desk, lan, "số mới 0912345678")
    assert "0912345678" not in desk.get("/desk/").text + _person(desk, lan)
    assert "hôm nay: số mới ••••••••78" in words(desk.get("/desk/").text)


@pytest.mark.both_databases
def test_undone_call_leaves_the_earlier_ones(desk: TestClient, lan: Phone, clock: FakeClock) -> None:
    _report_queue(lan, clock)
    _call(desk, lan, "hết pin")
    clock.forward(hours=10)
    sign_in(desk, "binh", BINH_PASSWORD)
    _call(desk, lan, "nhầm người")
    desk.post(f"/desk/calls/{lan.device_id}/undo")
    page = _person(desk, lan)
    assert "hết pin" in page
    assert "nhầm người" not in page


def test_same_call_sent_twice_is_one(
    desk: TestClient, lan: Phone, clock: FakeClock, database: Database
) -> None:
    _report_queue(lan, clock)
    for _press in range(2):
        assert _call(desk, lan, "hết pin").status_code == 303
    assert [call.note for call in database.read(lambda session: session.exec(select(CallRecord)).all())] == [
        "hết pin"
    ]


@pytest.mark.parametrize("note", ["a" * 201, "lật\u202engược", "\x00", "a" * 10_000])
def test_note_that_cannot_be_stored_comes_back_as_typed(
    desk: TestClient, lan: Phone, clock: FakeClock, database: Database, note: str
) -> None:
    _report_queue(lan, clock)
    answer = _call(desk, lan, note)
    assert answer.status_code == 422
    assert "Viết ngắn lại, nhiều nhất 200 ký tự" in answer.text
    assert f'value="{note}"' in answer.text
    assert database.read(lambda session: session.exec(select(CallRecord)).all()) == []
    refused = _settle(desk, lan, note)
    assert refused.status_code == 422


@pytest.mark.both_databases
def test_loss_is_settled_with_a_reason_that_stays_on_the_persons_page(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock, database: Database
) -> None:
    _lose(lan, world)
    assert "Mất 1 lượt đã ghi: không còn trên máy" in _person(desk, lan)
    refused = _settle(desk, lan, "  ")
    assert (refused.status_code, "Viết lý do, thí dụ" in refused.text) == (422, True)
    clock.forward(minutes=5)
    assert _settle(desk, lan, "Máy rơi xuống suối").status_code == 303
    page = _person(desk, lan)
    assert "Mất lượt, đã rõ Mất 1 lượt. Máy rơi xuống suối Hoàng Văn Bình , 16:45 24/11/2026" in page
    assert "không còn trên máy" not in page
    (settled,) = database.read(lambda session: session.exec(select(SettledLoss)).all())
    assert settled.reason == "Máy rơi xuống suối"


def test_revoked_phone_says_what_it_still_holds_until_that_has_arrived(
    desk: TestClient, lan: Phone, clock: FakeClock, world: World
) -> None:
    _report_queue(lan, clock)
    answer = desk.post(f"/desk/devices/{lan.device_id}/revoke")
    assert "Máy còn 2 lượt chưa gửi; về đến thì vào mục Chờ xử lý." in words(
        desk.get(answer.headers["location"]).text
    )
    assert "Còn 2 lượt chưa gửi về." in words(desk.get("/desk/devices").text)
    assert "Máy đã thu hồi còn 2 lượt chưa gửi về." in _person(desk, lan)
    lan.exchange(*[lan.visit(world.duc) for _ in range(2)])
    assert "chưa gửi về" not in words(desk.get("/desk/devices").text) + _person(desk, lan)


def test_supervisor_next_door_sees_no_call_and_no_loss(hoa: TestClient, lan: Phone, world: World) -> None:
    _lose(lan, world)
    for path in ("", "/settle"):
        assert hoa.get(f"/desk/calls/{lan.device_id}{path}").status_code == 404
    assert _call(hoa, lan, "hết pin").status_code == 404
    assert hoa.post(f"/desk/calls/{lan.device_id}/settle", data={"reason": "x"}).status_code == 404
    for id in ("%00", "khong-co", "x" * 65):
        assert hoa.get(f"/desk/calls/{id}").status_code == 404


def _report_queue(lan: Phone, clock: FakeClock) -> None:
    """An hour later Lan's phone reports two records that are not sent."""
    clock.forward(hours=1)
    lan.exchange(queue=QUEUE)


def _call(desk: TestClient, lan: Phone, note: str) -> Any:
    return desk.post(f"/desk/calls/{lan.device_id}", data={"note": note})


def _settle(desk: TestClient, lan: Phone, reason: str) -> Any:
    seen = desk.get(f"/desk/calls/{lan.device_id}/settle").text.partition('name="seen" value="')[2]
    form = {"seen": seen.partition('"')[0], "reason": reason}
    return desk.post(f"/desk/calls/{lan.device_id}/settle", data=form)


def _lose(lan: Phone, world: World) -> None:
    lan.held.discard(lan.visit(world.duc)["seq"])
    lan.exchange(lan.visit(world.mai))


def _person(desk: TestClient, lan: Phone) -> str:
    return words(desk.get(f"/desk/people/{lan.account_id}").text)
