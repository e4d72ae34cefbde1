"""Walks through *Báo cáo*, by name: the chooser, a report, closing and reopening."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def desk_reports(page: Page) -> Iterator[str]:
    """The chooser with its form refused, last year's report, its closing and its reopening."""
    page.goto("/desk/reports")
    wait_for_heading(page, "Báo cáo")
    yield "desk-reports"
    page.get_by_label("Từ ngày").fill("hôm qua")
    page.get_by_role("button", name="Xem báo cáo").click()
    page.get_by_text("Ghi ngày theo mẫu 24/11/2026.").first.wait_for()
    yield "desk-reports-refused"
    page.goto("/desk/reports/2025")
    wait_for_heading(page, "Báo cáo: Năm 2025")
    yield "desk-report"
    page.get_by_role("link", name="Viết thêm: Cách làm hay").click()
    wait_for_heading(page, "Ý kiến cho Năm 2025")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Ghi nội dung.").wait_for()
    yield "desk-report-remark"
    page.get_by_label("Nội dung").fill("Đi cùng trưởng thôn, hộ nào cũng mở cửa.")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu ý kiến.").wait_for()
    page.get_by_role("link", name="Chốt kỳ…").click()
    wait_for_heading(page, "Chốt Năm 2025?")
    yield "desk-report-close"
    reason = page.get_by_label("Lý do vẫn chốt")
    if reason.count():
        reason.fill("Máy hỏng, không chờ được")
    page.get_by_role("button", name="Chốt kỳ").click()
    page.get_by_text("Đã chốt kỳ.").wait_for()
    yield "desk-report-closed"
    page.get_by_role("link", name="Mở lại…").click()
    wait_for_heading(page, "Mở lại Năm 2025?")
    page.get_by_role("button", name="Mở lại").click()
    page.get_by_text("Ghi lý do mở lại.").wait_for()
    yield "desk-report-reopen"
    page.get_by_label("Lý do mở lại").fill("Nhập thiếu lượt từ giấy")
    page.get_by_role("button", name="Mở lại").click()
    page.get_by_text("Đã mở lại kỳ.").wait_for()
