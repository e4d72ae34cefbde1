"""A database that the release with revision 0001 made through its own doors: today's `check` finds nothing.

`decisions_of_0001.json` has its rows and its desk log. There visits were accepted, returned, amended and
decided again, decided in bulk, by sample and once more as waiting, and such decisions undone; a household was
merged, unmerged and merged; a month was closed; and a restore reverted a decision, its undo and a return.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command

from app.cli.common import open_database
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config

MADE = json.loads(Path(__file__).with_name("decisions_of_0001.json").read_text(encoding="utf-8"))
LATER = datetime(2026, 11, 4, tzinfo=UTC)


def _load(database: Database) -> None:
    tables = sa.MetaData()
    tables.reflect(database.engine)
    with database.engine.begin() as connection:
        for name, (columns, *rows) in MADE["tables"].items():
            table = tables.tables[name]
            read = [_reader(table.c[column].type) for column in columns]
            values = [
                {column: of(one) for column, of, one in zip(columns, read, row, strict=True)} for row in rows
            ]
            connection.execute(table.delete())
            connection.execute(table.insert(), values)


def _reader(kind: sa.types.TypeEngine[Any]) -> Any:
    """What makes the value of a column of this type from what the file has."""
    if isinstance(kind, sa.DateTime):
        return lambda text: text and datetime.fromisoformat(text).replace(tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return lambda text: text and date.fromisoformat(text)
    return bool if isinstance(kind, sa.Boolean) else lambda value: value


def test_check_finds_nothing_in_what_was_decided_by_the_first_release(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    old = Database(database_url)
    command.downgrade(config(old), "0001")
    _load(old)
    old.close()
    DeskLog(settings.desk_log_file).append(MADE["log"])
    database = open_database(settings)
    assert [one for one in check(database, lambda: LATER) if one.problems] == []
    database.close()
