"""The worst day: server and every backup are lost. A new server of the same commune, with the key that was
kept apart, gets from the phones what they sent in the last 30 days."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.main import create_app
from app.upkeep.erasure.commands import erase_household
from app.upkeep.maintenance.check import check
from tests.conftest import NewPostgres
from tests.operator import run
from tests.phone import Phone, sign_in
from tests.sync.export.export_file import encrypt_content, owner_of
from tests.upkeep.maintenance.conftest import heal, send
from tests.upkeep.maintenance.newcomers import SEN, command, import_list, invite, write_list

ROWS = tuple(
    ("Thôn Đông", f"Nguyễn Văn {name}", str(number)) for number, name in enumerate("An Ba Cả Dũng".split())
)
NewServer = Callable[..., Settings]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewServer]:
    """Sets up a server as an operator does: its commune, its list of households."""
    removals: list[Callable[[], None]] = []

    def new(name: str, *migrate: str, rows: tuple[tuple[str, str, str], ...] = ROWS) -> Settings:
        url = f"sqlite:///{tmp_path / name}.sqlite3"
        if request.param == "postgresql":
            postgres: NewPostgres = request.getfixturevalue("new_postgres")
            url, remove = postgres("template0")
            removals.append(remove)
        settings = Settings(database_url=url, data_dir=tmp_path / name)
        command(settings, "migrate", *migrate)
        who = ("--name", "Hoàng Văn Bình", "--sign-in-name", "binh", "--commune", "06391")
        command(settings, "supervisor", *who)
        invite(settings, "0900000029")  # creates the hamlet
        import_list(settings, write_list(tmp_path, *rows, name=f"{name}.csv"))
        return settings

    yield new
    for remove in removals:
        remove()


def client_of(settings: Settings) -> TestClient:
    return TestClient(
        create_app(settings), "http://127.0.0.1:8000", headers={"Sec-Fetch-Site": "same-origin"}
    )


def used(settings: Settings) -> tuple[Phone, Any]:
    """Sen's phone, and the visits that it has sent."""
    sen = sign_in(client_of(settings), SEN, invite(settings), utc_now())
    households = sen.exchange()["changes"]["household"]
    assert len(households) == len(ROWS)
    return sen, send(sen, *(sen.visit(row["id"]) for row in households))


def signed_in_again(settings: Settings, before: Phone) -> Phone:
    """The same phone at the new server, with a new code."""
    known = {"device_id": before.device_id, "next_seq": before.seq + 1}
    phone = sign_in(client_of(settings), SEN, invite(settings), utc_now(), **known)
    phone.seq, phone.state = before.seq, before.state
    return phone


def test_new_server_with_the_key_gets_every_visit_from_the_phone(
    new_server: NewServer, tmp_path: Path
) -> None:
    lost = new_server("lost")
    sen, sent = used(lost)
    command(lost, "id-key", str(tmp_path / "key"))
    new = new_server("new", "--id-key", str(tmp_path / "key"))
    again = signed_in_again(new, sen)
    assert (again.account_id, again.commune_id) == (sen.account_id, sen.commune_id)
    assert [result["status"] for result in heal(again, sent)] == ["applied"] * len(ROWS)
    database = again.client.app.state.database  # type: ignore[attr-defined]
    visits = database.read(lambda session: session.exec(select(Visit.id)).all())
    assert sorted(visits) == sorted(op["data"]["id"] for op, _ in sent)
    assert not any(one.problems for one in check(database))


def erase(settings: Settings, household_id: str) -> None:
    """*Xóa theo yêu cầu*, by the first supervisor."""
    database = Database(settings.database, DeskLog(settings.desk_log_file), key_file=settings.key_file)

    def work(session: Session) -> None:
        account = session.exec(select(Account).where(Account.role == "supervisor")).one()
        version = session.get_one(Household, (account.commune_id, household_id)).version
        erase_household(session, actor_for(session, account), household_id, version, "", utc_now())

    database.write(work)
    database.close()


def test_new_server_with_key_and_desk_log_gets_nothing_of_an_erased_household(
    new_server: NewServer, tmp_path: Path
) -> None:
    lost = new_server("lost")
    sen, sent = used(lost)
    first = sen.exchange(cursor=None)["changes"]["household"][0]
    erase(lost, first["id"])
    command(lost, "id-key", str(tmp_path / "key"))
    (tmp_path / "new").mkdir()
    shutil.copy(lost.desk_log_file, tmp_path / "new")
    others = tuple(row for row in ROWS if row[1] != first["head_name"])
    new = new_server("new", "--new", "--id-key", str(tmp_path / "key"), rows=others)
    old_list = write_list(tmp_path, *ROWS, name="old.csv")
    done = run(
        new.database, "import-households", str(old_list), "--commune", "06391", "--write",
        "--skip-bad-rows", TUNGNHA_DATA_DIR=str(new.data_dir),
    )  # fmt: skip
    assert "Hộ này đã được xóa theo yêu cầu" in done.stdout
    again = signed_in_again(new, sen)
    results = heal(again, sent)
    assert sorted(one["status"] for one in results) == ["applied"] * len(others) + ["duplicate"]
    database = again.client.app.state.database  # type: ignore[attr-defined]
    names = database.read(lambda session: set(session.exec(select(Household.head_name)).all()))
    assert names == {row[1] for row in others}


def test_new_server_with_the_key_reads_what_a_phone_had_encrypted_for_the_lost_one(
    new_server: NewServer, tmp_path: Path
) -> None:
    lost = new_server("lost")
    sen, _ = used(lost)
    key = sen.exchange()["export_key"]
    households = sen.exchange(scope="anew")["changes"]["household"]
    queue = [sen.visit(row["id"]) for row in households]
    file = encrypt_content(key, owner_of(sen) | {"ops": queue})
    command(lost, "id-key", str(tmp_path / "key"))
    again = signed_in_again(new_server("new", "--id-key", str(tmp_path / "key")), sen)
    again.exchange()
    headers = {"Content-Type": "application/octet-stream"}
    answer = again.client.post("/api/v1/encrypted-queue", content=file, headers=headers)
    assert answer.json() == {"proto": 1, "stored": len(ROWS), "retry": 0, "refused": []}
    other = signed_in_again(new_server("without"), sen)
    assert other.client.post("/api/v1/encrypted-queue", content=file, headers=headers).status_code == 422


def test_without_the_key_the_new_server_knows_nobody_by_the_old_id(new_server: NewServer) -> None:
    sen, _ = used(new_server("lost"))
    new = new_server("new")
    again = sign_in(client_of(new), SEN, invite(new), utc_now())
    assert again.account_id != sen.account_id


@pytest.mark.parametrize("content", ["", "0" * 63, "x" * 64, "\x00" * 64])
def test_file_that_holds_no_key_is_refused(content: str, new_server: NewServer, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(content)
    url = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    refused = run(url, "migrate", "--id-key", str(tmp_path / "key"), TUNGNHA_DATA_DIR=str(tmp_path))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
