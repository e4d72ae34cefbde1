"""Lan's and Nam's phones, the supervisor next door, and what Lan has recorded."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.sync.conftest import lan, nam, other  # noqa: F401 - fixtures
from tests.sync.phone import Phone
from tests.world import World


@pytest.fixture
def hoa(browser: Callable[[], TestClient]) -> TestClient:
    """The supervisor next door."""
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    return hoa


@pytest.fixture
def visits(lan: Phone, world: World) -> list[dict[str, Any]]:  # noqa: F811 - the fixture
    """Lan's three visits of Thôn Đông."""
    made = [lan.visit(home) for home in world.homes[world.dong]]
    lan.exchange(*made)
    return made
