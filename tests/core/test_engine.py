"""How connections plan, and what they refuse."""

from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.commune.settings import DayOff
from app.core.db import Database

QUICK = {"jit": "off", "max_parallel_workers_per_gather": "0"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_neither_compiles_statements_nor_starts_processes_for_them(database: Database) -> None:
    def settings(session: Session) -> dict[str, str]:
        return {name: session.execute(text(f"SHOW {name}")).scalar_one() for name in QUICK}

    for _ in range(2):  # also after the connection has been returned
        assert database.read(settings) == database.write(settings) == QUICK


def test_row_without_what_it_belongs_to_is_refused(database: Database) -> None:
    row = insert(DayOff).values(commune_id="no commune", day=date(2026, 11, 24), name="Lễ hội")
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(row)
