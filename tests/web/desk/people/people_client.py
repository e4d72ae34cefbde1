"""Steps at *Tổ và người*: inviting, the code of the sheet, and what is stored afterwards."""

import re
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.models import Account, Team
from app.core.db import Database
from tests.web.desk.desk_client import words
from tests.world import World

NEW = {"name": "Lò Thị Hoa", "phone": "0900 000 077", "role": "volunteer"}


def invite(desk: TestClient, database: Database, **changes: Any) -> Any:
    team = team_id(database, "Tổ Thôn Đông")
    return desk.post("/desk/people/new", data=NEW | {"team": team} | changes)


def code_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    found = re.search(r'class="code"[^>]*>(\d{4}) (\d{4})<', answer.text)
    assert found
    return found[1] + found[2]


def people_page(desk: TestClient) -> str:
    return words(desk.get("/desk/people").text)


def team_id(database: Database, name: str) -> str:
    def work(session: Session) -> str:
        return session.exec(select(Team.id).where(Team.name == name)).one()

    return database.read(work)


def team_of(database: Database, world: World, account_id: str) -> str:
    def work(session: Session) -> str:
        account = session.get_one(Account, (world.commune_id, account_id))
        return session.get_one(Team, (world.commune_id, account.team_id)).name

    return database.read(work)


def accounts_with(database: Database, number: str) -> list[Account]:
    return database.read(lambda session: list(session.exec(select(Account).where(Account.phone == number))))
