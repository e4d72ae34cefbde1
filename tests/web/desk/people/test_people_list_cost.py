"""/desk/people of many: as many statements as of few."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.accounts import people
from app.commune.accounts.models import Account, FieldRole
from app.commune.teams.new_members import invite_new_members
from app.core.db import Database
from tests.conftest import NOW
from tests.statements import sent_statements
from tests.world import World


@pytest.mark.both_databases
def test_number_of_statements_does_not_depend_on_the_number_of_people(
    desk: TestClient, database: Database, world: World, app: FastAPI
) -> None:
    engine = app.state.database.engine

    def count() -> int:
        desk.get("/desk/people")
        with sent_statements(engine) as sent:
            assert desk.get("/desk/people").status_code == 200
        return len(sent)

    few = count()
    database.write(lambda session: _add_many(session, world))
    assert "Người 199" in desk.get("/desk/people").text
    assert count() == few


def _add_many(session: Session, world: World) -> None:
    """200 more people in Lan's team, with unused invites."""
    team_id = session.get_one(Account, (world.commune_id, world.lan)).team_id
    rows: list[tuple[str, str, FieldRole]] = [
        (f"+849120{n:05d}", f"Người {n}", "volunteer") for n in range(200)
    ]
    accounts = people.new_accounts(session, world.commune_id, rows)
    invite_new_members(session, [str(team_id)] * 200, accounts, ["x"] * 200, NOW, world.binh)
