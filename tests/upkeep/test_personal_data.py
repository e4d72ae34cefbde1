"""Each column of the database says what it stores about whom.

`PERSONAL_DATA=write python -m pytest -q tests/upkeep/test_personal_data.py` writes the page anew.
"""

import os
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, Table, inspect
from sqlmodel import AutoString

from app.core.db import Database
from app.core.personal_data import rows
from app.core.personal_data.columns import WITHOUT_MODEL, row_of, stores
from app.upkeep.migrations.tables import METADATA
from tests.docs.sources import ROOT
from tests.upkeep import personal_data

PAGE = ROOT / "docs" / "personal-data.md"


def test_every_column_has_its_row_on_the_page() -> None:
    lines = personal_data.lines(METADATA.sorted_tables)
    head, rule, table = PAGE.read_text(encoding="utf-8").partition(personal_data.RULE)
    if os.environ.get("PERSONAL_DATA") == "write":
        PAGE.write_text(head + rule + "".join(lines), encoding="utf-8")
        table = "".join(lines)
    assert table == "".join(lines)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_database_has_no_other_columns(database: Database) -> None:
    known = {str(column) for table in METADATA.sorted_tables for column in table.columns}
    looked_at = inspect(database.engine)
    found = {
        f"{table}.{column['name']}"
        for table in looked_at.get_table_names()
        for column in looked_at.get_columns(table)
    }
    assert found - known == WITHOUT_MODEL.keys()


def test_text_that_nobody_described_is_named() -> None:
    """A number has the row of its table; that of a text is never a default."""
    texts: dict[str, Any] = dict.fromkeys(("id", "note", "advice"), AutoString())
    names = texts | {"people": Integer(), "facts": JSON()}
    table = Table("invented_visit", MetaData(), *(Column(name, kind) for name, kind in names.items()))
    model: Any = type("InventedVisit", (), {"__table__": table})
    stores(rows.VISITED, {rows.NOTE: "note"})(model)
    assert personal_data.missing_rows([table]) == ["invented_visit.advice", "invented_visit.facts"]
    with pytest.raises(LookupError, match=r"nothing says what is stored in invented_visit\.advice"):
        personal_data.lines([table])
    assert (row_of(table.c.id), row_of(table.c.note)) == (rows.VISITED, rows.NOTE)


def test_number_of_the_feed_tells_of_nobody() -> None:
    columns = METADATA.tables["visit"].columns
    assert row_of(columns["feed_seq"]) == row_of(columns["commune_id"]) == rows.TECHNICAL
    assert row_of(columns["household_id"]) == rows.VISITED
