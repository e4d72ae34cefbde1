"""The desk by keyboard alone: open, accept, return, close. Keys work in the list and its panel only."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, skip_to_list
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(open_browser: Opener, server: Server, world: World) -> Page:
    """Bình at the list of Lan's two visits: at Mai's household, then at Đức's."""
    context = open_browser(DESKTOP)
    lan = LanPhone(context.request)
    for household in (world.duc, world.mai):
        lan.record(household)
    page = context.pages[0]
    desk_sign_in(page)
    return page


def test_keys_work_in_the_list_and_its_panel_only(desk: Page, server: Server) -> None:
    for step in (
        _move_the_open_visit_on_a_fresh_page,
        _list_the_keys,
        _focus_the_search,
        _type_letters_outside_the_list,
        _close_the_panel_and_go_back,
        _search_without_words_in_an_address,
        _find_a_household_above_the_page,
    ):
        _open_list(desk)
        step(desk)
    _open_list(desk)
    _lose_the_connection(desk, server)
    desk.keyboard.press("u")
    expect(_row(desk, "Trần Thị Mai")).to_contain_text("Chưa duyệt")
    _open_list(desk)
    _move_open_accept_and_return(desk)
    _open_list(desk)
    _end_the_session(desk)


def _move_the_open_visit_on_a_fresh_page(desk: Page) -> None:
    desk.reload()
    desk.locator("#visits tbody tr").first.wait_for()
    desk.evaluate("document.activeElement?.blur()")
    desk.keyboard.press("j")
    expect(desk.get_by_role("link", name="14 · Trần Thị Mai")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="14 · Trần Thị Mai")).to_be_focused()
    desk.keyboard.press("j")
    expect(desk.get_by_role("heading", name="12 · Nguyễn Văn Đức")).to_be_focused()
    desk.keyboard.press("k")
    expect(desk.get_by_role("heading", name="14 · Trần Thị Mai")).to_be_focused()
    desk.keyboard.press("d")
    expect(_row(desk, "Trần Thị Mai")).to_contain_text("Đã duyệt")
    expect(desk.get_by_role("link", name="12 · Nguyễn Văn Đức")).to_be_focused()
    desk.keyboard.press("u")
    expect(_row(desk, "Trần Thị Mai")).to_contain_text("Chưa duyệt")


def _list_the_keys(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("heading", name="Phím tắt")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("heading", name="Phím tắt")).to_be_hidden()


def _focus_the_search(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("/")
    expect(desk.get_by_label("Hộ", exact=True)).to_be_focused()
    desk.keyboard.type("mai 14/x")
    expect(desk.get_by_label("Hộ", exact=True)).to_have_value("mai 14/x")
    desk.get_by_label("Hộ", exact=True).fill("mai 14")
    desk.keyboard.press("Enter")
    expect(desk.locator("#visits tbody tr")).to_have_count(1)
    expect(_row(desk, "Trần Thị Mai")).to_be_visible()


def _type_letters_outside_the_list(desk: Page) -> None:
    """They do nothing."""
    desk.get_by_label("Thôn").focus()
    desk.keyboard.press("d")
    desk.get_by_label("Ngày, từ ngày").fill("")
    desk.keyboard.type("jht?")
    expect(desk.get_by_label("Ngày, từ ngày")).to_have_value("jht?")
    expect(_row(desk, "Trần Thị Mai")).to_contain_text("Chưa duyệt")
    assert desk.url.split("#")[0].endswith("/desk/visits")


def _search_without_words_in_an_address(desk: Page) -> None:
    """The words stay on reload and Back."""
    addresses: list[str] = []
    desk.on(
        "request", lambda request: addresses.append(unquote(request.url + request.headers.get("referer", "")))
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
    assert len(addresses) > 5
    assert [url for url in addresses if "đức" in url] == []


def _close_the_panel_and_go_back(desk: Page) -> None:
    """Escape closes it, and Back opens it again."""
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


def _find_a_household_above_the_page(desk: Page) -> None:
    desk.locator("#q").fill("đang gõ dở")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("duc")
    expect(desk.get_by_role("dialog").get_by_role("link", name="12 · Nguyễn Văn Đức")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#q")).to_have_value("đang gõ dở")
    desk.keyboard.press("Control+k")
    desk.keyboard.type("phieu giay")
    expect(desk.get_by_role("dialog").get_by_role("link", name="Nhập lượt thăm từ giấy")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("dialog").get_by_role("link").first).to_be_focused()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/paper")


def _lose_the_connection(desk: Page, server: Server) -> None:
    """It is reported, and the form stays."""
    desk.get_by_role("link", name="14 · Trần Thị Mai").click()
    desk.keyboard.press("t")
    desk.get_by_label("Lời nhắn").fill("Xem lại giúp")
    with _stopped(server):
        desk.get_by_role("button", name="Trả lại").click()
        expect(desk.get_by_text("Chưa làm được vì mất kết nối.")).to_be_visible()
    desk.get_by_label("Khác").check()
    desk.get_by_label("Ô cần sửa").select_option(label="Ghi chú")
    desk.get_by_role("button", name="Trả lại").click()
    expect(desk.get_by_text("Khác: Xem lại giúp").first).to_be_visible()
    expect(desk.get_by_text("Chưa làm được vì mất kết nối.")).to_be_hidden()


def _move_open_accept_and_return(desk: Page) -> None:
    desk.keyboard.press("j")
    expect(desk.get_by_role("link", name="14 · Trần Thị Mai")).to_be_focused()
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.get_by_role("link", name="12 · Nguyễn Văn Đức")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="12 · Nguyễn Văn Đức")).to_be_focused()
    desk.keyboard.press("d")
    expect(_row(desk, "Nguyễn Văn Đức")).to_contain_text("Đã duyệt")
    expect(desk.get_by_role("heading", name="12 · Nguyễn Văn Đức")).to_be_focused()
    desk.keyboard.press("k")
    desk.keyboard.press("t")
    expect(desk.get_by_label("Trùng lượt")).to_be_focused()
    desk.keyboard.press("Space")
    expect(desk.get_by_label("Ô cần sửa")).to_be_hidden()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Hộ")
    desk.keyboard.press("Tab")
    desk.keyboard.type("hjk?")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(_row(desk, "Trần Thị Mai")).to_contain_text("Đã trả lại")
    expect(desk.get_by_text("Sai hộ: hjk?").first).to_be_visible()


def _end_the_session(desk: Page) -> None:
    """The page to sign in replaces the whole page."""
    desk.context.clear_cookies()
    desk.get_by_role("link", name="14 · Trần Thị Mai").click()
    expect(desk.get_by_label("Mật khẩu")).to_be_visible()
    expect(desk.get_by_role("table")).to_have_count(0)


@contextmanager
def _stopped(server: Server) -> Iterator[None]:
    server.stop()
    yield
    server.start()


def _open_list(desk: Page) -> None:
    """The list anew and whole, no visit open, focus in the list."""
    desk.goto("/desk/visits")
    skip_to_list(desk)


def _row(desk: Page, name: str) -> Locator:
    return desk.get_by_role("row").filter(has_text=name)
