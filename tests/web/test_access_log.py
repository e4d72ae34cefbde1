"""Sign-ins are logged without names and numbers: successful, failed and throttled ones."""

import logging
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core import logs
from tests.phone import Phone
from tests.world import LAN, World

Logged = Callable[[], list[str]]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Logged]:
    """The log lines so far."""
    with caplog.at_level(logging.INFO, logs.LOGGER):
        yield lambda: [record.getMessage() for record in caplog.records if record.name == logs.LOGGER]


def _from(app: FastAPI, address: str) -> TestClient:
    headers = {"Sec-Fetch-Site": "same-origin"}
    return TestClient(
        app, "http://127.0.0.1:8000", headers=headers, follow_redirects=False, client=(address, 40_000)
    )


def test_sign_ins_are_logged_with_the_network_they_come_from(
    app: FastAPI, world: World, logged: Logged
) -> None:
    _from(app, "203.0.113.7").post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    for _ in range(6):
        form = {"invite": "99999999", "phone": LAN[0], "name": "Máy của Lan"}
        _from(app, "2001:db8:1:2::7").post("/api/v1/devices", json=form)
    there = "address=2001:db8:1::/48"
    assert logged() == [
        f"sign_in.succeeded kind=desk account={world.binh} address=203.0.113.0/24",
        *[f"sign_in.failed kind=phone code=invite_invalid {there}"] * 5,
        f"sign_in.throttled kind=phone code=too_many_attempts {there}",
    ]


def test_phones_that_come_and_are_revoked_are_logged(
    app: FastAPI, desk: TestClient, world: World, logged: Logged
) -> None:
    form = {"invite": LAN[1], "phone": LAN[0], "name": "Máy của Lan"}
    phone = _from(app, "203.0.113.7").post("/api/v1/devices", json=form).json()["device_id"]
    desk.post(f"/desk/devices/{phone}/revoke")
    desk.post(f"/desk/devices/{phone}/allow")
    assert logged() == [
        f"device.enrolled account={world.lan} device={phone}",
        f"sign_in.succeeded kind=phone account={world.lan} address=203.0.113.0/24",
        f"device.revoked account={world.lan} device={phone} by={world.binh}",
        f"device.allowed account={world.lan} device={phone} by={world.binh}",
    ]


def test_what_the_desk_decides_of_visits_is_not_logged(
    desk: TestClient, lan: Phone, world: World, logged: Logged
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    before = len(logged())
    assert desk.post(f"/desk/visits/{visit['data']['id']}/accept", data={"version": "1"}).status_code == 303
    assert len(logged()) == before
