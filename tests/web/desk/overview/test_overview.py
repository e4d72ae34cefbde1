"""/desk/: the phones that Bình has to call today; noting a call, settling a loss."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.call_history import SettledLoss
from app.commune.accounts.models import Device
from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone, new_id, sign_in
from tests.world import LAN, NAM, World

Browser = Callable[[], TestClient]
LOST = "Mất 1 lượt đã ghi: không còn trên máy, cũng chưa gửi về."


def test_nobody_to_call(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    assert "Không có máy nào cần gọi." in desk.get("/desk/").text
    assert desk.get("/desk").headers["location"] == "/desk/"


def test_phone_that_worked_and_is_silent_for_three_working_days(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))  # on a public holiday, which does not count
    clock.forward(days=3, hours=7)
    assert _calls(desk) == []
    clock.forward(minutes=20)
    (card,) = _calls(desk)
    assert "Nguyễn Thị Lan" in card
    assert 'href="tel:+84900000001"' in card
    assert "Đã 3 ngày không liên lạc, từ 16:40 24/11/2026." in card
    clock.forward(days=30)
    assert _calls(desk) == [], "nobody works with it any more"


def test_sundays_tet_and_the_communes_own_days_off_are_no_silence(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    form = {"day": "30/11/2026", "to": "02/12/2026", "name": "Lễ hội"}
    desk.post("/desk/settings/days-off", data=form)
    clock.forward(days=3)  # Friday 27 November
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=6, hours=23)
    assert _calls(desk) == [], "Sunday, and three days off"
    clock.forward(hours=1)
    assert "Đã 7 ngày không liên lạc, từ 16:40 27/11/2026." in _calls(desk)[0]
    for day in ("2026-11-30", "2026-12-01", "2026-12-02"):
        desk.post(f"/desk/settings/days-off/{day}/remove")
    clock.forward(days=-3)
    assert len(_calls(desk)) == 1, "without the days off it was silent earlier"


def test_phone_that_never_recorded_and_a_phone_replaced_by_another_are_not_missed(
    desk: TestClient, lan: Phone, browser: Browser, world: World, clock: FakeClock
) -> None:
    sign_in(browser(), *NAM, clock())
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=2)
    other = sign_in(browser(), *LAN, clock())
    other.exchange(other.visit(world.duc))
    clock.forward(days=2)
    assert _calls(desk) == []


def test_phone_with_operations_unsent_for_a_day_is_listed_with_the_oldest(
    desk: TestClient, lan: Phone, clock: FakeClock
) -> None:
    clock.forward(hours=1)
    queue = {"count": 2, "oldest_at": "2026-11-24T01:02:00.000Z", "next_seq": 3, "held": [1, 2]}
    lan.exchange(queue=queue)
    assert _calls(desk) == []
    clock.forward(hours=16)
    assert "Còn 2 lượt trên máy chưa gửi, cũ nhất từ 08:02 24/11/2026." in _calls(desk)[0]


def test_phone_above_its_quota_is_listed_revoked_or_not(
    desk: TestClient, lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sync.applying.quota.MAX_ROWS", 1)
    said = "Máy này gửi quá nhiều lượt không tính được: từ 16:40 24/11/2026 không gửi thêm được."
    lan.exchange(lan.visit(new_id()), lan.visit(new_id()))
    assert said in _calls(desk)[0]
    desk.post(f"/desk/devices/{lan.device_id}/revoke")
    assert said in _calls(desk)[0]
    (one,) = re.findall(r"/desk/quarantine/[\w-]+/\w+", desk.get("/desk/quarantine").text)
    desk.post(f"{one}/drop")
    assert lan.statuses(lan.visit(world.duc)) == ["quarantined"]
    assert said not in desk.get("/desk/").text


def test_phone_that_was_called_is_not_listed_again_today(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=4)
    assert len(_calls(desk)) == 1
    assert desk.post(f"/desk/calls/{lan.device_id}").headers["location"] == "/desk/"
    assert (_calls(desk), len(_calls(desk, called=True))) == ([], 1)
    assert _device(database, lan).called_by == world.binh
    desk.post(f"/desk/calls/{lan.device_id}/undo")
    assert len(_calls(desk)) == 1
    desk.post(f"/desk/calls/{lan.device_id}")
    clock.forward(days=1)
    assert len(_calls(desk)) == 1


def test_settled_loss_is_not_reported_again_and_the_next_one_is(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock, database: Database
) -> None:
    vanished = _lose(lan, world)
    (card,) = _calls(desk)
    assert LOST in card
    assert "Phát hiện lúc 16:40 24/11/2026." in card
    assert _settle(desk, lan).status_code == 303
    assert _calls(desk) == []
    lan.exchange(lan.visit(world.duc))
    device = _device(database, lan)
    assert (device.lost_count, device.settled_seq, device.abandoned_seqs) == (0, lan.seq + 1, [])
    assert _calls(desk) == []
    (settled,) = database.read(lambda session: list(session.exec(select(SettledLoss))))
    assert (settled.lost_seqs, settled.settled_by) == ([[vanished["seq"], vanished["seq"]]], world.binh)
    _lose(lan, world)
    assert LOST in _calls(desk)[0]


def test_settled_loss_stays_settled_while_an_earlier_number_is_held(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.visit(world.mai)
    _lose(lan, world)
    _settle(desk, lan)
    lan.exchange(lan.visit(world.duc))
    device = _device(database, lan)
    assert (device.lost_count, device.settled_seq, device.abandoned_seqs) == (0, 1, [[2, 2]])


def test_record_that_arrives_after_its_loss_was_settled_is_applied(
    desk: TestClient, lan: Phone, world: World
) -> None:
    vanished = _lose(lan, world)
    _settle(desk, lan)
    assert lan.statuses(vanished) == ["applied"]
    assert _calls(desk) == []


def test_loss_that_grew_since_it_was_shown_is_not_settled(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    _lose(lan, world)
    seen = _loss(desk, lan)
    _lose(lan, world)
    answer = _settle(desk, lan, seen)
    assert answer.status_code == 409
    assert "Tin về máy này vừa thay đổi." in answer.text
    assert _device(database, lan).lost_count == 2


@pytest.mark.both_databases
def test_emptied_phone_is_listed_until_it_is_settled(
    desk: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    first = sign_in(browser(), *LAN, clock(), installation_id="first-installation")
    sign_in(browser(), *LAN, clock(), device_id=first.device_id, installation_id="second-installation")
    (card,) = _calls(desk)
    assert "Bộ nhớ của máy bị xóa trước 16:40 24/11/2026." in card
    seen = _loss(desk, first)
    assert [_settle(desk, first, seen).status_code for _ in range(2)] == [303, 303]
    assert _calls(desk) == []


@pytest.mark.both_databases
def test_phone_with_reused_numbers_is_listed_until_it_is_settled(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    lan.seq = 0
    lan.exchange(lan.visit(world.mai))
    (card,) = _calls(desk)
    assert "Máy đã dùng lại số thứ tự của 1 lượt gửi trước đó." in card
    assert "Phát hiện lúc 16:40 24/11/2026." in card
    assert _settle(desk, lan).status_code == 303
    assert _calls(desk) == []
    assert (_device(database, lan).reused_count, _device(database, lan).reused_at) == (0, None)
    (settled,) = database.read(lambda session: list(session.exec(select(SettledLoss))))
    assert settled.reused_count == 1
    clock.forward(hours=1)
    lan.seq = 0
    lan.exchange(lan.visit(world.duc))
    assert "Phát hiện lúc 17:40 24/11/2026." in _calls(desk)[0]


def test_number_reused_since_the_loss_was_shown_is_not_settled(
    desk: TestClient, lan: Phone, world: World
) -> None:
    _lose(lan, world)
    seen = _loss(desk, lan)
    lan.seq = 1
    lan.exchange(lan.visit(world.duc))
    assert _settle(desk, lan, seen).status_code == 409


def test_revoked_phone_is_not_to_be_called(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    _lose(lan, world)
    desk.post(f"/desk/devices/{lan.device_id}/revoke")
    assert _calls(desk) == []


def test_pending_decisions_are_counted_and_linked(desk: TestClient, lan: Phone, world: World) -> None:
    desk.post("/desk/first-day/leave")
    assert "Không có gì chờ quyết định" in desk.get("/desk/").text
    duplicate = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Nguyễn Văn Đức"}
    lan.exchange(lan.op("household.add", duplicate), lan.visit(new_id()), lan.visit(world.anh))
    page = desk.get("/desk/").text
    assert 'href="/desk/quarantine"><b>2</b> bản ghi chưa tính, chờ xử lý</a>' in page
    assert 'href="/desk/duplicates"><b>1</b> cặp hộ có thể trùng</a>' in page


def test_supervisor_next_door_calls_nobody(browser: Browser, lan: Phone, world: World) -> None:
    _lose(lan, world)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert _calls(hoa) == []
    for verb in ("", "/undo", "/settle"):
        assert hoa.post(f"/desk/calls/{lan.device_id}{verb}").status_code == 404


def _lose(lan: Phone, world: World) -> dict[str, Any]:
    """A record with a sequence number that is lost, as the next exchange shows."""
    vanished = lan.visit(world.duc)
    lan.held.discard(vanished["seq"])
    lan.exchange(lan.visit(world.mai))
    return vanished


def _settle(desk: TestClient, phone: Phone, seen: str = "") -> Any:
    """Settle the loss that `seen` names, or the one of now."""
    form = {"seen": seen or _loss(desk, phone), "reason": "Đã hỏi, đã ghi lại"}
    return desk.post(f"/desk/calls/{phone.device_id}/settle", data=form)


def _loss(desk: TestClient, phone: Phone) -> str:
    """The fingerprint of the loss that the form of *Đã rõ, thôi nhắc* shows."""
    found = re.search(r'name="seen" value="([^"]+)"', desk.get(f"/desk/calls/{phone.device_id}/settle").text)
    assert found
    return found[1]


def _sign_in_again(desk: TestClient) -> None:
    """Sign Bình in again on a new day."""
    if "desk" in desk.cookies and desk.get("/desk/").status_code == 303:
        desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def _calls(desk: TestClient, *, called: bool = False) -> list[str]:
    """The cards of the phones to call, or of those called today."""
    _sign_in_again(desk)
    first, _, rest = desk.get("/desk/").text.partition("Đã gọi hôm nay")
    return re.findall(r'<li class="call-card">.*?</li>', rest if called else first, re.DOTALL)


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))
