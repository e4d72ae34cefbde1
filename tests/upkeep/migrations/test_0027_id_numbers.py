"""Revision 0027: numbers of identity cards are masked wherever they were stored before."""

import re

from alembic import command
from sqlalchemy import text
from sqlmodel import Session

from app.core.db import Database
from app.upkeep.maintenance.check import check
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone, new_id
from tests.world import World

CARD, MASKED = "CCCD 001 085 012 345, gọi 0912 345 678", "CCCD ••••••••••••, gọi 0912 345 678"


def _plant(session: Session) -> None:
    """What an older app has stored."""
    for statement in (
        "UPDATE visit SET note = :card",
        "UPDATE household SET head_name = :card, house_no = '12/34/56/789' WHERE hamlet_id = 'thon-dong'",
        "UPDATE account SET name = :card WHERE role = 'supervisor' AND commune_id = 'c06391'",
        "UPDATE quarantined SET payload = replace(payload, 'Cho ho', :card)",
        "UPDATE refused_operation SET payload = replace(payload, 'Thieu viec', :card)",
    ):
        session.execute(text(statement), {"card": CARD} if ":card" in statement else {})
    old = "CAST(replace(CAST(content AS TEXT), 'Ghi lan dau', :card) AS JSON)"
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    changed = old.replace("CAST(replace", "replace").removesuffix(" AS JSON)") if is_sqlite else old
    session.execute(text(f"UPDATE visit_version SET content = {changed}"), {"card": CARD})


def _stored(session: Session) -> dict[str, list[str]]:
    found = {
        "note": "SELECT note FROM visit",
        "head_name": "SELECT head_name FROM household WHERE hamlet_id = 'thon-dong'",
        "name": "SELECT name FROM account WHERE role = 'supervisor' AND commune_id = 'c06391'",
    }
    return {name: sorted(set(session.scalars(text(query)))) for name, query in found.items()}


def test_upgrade_masks_what_is_stored_and_phones_get_it(lan: Phone, world: World, database: Database) -> None:
    first = lan.visit(world.duc, note="Ghi lan dau")
    waiting, refused = (
        lan.visit(new_id(), note="Cho ho"),
        lan.visit(world.duc, note="Thieu viec", services=[]),
    )
    lan.exchange(first, waiting, refused)
    lan.exchange(lan.amend(first, note="Sửa"))
    before = lan.exchange()
    command.downgrade(config(database), "0026")
    database.write(_plant)
    upgrade(database)
    stored = database.read(_stored)
    assert stored == {"note": [MASKED], "head_name": [MASKED], "name": [MASKED]}
    everything = database.read(_everything)
    assert "001 085 012 345" not in everything
    assert everything.count("12/34/56/789") == 3
    assert len(re.findall(r"(?:•|\\+u2022){12}", everything)) == 7
    changes = lan.exchange()["changes"]
    assert {row["note"] for row in changes["visit"]} == {MASKED}
    assert before["cursor"] != lan.state["cursor"]
    assert [problem for one in check(database) for problem in one.problems] == []


def _everything(session: Session) -> str:
    tables = ("visit", "household", "visit_version", "quarantined", "refused_operation")
    return " ".join(
        str(tuple(row)) for table in tables for row in session.execute(text(f"SELECT * FROM {table}"))
    )
