"""The desk by keyboard alone: look, accept, return, close; keys work in the list and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import utc_now, wire_time
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in
from tests.world import LAN, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(open_browser: Opener, server: Server, world: World) -> Page:
    """Bình at the list of Lan's two visits: Mai's on top, Đức's below."""
    context = open_browser("binh", DESKTOP)
    _record(context.request, world.duc, world.mai)
    page = context.pages[0]
    desk_sign_in(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    return page


def test_keys_move_open_accept_and_return(desk: Page) -> None:
    desk.keyboard.press("j")
    expect(desk.get_by_role("link", name="14 · Trần Thị Mai")).to_be_focused()
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.get_by_role("link", name="12 · Nguyễn Văn Đức")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="12 · Nguyễn Văn Đức")).to_be_focused()
    desk.keyboard.press("h")
    expect(_row(desk, "Nguyễn Văn Đức")).to_contain_text("Hợp lệ")
    desk.keyboard.press("k")
    desk.keyboard.press("t")
    expect(desk.get_by_label("Trùng lượt")).to_be_focused()
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Hộ")
    desk.keyboard.press("Tab")
    desk.keyboard.type("hjk?")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(_row(desk, "Trần Thị Mai")).to_contain_text("Đã trả lại")
    expect(desk.get_by_text("Trùng lượt: hjk?").first).to_be_visible()


def test_search_words_are_in_no_address_and_back_and_reload_find_them_again(desk: Page) -> None:
    asked: list[str] = []
    desk.on(
        "request", lambda request: asked.append(unquote(request.url + request.headers.get("referer", "")))
    )
    desk.get_by_label("Hộ", exact=True).fill("nguyễn đức")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("1 lượt thăm")).to_be_visible()
    desk.reload()
    expect(desk.get_by_label("Hộ", exact=True)).to_have_value("nguyễn đức")
    desk.get_by_role("link", name="12 · Nguyễn Văn Đức").click()
    expect(desk.get_by_role("heading", name="12 · Nguyễn Văn Đức")).to_be_visible()
    desk.get_by_role("link", name="Tổng quan").click()
    desk.go_back()
    desk.go_back()
    expect(desk.get_by_label("Hộ", exact=True)).to_have_value("nguyễn đức")
    expect(desk.get_by_text("1 lượt thăm")).to_be_visible()
    assert len(asked) > 5
    assert [url for url in asked if "đức" in url] == []


def test_escape_closes_and_back_finds_it_again(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    opened = desk.get_by_role("heading", name="14 · Trần Thị Mai")
    expect(opened).to_be_focused()
    desk.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(desk.get_by_role("link", name="14 · Trần Thị Mai")).to_be_focused()
    assert desk.url.endswith("/desk/visits")
    desk.go_back()
    expect(opened).to_be_visible()
    expect(desk.get_by_role("link", name="Lượt thăm", exact=True)).to_be_visible()


def test_question_mark_lists_the_keys(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("heading", name="Phím tắt")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("heading", name="Phím tắt")).to_be_hidden()


def test_slash_leads_to_the_search(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("/")
    expect(desk.get_by_label("Hộ", exact=True)).to_be_focused()
    desk.keyboard.type("mai 14/x")
    expect(desk.get_by_label("Hộ", exact=True)).to_have_value("mai 14/x")
    desk.get_by_label("Hộ", exact=True).fill("mai 14")
    desk.keyboard.press("Enter")
    expect(desk.locator("#visits tbody tr")).to_have_count(1)
    expect(_row(desk, "Trần Thị Mai")).to_be_visible()


def test_letters_elsewhere_do_nothing(desk: Page) -> None:
    desk.get_by_label("Thôn").focus()
    desk.keyboard.press("h")
    desk.get_by_label("Ngày, hoặc từ ngày").fill("")
    desk.keyboard.type("jht?")
    expect(desk.get_by_label("Ngày, hoặc từ ngày")).to_have_value("jht?")
    expect(_row(desk, "Trần Thị Mai")).to_contain_text("Đã nhận")
    assert desk.url.split("#")[0].endswith("/desk/visits")


def test_whoever_was_signed_out_meanwhile_gets_the_whole_sign_in_page(desk: Page) -> None:
    desk.context.clear_cookies()
    desk.get_by_role("link", name="14 · Trần Thị Mai").click()
    expect(desk.get_by_label("Mật khẩu")).to_be_visible()
    expect(desk.get_by_role("table")).to_have_count(0)


def test_without_a_connection_it_says_so_and_nothing_is_lost(desk: Page, server: Server) -> None:
    desk.get_by_role("link", name="14 · Trần Thị Mai").click()
    desk.keyboard.press("t")
    desk.get_by_label("Lời nhắn").fill("Xem lại giúp")
    with _away(server):
        desk.get_by_role("button", name="Trả lại").click()
        expect(desk.get_by_text("Chưa làm được vì mất kết nối.")).to_be_visible()
    desk.get_by_label("Khác").check()
    desk.get_by_label("Ô cần sửa").select_option(label="Ghi chú")
    desk.get_by_role("button", name="Trả lại").click()
    expect(desk.get_by_text("Khác: Xem lại giúp").first).to_be_visible()
    expect(desk.get_by_text("Chưa làm được vì mất kết nối.")).to_be_hidden()


@contextmanager
def _away(server: Server) -> Iterator[None]:
    server.stop()
    yield
    server.start()


def _row(desk: Page, name: str) -> Any:
    return desk.get_by_role("row").filter(has_text=name)


def _record(request: Any, *homes: str) -> None:
    """Lan's phone sends a visit at each of these households, one exchange after the other."""
    same_site = {"Sec-Fetch-Site": "same-origin"}
    invite = {"invite": LAN[1], "phone": LAN[0], "name": "Máy của Lan"}
    phone = request.post("/api/v1/devices", data=invite, headers=same_site).json()
    for seq, home in enumerate(homes, start=1):
        now = wire_time(utc_now())
        visit = {"id": f"11111111-1111-4111-8111-{seq:012}", "household_id": home, "result": "not_home"}
        op = {"op_id": f"22222222-2222-4222-8222-{seq:012}", "seq": seq, "type": "visit.record", "v": 1}
        body = {
            "proto": 1,
            "build": "1.0.0",
            "device_id": phone["device_id"],
            "sent_at": now,
            "queue": {"count": 1, "oldest_at": None, "next_seq": seq + 1, "held": []},
            "ops": [op | {"commune_id": phone["commune_id"], "at": now, "data": visit}],
        }
        answer = request.post("/api/v1/sync", data=body, headers=same_site)
        assert answer.json()["results"][0]["status"] == "applied"
