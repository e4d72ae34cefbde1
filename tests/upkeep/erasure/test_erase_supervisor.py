"""The name of a supervisor who has left is erased by a colleague; what was decided stands."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.models import Account, SignInName
from app.commune.credentials.models import PasswordReset
from app.commune.second_factor.models import APP, FactorLoss, RecoveryCode, SecondFactor
from app.core.db import Database
from app.core.errors import NotFound
from app.review.decisions.models import Decision
from app.upkeep.erasure.people import ERASED_SUPERVISOR, erase_member, erase_supervisor
from app.upkeep.maintenance.check import check
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, all_rows
from tests.upkeep.erasure.remains import found_in_file_of, found_in_tables_of
from tests.web.desk.desk_client import UNCLEAR, words
from tests.web.link_client import PASSWORD, choose, link_of, sign_in
from tests.world import World

Browser = Callable[[], TestClient]
NAME, SIGN_IN_NAME, NUMBER = "Nông Thị Cúc", "cuc.nt", "911222333"
SECRETS = (NAME, SIGN_IN_NAME, NUMBER, "Máy của Cúc", "Việc Cúc lo", "Chrome của Cúc")


@pytest.fixture
def cuc(desk: TestClient, browser: Browser) -> TestClient:
    """The client of Cúc, whom Bình invited."""
    client = browser()
    form = {"name": NAME, "sign_in_name": SIGN_IN_NAME}
    choose(client, link_of(desk.post("/desk/supervisors/new", data=form)))
    return client


def id_of_cuc(database: Database) -> str:
    wanted = select(SignInName).where(SignInName.name == SIGN_IN_NAME)
    return str(database.read(lambda session: session.exec(wanted).one().account_id))


def work(cuc: TestClient, lan: Phone, world: World, database: Database) -> None:
    """All that may be stored of a supervisor."""
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    answers = [
        cuc.post(f"/desk/visits/{visit['data']['id']}/return", data={"version": "1"} | UNCLEAR),
        cuc.post("/desk/account/contact", data={"contact": f"0{NUMBER}"}),
        cuc.post("/desk/filters?state=returned", data={"id": "filter-1", "name": "Việc Cúc lo"}),
        cuc.post("/desk/reports/tokens", data={"label": "Power BI", "days": "90"}),
        cuc.post(f"/desk/supervisors/{world.binh}/link"),
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 200, 200]
    database.write(lambda session: _add_rows(session, world, id_of_cuc(database)))


def _add_rows(session: Session, world: World, account_id: str) -> None:
    commune_id = world.commune_id
    session.add_all(
        [
            SecondFactor(id="app-1", sign_in_name=SIGN_IN_NAME, kind=APP, name="Máy của Cúc", added_at=NOW),
            RecoveryCode(id="code-1", sign_in_name=SIGN_IN_NAME, code_hash="…"),
            FactorLoss(
                commune_id=commune_id, id="loss-1", account_id=account_id, asked_at=NOW,
                browser="Chrome của Cúc", session_hash="…",
            ),
            PasswordReset(
                id="reset-1", reset_at=NOW, reset_by=NAME, reset_by_id=account_id,
                commune_id=commune_id, account_id=world.binh,
            ),
        ]
    )  # fmt: skip


def test_nothing_of_the_name_is_left_and_what_she_decided_stands(
    desk: TestClient, cuc: TestClient, lan: Phone, world: World, database: Database
) -> None:
    work(cuc, lan, world, database)
    id = id_of_cuc(database)
    assert {secret for _table, _column, secret in found_in_tables_of(database, SECRETS)} == set(SECRETS)
    assert desk.post(f"/desk/supervisors/{id}/end").status_code == 303
    assert desk.post(f"/desk/supervisors/{id}/erase").status_code == 303
    assert found_in_tables_of(database, SECRETS) == set()
    assert [row.decided_by for row in all_rows(database, Decision)] == [id]
    assert [result.problems for result in check(database) if result.problems] == []
    (row,) = [one for one in all_rows(database, Account) if one.id == id]
    assert row.name == ERASED_SUPERVISOR
    assert desk.post(f"/desk/supervisors/{id}/erase").status_code == 303
    assert [one for one in all_rows(database, Account) if one.id == id] == [row], "erased once"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_and_phones_have_a_label_and_the_file_has_nothing(
    desk: TestClient, hoa: TestClient, cuc: TestClient, lan: Phone, world: World, database: Database
) -> None:
    work(cuc, lan, world, database)
    assert (NAME, f"+84{NUMBER}") in numbers(lan)
    id = id_of_cuc(database)
    address = f"/desk/supervisors/{id}"
    assert "/erase" not in desk.get(address).text
    desk.post(f"{address}/end")
    assert f"Xóa tên và số của {NAME}?" in words(desk.get(f"{address}/erase").text)
    for action in (hoa.get, hoa.post):
        assert action(f"{address}/erase").status_code == 404
    page = words(desk.get(desk.post(f"{address}/erase").headers["location"]).text)
    assert "Đã xóa tên và số." in page
    assert "Những việc người này đã quyết vẫn còn." in page
    assert "Cho trở lại" not in page
    for other in ("/desk/visits", "/desk/supervisors", "/desk/log", "/desk/reports/tokens", "/desk/account"):
        assert NAME not in desk.get(other).text, other
    assert ERASED_SUPERVISOR in words(desk.get("/desk/log").text)
    assert (ERASED_SUPERVISOR, "") in numbers(lan)
    assert found_in_file_of(database, SECRETS) == set()


def numbers(phone: Phone) -> list[tuple[str, str]]:
    return [(row["name"], row["phone"]) for row in phone.exchange()["changes"]["member"] if "phone" in row]


def test_a_colleague_decides_and_only_of_somebody_who_has_left(
    desk: TestClient, cuc: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    id = id_of_cuc(database)

    def erase(who: str, whom: str) -> None:
        database.write(
            lambda session: erase_supervisor(session, actor_of(session, world.commune_id, who), whom, clock())
        )

    for who, whom in ((world.binh, world.binh), (id, id), (world.binh, id), (world.binh, world.lan)):
        with pytest.raises(NotFound):
            erase(who, whom)
    assert desk.post(f"/desk/supervisors/{world.binh}/erase").status_code == 404
    desk.post(f"/desk/supervisors/{id}/end")
    with pytest.raises(NotFound):
        database.write(
            lambda session: erase_member(
                session, actor_of(session, world.commune_id, world.binh), id, clock()
            )
        )
    erase(world.binh, id)
    for way_back in ("return", "link"):
        assert desk.post(f"/desk/supervisors/{id}/{way_back}").status_code == 404


def test_sign_in_name_is_free_for_somebody_else(
    desk: TestClient, cuc: TestClient, browser: Browser, database: Database
) -> None:
    id = id_of_cuc(database)
    for step in ("end", "erase"):
        desk.post(f"/desk/supervisors/{id}/{step}")
    assert sign_in(browser(), SIGN_IN_NAME, PASSWORD) == 401
    assert (
        desk.post("/desk/supervisors/new", data={"name": NAME, "sign_in_name": SIGN_IN_NAME}).status_code
        == 200
    )
    assert id_of_cuc(database) != id
