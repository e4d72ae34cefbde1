"""A second supervisor."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.commune.accounts.people import add_supervisor
from app.core.db import Database
from tests.conftest import FakeClock
from tests.world import World


@pytest.fixture
def en(browser: Callable[[], TestClient], database: Database, world: World, clock: FakeClock) -> TestClient:
    """The client of Én, Bình's colleague, one minute later than the visits."""
    clock.forward(minutes=1)
    database.write(
        lambda session: add_supervisor(session, world.commune_id, "Lý Thị Én", "en", "mat-khau-en-1234")
    )
    en = browser()
    assert en.post("/desk/sign-in", data={"name": "en", "password": "mat-khau-en-1234"}).status_code == 303
    return en
