"""The name and number of a member who has left are erased; the account and its visits stay."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.accounts.models import Account
from app.commune.teams.members import edit_member, end_member
from app.core.db import Database
from app.core.errors import NotFound
from app.fieldwork.visits.models import Visit
from app.upkeep.erasure.people import ERASED_NAME, erase_member
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.operator import run
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, all_rows
from tests.upkeep.erasure.remains import found_in_tables_of
from tests.web.desk.desk_client import words
from tests.world import LAN, World

SECRETS = ("Nguyễn Thị Lan", LAN[0][1:], "Điện thoại thử", "Chị ấy nghỉ sinh")


def end(database: Database, world: World, now: datetime) -> None:
    database.write(
        lambda session: end_member(session, actor_of(session, world.commune_id, world.binh), world.lan, now)
    )


def erase(database: Database, world: World, now: datetime) -> None:
    database.write(
        lambda session: erase_member(session, actor_of(session, world.commune_id, world.binh), world.lan, now)
    )


def lan_of(session: Session, world: World) -> Account:
    return session.get_one(Account, (world.commune_id, world.lan))


def test_nothing_of_name_and_number_is_left_and_her_visits_are(
    lan: Phone, desk: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    desk.post(f"/desk/calls/{lan.device_id}", data={"note": "Chị ấy nghỉ sinh"})
    end(database, world, clock())
    assert {secret for _table, _column, secret in found_in_tables_of(database, SECRETS)} == set(SECRETS)
    erase(database, world, clock())
    assert found_in_tables_of(database, SECRETS) == set()
    assert [row.recorded_by for row in all_rows(database, Visit)] == [world.lan]
    assert [result.problems for result in check(database) if result.problems] == []
    account = database.read(lambda session: lan_of(session, world))
    erase(database, world, clock())
    assert database.read(lambda session: lan_of(session, world)) == account


def test_somebody_who_has_not_left_is_not_erased_and_an_erased_account_does_not_change(
    world: World, database: Database, clock: FakeClock
) -> None:
    with pytest.raises(NotFound):
        erase(database, world, clock())
    end(database, world, clock())
    erase(database, world, clock())

    def edit(session: Session) -> None:
        edit_member(
            session, actor_of(session, world.commune_id, world.binh), world.lan, "Lan", LAN[0], clock()
        )

    with pytest.raises(NotFound):
        database.write(edit)


def test_number_can_be_invited_again_as_another_person(
    world: World, database: Database, database_url: str, clock: FakeClock
) -> None:
    end(database, world, clock())
    erase(database, world, clock())
    who = ("--name", "Nguyễn Thị Lan", "--phone", LAN[0], "--commune", "06391", "--hamlet", "Thôn Đông")
    assert run(database_url, "invite", *who).exit_code == 0
    owners = [row for row in all_rows(database, Account) if row.name == "Nguyễn Thị Lan"]
    assert [row.id != world.lan for row in owners] == [True]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_supervisor_is_asked_once_and_every_page_says_the_same_name(
    desk: TestClient, hoa: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    address = f"/desk/people/{world.lan}"
    assert desk.get(f"{address}/erase").status_code == 404
    end(database, world, clock())
    assert "Xóa tên và số của Nguyễn Thị Lan?" in words(desk.get(f"{address}/erase").text)
    for action in (hoa.get, hoa.post):
        assert action(f"{address}/erase").status_code == 404
    answer = desk.post(f"{address}/erase")
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã xóa tên và số." in page
    assert "Tên và số đã được xóa. Chỉ còn các con số." in page
    for other in (address, "/desk/visits", f"/desk/households/{world.duc}", "/desk/people", "/desk/devices"):
        text = desk.get(other).text
        assert "Nguyễn Thị Lan" not in text
        assert "900 000 001" not in text
    assert ERASED_NAME in desk.get("/desk/visits").text
