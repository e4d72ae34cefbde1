"""*Đã gọi* about an invite that nobody has used: the note, the history, *Hoàn tác*."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.call_history import CallRecord
from app.core.db import Database
from tests.conftest import FakeClock
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import accounts_with, invite
from tests.web.desk.people.test_unused_invites import HOA, overview, sign_in_again

Browser = Callable[[], TestClient]


@pytest.fixture
def unused(desk: TestClient, database: Database, clock: FakeClock) -> str:
    """The address of *Đã gọi* about Hoa's invite, four days old; Bình has signed in again."""
    invite(desk, database)
    clock.forward(days=4)
    sign_in_again(desk)
    return f"/desk/invite-calls/{accounts_with(database, HOA)[0].id}"


def person(desk: TestClient, unused: str) -> str:
    return words(desk.get(unused.replace("invite-calls", "people")).text)


def undo(desk: TestClient, unused: str) -> int:
    """Press *Hoàn tác* of the call about this invite, which the overview shows."""
    form = desk.get("/desk/").text.partition(f'action="{unused}/undo"')[2]
    found = re.search('name="call" value="([^"]+)"', form)
    assert found, "no Hoàn tác"
    return desk.post(f"{unused}/undo", data={"call": found[1]}).status_code


def notes(database: Database) -> list[str]:
    calls = select(CallRecord).order_by(CallRecord.called_at)  # type: ignore[arg-type]
    return [call.note for call in database.read(lambda session: session.exec(calls).all())]


def test_call_about_an_unused_invite_is_noted_and_listed_again_the_next_day(
    desk: TestClient, unused: str, clock: FakeClock
) -> None:
    page = words(desk.get(unused).text)
    assert "Đã gọi Lò Thị Hoa Lò Thị Hoa 0900 000 077 Mã mời cấp 4 ngày trước chưa dùng" in page
    assert f'href="{unused}"' in desk.get("/desk/").text
    assert desk.post(unused, data={"note": "chưa có máy"}).status_code == 303
    page = words(desk.get("/desk/").text)
    assert "Quá 3 ngày chưa dùng mã mời" not in page, "nobody is left to be called"
    assert "Đã gọi hôm nay Lò Thị Hoa" in page
    assert "hôm nay: chưa có máy Hoàn tác" in page
    clock.forward(days=1)
    page = words(overview(desk))
    assert "Quá 3 ngày chưa dùng mã mời: 1 người Lò Thị Hoa" in page
    assert "hôm qua: chưa có máy Đã gọi…" in page
    assert "Các lần gọi chưa có máy Hoàng Văn Bình , 16:40 28/11/2026" in person(desk, unused)


def test_undone_call_is_to_be_made_and_the_earlier_one_stays(
    desk: TestClient, unused: str, clock: FakeClock, database: Database
) -> None:
    desk.post(unused, data={"note": "không nghe máy"})
    clock.forward(days=1)
    sign_in_again(desk)
    desk.post(unused, data={"note": "nhầm người"})
    assert undo(desk, unused) == 303
    assert notes(database) == ["không nghe máy"]
    page = words(desk.get("/desk/").text)
    assert "Quá 3 ngày chưa dùng mã mời: 1 người Lò Thị Hoa" in page
    assert "hôm qua: không nghe máy" in page


@pytest.mark.both_databases
def test_undo_from_an_old_page_leaves_a_colleagues_call(
    desk: TestClient, unused: str, clock: FakeClock, database: Database
) -> None:
    desk.post(unused, data={"note": "nhầm người"})
    first = database.read(lambda session: session.exec(select(CallRecord)).one().id)
    undo(desk, unused)
    clock.forward(minutes=1)
    desk.post(unused, data={"note": "mai đăng nhập"})
    assert desk.post(f"{unused}/undo", data={"call": first}).status_code == 303
    assert notes(database) == ["mai đăng nhập"]


def test_call_sent_twice_is_one_and_a_new_code_has_not_been_called_about(
    desk: TestClient, unused: str, clock: FakeClock, database: Database
) -> None:
    for _press in range(2):
        desk.post(unused, data={"note": "chưa có máy"})
    assert notes(database) == ["chưa có máy"]
    clock.forward(minutes=1)
    desk.post(unused.replace("invite-calls", "people") + "/code")
    clock.forward(days=4)  # one of them a Sunday
    page = words(overview(desk))
    assert "Quá 3 ngày chưa dùng mã mời: 1 người Lò Thị Hoa" in page
    assert "chưa có máy" not in page, "that was said about the code of before"


@pytest.mark.both_databases
@pytest.mark.parametrize("note", ["a" * 201, "\x00", "lật\u202engược"])
def test_note_that_cannot_be_stored_comes_back_as_typed(
    desk: TestClient, unused: str, database: Database, note: str
) -> None:
    answer = desk.post(unused, data={"note": note})
    assert (answer.status_code, f'value="{note}"' in answer.text) == (422, True)
    assert "Viết ngắn lại, nhiều nhất 200 ký tự" in answer.text
    assert notes(database) == []


def test_call_is_of_members_and_undo_of_their_own_calls_only(
    desk: TestClient, unused: str, browser: Browser, database: Database
) -> None:
    desk.post(unused, data={"note": "chưa có máy"})
    id = database.read(lambda session: session.exec(select(CallRecord)).one().id)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert hoa.get(unused).status_code == 404
    assert hoa.post(unused, data={"note": "x"}).status_code == 404
    assert hoa.post(f"{unused}/undo", data={"call": id}).status_code == 404
    for call in ("", "\x00", "x" * 65):
        assert desk.post(f"{unused}/undo", data={"call": call}).status_code == 404
    for account in ("%00", "khong-co"):
        assert desk.get(f"/desk/invite-calls/{account}").status_code == 404
        assert desk.post(f"/desk/invite-calls/{account}").status_code == 404
    assert notes(database) == ["chưa có máy"]
