"""Revision 0033: telephone numbers of before, whose households nothing shows to have agreed, are let go."""

from alembic import command
from sqlalchemy import text
from sqlmodel import Session

from app.core.db import Database
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone, new_id
from tests.world import World

NUMBER = "+84912345678"
_TABLES = ("household", "household_version", "quarantined", "refused_operation")


def _plant(session: Session) -> None:
    """What an older release has stored."""
    for statement in (
        "UPDATE household SET phone = :number WHERE house_no = '12A'",
        """UPDATE quarantined SET payload = replace(payload, '"house_no"', :with_number)""",
        """UPDATE refused_operation SET payload = replace(payload, '"house_no"', :with_number)""",
    ):
        values = {"number": NUMBER, "with_number": f'"phone":"{NUMBER}","house_no"'}
        session.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    column = "fields" if is_sqlite else "CAST(fields AS TEXT)"
    changed = f"""replace({column}, '"house_no"', '"phone"')"""
    changed = changed if is_sqlite else f"CAST({changed} AS JSON)"
    session.execute(text(f"UPDATE household_version SET fields = {changed} WHERE version = 2"))


def test_upgrade_lets_numbers_go_and_phones_get_it(lan: Phone, world: World, database: Database) -> None:
    label = {"base_version": 1, "house_no": "12A"}
    waiting = lan.op("household.amend", {"id": new_id(), **label})
    refused = lan.op("household.amend", {"id": world.mai, **label, "base_version": 99})
    lan.exchange(lan.op("household.amend", {"id": world.duc, **label}), waiting, refused)
    command.downgrade(config(database), "0032")
    database.write(_plant)
    assert _everything(database).count(NUMBER) == 3
    upgrade(database)
    assert NUMBER not in _everything(database)
    assert '"phone"' not in _everything(database)
    (row,) = lan.exchange()["changes"]["household"]
    assert (row["id"], row["phone"], row["house_no"]) == (world.duc, None, "12A")
    assert [problem for one in check(database) for problem in one.problems] == []


def _everything(database: Database) -> str:
    def read(session: Session) -> str:
        rows = (session.execute(text(f"SELECT * FROM {table}")) for table in _TABLES)
        return " ".join(str(tuple(row)) for found in rows for row in found)

    return database.read(read).replace("'", '"')
