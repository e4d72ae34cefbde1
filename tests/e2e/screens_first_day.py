"""The page `/`, and the screens of *Ngày đầu* in the commune next door, which has nothing yet."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def first_day_screens(page: Page) -> Iterator[str]:
    """The path at its beginning, with teams and people to take back, and left; the supervisor is another
    from then on."""
    page.goto("/desk/")
    page.get_by_role("button", name="Đăng xuất").click()
    page.goto("/")
    wait_for_heading(page, "Chọn nơi làm việc")
    yield "start"
    page.get_by_role("link", name="Bàn làm việc của cán bộ").click()
    page.get_by_label("Tên đăng nhập").fill("hoa")
    page.get_by_label("Mật khẩu").fill("mat-khau-hoa")
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("heading", name="Ngày đầu").wait_for()
    yield "desk-first-day"
    page.goto("/desk/hamlets/new")
    page.get_by_label("Tên thôn").fill("Thôn Thượng")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Ngày đầu").click()
    page.get_by_role("button", name="Tạo tổ cho mọi thôn").click()
    page.get_by_role("link", name="Dán hoặc tải danh sách người").click()
    page.get_by_label("Hoặc dán danh sách").fill("Lò Thị Hoa\t0900 000 077\tThôn Thượng")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Mời 1 người").click()
    page.get_by_role("link", name="Xong").click()
    page.locator("summary", has_text="Mất phiếu").click()
    page.locator("summary", has_text="Hoàn tác: bỏ 1 người").click()
    yield "desk-first-day-people"
    page.get_by_role("button", name="Để sau").click()
    wait_for_heading(page, "Tổng quan")
    page.get_by_role("button", name="Mở lại Ngày đầu").wait_for()
    yield "desk-first-day-left"
