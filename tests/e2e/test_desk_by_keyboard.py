"""Forms of the desk by keyboard alone: signing in, adding a household, calling, signing out."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import desk_backlog
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.hand import Hand
from tests.e2e.server import Server
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MOST_TABS = 60


@pytest.fixture
def hand(open_browser: Opener, server: Server, world: World) -> Hand:
    """At the overview, signed in to with keys."""
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP).pages[0]
    hand = Hand(page)
    page.goto("/desk/")
    tab_to(page, "Tên đăng nhập")
    page.keyboard.type("binh")
    tab_to(page, "Mật khẩu")
    page.keyboard.type("mat-khau-binh")
    enter(page)
    expect(page.get_by_role("heading", name="Tổng quan", level=1)).to_be_visible()
    return hand


def test_household_is_added_and_a_call_noted_and_undone_and_focus_is_always_seen(hand: Hand) -> None:
    desk = hand.page
    _add_a_household(desk)
    press(desk, "Tổng quan")
    expect(desk.get_by_role("heading", name="Tổng quan", level=1)).to_be_visible()
    _note_a_call_and_undo(desk)
    hand.done("a household added, a call noted and taken back")
    press(desk, "Đăng xuất")
    expect(desk.get_by_label("Tên đăng nhập")).to_be_visible()


def _add_a_household(desk: Page) -> None:
    press(desk, "Hộ và dữ liệu")
    press(desk, "Thêm hộ")
    tab_to(desk, "Thôn")
    desk.keyboard.type("Thôn Đông")
    tab_to(desk, "Chủ hộ")
    desk.keyboard.type("Vi Thị Lặng")
    tab_to(desk, "Số nhà")
    desk.keyboard.type("77")
    press(desk, "Lưu")
    expect(desk.get_by_role("heading", name="77 · Vi Thị Lặng")).to_be_visible()


def _note_a_call_and_undo(desk: Page) -> None:
    press(desk, "Đã gọi… Nguyễn Thị Lan")
    tab_to(desk, "Người ấy nói gì")
    desk.keyboard.type("hết pin")
    enter(desk)
    expect(desk.get_by_text("hôm nay: hết pin")).to_be_visible()
    press(desk, "Hoàn tác, chưa gọi Nguyễn Thị Lan")
    expect(desk.get_by_text("hôm nay: hết pin")).to_have_count(0)


def press(page: Page, name: str) -> None:
    """Go to a link or button by Tab and press it."""
    tab_to(page, name)
    enter(page)


def enter(page: Page) -> None:
    """Press Enter, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control with this name has the focus; what has it must be visible and outlined."""
    for _ in range(MOST_TABS):
        focused = page.evaluate(FOCUSED)
        if focused["name"] == name:
            assert focused["seen"], f"nothing shows that {name} has the focus"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached")


FOCUSED = """() => {
  const element = document.activeElement;
  const label = element.labels?.[0]?.innerText ?? element.getAttribute("aria-label") ?? element.innerText;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { name: (label ?? "").trim(), seen: box.width > 1 && box.height > 1 && outlined };
}"""
