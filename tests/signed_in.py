"""Bình and Lan have signed in before the test begins.

Nearly every test of a page signs one of them in. Done once in a database that is copied, it costs nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.main import create_app
from tests import phone
from tests.phone import Phone
from tests.world import LAN, World

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)  # 16:40 in Vietnam


@dataclass(frozen=True)
class Session:
    """The cookies of a client that has signed in, and the phone if it is one."""

    client: TestClient
    phone: Phone | None = None

    def give_to(self, client: TestClient) -> None:
        """Sign the client in."""
        client.cookies.update(self.client.cookies)

    def phone_of(self, client: TestClient, now: datetime) -> Phone:
        """The phone, with another client and its own time."""
        assert self.phone is not None
        self.give_to(client)
        return replace(self.phone, client=client, now=now, state={}, held=set())


@dataclass(frozen=True)
class PreparedWorld:
    """What tests copy: a database by its file or name, its cast, and sessions by the fixture for each."""

    name: str
    world: World
    sessions: dict[str, Session]


def wanted(fixtures: Iterable[str]) -> tuple[str, ...]:
    """Those of a test's fixtures that are sessions."""
    return tuple(sorted(_SIGN_IN.keys() & set(fixtures)))


def sign_in(settings: Settings, fixtures: tuple[str, ...]) -> dict[str, Session]:
    """Sign those in at `NOW` whom the fixtures are for."""
    if not fixtures:
        return {}
    app = create_app(settings, lambda: NOW)
    sessions = {fixture: _SIGN_IN[fixture](browser(app)) for fixture in fixtures}
    app.state.database.close()
    return sessions


def browser(app: FastAPI) -> TestClient:
    """A client with its own cookies that sends same-site requests and does not follow redirects."""
    return TestClient(
        app,
        base_url="http://127.0.0.1:8000",
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
        raise_server_exceptions=False,
    )


def _sign_in_binh(client: TestClient) -> Session:
    answer = client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert answer.status_code == 303
    return Session(client)


def _sign_in_lan(client: TestClient) -> Session:
    return Session(client, phone.sign_in(client, *LAN, NOW))


_SIGN_IN: dict[str, Callable[[TestClient], Session]] = {
    "binh_session": _sign_in_binh,
    "lan_session": _sign_in_lan,
}
