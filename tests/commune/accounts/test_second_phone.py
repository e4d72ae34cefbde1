"""A second phone that signs in with somebody's account: the first one and the desk say so."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Device, Invite
from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.sync.export.export_file import public_key
from tests.world import LAN, World

HERS, OTHER = "01980000-0000-7000-8000-00000000000a", "01980000-0000-7000-8000-00000000000b"


@pytest.fixture
def first(client: TestClient, world: World, clock: FakeClock) -> Phone:
    """Lan's phone."""
    return sign_in(client, *LAN, clock(), installation_id=HERS, device_key=public_key("hers"))


def enrol_second(
    client: TestClient, database: Database, world: World, clock: FakeClock, **more: Any
) -> Phone:
    """A phone signed in with a code for Lan that Bình has issued."""

    def invite(session: Any) -> str:
        lan = session.get_one(Account, (world.commune_id, world.lan))
        return people.invite(session, lan, clock(), by=world.binh)

    code = database.write(invite)
    client.cookies.clear()
    return sign_in(client, LAN[0], code, clock(), installation_id=OTHER, **more)


def cookies(client: TestClient) -> dict[str, str]:
    return dict(client.cookies)


def test_first_phone_hears_of_the_second_and_who_issued_its_code(
    first: Phone, client: TestClient, database: Database, world: World, clock: FakeClock, desk: TestClient
) -> None:
    hers = cookies(client)
    assert "other_phone" not in first.exchange()
    clock.forward(minutes=1)
    second = enrol_second(client, database, world, clock)
    assert "other_phone" not in second.exchange(), "it is the other one"
    client.cookies.clear()
    client.cookies.update(hers)
    answer = first.exchange()["other_phone"]
    assert answer == {
        "name": "Điện thoại thử",
        "at": "2026-11-24T09:41:00.000Z",
        "invited_by": "Hoàng Văn Bình",
    }
    page = desk.get("/desk/devices").text
    assert page.count("Tên này đang dùng trên hơn một máy") == 2
    assert "mã do Hoàng Văn Bình cấp" in page
    clock.forward(days=31)
    assert "other_phone" not in first.exchange()


def test_her_own_phone_that_signs_in_again_is_no_second_one(
    first: Phone, client: TestClient, world: World, clock: FakeClock, desk: TestClient
) -> None:
    again = sign_in(
        client, *LAN, clock(), installation_id=HERS, device_id=first.device_id, device_key=public_key("new")
    )
    assert again.device_id == first.device_id, "its storage was emptied, and it knows who it was"
    assert "other_phone" not in again.exchange()
    assert "hơn một máy" not in desk.get("/desk/devices").text


def test_who_knows_only_the_id_of_a_device_does_not_become_it(
    first: Phone, client: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    """The desk shows the ids: with one and a code of their own a supervisor would get the key replaced."""
    second = enrol_second(
        client, database, world, clock, device_id=first.device_id, device_key=public_key("theirs")
    )
    assert second.device_id != first.device_id
    device = database.read(lambda session: session.get_one(Device, (first.commune_id, first.device_id)))
    assert (device.public_key, device.other_phone_at) == (public_key("hers"), clock())


def test_invite_says_who_issued_it(
    world: World, database: Database, desk: TestClient, clock: FakeClock
) -> None:
    answer = desk.post(f"/desk/people/{world.lan}/code")
    assert answer.status_code in (200, 303)
    open_ = database.read(
        lambda session: [
            one for one in session.exec(select(Invite)) if one.account_id == world.lan and not one.reusable
        ]
    )
    assert [one.created_by for one in open_] == [world.binh]
