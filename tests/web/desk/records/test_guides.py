"""/desk/guides: read, write, undo, return to the project's text; what phones get of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.commune.guides.commands import MAX_BODY
from app.commune.guides.library import add_guides, library
from app.commune.guides.steps import steps_of
from app.core.db import Database
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

PATH = "/desk/guides/vssid"
TEXT = {
    "title": "VssID ở nơi mình",
    "body": "## Nơi hỏi\n\n1. Nhà văn hóa thôn, sáng thứ bảy\n   - mang căn cước",
}


@pytest.fixture(autouse=True)
def _guides(database: Database, world: World) -> None:
    database.write(lambda session: add_guides(session, world.commune_id))


def test_list_has_every_guide_and_how_many_phones_have_it(
    desk: TestClient, lan: Phone, clock: FakeClock
) -> None:
    lan.exchange()
    page = desk.get("/desk/guides").text
    assert page.count("0/1 máy") == len(library())
    newest = max(row["feed_seq"] for row in lan.exchange(guide_cursor=0)["changes"]["guide"])
    clock.forward(minutes=6)
    lan.now = clock.now
    lan.exchange(guide_cursor=newest)
    page = desk.get("/desk/guides").text
    assert page.count("1/1 máy") == len(library())
    _write(desk)
    assert desk.get("/desk/guides").text.count("0/1 máy") == 1


def test_written_text_is_on_the_phone_at_its_next_exchange(desk: TestClient, lan: Phone) -> None:
    lan.exchange()
    newest = max(row["feed_seq"] for row in lan.exchange(guide_cursor=0)["changes"]["guide"])
    page = words(_write(desk))
    assert "Đã lưu. Máy của tổ có bản này ở lần liên lạc sau." in page
    assert "Cập nhật ngày 24/11/2026 · Hoàng Văn Bình 16:40 24/11/2026" in page
    (row,) = lan.exchange(guide_cursor=newest)["changes"]["guide"]
    assert (row["id"], row["title"], row["is_own"], row["changed_on"]) == (
        "vssid", "VssID ở nơi mình", True, "2026-11-24",
    )  # fmt: skip
    assert "<li>Nhà văn hóa thôn, sáng thứ bảy\n<ul>\n<li>mang căn cước</li>" in row["html"]


def test_preview_shows_the_text_and_stores_nothing(desk: TestClient, lan: Phone) -> None:
    lan.exchange()
    newest = max(row["feed_seq"] for row in lan.exchange(guide_cursor=0)["changes"]["guide"])
    page = _post(desk, TEXT | {"body": "## Thử <script>alert(1)</script>", "action": "preview"})
    assert "Xem trước, chưa lưu" in page
    assert "<h2>Thử &lt;script&gt;" in page
    assert lan.exchange(guide_cursor=newest)["changes"]["guide"] == []


@pytest.mark.both_databases
def test_undo_brings_the_text_before_back_once(desk: TestClient) -> None:
    _write(desk)
    _write(desk, body="Bản thứ hai")
    assert "Đã hoàn tác" in _press(desk, "undo")
    page = desk.get(PATH).text
    assert "Nhà văn hóa thôn" in page
    assert "Hoàn tác" not in words(page)
    assert "vừa được người khác đổi" in _press(desk, "undo")


@pytest.mark.both_databases
def test_project_text_returns_and_that_can_be_undone(desk: TestClient) -> None:
    _write(desk)
    assert "Đã về bản của dự án." in _press(desk, "library")
    page = desk.get(PATH).text
    assert "chưa tra được số nào" in page
    assert "Về bản của dự án" not in words(page)
    _press(desk, "undo")
    assert "Nhà văn hóa thôn" in desk.get(PATH).text


def test_colleagues_text_is_not_replaced_unseen(desk: TestClient) -> None:
    version = _version(desk)
    _write(desk)
    page = _post(desk, {"title": "Cũ", "body": "Viết từ trang cũ", "version": version}, 409)
    assert "Hoàng Văn Bình 16:40 24/11/2026 vừa đổi hướng dẫn này." in words(page)
    assert "Viết từ trang cũ" in page
    assert "VssID ở nơi mình" in desk.get("/desk/guides").text


@cases(
    "field, text, sentence",
    [
        ("title", " ", "Chưa có chữ nào."),
        ("title", "x" * 81, "Dài 81 ký tự, nhiều nhất là 80."),
        ("body", "", "Chưa có chữ nào."),
        ("body", "ế" * (MAX_BODY + 1), "Dài 8001 ký tự, nhiều nhất là 8000."),
        ("body", "a\u202eb", "Có ký tự không lưu được."),
        ("title", "a\x00b", "Có ký tự không lưu được."),
        ("body", "a\r\n:::buoc con-meo Quét\r\nMột câu.\r\n:::", "Không có hình nào tên là “con-meo”."),
        ("body", "a\r\n:::buoc ma-qr Quét\r\nKhông đóng", "Có :::buoc viết chưa đủ"),
        ("body", ":::buoc ma-qr Quét\r\n:::", "Bước “Quét” còn thiếu tên hoặc câu."),
        ("body", "Việc\n:::luat portal nghi_dinh_9", "Không có căn cứ nào tên là “nghi_dinh_9”."),
    ],
)
def test_bad_text_is_shown_again_with_a_sentence(
    desk: TestClient, field: str, text: str, sentence: str
) -> None:
    page = _post(desk, TEXT | {field: text}, 422)
    assert sentence in page
    assert "Bản riêng" not in desk.get("/desk/guides").text


@pytest.mark.both_databases
def test_longest_text_of_long_letters_is_saved(desk: TestClient) -> None:
    assert "Đã lưu." in _write(desk, body="ế" * MAX_BODY)


def test_leaflet_has_the_steps_and_the_law_of_the_guide_that_the_commune_has(desk: TestClient) -> None:
    page = words(desk.get("/desk/guides/vneid_link/leaflet").text)
    assert [step.title for step in steps_of(library()["vneid_link"].body) if step.title not in page] == []
    assert "Điều 19 Nghị định 320/2026/NĐ-CP" in page
    assert "Tổ không gửi đường dẫn, không hỏi mật khẩu" in page
    assert desk.get(f"{PATH}/leaflet").status_code == 404  # it has no steps
    _write(desk, body=":::buoc can-cuoc Mang thẻ\nĐến <nhà văn hóa>.\n:::")
    assert "1. Mang thẻ" in words(desk.get(f"{PATH}/leaflet").text)
    assert "Đến &lt;nhà văn hóa&gt;." in desk.get(f"{PATH}/leaflet").text


def test_supervisor_next_door_does_not_find_the_guide(
    browser: Callable[[], TestClient], desk: TestClient
) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert hoa.get(PATH).status_code == 404
    assert hoa.post(PATH, data=TEXT | {"version": "1"}).status_code == 404
    assert desk.get("/desk/guides/khong-co").status_code == 404


def _write(desk: TestClient, **changes: str) -> str:
    return _post(desk, TEXT | changes)


def _post(desk: TestClient, fields: dict[str, Any], status: int = 200) -> str:
    fields = {"version": _version(desk), "action": "save"} | fields
    parts = {name: (None, text) for name, text in fields.items()}  # as the form is sent: letters take 3 bytes
    answer = desk.post(PATH, files=parts, follow_redirects=True)
    assert answer.status_code == status, answer.text
    return answer.text


def _press(desk: TestClient, action: str) -> str:
    return desk.post(f"{PATH}/{action}", data={"version": _version(desk)}, follow_redirects=True).text


def _version(desk: TestClient) -> str:
    found = re.search(r'name="version" value="(\d+)"', desk.get(PATH).text)
    assert found
    return found[1]
