"""/desk/teams and /desk/hamlets: beginning with nothing, changing a team's hamlets under unsent visits."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.models import Team
from app.commune.areas import Hamlet
from app.core.db import Database
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]


def test_both_lists_have_their_numbers(desk: TestClient, world: World) -> None:
    assert "Tổ Thôn Đông Thôn Đông 1 Xem, in Tổ Thôn Tây Thôn Tây 1 Xem, in" in words(
        desk.get("/desk/teams").text
    )
    desk.post(f"/desk/hamlets/{world.tay}", data={"name": "Thôn Tây", "known": "1.200"})
    page = words(desk.get("/desk/hamlets").text)
    assert "Thôn Đông 3 chưa ghi Tổ Thôn Đông Phiếu đi thăm" in page
    assert "Thôn Tây 2 1.200 Tổ Thôn Tây Phiếu đi thăm" in page
    assert 'value="1200"' in desk.get(f"/desk/hamlets/{world.tay}").text


def test_commune_without_anything_gets_a_hamlet_a_team_and_a_member(browser: Browser) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert "Chưa có tổ nào." in hoa.get("/desk/people/new").text
    saved = hoa.post("/desk/hamlets/new", data={"name": "Thôn Bắc"})
    assert "Đã lưu thôn." in hoa.get(saved.headers["location"]).text
    hamlet = _options(hoa.get("/desk/teams/new").text, "hamlet")[0]
    hoa.post("/desk/teams/new", data={"name": "Tổ Thôn Bắc", "hamlet": [hamlet]})
    assert "Tổ Thôn Bắc (Thôn Bắc)" in hoa.get("/desk/people/new").text


def test_team_that_gets_another_hamlet_delivers_what_waits_and_loads_both_lists(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    lan.exchange()
    _change(desk, database, "Tổ Thôn Đông", [world.dong, world.tay])
    answer = lan.exchange(lan.visit(world.duc), lan.visit(world.anh))
    assert [one["status"] for one in answer["results"]] == ["applied", "applied"]
    both = {*world.households[world.dong], *world.households[world.tay]}
    assert {row["id"] for row in answer["changes"]["household"]} == both


def test_visit_recorded_before_the_hamlet_went_to_another_team_counts(
    desk: TestClient, lan: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    lan.exchange()
    waiting = lan.visit(world.duc)
    clock.forward(minutes=5)
    _change(desk, database, "Tổ Thôn Đông", [world.tay])
    exchanged = lan.exchange(waiting)
    assert [one["status"] for one in exchanged["results"]] == ["applied"]
    assert {row["id"] for row in exchanged["changes"]["household"]} == set(world.households[world.tay])
    lan.now = clock()
    clock.forward(minutes=5)
    assert lan.statuses(lan.visit(world.mai)) == ["quarantined"]


@pytest.mark.both_databases
def test_team_that_gets_a_second_one_in_its_hamlet_gets_the_names_of_its_members(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    lan.exchange()
    _change(desk, database, "Tổ Thôn Tây", [world.dong, world.tay])
    answer = lan.exchange()
    assert not answer["reset"], "what Lan may see has not changed"
    assert {row["name"] for row in answer["changes"]["member"]} == {"Trần Văn Nam"}


@pytest.mark.both_databases
def test_what_waits_for_a_hamlet_is_applied_when_the_team_gets_it_back(
    desk: TestClient, lan: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    _change(desk, database, "Tổ Thôn Đông", [world.tay])
    clock.forward(minutes=5)
    lan.now = clock()
    waiting = lan.visit(world.duc)
    assert lan.statuses(waiting) == ["quarantined"]
    _change(desk, database, "Tổ Thôn Đông", [world.dong, world.tay])
    assert waiting["data"]["id"] in {row["id"] for row in lan.exchange()["changes"]["visit"]}


def test_hamlet_given_away_and_back_in_one_moment(desk: TestClient, database: Database, world: World) -> None:
    for hamlets in ([world.tay], [world.dong], [world.tay], [world.dong]):
        assert _change(desk, database, "Tổ Thôn Đông", hamlets).status_code == 303


@pytest.mark.both_databases
def test_renamed_hamlet_and_team_have_their_new_names_on_the_phone_and_at_the_desk(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    lan.exchange()
    desk.post(f"/desk/hamlets/{world.dong}", data={"name": "Thôn Đông Mới"})
    _change(desk, database, "Tổ Thôn Đông", [world.dong], name="Tổ Một")
    assert "Tổ Một (Thôn Đông Mới)" in desk.get("/desk/people").text
    assert [hamlet["name"] for hamlet in lan.exchange()["hamlets"]] == ["Thôn Đông Mới"]


@cases(
    "path, form, sentence",
    [
        ("/desk/hamlets/new", {"name": ""}, "Nhập tên thôn."),
        ("/desk/hamlets/new", {"name": "thon dong"}, "Đã có thôn tên này. Đặt tên khác."),
        ("/desk/hamlets/new", {"name": "a\x00b"}, "Tên có ký tự không dùng được. Hãy gõ lại."),
        ("/desk/hamlets/new", {"name": "A", "known": "20001"}, "Ghi số hộ từ 0 đến 20.000, hoặc để trống."),
        ("/desk/hamlets/new", {"name": "A", "known": "-1"}, "Ghi số hộ từ 0 đến 20.000, hoặc để trống."),
        (
            "/desk/hamlets/new",
            {"name": "A", "known": "9" * 5000},
            "Ghi số hộ từ 0 đến 20.000, hoặc để trống.",
        ),
        ("/desk/teams/new", {"name": ""}, "Nhập tên tổ."),
        ("/desk/teams/new", {"name": "Tổ Ba"}, "Chọn ít nhất một thôn."),
        ("/desk/teams/new", {"name": "Tổ Ba", "hamlet": ["a b"]}, "Chọn ít nhất một thôn."),
        ("/desk/teams/new", {"name": "Tổ Ba", "hamlet": ["x"] * 501}, "Chọn ít nhất một thôn."),
    ],
)
def test_wrong_field_has_its_sentence(
    desk: TestClient, path: str, form: dict[str, Any], sentence: str
) -> None:
    answer = desk.post(path, data=form)
    assert (answer.status_code, sentence in words(answer.text)) == (422, True)


def test_second_team_with_the_name_of_the_first_is_refused(
    desk: TestClient, database: Database, world: World
) -> None:
    form = {"name": "tổ THÔN đông", "hamlet": [world.tay]}
    answer = desk.post("/desk/teams/new", data=form)
    assert (answer.status_code, "Đã có tổ tên này." in answer.text) == (422, True)
    assert _change(desk, database, "Tổ Thôn Tây", [world.tay], name="Tổ Thôn Đông").status_code == 422


@pytest.mark.both_databases
def test_supervisor_next_door_finds_and_changes_nothing(
    browser: Browser, database: Database, world: World
) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    team = database.read(
        lambda session: session.exec(select(Team.id).where(Team.name == "Tổ Thôn Đông")).one()
    )
    form = {"name": "Khác", "hamlet": [world.dong]}
    for path in (f"/desk/teams/{team}", f"/desk/hamlets/{world.dong}", "/desk/teams/khong-co"):
        assert hoa.get(path).status_code == 404
        assert hoa.post(path, data=form).status_code == 404
    assert hoa.post("/desk/teams/new", data=form).status_code == 404, "a hamlet of another commune"
    assert "Tổ Thôn Đông" not in hoa.get("/desk/teams").text + hoa.get("/desk/hamlets").text
    names = database.read(lambda session: set(session.exec(select(Hamlet.name))))
    assert names == {"Thôn Đông", "Thôn Tây"}


def _change(desk: TestClient, database: Database, team: str, hamlets: list[str], name: str = "") -> Any:
    form = {"name": name or team, "hamlet": hamlets}
    return desk.post(f"/desk/teams/{_team_id(database, team)}", data=form)


def _team_id(database: Database, name: str) -> str:
    def find(session: Session) -> str:
        return session.exec(select(Team.id).where(Team.name == name)).one()

    return database.read(find)


def _options(html: str, name: str) -> list[str]:
    return [part.split('"')[0] for part in html.split(f'name="{name}" value="')[1:]]
