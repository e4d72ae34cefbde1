"""Walks through the screens of the own account and of the supervisors."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading
from tests.web.link_client import PASSWORD


def account_screens(page: Page) -> Iterator[str]:
    """*Tài khoản* and *Cán bộ*, signed in at the desk; ends on a page of the desk."""
    page.goto("/desk/account")
    wait_for_heading(page, "Tài khoản")
    yield "desk-account"
    page.get_by_role("button", name="Đổi mật khẩu").click()
    page.get_by_text("Mật khẩu cần ít nhất 12 ký tự.").wait_for()
    yield "desk-account-refused"
    page.goto("/desk/second-factor")
    page.get_by_text("Đây là bản dùng thử").wait_for()
    yield "desk-second-factor"
    page.get_by_role("link", name="Đặt bằng ứng dụng xác thực").click()
    wait_for_heading(page, "Đặt xác thực hai lớp")
    yield "desk-second-factor-setup"
    page.goto("/desk/supervisors/new")
    page.get_by_role("button", name="Cấp đường dẫn").click()
    page.get_by_text("Nhập họ và tên.").wait_for()
    yield "desk-supervisor-refused"
    page.get_by_label("Họ và tên").fill("Nông Thị Cúc")
    page.get_by_label("Tên đăng nhập").fill("cuc.nt")
    page.get_by_role("button", name="Cấp đường dẫn").click()
    wait_for_heading(page, "Đường dẫn cho Nông Thị Cúc")
    link = page.locator("p.link").inner_text()
    yield "desk-link-sheet"
    page.get_by_role("link", name="Xong").click()
    wait_for_heading(page, "Nông Thị Cúc")
    yield "desk-supervisor"
    page.get_by_role("link", name="Cho nghỉ").click()
    wait_for_heading(page, "Cho Nông Thị Cúc nghỉ?")
    yield "desk-supervisor-end"
    page.goto("/desk/supervisors")
    wait_for_heading(page, "Cán bộ")
    yield "desk-supervisors"
    yield from _link_screens(page, link)
    yield from _erase_supervisor(page)
    page.goto("/desk/supervisors")


def _erase_supervisor(page: Page) -> Iterator[str]:
    page.goto("/desk/supervisors")
    page.get_by_role("link", name="Nông Thị Cúc").click()
    page.get_by_role("link", name="Cho nghỉ").click()
    page.get_by_role("button", name="Cho nghỉ").click()
    page.get_by_text("Đã cho nghỉ.").wait_for()
    yield "desk-supervisor-ended"
    page.get_by_role("link", name="Xóa tên và số").click()
    wait_for_heading(page, "Xóa tên và số của Nông Thị Cúc?")
    yield "desk-supervisor-erase"
    page.get_by_role("button", name="Xóa tên và số").click()
    page.get_by_text("Đã xóa tên và số.").wait_for()
    yield "desk-supervisor-erased"


def _link_screens(page: Page, link: str) -> Iterator[str]:
    page.goto(link)
    wait_for_heading(page, "Chọn mật khẩu")
    assert page.url.endswith("/link"), "the token is not on the screen"
    yield "link"
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Lưu và đăng nhập").click()
    page.get_by_text("Hai lần gõ chưa giống nhau.").wait_for()
    yield "link-refused"


def become_operator(page: Page, link: str) -> None:
    """Open the link of the command and choose name and password."""
    page.goto(link)
    wait_for_heading(page, "Chọn mật khẩu")
    page.get_by_label("Họ và tên").fill("Lương Thị An")
    page.get_by_label("Tên đăng nhập").fill("an.lt")
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Lưu và đăng nhập").click()
    wait_for_heading(page, "Xã, phường")


def operator_screens(page: Page, link: str) -> Iterator[str]:
    """The pages of an operator, from the link of the command to the link of a commune's supervisor."""
    page.goto(link)
    wait_for_heading(page, "Chọn mật khẩu")
    yield "operator-link"
    page.get_by_role("button", name="Lưu và đăng nhập").click()
    page.get_by_text("Nhập họ và tên.").wait_for()
    yield "operator-link-refused"
    become_operator(page, link)
    yield "operator-communes"
    page.get_by_role("link", name="Tình trạng").click()
    wait_for_heading(page, "Tình trạng")
    yield "operator-status"
    page.goto("/operator/?q=khong-co-xa-nao")
    page.get_by_text("Không có xã, phường nào khớp").wait_for()
    yield "operator-found-none"
    page.get_by_role("textbox", name="Tìm xã, phường").fill("a")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_text("Còn ").wait_for()
    yield "operator-found"
    page.get_by_role("main").get_by_role("link", name="Xã ").first.click()
    page.get_by_role("heading", name="Bắt đầu với cán bộ đầu tiên").wait_for()
    page.get_by_role("button", name="Bắt đầu và cấp đường dẫn").click()
    page.get_by_text("Nhập họ và tên.").wait_for()
    yield "operator-commune-refused"
    page.get_by_label("Họ và tên").fill("Ma Thị Sen")
    page.get_by_label("Tên đăng nhập").fill("sen.mt")
    page.get_by_role("button", name="Bắt đầu và cấp đường dẫn").click()
    wait_for_heading(page, "Đường dẫn cho Ma Thị Sen")
    yield "operator-link-sheet"
    page.get_by_role("link", name="Xong").click()
    page.get_by_role("heading", name="Thêm cán bộ").wait_for()
    yield "operator-commune"
    yield from _operators_own(page)


def _operators_own(page: Page) -> Iterator[str]:
    page.goto("/operator/account")
    wait_for_heading(page, "Tài khoản")
    yield "operator-account"
