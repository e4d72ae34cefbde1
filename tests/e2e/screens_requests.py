"""Walks through *Yêu cầu của bà con*, by name."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

At = Callable[[Page, str, str], Iterator[str]]


def request_screens(page: Page, at: At) -> Iterator[str]:
    """The empty list; the form, refused once; one request until it is refused; the household's sheet."""
    yield from at(page, "/desk/citizen-requests", "desk-requests-none")
    page.goto("/desk/households?state=active")
    enter = page.get_by_role("link", name="Ghi yêu cầu của bà con")
    for address in [link.get_attribute("href") for link in page.locator("main tbody a").all()]:
        page.goto(address or "")
        if enter.count():  # one that was erased or merged has no actions
            break
    enter.click()
    page.get_by_role("button", name="Vào sổ").click()
    page.get_by_text("Chọn bà con yêu cầu việc gì.").wait_for()
    yield "desk-request-form-refused"
    page.get_by_label("Bà con yêu cầu").select_option("copy")
    page.get_by_label("Số đến của văn thư").fill("318/VT")
    page.get_by_role("button", name="Vào sổ").click()
    page.get_by_text("Đã vào sổ.").wait_for()
    yield "desk-request"
    page.get_by_role("button", name="Ghi đã từ chối").click()
    page.get_by_text("Ghi lý do, nhiều nhất").wait_for()
    yield "desk-request-refused"
    yield from at(page, "/desk/citizen-requests", "desk-requests")
    page.locator("main tbody a").first.click()
    page.get_by_role("link", name="Phiếu dữ liệu của hộ").click()
    page.get_by_text("Dữ liệu về hộ trong danh sách").wait_for()
    yield "desk-data-sheet"
