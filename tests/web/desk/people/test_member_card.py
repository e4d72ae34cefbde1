"""The pages of *Thẻ thành viên*: choosing whom to check, the printed card, and the number that it names."""

from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account
from app.commune.settings import settings_of
from app.core.db import Database
from app.core.desk_log import DeskEntry
from tests.commune.card.card_phone import CardPhone
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

SETTINGS = "/desk/settings"


def test_names_are_found_also_of_those_who_left_and_a_name_that_nobody_has_is_said(
    desk: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    def leave(session: Session) -> None:
        deactivate_account(session, session.get_one(Account, (world.commune_id, world.nam)), clock())

    database.write(leave)
    page = words(desk.get("/desk/card").text)
    assert page.index("Nguyễn Thị Lan") < page.index("Đã nghỉ")
    assert "Trần Văn Nam" in words(desk.get("/desk/card?q=nam").text)
    assert "Không có ai tên “Kẻ Lạ” trong các tổ." in words(desk.get("/desk/card?q=Kẻ Lạ").text)


def test_printed_card_says_where_to_call_and_nobody_prints_that_of_who_left(
    desk: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    address = f"/desk/people/{world.lan}/card"
    assert f'href="{address}"' in desk.get(f"/desk/people/{world.lan}").text
    assert "Chưa ghi số để người dân gọi." in desk.get(address).text
    assert "Đã lưu số." in _number(desk, "0900 000 099").text
    page = words(desk.get(address).text)
    assert page.count("Chưa chắc thì gọi 0900 000 099") == 2, "to wear, and for the notice board"
    assert "Nguyễn Thị Lan" in page
    assert "Tổ Thôn Đông" in page

    def leave(session: Session) -> None:
        deactivate_account(session, session.get_one(Account, (world.commune_id, world.lan)), clock())

    database.write(leave)
    assert "Chỗ dán ảnh" not in desk.get(address).text


def test_number_is_on_the_phones_card_and_not_in_the_log(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    _number(desk, "0900 000 099")
    assert CardPhone(lan).renew() == {
        "proto": 1,
        "name": "Nguyễn Thị Lan",
        "team": "Tổ Thôn Đông",
        "commune": "Xã Yên Bình",
        "phone": "+84900000099",
    }
    for typed in ("12", "abc", "\x00"):
        refused = _number(desk, typed, "+84900000099")
        assert (refused.status_code, "Số điện thoại chưa đúng." in refused.text) == (422, True)
    assert _number(desk, "0900 000 088", "").status_code == 409, "a colleague's number"
    cleared = _number(desk, " ", "+84900000099")
    assert "Hoàn tác: dùng lại số 0900 000 099" in cleared.text
    assert _number(desk, "0900 000 099").status_code == 200
    settings = database.read(lambda session: settings_of(session, world.commune_id))
    assert settings.card_phone == "+84900000099"
    entries = database.read(lambda session: [*session.exec(select(DeskEntry.entry))])
    assert [one["card_phone"] for one in entries if one["what"] == "settings.changed"] == [True, False, True]


def _number(desk: TestClient, typed: str, seen: str = "") -> Any:
    return desk.post(f"{SETTINGS}/card", data={"card_phone": typed, "seen": seen})
