"""Invites that nobody has used: on *Tổ và người* with their age, and after three days on *Tổng quan*."""

import re
from collections.abc import Callable

from fastapi.testclient import TestClient

from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import sign_in
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import accounts_with, code_of, invite
from tests.world import NAM, World

Browser = Callable[[], TestClient]
HOA = "+84900000077"


def overview(desk: TestClient) -> str:
    """The overview as Bình sees it when he signs in again."""
    sign_in_again(desk)
    return desk.get("/desk/").text


def sign_in_again(desk: TestClient) -> None:
    """His session ends after some hours."""
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def test_unused_invite_is_to_be_called_about_after_three_working_days(
    desk: TestClient, database: Database, clock: FakeClock
) -> None:
    invite(desk, database)  # on a public holiday, which does not count
    clock.forward(days=3, hours=7)
    assert "Lò Thị Hoa" not in overview(desk)
    clock.forward(minutes=20)
    page = overview(desk)
    person = f"/desk/people/{accounts_with(database, HOA)[0].id}"
    assert f'<a href="{person}">Lò Thị Hoa</a>' in page
    assert "0900 000 077 Tổ Thôn Đông Mã mời cấp 3 ngày trước chưa dùng, hết hạn 16:40 08/12/2026." in words(
        page
    )
    clock.forward(days=11)
    assert "Mã mời cấp 14 ngày trước chưa dùng, nay không dùng được nữa: cấp lại mã." in overview(desk)
    clock.forward(days=16)
    assert "Lò Thị Hoa" not in overview(desk), "whoever has not come in a month does not come"


def test_code_that_was_used_or_made_anew_or_whose_person_left_is_not_called_about(
    desk: TestClient, browser: Browser, database: Database, world: World, clock: FakeClock
) -> None:
    clock.forward(minutes=1)
    sign_in(browser(), "0900000077", code_of(invite(desk, database)), clock())
    invite(desk, database, name="Vi Văn Sự", phone="0900 000 078")
    desk.post(f"/desk/people/{world.nam}/code")
    clock.forward(days=2)
    sign_in_again(desk)
    desk.post(f"/desk/people/{accounts_with(database, '+84900000078')[0].id}/end")
    desk.post(f"/desk/people/{world.nam}/code")
    clock.forward(days=2)
    assert "Quá 3 ngày chưa dùng mã mời" not in overview(desk)
    clock.forward(days=2)  # one of them a Sunday
    assert re.findall(r'<a href="/desk/people/[\w-]{16}">([^<]+)<', overview(desk)) == ["Trần Văn Nam"]


def test_list_has_the_age_of_each_code_and_a_list_of_its_own_the_oldest_first(
    desk: TestClient, browser: Browser, database: Database, world: World, clock: FakeClock
) -> None:
    clock.forward(minutes=1)
    sign_in(browser(), *NAM, clock())
    desk.post(f"/desk/people/{world.nam}/code")
    clock.forward(days=1)
    sign_in_again(desk)
    invite(desk, database)
    clock.forward(hours=2)
    page = desk.get("/desk/people").text
    assert "Chưa đăng nhập mã mời chưa dùng, cấp hôm nay" in words(page)
    assert "Đang dùng mã mời chưa dùng, cấp 1 ngày trước" in words(page), "for a phone that he lost"
    own = desk.get("/desk/people", params={"show": "invited"}).text
    names = re.findall(r'href="/desk/people/[\w-]{16}">([^<]+)<', own)
    assert [name for name in names if name in ("Trần Văn Nam", "Lò Thị Hoa")] == [
        "Trần Văn Nam",
        "Lò Thị Hoa",
    ]
    assert f"Mã mời chưa dùng: {len(names)}" in words(page)


def test_supervisor_next_door_calls_nobody_of_ours(
    desk: TestClient, browser: Browser, database: Database, clock: FakeClock
) -> None:
    invite(desk, database)
    clock.forward(days=4)
    assert "Lò Thị Hoa" in overview(desk)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    for address in ("/desk/", "/desk/people?show=invited"):
        assert "Lò Thị Hoa" not in hoa.get(address).text
