"""Signing in from several browsers and addresses, and a hasher that tests can watch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, SQLModel, func, select

from app.commune.accounts import hashing, people
from app.commune.accounts.models import Account
from app.core.db import Database
from tests.conftest import FakeClock
from tests.world import LAN, World

RIGHT = {"name": "binh", "password": "mat-khau-binh"}
WRONG = {"name": "binh", "password": "sai"}
WRONG_CODE = "99999999"
ADDRESS, OTHER_ADDRESS = "203.0.113.7", "198.51.100.9"


def browser_at(app: FastAPI, address: str) -> TestClient:
    """A new browser with this network address."""
    return TestClient(
        app,
        base_url="http://127.0.0.1:8000",
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
        client=(address, 40_000),
    )


def desk_status(client: TestClient, form: dict[str, str]) -> int:
    """The status of a sign-in at the desk."""
    status: int = client.post("/desk/sign-in", data=form).status_code
    return status


def phone_status(client: TestClient, code: str, phone: str = LAN[0]) -> int:
    """The status of a phone's sign-in."""
    form = {"invite": code, "phone": phone, "name": ""}
    status: int = client.post("/api/v1/devices", json=form).status_code
    return status


def new_code(database: Database, world: World, clock: FakeClock) -> str:
    """The code of a new invite for Lan."""

    def work(session: Session) -> str:
        return people.invite(session, session.get_one(Account, (world.commune_id, world.lan)), clock())

    return database.write(work)


def count_rows(database: Database, model: type[SQLModel]) -> int:
    return database.read(lambda session: session.exec(select(func.count()).select_from(model)).one())


@contextmanager
def watched_hasher(before_each: Callable[[], object]) -> Iterator[None]:
    """A quick hasher, which calls `before_each` before it verifies a secret."""

    class WatchedHasher(PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:
            before_each()
            return super().verify(hash, password)

    real = hashing._HASHER
    hashing._HASHER = WatchedHasher(time_cost=1, memory_cost=8, parallelism=1)
    try:
        yield
    finally:
        hashing._HASHER = real
