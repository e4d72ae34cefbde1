"""No number of an identity card that is typed at the desk is stored."""

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.phone import Phone
from tests.web.desk.visits.test_flags import decide
from tests.world import LAN, World

CARD, MASKED = "001 085 012 345", "•" * 12


def test_names_and_notes_of_the_desk_are_masked(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(*(lan.visit(world.duc, note=f"CCCD {CARD}") for _ in range(2)))
    evaluate_all(database)
    label = {"version": "1", "head_name": f"Nguyễn Văn Đức {CARD}", "house_no": "12", "alley": "Ngõ 3"}
    assert desk.post(f"/desk/households/{world.duc}/edit", data=label).status_code == 303
    person = {"name": f"Lan {CARD}", "phone": LAN[0]}
    assert desk.post(f"/desk/people/{world.lan}/edit", data=person).status_code == 303
    decide(desk, state="returned", reason="other", note=f"Ghi nhầm {CARD}")
    stored = database.read(_everything)
    assert CARD not in stored
    assert [f"{before} {MASKED}" in stored for before in ("CCCD", "Đức", "Lan", "Ghi nhầm")] == [True] * 4


def _everything(session: Session) -> str:
    rows = (row for table in SQLModel.metadata.sorted_tables for row in session.execute(select(table)))
    return " ".join(str(tuple(row)) for row in rows)
