"""Walks through *Thẻ thành viên*, on the phone and at the desk, by name."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

At = Callable[[Page, str, str], Iterator[str]]


def phone_card(page: Page) -> Iterator[str]:
    """The card where there is a network, refused once, and its answer."""
    page.goto("/field/card")
    page.get_by_role("button", name="Lấy sáu số").click()
    page.get_by_text("Gõ đủ bốn số cán bộ đọc.").wait_for()
    yield "card-refused"
    page.get_by_label("Bốn số cán bộ đọc").fill("1234")
    page.get_by_role("button", name="Lấy sáu số").click()
    page.get_by_text("Đọc lại cho cán bộ").wait_for()
    yield "card-answered"


def desk_card(page: Page, at: At) -> Iterator[str]:
    """The names; a check whose answer is not complete and then wrong three times; a phone that was revoked;
    the printed card."""
    yield from at(page, "/desk/card?q=khong-co", "desk-card-none")
    yield from at(page, "/desk/card", "desk-card")
    used = page.get_by_role("row").filter(has_text="Đang dùng")
    used.get_by_role("button").first.click()
    page.get_by_role("button", name="So sáu số").click()
    page.get_by_text("Ghi đủ sáu số mà người đó đọc.").wait_for()
    yield "desk-card-check"
    for n in range(3):
        page.get_by_label("Sáu số người đó đọc").fill(f"00000{n}")
        page.get_by_role("button", name="So sáu số").click()
        page.get_by_role("alert").filter(has_text="còn 2 lần" if n == 0 else "").wait_for()
    page.get_by_text("Đã sai ba lần.").wait_for()
    yield "desk-card-locked"
    page.get_by_role("link", name="Trang của người này").click()
    page.get_by_role("link", name="In thẻ").click()
    page.get_by_text("Chỗ dán ảnh").first.wait_for()
    yield "desk-card-printed"
