"""/desk/people: inviting, a known number, moving with unsent visits, ending and coming back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Membership
from app.core.db import Database
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import (
    NEW,
    accounts_with,
    code_of,
    invite,
    people_page,
    team_id,
    team_of,
)
from tests.world import LAN, NAM, World

Browser = Callable[[], TestClient]


def test_list_has_everybodys_team_phone_and_state(
    desk: TestClient, lan: Phone, clock: FakeClock, world: World
) -> None:
    lan.exchange()
    page = words(desk.get("/desk/people").text)
    assert "Nguyễn Thị Lan Thành viên 0900 000 001 Tổ Thôn Đông (Thôn Đông) Đang dùng" in page
    assert "Trần Văn Nam Thành viên 0900 000 002 Tổ Thôn Tây (Thôn Tây) Chưa đăng nhập" in page
    clock.forward(days=5)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert "Im lặng đã 5 ngày không liên lạc" in people_page(desk)


@cases(
    "q, found",
    [
        ("lan", ["Nguyễn Thị Lan"]),
        ("TRAN nam", ["Trần Văn Nam"]),
        ("0900000002", ["Trần Văn Nam"]),
        ("thon dong", ["Nguyễn Thị Lan"]),
        ("khong ai", []),
        ("<script>", []),
        ("%", []),
    ],
)
def test_search_finds_names_numbers_and_teams_without_accents(
    desk: TestClient, q: str, found: list[str]
) -> None:
    page = desk.get("/desk/people", params={"q": q}).text
    assert re.findall(r'href="/desk/people/[\w-]{16}">([^<]+)<', page) == found
    assert "<script>" not in page


def test_invited_person_signs_in_with_the_code_of_the_sheet(
    desk: TestClient, browser: Browser, world: World, database: Database, clock: FakeClock
) -> None:
    answer = invite(desk, database)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    hoa = sign_in(browser(), "0900000077", code_of(answer), clock())
    assert {row["id"] for row in hoa.exchange()["changes"]["household"]} == set(world.households[world.dong])
    assert hoa.statuses(hoa.visit(world.duc)) == ["applied"]
    assert "Lò Thị Hoa Thành viên 0900 000 077 Tổ Thôn Đông (Thôn Đông) Đang dùng" in people_page(desk)


@cases(
    "field, value, sentence",
    [
        ("name", "  ", "Nhập họ và tên."),
        ("name", "x" * 81, "Viết tên trên một dòng, nhiều nhất 80 ký tự."),
        ("name", "a\u202eb", "Tên có ký tự không dùng được. Hãy gõ lại."),
        ("phone", "", "Nhập số điện thoại của người này."),
        ("phone", "12", "Số điện thoại chưa đúng. Viết như 0900 000 001."),
        ("phone", "0" * 500, "Số điện thoại chưa đúng. Viết như 0900 000 001."),
        ("team", "", "Chọn một tổ."),
        ("team", "a\x00b", "Chọn một tổ."),
        ("team", "khong-co", "Chọn một tổ."),
    ],
)
def test_wrong_field_has_its_sentence_and_the_others_stay(
    desk: TestClient, database: Database, field: str, value: str, sentence: str
) -> None:
    form = NEW | {"team": team_id(database, "Tổ Thôn Đông"), field: value}
    answer = desk.post("/desk/people/new", data=form)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    other = "phone" if field == "name" else "name"
    assert f'value="{NEW[other]}"' in answer.text
    assert accounts_with(database, "+84900000077") == []


def test_known_number_is_asked_about_and_renames_nobody(
    desk: TestClient, database: Database, world: World
) -> None:
    answer = invite(desk, database, phone=NAM[0])
    assert answer.status_code == 409
    assert "Số này đang là của Trần Văn Nam (Thành viên, Tổ Thôn Tây (Thôn Tây), Chưa đăng nhập)" in words(
        answer.text
    )
    assert [account.name for account in accounts_with(database, "+84900000002")] == ["Trần Văn Nam"]
    same = invite(desk, database, phone=NAM[0], same_as=world.nam)
    assert "Mã mời của Trần Văn Nam" in same.text
    assert team_of(database, world, world.nam) == "Tổ Thôn Đông"


def test_leader_who_is_invited_again_stays_leader(desk: TestClient, database: Database, world: World) -> None:
    desk.post(f"/desk/people/{world.nam}/role", data={"role": "leader"})
    invite(desk, database, phone=NAM[0], same_as=world.nam, role="volunteer")
    assert [account.role for account in accounts_with(database, "+84900000002")] == ["leader"]


def test_two_people_share_a_number_and_each_signs_in_with_their_own_code(
    desk: TestClient, browser: Browser, database: Database, world: World, clock: FakeClock
) -> None:
    clock.forward(minutes=1)
    nams = code_of(desk.post(f"/desk/people/{world.nam}/code"))
    hoas = code_of(invite(desk, database, phone=NAM[0], other_than=world.nam))
    nam, hoa = (sign_in(browser(), NAM[0], code, clock()) for code in (nams, hoas))
    assert nam.account_id == world.nam != hoa.account_id
    assert hoa.statuses(hoa.visit(world.duc)) == ["applied"]
    assert nam.statuses(nam.visit(world.anh)) == ["applied"]
    asked = invite(desk, database, phone=NAM[0]).text
    for name in ("Trần Văn Nam", "Lò Thị Hoa"):
        assert f">Cùng một người: {name}<" in asked
    first = re.findall(r'name="other_than" value="([^"]+)"', asked)[0]
    third = invite(desk, database, phone=NAM[0], other_than=first)
    assert (third.status_code, "đã có hai người dùng chung" in third.text) == (422, True)


@pytest.mark.both_databases
def test_number_of_somebody_who_left_goes_over_to_the_next(
    desk: TestClient, database: Database, world: World
) -> None:
    desk.post(f"/desk/people/{world.nam}/end")
    assert "số này chuyển sang người mới" in invite(desk, database, phone=NAM[0]).text
    invite(desk, database, phone=NAM[0], other_than=world.nam)
    assert [account.name for account in accounts_with(database, "+84900000002")] == ["Lò Thị Hoa"]


def test_answer_about_another_person_than_the_one_asked_about_is_asked_again(
    desk: TestClient, database: Database, world: World
) -> None:
    assert invite(desk, database, phone=NAM[0], same_as=world.lan).status_code == 409


def test_new_code_ends_the_one_before(
    desk: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    first, second = (code_of(desk.post(f"/desk/people/{world.nam}/code")) for _ in range(2))
    form = {"invite": first, "phone": NAM[0], "name": ""}
    assert browser().post("/api/v1/devices", json=form).status_code == 401
    assert sign_in(browser(), NAM[0], second, clock()).account_id == world.nam


def test_moved_member_delivers_two_unsent_visits_and_gets_the_new_list(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    lan.exchange()
    unsent = [lan.visit(world.duc), lan.visit(world.mai)]
    answer = desk.post(f"/desk/people/{world.lan}/move", data={"team": team_id(database, "Tổ Thôn Tây")})
    assert "Đã chuyển tổ." in desk.get(answer.headers["location"]).text
    exchanged = lan.exchange(*unsent)
    assert [one["status"] for one in exchanged["results"]] == ["applied", "applied"]
    assert exchanged["reset"], "the rows of Thôn Đông leave the phone with this exchange"
    assert {row["id"] for row in exchanged["changes"]["household"]} == set(world.households[world.tay])


def test_move_from_a_day_covers_what_was_recorded_there_since(
    desk: TestClient, lan: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    lan.now = clock() - timedelta(days=2)
    early = lan.visit(world.anh)
    form = {"team": team_id(database, "Tổ Thôn Tây"), "since": "20/11/2026"}
    desk.post(f"/desk/people/{world.lan}/move", data=form)
    assert lan.statuses(early) == ["applied"]
    assert "Tổ Thôn Tây, từ 20/11/2026" in desk.get(f"/desk/people/{world.lan}").text


@cases("since", ["31/02/2026", "25/11/2026", "hôm qua", "1/1/1"])
def test_day_that_is_none_or_still_to_come_is_refused(
    desk: TestClient, database: Database, world: World, since: str
) -> None:
    form = {"team": team_id(database, "Tổ Thôn Tây"), "since": since}
    answer = desk.post(f"/desk/people/{world.lan}/move", data=form)
    assert (answer.status_code, "không sau hôm nay" in answer.text) == (422, True)
    assert team_of(database, world, world.lan) == "Tổ Thôn Đông"


@pytest.mark.both_databases
def test_moving_there_and_back_and_there_again_from_the_same_day(
    desk: TestClient, database: Database, world: World
) -> None:
    for team in ("Tổ Thôn Tây", "Tổ Thôn Đông", "Tổ Thôn Tây"):
        form = {"team": team_id(database, team), "since": "20/11/2026"}
        assert desk.post(f"/desk/people/{world.lan}/move", data=form).status_code == 303
    assert team_of(database, world, world.lan) == "Tổ Thôn Tây"
    page = words(desk.get(f"/desk/people/{world.lan}").text)
    assert page.index("Tổ Thôn Tây, từ 20/11/2026") < page.index("Tổ Thôn Đông, từ 20/11/2026 đến")
    open_ones = database.read(
        lambda session: session.exec(
            select(Membership).where(Membership.account_id == world.lan, Membership.until == None)  # noqa: E711
        ).all()
    )
    assert len(open_ones) == 1


@pytest.mark.both_databases
def test_corrected_name_and_number(
    desk: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    form = {"name": "Nguyễn Thị Lân", "phone": "0900 000 088"}
    answer = desk.post(f"/desk/people/{world.lan}/edit", data=form)
    assert "Đã sửa thông tin." in desk.get(answer.headers["location"]).text
    assert sign_in(browser(), "0900000088", LAN[1], clock()).account_id == world.lan


def test_number_of_a_colleague_is_refused_with_their_name(desk: TestClient, world: World) -> None:
    form = {"name": "Nguyễn Thị Lan", "phone": NAM[0]}
    answer = desk.post(f"/desk/people/{world.lan}/edit", data=form)
    assert answer.status_code == 422
    assert "Số này đang là của Trần Văn Nam. Sửa số của người ấy trước." in answer.text


@cases("verb", ["", "/edit", "/move", "/end"])
def test_supervisor_next_door_finds_nobody(browser: Browser, world: World, verb: str) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert "Nguyễn Thị Lan" not in hoa.get("/desk/people").text
    assert hoa.get(f"/desk/people/{world.lan}{verb}").status_code == 404


@cases("verb", ["code", "role", "end", "return", "move", "edit"])
def test_nothing_can_be_done_to_people_of_another_commune_or_to_supervisors(
    desk: TestClient, browser: Browser, database: Database, world: World, verb: str
) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    form = {"role": "leader", "team": team_id(database, "Tổ Thôn Tây"), "name": "X", "phone": "0900000055"}
    for client, person in ((hoa, world.lan), (desk, world.binh), (desk, "khong-co"), (desk, "a%00b")):
        assert client.post(f"/desk/people/{person}/{verb}", data=form).status_code in (404, 422)
    assert team_of(database, world, world.lan) == "Tổ Thôn Đông"
    assert [account.name for account in accounts_with(database, "+84900000001")] == ["Nguyễn Thị Lan"]
