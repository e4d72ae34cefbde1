"""Walks through *Cài đặt*, by name."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def desk_settings(page: Page) -> Iterator[str]:
    """The settings with days off, and every form refused."""
    page.goto("/desk/settings")
    wait_for_heading(page, "Cài đặt")
    page.get_by_label("Ngày", exact=True).fill("15/2")
    page.get_by_label("Tên ngày nghỉ").fill("Hội xuân của cả vùng, nghỉ theo lịch của Ủy ban nhân dân")
    page.get_by_role("button", name="Thêm ngày nghỉ").click()
    page.get_by_text("Đã thêm ngày nghỉ.").wait_for()
    page.get_by_text("Ngày lễ, Tết trong một năm tới").click()
    yield "desk-settings"
    page.get_by_role("button", name="Thêm ngày nghỉ").click()
    page.get_by_text("Nhập tên ngày nghỉ").wait_for()
    yield "desk-settings-day-refused"
    page.get_by_label("Tháng bắt đầu từ ngày").fill("31")
    page.get_by_role("button", name="Lưu ngày đầu tháng").click()
    page.get_by_text("Ghi một số từ 1 đến 28.").wait_for()
    yield "desk-settings-month-refused"
    page.get_by_label("Ghi liền nhau từ").fill("1")
    page.get_by_role("button", name="Lưu ngưỡng").click()
    page.get_by_text("Ghi một số từ 3 đến 20.").wait_for()
    yield "desk-settings-thresholds-refused"
    page.get_by_role("button", name="Lưu căn cứ").click()
    page.get_by_text("Chọn một căn cứ.").wait_for()
    yield "desk-settings-basis-refused"
    page.goto("/desk/settings")
    page.get_by_role("link", name="Xem dữ liệu được lưu").click()
    wait_for_heading(page, "Dữ liệu cá nhân")
    yield "desk-personal-data"
    yield from _report_form(page)


def _report_form(page: Page) -> Iterator[str]:
    """The form of reports, refused."""
    page.goto("/desk/settings")
    page.get_by_role("link", name="Sửa mẫu báo cáo").click()
    wait_for_heading(page, "Mẫu báo cáo")
    page.get_by_label("Ký hiệu sau số").fill("Công văn")
    page.get_by_role("button", name="Lưu mẫu").click()
    page.get_by_text("Chọn ai ký.").wait_for()
    yield "desk-report-form-refused"
