"""Databases for random histories."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import NewPostgres
from tests.sync.history_base import Place


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    """Makes a new database for each history: its address, and a function that removes it."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return lambda: _sqlite(template)
    new_database: NewPostgres = request.getfixturevalue("new_postgres")
    return new_database


def _sqlite(template: Path) -> tuple[str, Callable[[], None]]:
    folder = TemporaryDirectory()
    file = Path(folder.name) / "history.sqlite3"
    shutil.copy(template, file)
    return f"sqlite:///{file}", folder.cleanup
