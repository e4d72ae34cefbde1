"""Fixtures: browsers of a production server, and people of each kind who sign in there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.main import create_app
from tests.conftest import FakeClock
from tests.web.second_factor.factor_client import HOST, FactorClient
from tests.world import World

NewClient = Callable[[], FactorClient]


@pytest.fixture
def server(database_url: str, world: World, clock: FakeClock, tmp_path: Path) -> Iterator[FastAPI]:
    """A production server with the cast, which asks for a second factor."""
    settings = Settings(database_url=database_url, data_dir=tmp_path, mode="production", public_url=HOST)
    app = create_app(settings, clock)
    yield app
    app.state.database.close()


@pytest.fixture
def browsers(server: FastAPI, clock: FakeClock) -> NewClient:
    """Makes a browser of its own."""
    return lambda: FactorClient(
        TestClient(server, base_url=HOST, headers={"Origin": HOST}, follow_redirects=False), clock
    )


@pytest.fixture
def binh(browsers: NewClient) -> FactorClient:
    """Bình's browser, signed in by the password, with an app that is set up."""
    binh = browsers()
    binh.sign_in("binh", "mat-khau-binh")
    binh.set_up()
    return binh
