"""Walks through *Nhập từ giấy*, the walking list and the hamlets."""

from collections.abc import Iterator

from playwright.sync_api import Page


def paper_screens(page: Page) -> Iterator[str]:
    """A visit on paper: chosen wrongly, then rightly; refused, entered, withdrawn."""
    page.goto("/desk/paper")
    yield "desk-paper"
    page.get_by_role("button", name="Tìm hộ").click()
    page.get_by_text("Chọn người đã đi thăm.").wait_for()
    yield "desk-paper-refused"
    page.get_by_label("Người đi thăm").select_option(index=1)
    page.get_by_label("Ngày đi thăm").fill(_today(page))
    page.get_by_role("button", name="Tìm hộ").click()
    page.get_by_role("heading", level=2).wait_for()
    yield "desk-paper-households"
    page.locator("main .rows a").first.click()
    page.get_by_role("button", name="Lưu").wait_for()
    yield "desk-paper-visit"
    page.get_by_text("Đã hỗ trợ", exact=True).click()
    page.get_by_text("Cài VNeID", exact=True).first.click()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chọn kết quả của việc “Cài VNeID”.").first.wait_for()
    yield "desk-paper-visit-refused"
    page.get_by_text("Tự làm được", exact=True).first.click()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã nhập lượt thăm hộ").wait_for()
    yield "desk-paper-saved"
    page.goto("/desk/visits")
    page.locator('a[href*="/desk/visits/"]').first.click()
    page.get_by_role("link", name="Bỏ lượt nhập từ giấy").wait_for()
    yield "desk-paper-panel"
    page.get_by_role("link", name="Bỏ lượt nhập từ giấy").click()
    page.get_by_role("button", name="Bỏ lượt ghi nhầm").wait_for()
    yield "desk-paper-withdraw"
    page.get_by_role("button", name="Bỏ lượt ghi nhầm").click()
    page.locator("#panel").get_by_text("Đã bỏ").first.wait_for()
    yield "desk-paper-withdrawn"


def _today(page: Page) -> str:
    today: str = page.evaluate(
        "new Intl.DateTimeFormat('vi-VN', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date())"
    )
    return today


def hamlet_screens(page: Page) -> Iterator[str]:
    """The hamlets, a walking list, and a merge up to its last question."""
    page.goto("/desk/hamlets")
    page.get_by_role("table").wait_for()
    yield "desk-hamlets"
    page.locator("td a", has_text="Phiếu đi thăm").first.click()
    page.get_by_role("heading", level=1).wait_for()
    yield "desk-walking-list"
    page.goto("/desk/hamlets")
    page.locator("td b a").first.click()
    page.get_by_label("Số hộ theo sổ").fill("nhiều")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Ghi số hộ từ 0 đến 20.000").wait_for()
    yield "desk-hamlet-refused"
    page.get_by_role("link", name="Gộp vào thôn khác").click()
    page.get_by_role("button", name="Xem việc gộp làm gì").wait_for()
    yield "desk-hamlet-merge"
    page.get_by_label("Thôn còn lại").select_option(index=1)
    page.get_by_role("button", name="Xem việc gộp làm gì").click()
    page.get_by_role("button", name="Gộp thôn").wait_for()
    yield "desk-hamlet-merge-asked"
    page.get_by_role("button", name="Gộp thôn").click()
    page.get_by_text("Đã gộp thôn.").wait_for()
    yield "desk-hamlets-merged"
