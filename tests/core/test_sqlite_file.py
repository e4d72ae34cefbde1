"""A process holds to the SQLite file that it opened first."""

import os
import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from app.core.config import Settings
from app.core.errors import Unavailable
from app.fieldwork.households.models import Household
from app.main import create_app


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_replaced", [True, False])
def test_running_server_stores_nothing_in_a_file_that_was_taken_away(
    is_replaced: bool, database_url: str, sqlite_template: Path, tmp_path: Path
) -> None:
    """What is written to a removed file is acknowledged, and gone when the process ends."""
    database = create_app(Settings(database_url=database_url, data_dir=tmp_path)).state.database
    database.probe()
    file = Path(database_url.removeprefix("sqlite:///"))
    os.replace(file, tmp_path / "taken-away")
    if is_replaced:
        shutil.copy(sqlite_template, file)
    for work in (
        database.probe,
        lambda: database.read(lambda one: one.exec(select(Household)).all()),
    ):
        with pytest.raises(Unavailable):
            work()
    assert file.exists() == is_replaced
    file.unlink(missing_ok=True)
    os.replace(tmp_path / "taken-away", file)
    database.probe()
    database.close()
