"""What a person does, in the words on the screen."""

import re

from playwright.sync_api import Page, expect

from tests.world import LAN


def sign_in(page: Page, phone: str = LAN[0], code: str = LAN[1]) -> None:
    """Sign in on the phone and wait for the first download to end on *Hôm nay*."""
    ask_to_sign_in(page, phone, code)
    heading(page, re.compile("Xin chào"))
    page.evaluate("navigator.serviceWorker.ready")


def ask_to_sign_in(page: Page, phone: str, code: str) -> None:
    """Send the form; what comes of it is not waited for."""
    page.goto("/field/sign-in")
    page.get_by_label("Mã mời").fill(code)
    page.get_by_label("Số điện thoại").fill(phone)
    page.get_by_role("button", name="Đăng nhập").click()


def heading(page: Page, name: str | re.Pattern[str]) -> None:
    """Wait until the screen with this heading is there."""
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def find_household(page: Page, words: str) -> None:
    """Open *Hộ dân* and search."""
    page.get_by_role("link", name="Hộ dân").click()
    heading(page, "Hộ dân")
    page.get_by_label("Tên hoặc số nhà").fill(words)


def fill_visit(page: Page) -> None:
    """On the recording screen: helped, VNeID installed, did it themselves."""
    page.get_by_text("Đã hỗ trợ", exact=True).click()
    page.get_by_text("Cài VNeID", exact=True).first.click()
    page.get_by_text("Tự làm được", exact=True).first.click()


def set_quick_mark(page: Page) -> None:
    """On *Ghi nhanh*: VNeID installed, did it themselves."""
    page.get_by_label("Đã hướng dẫn việc gì?").select_option(label="Cài VNeID")
    page.get_by_label("Kết quả của việc này").select_option(label="Tự làm được")
    expect(page.locator("#outcome option[selected]")).to_have_text("Tự làm được")


def desk_sign_in(page: Page, name: str = "binh", password: str = "mat-khau-binh") -> None:
    """Sign in at the desk."""
    page.goto("/desk/")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    heading(page, "Tổng quan")
    page.get_by_role("link", name="Lượt thăm").click()
    heading(page, "Lượt thăm")


def until(page: Page, expression: str) -> None:
    """Wait until this is true on the page. Playwright's own waiting breaks the content policy."""
    for _ in range(150):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"it never came to {expression}")


def move_household(page: Page, household_id: str, alley: str) -> None:
    """Write another alley on the household's form. It is Nguyễn Văn Đức's."""
    page.goto(f"/field/households/{household_id}/edit")
    page.get_by_label("Ngõ, xóm hoặc mốc dễ thấy").fill(alley)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Hộ Nguyễn Văn Đức")


def log_says(page: Page, *words: str) -> None:
    """*Đã ghi* comes to say these words in its one row."""
    page.goto("/field/log")
    for word in words:
        expect(page.get_by_role("listitem")).to_contain_text(word, timeout=75_000)
