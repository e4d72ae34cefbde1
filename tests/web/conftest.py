"""Fixtures of the web's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.core.config import Settings
from app.main import create_app
from tests.conftest import FakeClock
from tests.world import World


@pytest.fixture
def production(database_url: str, world: World, clock: FakeClock, tmp_path: Path) -> Iterator[FastAPI]:
    settings = Settings(
        database_url=database_url,
        data_dir=tmp_path,
        mode="production",
        second_factor="offered",
        allowed_hosts="tungnha.example,a.example",
    )
    app = create_app(settings, clock)
    yield app
    app.state.database.close()
