"""Runs the commands for accounts, and reads what they printed and stored."""

import re
from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import SQLModel, select
from typer.testing import Result

from app.commune.accounts.models import Account
from app.core.db import Database
from tests.operator import run
from tests.world import World

Browser = Callable[[], TestClient]
COMMUNE = ("--commune", "06391")
OF_LAN = ("--phone", "0900 000 001", *COMMUNE)
OF_BINH = ("--sign-in-name", "binh")


def invite(url: str, *options: str, name: str = "Nguyễn Thị Lan", hamlet: str = "Thôn Đông") -> Result:
    """Invite somebody with Lan's phone number."""
    return run(url, "invite", "--name", name, *OF_LAN, "--hamlet", hamlet, *options)


def code_of(output: str) -> str:
    found = re.search(r"^Mã mời: (\d{8})$", output, re.MULTILINE)
    assert found, output
    return found[1]


def find_account(database: Database, world: World, id: str) -> Account:
    return database.read(lambda session: session.get_one(Account, (world.commune_id, id)))


def count_rows(database: Database, model: type[SQLModel], *where: Any) -> int:
    return database.read(lambda session: len(session.exec(select(model).where(*where)).all()))


def supervisor(url: str, *options: str, name: str = "Hoàng Văn Bình", commune: str = "06391") -> Result:
    """Add a supervisor with Bình's sign-in name."""
    return run(url, "supervisor", "--name", name, *OF_BINH, "--commune", commune, *options)


def password_of(output: str) -> str:
    found = re.search(r"^Mật khẩu: (\S{10,})$", output, re.MULTILINE)
    assert found, output
    return found[1]


def can_sign_in(client: TestClient, password: str) -> bool:
    """Whether Bình can sign in at the desk with this password."""
    return client.post("/desk/sign-in", data={"name": "binh", "password": password}).status_code == 303


def all_rows(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
