"""/desk/devices: the phones, what each last reported, *Thu hồi máy* and *Cho dùng lại*."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account, Device
from app.core.db import Database
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.world import LAN, World

Browser = Callable[[], TestClient]


def test_list_has_the_person_of_each_phone_and_what_the_phone_last_reported(
    desk: TestClient, lan: Phone, clock: FakeClock
) -> None:
    unsent = {"count": 3, "oldest_at": "2026-11-24T01:02:00.000Z", "next_seq": 4, "held": [1, 2, 3]}
    clock.forward(minutes=6)
    lan.exchange(queue=unsent)
    page = desk.get("/desk/devices").text
    for words in (
        "Nguyễn Thị Lan", "Tổ Thôn Đông", "Điện thoại thử", "16:46 24/11/2026", "3 lượt",
        "từ 08:02 24/11/2026", "1.0.0", 'href="tel:+84900000001">0900 000 001</a>',
    ):  # fmt: skip
        assert words in page


def test_revoking_needs_a_confirmation(desk: TestClient, lan: Phone, database: Database) -> None:
    page = desk.get(_address(lan, "revoke")).text
    assert "Thu hồi máy của Nguyễn Thị Lan?" in page
    assert _device(database, lan).revoked_at is None


def test_revoked_phone_delivers_into_the_quarantine_and_erases_its_copy(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange()
    answer = desk.post(_address(lan, "revoke"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/devices?done={lan.device_id}")
    device = _device(database, lan)
    assert (device.revoked_at, device.revoked_by) == (clock(), world.binh)
    page = desk.get(answer.headers["location"]).text
    assert "Đã thu hồi máy của Nguyễn Thị Lan." in page
    assert "Đã thu hồi 16:40 24/11/2026" in page
    exchanged = lan.exchange(lan.visit(world.duc))
    assert ([one["status"] for one in exchanged["results"]], exchanged["erase"]) == (["quarantined"], True)
    assert (exchanged["hamlets"], any(exchanged["changes"].values())) == ([], False)


def test_second_revocation_does_not_change_the_time_of_the_first(
    desk: TestClient, lan: Phone, database: Database, clock: FakeClock
) -> None:
    desk.post(_address(lan, "revoke"))
    at = _device(database, lan).revoked_at
    clock.forward(minutes=2)
    assert desk.post(_address(lan, "revoke")).status_code == 303
    assert _device(database, lan).revoked_at == at


def test_allowed_phone_signs_in_again_and_gets_everything(
    desk: TestClient, browser: Browser, lan: Phone, world: World, database: Database
) -> None:
    desk.post(_address(lan, "revoke"))
    lan.exchange()
    page = _followed(desk, desk.post(_address(lan, "allow")))
    assert "Máy của Nguyễn Thị Lan dùng lại được sau khi đăng nhập bằng mã mời mới." in page
    assert _device(database, lan).revoked_by is None
    waiting = lan.visit(world.duc)
    again = sign_in(browser(), *LAN, lan.now, device_id=lan.device_id)
    assert again.device_id == lan.device_id
    answer = again.exchange(waiting)
    assert ([one["status"] for one in answer["results"]], answer["reset"]) == (["applied"], True)
    assert {row["id"] for row in answer["changes"]["household"]} == set(world.households[world.dong])


def test_cookie_from_before_the_revocation_is_refused_once_the_phone_is_allowed(
    desk: TestClient, lan: Phone, world: World
) -> None:
    desk.post(_address(lan, "revoke"))
    assert lan.statuses(lan.visit(world.duc)) == ["quarantined"], "until then it delivers"
    desk.post(_address(lan, "allow"))
    answer = lan.send(lan.visit(world.mai))
    assert (answer.status_code, answer.json()["error"]) == (401, "sign_in")


@pytest.mark.both_databases
def test_used_code_gives_no_second_phone_once_its_phone_is_revoked(
    desk: TestClient, browser: Browser, world: World, database: Database, clock: FakeClock
) -> None:
    code = _new_code(database, world, clock)
    stolen = sign_in(browser(), LAN[0], code, clock(), installation_id="mot")
    desk.post(_address(stolen, "revoke"))
    form = {"invite": code, "phone": LAN[0], "name": "", "installation_id": "mot"}
    assert browser().post("/api/v1/devices", json=form).status_code == 401


@pytest.mark.both_databases
def test_phone_whose_sign_in_answer_was_lost_is_revoked_whole(
    desk: TestClient, browser: Browser, world: World, database: Database, clock: FakeClock
) -> None:
    code = _new_code(database, world, clock)
    lost, used = (sign_in(browser(), LAN[0], code, clock(), installation_id="mot") for _ in range(2))
    assert lost.device_id != used.device_id
    desk.post(_address(used, "revoke"))
    for phone in (lost, used):
        assert phone.statuses(phone.visit(world.duc)) == ["quarantined"]


def test_open_code_ends_when_one_of_its_persons_phones_is_revoked(
    desk: TestClient, browser: Browser, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    code = _new_code(database, world, clock)
    desk.post(_address(lan, "revoke"))
    form = {"invite": code, "phone": LAN[0], "name": ""}
    assert browser().post("/api/v1/devices", json=form).status_code == 401


def test_phone_of_somebody_who_left_is_marked(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange()
    assert "đã nghỉ" not in desk.get("/desk/devices").text
    database.write(lambda session: deactivate_account(session, _lan(session, world), clock()))
    assert "Tổ Thôn Đông, đã nghỉ" in desk.get("/desk/devices").text


def test_supervisor_next_door_finds_no_phone(browser: Browser, lan: Phone, database: Database) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert "Nguyễn Thị Lan" not in hoa.get("/desk/devices").text
    assert hoa.get(_address(lan, "revoke")).status_code == 404
    for verb in ("revoke", "allow"):
        assert hoa.post(_address(lan, verb)).status_code == 404
    assert _device(database, lan).revoked_at is None


def test_volunteers_cookie_opens_no_desk(lan: Phone) -> None:
    lan.client.cookies.set("desk", lan.client.cookies["device"])
    assert lan.client.get("/desk/devices").headers["location"] == "/desk/sign-in?next=/desk/devices"
    assert lan.client.post(_address(lan, "revoke")).status_code == 401


@cases("id", ["khong-co", "a%00b", "x" * 65, "../visits"])
def test_unknown_phone_is_not_found(desk: TestClient, id: str) -> None:
    assert desk.get(f"/desk/devices/{id}/revoke").status_code == 404


def _followed(desk: TestClient, answer: Any) -> str:
    return desk.get(answer.headers["location"]).text


def _address(phone: Phone, verb: str) -> str:
    return f"/desk/devices/{phone.device_id}/{verb}"


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))


def _new_code(database: Database, world: World, clock: FakeClock) -> str:
    def work(session: Session) -> str:
        return people.invite(session, _lan(session, world), clock())

    return database.write(work)


def _lan(session: Session, world: World) -> Account:
    return session.get_one(Account, (world.commune_id, world.lan))
