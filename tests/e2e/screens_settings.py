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
    yield from _report_extras(page)


def _report_form(page: Page) -> Iterator[str]:
    """The form of reports, refused."""
    page.goto("/desk/settings")
    page.get_by_role("link", name="Sửa mẫu báo cáo").click()
    wait_for_heading(page, "Mẫu báo cáo")
    page.get_by_label("Ký hiệu sau số").fill("Công văn")
    page.get_by_role("button", name="Lưu mẫu").click()
    page.get_by_text("Chọn ai ký.").wait_for()
    yield "desk-report-form-refused"


def _report_extras(page: Page) -> Iterator[str]:
    """The extras of reports, chosen; the adults of hamlets refused, then typed, and beside a report."""
    page.goto("/desk/settings/report-extras")
    page.get_by_label("Số người trưởng thành của từng thôn").check()
    page.get_by_label("Tỷ lệ của công an, bộ phận một cửa").check()
    page.get_by_label("Kết quả mới, tách riêng Chỉ cách và Đã có từ trước").check()
    page.get_by_label("Kế hoạch trên phiếu hoạt động").check()
    page.get_by_label("Báo nhanh: số liệu hôm nay đến giờ này").check()
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Báo cáo chưa chốt có các phần đã chọn.").wait_for()
    yield "desk-report-extras"
    page.get_by_role("link", name="Ghi số người trưởng thành").click()
    wait_for_heading(page, "Số người trưởng thành của từng thôn")
    page.locator("#count-1").fill("nhiều")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Ghi một số từ 0 đến 100.000, hoặc để trống.").wait_for()
    yield "desk-report-counts-refused"
    page.get_by_label("Nơi cung cấp").fill("Công an xã")
    page.get_by_label("Số liệu ngày").fill("31/10/2026")
    page.locator("#count-1").fill("1.850")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Báo cáo chưa chốt in các số này.").wait_for()
    yield "desk-report-counts"
    page.goto("/desk/reports/2026")
    page.get_by_role("link", name="Ghi tỷ lệ do nơi khác cung cấp").click()
    page.get_by_label("Tên số liệu").fill("Tỷ lệ hồ sơ nộp trực tuyến")
    page.get_by_label("Trị số").fill("gần hết")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chép con số, như 87,5").wait_for()
    yield "desk-report-rates-refused"
    page.get_by_label("Trị số").fill("87,5 %")
    page.get_by_label("Nơi cung cấp").fill("bộ phận một cửa")
    page.get_by_label("Số liệu ngày").fill("31/10/2026")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu. Báo cáo in số này.").wait_for()
    yield "desk-report-rates"
    page.goto("/desk/reports/2026")
    page.get_by_role("heading", name="Số do nơi khác đếm").wait_for()
    yield "desk-report-with-extras"
