"""/desk/people/import: a list of people, what was understood of it, and the invites to cut."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Account, Invite
from app.core.db import Database
from app.intake.people_import.records import MAX_PEOPLE
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import sign_in
from tests.qr import read_svg
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import accounts_with, invite
from tests.world import World

Browser = Callable[[], TestClient]
ADDRESS = "/desk/people/import"
HEAD = "Họ và tên,Số điện thoại,Thôn,Vai trò"
ROW = "Lò A,0900000077,Thôn Đông,\n"
LIST = f"{HEAD}\nLò Thị Hoa,0900 000 077,Thôn Đông,\nVI VĂN SỰ,0900000078,thon tay,Tổ trưởng\n"


def upload(desk: TestClient, text: str | bytes, name: str = "moi.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return desk.post(ADDRESS, files={"file": (name, content, "application/octet-stream")})


def paste(desk: TestClient, text: str) -> Any:
    """The form with a text and without a file, as browsers send it."""
    return desk.post(ADDRESS, files={"file": ("", b"", "application/octet-stream"), "text": (None, text)})


def confirm(desk: TestClient, page: str) -> Any:
    """Send the form of the second step."""
    (rows,) = re.findall(r'name="rows" value="([^"]*)"', page)
    return send_rows(desk, html.unescape(rows))


def send_rows(desk: TestClient, rows: str) -> Any:
    return desk.post(f"{ADDRESS}/invites", files={"rows": (None, rows)})


def stored(database: Database) -> tuple[int, int]:
    """The numbers of accounts and of invites."""
    return database.read(
        lambda session: (len(session.exec(select(Account)).all()), len(session.exec(select(Invite)).all()))
    )


def test_list_is_understood_first_and_each_person_then_signs_in_by_their_qr_code(
    desk: TestClient, browser: Browser, database: Database, world: World, clock: FakeClock
) -> None:
    before = stored(database)
    page = upload(desk, LIST)
    assert page.status_code == 200
    assert "Lò Thị Hoa 0900 000 077 Tổ Thôn Đông Thành viên" in words(page.text)
    assert "Vi Văn Sự 0900 000 078 Tổ Thôn Tây Tổ trưởng" in words(page.text)
    assert stored(database) == before, "nothing is written before the confirmation"
    sheet = confirm(desk, page.text)
    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "no-store")
    assert stored(database) == (before[0] + 2, before[1] + 2)
    clock.forward(minutes=1)
    for address, number, name in zip(
        read_svg(sheet.text), ("0900000077", "0900000078"), ("Lò Thị Hoa", "Vi Văn Sự"), strict=True
    ):
        found = re.fullmatch(rf"http://[^#?]+/field/sign-in#invite=(\d{{8}})&phone={number}", address)
        assert found
        assert f"{found[1][:4]} {found[1][4:]}" in sheet.text
        phone = sign_in(browser(), number, found[1], clock())
        assert phone.account_id == accounts_with(database, f"+84{number[1:]}")[0].id
        assert name in words(sheet.text)
    assert [account.role for account in accounts_with(database, "+84900000078")] == ["leader"]


def test_same_file_twice_adds_nothing(desk: TestClient, database: Database) -> None:
    confirm(desk, upload(desk, LIST).text)
    before = stored(database)
    again = upload(desk, LIST)
    assert words(again.text).count("Đã có trong tổ, không mời lần nữa.") == 2
    assert 'name="rows"' not in again.text
    assert stored(database) == before


def test_form_that_is_sent_twice_invites_nobody_again(desk: TestClient, database: Database) -> None:
    page = upload(desk, LIST).text
    confirm(desk, page)
    before = stored(database)
    again = confirm(desk, page)
    assert (again.status_code, "chưa mời ai" in again.text) == (409, True)
    assert stored(database) == before


@pytest.mark.slow
@cases(
    "row, sentence",
    [
        (",0900000079,Thôn Đông,", "Thiếu họ và tên."),
        ("Lò A,,Thôn Đông,", "Thiếu số điện thoại."),
        ("Lò A,12,Thôn Đông,", "Số điện thoại chưa đúng. Viết như 0900 000 001."),
        ("Lò A,0900000079 hoặc 0900000080,Thôn Đông,", "Số điện thoại chưa đúng."),
        ("Lò A,0900000079,,", "Thiếu thôn hoặc tổ."),
        ("Lò A,0900000079,Thôn Xa,", "Không có thôn hay tổ tên “Thôn Xa”."),
        ("Lò A,0900000079,Thôn Đông,Trưởng thôn", "Vai trò chưa rõ: ghi Tổ trưởng, Tổ phó hoặc Thành viên."),
        ("<b>Lò</b>,0900000079,Thôn Đông,", "Ô họ tên có mã trang web"),
        ("Lò A,0900000001,Thôn Đông,", "Số này đang là của Nguyễn Thị Lan: mời riêng người này."),
        ("Nguyễn Thị Lan,0900000001,Thôn Tây,", "Đã có trong tổ, không mời lần nữa."),
        ("Lò A,0900000077,Thôn Đông,", "Cùng số điện thoại với dòng 3 nhưng khác tên"),
        ("lo thi hoa,+84900000077,Thôn Đông,", "Cùng số"),
    ],
)
def test_row_that_is_not_clear_is_named_with_its_reason(
    desk: TestClient, world: World, row: str, sentence: str
) -> None:
    page = upload(desk, f"{HEAD}\n{row}\nLò Thị Hoa,0900 000 077,Thôn Đông,\n")
    refused = words(page.text.partition('aria-labelledby="refused"')[2])
    if sentence == "Cùng số":  # the same person twice: the first row stays
        assert "Dòng 3 Lò Thị Hoa Trùng dòng 2." in refused
        return
    assert "Dòng 2 " in refused
    assert sentence in refused
    assert page.status_code == 200


def test_hamlet_without_a_team_or_with_two_is_refused_and_the_team_can_be_named(
    desk: TestClient, world: World
) -> None:
    desk.post("/desk/hamlets/new", data={"name": "Thôn Bắc"})
    desk.post("/desk/teams/new", data={"name": "Tổ Hai", "hamlet": world.dong})
    page = words(upload(desk, LIST + "Mã A,0900000079,Thôn Bắc,\nMã B,0900000080,Tổ Hai,\n").text)
    assert "Dòng 2 Lò Thị Hoa “Thôn Đông” có nhiều tổ: ghi tên một tổ (Tổ Hai, Tổ Thôn Đông)." in page
    assert "Dòng 4 Mã A “Thôn Bắc” chưa có tổ phụ trách: giao thôn này cho một tổ ở mục Tổ." in page
    assert "Mã B 0900 000 080 Tổ Hai Thành viên" in page


def test_known_number_links_to_its_person_and_renames_nobody(
    desk: TestClient, database: Database, world: World
) -> None:
    desk.post(f"/desk/people/{world.nam}/end")
    page = upload(desk, f"{HEAD}\nLò A,0900000002,Thôn Đông,\n{LIST.partition(chr(10))[2]}")
    assert "Số này đang là của Trần Văn Nam (đã nghỉ): mời riêng người này." in words(page.text)
    assert f'href="/desk/people/{world.nam}"' in page.text
    confirm(desk, page.text)
    assert [account.name for account in accounts_with(database, "+84900000002")] == ["Trần Văn Nam"]


def test_list_that_a_colleague_invited_from_meanwhile_is_shown_again_and_invites_nobody(
    desk: TestClient, database: Database
) -> None:
    page = upload(desk, LIST).text
    invite(desk, database)
    before = stored(database)
    answer = confirm(desk, page)
    assert answer.status_code == 409
    assert "Đã có trong tổ, không mời lần nữa." in answer.text
    assert stored(database) == before
    confirm(desk, answer.text)
    assert stored(database) == (before[0] + 1, before[1] + 1), "the other person of the list"


GOOD = ["", 2, "Lò Thị Hoa", "0900000077", "Thôn Đông", ""]


@cases(
    "rows",
    [
        "",
        "[]",
        "null",
        "[[[[",
        "[" * 100_000,
        json.dumps([GOOD[:5]]),
        json.dumps([[*GOOD, ""]]),
        json.dumps([["", "hai", *GOOD[2:]]]),
        json.dumps([["", 10**30, *GOOD[2:]]]),
        json.dumps([["", 2, "x" * 1_001, *GOOD[3:]]]),
        json.dumps([GOOD] * (MAX_PEOPLE + 1)),
        '[["", 2, "\\ud800", "0900000077", "Thôn Đông", ""]]',
    ],
)
def test_form_that_was_changed_into_something_else_is_refused(
    desk: TestClient, database: Database, rows: str
) -> None:
    before = stored(database)
    answer = send_rows(desk, rows)
    assert (answer.status_code, "Danh sách gửi lên không đọc được." in answer.text) == (422, True)
    assert stored(database) == before


@pytest.mark.both_databases
@cases(
    "column, value",
    [(2, "Lò\x00A"), (2, "=1+1"), (3, "12"), (4, "Thôn Xa"), (4, "c06400"), (5, "supervisor")],
)
def test_changed_rows_are_checked_like_those_of_a_file(
    desk: TestClient, database: Database, column: int, value: str
) -> None:
    before = stored(database)
    row = list(GOOD)
    row[column] = value
    assert send_rows(desk, json.dumps([row])).status_code == 409
    assert stored(database) == before


@cases(
    "content, name, sentence",
    [
        (b"", "moi.csv", "Chọn một tệp .xlsx, .xls, .ods hoặc .csv, không quá 2 MB, hoặc dán danh sách."),
        (b"x" * 3_000_000, "moi.csv", "Chọn một tệp .xlsx"),
        (b"%PDF-1.7", "moi.xlsx", "Đây là tệp PDF"),
        (b"PK\x03\x04", "moi.xlsx", "Tệp bị hỏng"),
        (LIST.encode(), "moi.exe", "Chỉ đọc được tệp .xlsx"),
        (LIST.encode(), "../../moi", "Chỉ đọc được tệp .xlsx"),
        (f"{HEAD}\n{ROW * 501}".encode(), "moi.csv", "có 501 người, mỗi lần mời được 500"),
        (f"{HEAD}\n{ROW * 2_001}".encode(), "moi.csv", "quá nhiều dòng"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused_with_a_sentence(
    desk: TestClient, content: bytes, name: str, sentence: str
) -> None:
    answer = upload(desk, content, name)
    assert (answer.status_code, sentence in words(answer.text)) == (422, True)


def test_supervisor_next_door_invites_into_none_of_our_teams(
    browser: Browser, database: Database, world: World
) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    before = stored(database)
    page = upload(hoa, f"{HEAD}\nLò A,0900000001,Thôn Đông,\n")
    assert "Nguyễn Thị Lan" not in page.text
    assert 'name="rows"' not in page.text
    assert send_rows(hoa, json.dumps([GOOD])).status_code == 409
    assert stored(database) == before


def test_nobody_else_may_send_a_list(browser: Browser, database: Database) -> None:
    before = stored(database)
    for answer in (upload(browser(), LIST), send_rows(browser(), json.dumps([GOOD]))):
        assert (answer.status_code, "Phiên làm việc đã hết" in answer.text) == (401, True)
    assert stored(database) == before


def test_a_list_that_was_pasted_is_understood_and_invited(
    desk: TestClient, database: Database, world: World
) -> None:
    page = paste(
        desk, "Thôn Đông\n1. Lò Thị Hoa - Tổ phó - 0900 000 077\nThôn Tây\nVi Văn Sự (Tổ trưởng) 0900000078"
    )
    assert "Lò Thị Hoa 0900 000 077 Tổ Thôn Đông Thành viên" in words(page.text)
    assert "Vi Văn Sự 0900 000 078 Tổ Thôn Tây Tổ trưởng" in words(page.text)
    assert confirm(desk, page.text).status_code == 200
    assert len(accounts_with(database, "+84900000077")) == 1


def test_an_empty_form_says_that_a_file_or_a_text_is_needed(desk: TestClient, world: World) -> None:
    answer = paste(desk, " ")
    assert answer.status_code == 422
    assert "hoặc dán danh sách." in words(answer.text)
