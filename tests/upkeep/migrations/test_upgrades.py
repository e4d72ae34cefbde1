"""Each revision takes over what the one before it had: every row, and the phones with what waits on them."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from fastapi.testclient import TestClient
from sqlalchemy import MetaData, Table, inspect, select

from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import VERSIONS, config, upgrade
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.world import World

# Newest first, as a database is taken back.
UPGRADES = sorted(
    (file.stem[:4] for file in VERSIONS.glob("*.py") if not file.stem.startswith("0001")), reverse=True
)
Rows = dict[str, list[tuple[Any, ...]]]


def before(database: Database, revision: str) -> str:
    script = ScriptDirectory.from_config(config(database))
    found = script.get_revision(revision).down_revision
    assert isinstance(found, str)
    return found


REPLACED: dict[str, dict[str, tuple[str, ...]]] = {
    # Late visits are adjustments, which are counted anew; the days of households are derived from the visits.
    "0002": {"closed_period": ("carried", "counted", "late"), "household_month": ()},
    # Households with visits are sent to the phones again.
    "0009": {"household": ("feed_seq",), "feed_counter": ("head",)},
    # Nothing read them.
    "0010": {"daily_total": ("households",)},
    "0012": {"open_visits": ("revision",)},
    # Encrypted: `test_0036_id_key.py`.
    "0036": {"export_key": ("private_key",)},
    # What is gone is what lies before the first entry of a chain.
    "0048": {"audit_head": ("purged_hash", "purged_seq")},
}
"""What a revision makes anew, by table: the columns that go or change, or none: it fills it again."""


def rows_of(database: Database, columns: dict[str, list[str]]) -> Rows:
    """The rows of these columns, in an order of their own."""
    with database.engine.connect() as connection:
        tables = {name: Table(name, MetaData(), autoload_with=connection) for name in columns}
        return {
            name: sorted(
                (tuple(row) for row in connection.execute(select(*(table.c[one] for one in columns[name])))),
                key=repr,
            )
            for name, table in tables.items()
        }


def columns_of(database: Database) -> dict[str, list[str]]:
    looked = inspect(database.engine)
    names = set(looked.get_table_names()) - {"alembic_version", "applied_revision"}
    return {name: sorted(column["name"] for column in looked.get_columns(name)) for name in names}


@pytest.mark.parametrize("revision", UPGRADES)
def test_upgrade_keeps_every_row_and_what_waits_on_phones(
    revision: str, lan: Phone, world: World, database_url: str, clock: FakeClock, tmp_path: Path
) -> None:
    recorded, waiting = lan.visit(world.duc), lan.visit(world.mai, note="Ghi lúc không có mạng")
    assert [one["status"] for one in lan.exchange(recorded)["results"]] == ["applied"]
    lan.client.app.state.database.close()  # type: ignore[attr-defined]
    database = Database(database_url)
    command.downgrade(config(database), before(database, revision))
    replaced = REPLACED.get(revision, {})
    columns = {
        name: [one for one in known if one not in replaced.get(name, ())]
        for name, known in columns_of(database).items()
        if replaced.get(name, ("",))
    }
    found = rows_of(database, columns)
    assert found["visit"]
    command.upgrade(config(database), revision)
    now = columns_of(database)
    same = {name: [one for one in columns[name] if one in now.get(name, [])] for name in columns}
    assert same == columns, "a revision that drops a column says here what became of it"
    assert rows_of(database, columns) == found
    upgrade(database)
    assert not any(one.problems for one in check(database))
    database.close()
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path), clock)
    lan.client = _same_phone(lan.client, TestClient(app, "http://127.0.0.1:8000"))
    assert [one["status"] for one in lan.exchange(recorded, waiting)["results"]] == ["duplicate", "applied"]
    app.state.database.close()


def _same_phone(before: TestClient, after: TestClient) -> TestClient:
    after.headers, after.cookies = before.headers, before.cookies
    return after


def test_there_are_upgrades_to_test() -> None:
    assert "0006" in UPGRADES
