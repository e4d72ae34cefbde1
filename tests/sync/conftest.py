"""Lan's and Nam's phones."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.sync.phone import Phone, sign_in
from tests.world import LAN, NAM


@pytest.fixture
def lan(browser: Callable[[], TestClient], clock: FakeClock) -> Phone:
    return sign_in(browser(), *LAN, clock())


@pytest.fixture
def nam(browser: Callable[[], TestClient], clock: FakeClock) -> Phone:
    return sign_in(browser(), *NAM, clock())


@pytest.fixture
def other(browser: Callable[[], TestClient], clock: FakeClock) -> Phone:
    """Lan's second phone."""
    return sign_in(browser(), *LAN, clock())
