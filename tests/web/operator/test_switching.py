"""A commune that is switched off loses nothing: nobody signs in, phones keep their queue, and all goes on."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import col, select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Invite
from app.commune.accounts.sign_in import MAX_INVITE_FAILURES
from app.commune.credentials.silence import silent_communes
from app.core.db import Database
from app.core.desk_log import stored_entries
from app.fieldwork.visits.models import Visit
from app.province import status
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.phone import sign_in as sign_in_phone
from tests.sync.export.export_file import make_export_file
from tests.web.desk.desk_client import words
from tests.web.link_client import BINH_PASSWORD, PASSWORD, choose, link_of, sign_in
from tests.web.operator import test_operator
from tests.world import LAN, NAM, World

link, an = test_operator.link, test_operator.an  # fixtures
Browser = Callable[[], TestClient]
OFF = "Nơi này đang tạm dừng"


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


@pytest.fixture
def address(world: World) -> str:
    return f"/operator/communes/{world.commune_id}"


def visits(database: Database) -> int:
    return len(database.read(lambda session: session.exec(select(Visit.id)).all()))


@pytest.mark.both_databases
def test_queue_of_a_phone_waits_until_the_commune_is_on_again(
    lan: Phone, an: TestClient, address: str, world: World, database: Database
) -> None:
    lan.exchange()
    queue = [lan.visit(household) for household in world.households[world.dong]]
    assert an.post(f"{address}/off").headers["location"] == address
    for operations in (queue, []):
        answer = lan.send(*operations)
        assert (answer.status_code, answer.json()) == (503, {"proto": 1, "error": "commune_off"})
        assert "Retry-After" not in answer.headers, "the phone's screen would say that the server is busy"
    assert visits(database) == 0
    an.post(f"{address}/on")
    assert lan.statuses(*queue) == ["applied"] * len(queue)
    assert visits(database) == len(queue)


@pytest.mark.both_databases
def test_nobody_signs_in_and_sessions_links_and_invites_work_again_afterwards(
    desk: TestClient, an: TestClient, address: str, world: World, browser: Browser, clock: FakeClock
) -> None:
    handed_over = link_of(an.post(f"{address}/supervisors/{world.binh}/link"))
    an.post(f"{address}/off")
    for page in ("/desk/", "/desk/visits", "/desk/account"):
        answer = desk.get(page)
        assert (answer.status_code, OFF in answer.text) == (503, True), page
    assert sign_in(browser(), "binh", BINH_PASSWORD) == 503
    assert choose(browser(), handed_over).status_code == 503
    form = {"invite": NAM[1], "phone": NAM[0], "name": ""}
    answer = browser().post("/api/v1/devices", json=form)
    assert (answer.status_code, answer.json()["error"]) == (503, "commune_off")
    an.post(f"{address}/on")
    assert desk.get("/desk/visits").status_code == 200
    assert sign_in(browser(), "binh", BINH_PASSWORD) == 303
    assert choose(browser(), handed_over).headers["location"] == "/desk/"
    assert sign_in_phone(browser(), *NAM, clock()).account_id


def test_right_code_stays_open_however_often_it_is_tried(
    an: TestClient, address: str, world: World, browser: Browser, database: Database, clock: FakeClock
) -> None:
    def invite(session: object) -> str:
        account = session.get_one(Account, (world.commune_id, world.lan))  # type: ignore[attr-defined]
        return people.invite(session, account, clock())  # type: ignore[arg-type]

    code = database.write(invite)
    an.post(f"{address}/off")
    form = {"invite": code, "phone": LAN[0], "name": ""}
    for _ in range(MAX_INVITE_FAILURES + 2):
        assert browser().post("/api/v1/devices", json=form).status_code == 503
        clock.forward(minutes=20)  # past the throttle
    open_invites = select(Invite).where(col(Invite.used_at).is_(None), Invite.account_id == world.lan)
    counts = database.read(lambda s: [one.failures for one in s.exec(open_invites) if not one.reusable])
    assert counts == [0]
    wrong = browser().post("/api/v1/devices", json=form | {"invite": "00000000"})
    assert wrong.json()["error"] == "invite_invalid", "whether a code is right is told to who has it"
    an.post(f"{address}/on")
    assert browser().post("/api/v1/devices", json=form).status_code == 201


def test_file_of_another_phone_stays_where_it_is(
    lan: Phone, nam: Phone, an: TestClient, address: str, world: World, database: Database, browser: Browser
) -> None:
    file = make_export_file(lan, lan.visit(world.duc))
    an.post(f"{address}/off")
    assert nam.client.post("/api/v1/export-files", content=file).status_code == 503
    sent = {"file": ("luot.txt", file, "text/plain")}
    answer = browser().post("/upload", files=sent)
    assert (answer.status_code, OFF in answer.text) == (503, True)
    assert visits(database) == 0
    an.post(f"{address}/on")
    assert browser().post("/upload", files=sent).status_code == 200
    assert visits(database) == 1


def test_neighbours_go_on(an: TestClient, address: str, hoa: TestClient) -> None:
    an.post(f"{address}/off")
    assert hoa.get("/desk/").status_code == 200


def test_it_is_asked_once_with_what_follows_and_listed_as_off(
    an: TestClient, address: str, world: World, database: Database, clock: FakeClock
) -> None:
    asked = words(an.get(f"{address}/off").text)
    assert "Tạm dừng Xã Yên Bình?" in asked
    assert "giữ mọi lượt chưa gửi" in asked
    an.post(f"{address}/off")
    page = words(an.get(address).text)
    assert "Tạm dừng từ 16:40 24/11/2026: không ai đăng nhập được." in page
    assert "Tạm dừng nơi này" not in page
    clock.forward(days=30)
    sign_in(an, "an.lt", PASSWORD)
    status.count_due(database, clock)
    assert "tạm dừng từ 16:40 24/11/2026" in words(an.get("/operator/?show=off").text)
    listed = words(an.get("/operator/?show=silent").text)
    assert "Im lặng (1)" in listed, "only the neighbour, of whom somebody expects to hear"
    silent = database.read(lambda session: {one.commune.id for one in silent_communes(session, clock())})
    assert silent == {world.neighbour_id}


def test_only_a_commune_that_has_begun_is_switched_and_twice_is_once(
    an: TestClient, address: str, database: Database, desk: TestClient
) -> None:
    assert an.post("/operator/communes/khong-co/off").status_code == 404
    assert an.get("/operator/communes/khong-co/off").status_code == 404
    for _ in range(2):
        an.post(f"{address}/off")
    noted = [one["what"] for one in database.read(stored_entries) if one["what"].startswith("commune.")]
    assert noted == ["commune.off"]
    assert desk.post(f"{address}/on").status_code == 503, "the supervisor of the commune"
