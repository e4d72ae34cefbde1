"""Walks through *Báo cáo*, by name: the chooser, a report, closing and reopening, and checking its paper."""

from collections.abc import Iterator
from io import BytesIO

from docx import Document
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
    yield from _tokens(page)
    yield from _spot_check(page)
    page.goto("/desk/reports/2025")
    wait_for_heading(page, "Báo cáo: Năm 2025")
    yield "desk-report"
    yield from _figure_and_wording(page)
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
    yield from _reopening(page)


def _spot_check(page: Page) -> Iterator[str]:
    """A draw of this month, its sheet, and an answer that a colleague has entered meanwhile."""
    page.goto("/desk/spot-checks")
    wait_for_heading(page, "Hậu kiểm")
    page.get_by_role("link", name="Rút cho").first.click()
    page.get_by_label("Bao nhiêu hộ").fill("9999")
    page.get_by_role("button", name="Rút").click()
    page.get_by_text("Ghi số hộ từ").wait_for()
    yield "desk-spot-check-refused"
    page.get_by_label("Bao nhiêu hộ").fill(page.locator("#size-hint").inner_text().split()[1])
    page.get_by_role("button", name="Rút").click()
    page.get_by_role("link", name="In phiếu hậu kiểm").click()
    page.get_by_role("heading", name="Phiếu hậu kiểm").wait_for()
    yield "desk-spot-check-sheet"
    page.get_by_role("link", name="Hậu kiểm").last.click()
    answers = page.locator("select[name=answer]")
    answers.first.select_option("Đúng")
    page.locator("[name=seen]").first.evaluate("(field) => { field.value = 'refuted'; }")
    page.get_by_role("button", name="Lưu kết quả").click()
    page.get_by_text("Đồng nghiệp ghi: Chưa kiểm").wait_for()
    yield "desk-spot-check-changed"
    page.get_by_role("button", name="Lưu kết quả").click()
    page.get_by_text("Đã lưu kết quả hậu kiểm.").wait_for()
    yield "desk-spot-check"
    page.goto("/desk/spot-checks")
    page.get_by_text("Các lần đã rút").wait_for()
    yield "desk-spot-checks"


def _figure_and_wording(page: Page) -> Iterator[str]:
    """The list behind a figure of the report, and its sentences, refused and edited."""
    page.goto("/desk/reports/2025/figures/visits")
    wait_for_heading(page, "Lượt thăm hộ: Toàn xã, Năm 2025")
    yield "desk-report-figure"
    page.goto("/desk/reports/2025")
    page.get_by_role("link", name="Sửa nhận xét").click()
    wait_for_heading(page, "Nhận xét của Năm 2025")
    page.get_by_label("Nhận xét trong báo cáo").fill("Gọi 0912 345 678")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Có dãy số dài").wait_for()
    yield "desk-report-wording-refused"
    page.get_by_label("Nhận xét trong báo cáo").fill("Năm đầu tiên của Tổ.")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu nhận xét.").wait_for()


def _reopening(page: Page) -> Iterator[str]:
    """Of the closed report, and what that makes of its paper."""
    code = printed_code(page.request.get("/desk/reports/2025.docx").body())
    yield from _check(page, code)
    page.goto("/desk/reports/2025")
    page.get_by_role("link", name="Mở lại…").click()
    wait_for_heading(page, "Mở lại Năm 2025?")
    page.get_by_role("button", name="Mở lại").click()
    page.get_by_text("Ghi lý do mở lại.").wait_for()
    yield "desk-report-reopen"
    page.get_by_label("Lý do mở lại").fill("Nhập thiếu lượt từ giấy")
    page.get_by_role("button", name="Mở lại").click()
    page.get_by_text("Đã mở lại kỳ.").wait_for()
    page.goto(f"/check/{code}")
    page.get_by_text("Bản giấy mang mã này không còn hiệu lực.").wait_for()
    yield "check-void"


def _tokens(page: Page) -> Iterator[str]:
    """A token is made, and about to be revoked."""
    page.get_by_role("link", name="Mã đọc số liệu").click()
    page.get_by_label("Chương trình sẽ đọc").fill("Bảng Power BI của phòng")
    page.get_by_role("button", name="Tạo mã").click()
    page.get_by_text("chỉ hiện một lần này").wait_for()
    yield "desk-tokens"
    page.get_by_role("link", name="Thu hồi mã").click()
    wait_for_heading(page, "Thu hồi mã này?")
    yield "desk-token-revoke"


def printed_code(content: bytes) -> str:
    """The code on the Word file of a closed report."""
    text = "\n".join(cell.text for table in Document(BytesIO(content)).tables for cell in table._cells)
    return text.partition("Mã đối chiếu: ")[2].split()[0]


def _check(page: Page, code: str) -> Iterator[str]:
    """What anybody sees who has a closed report's paper."""
    page.goto("/check/06391-AAAA-AAAA")
    page.get_by_text("Không có báo cáo nào mang mã này.").wait_for()
    yield "check-unknown"
    page.get_by_label("Mã đối chiếu").fill(code.lower())
    page.get_by_role("button", name="Đối chiếu").click()
    page.get_by_text("Báo cáo này đang có hiệu lực.").wait_for()
    yield "check-valid"
