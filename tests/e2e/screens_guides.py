"""Walks through *Cẩm nang*, by name: on the phone and on the desk."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def phone_guides(page: Page) -> Iterator[str]:
    """The list, a search, a guide, and its steps."""
    page.goto("/field/guides")
    page.get_by_role("link", name="Cài VNeID").wait_for()
    yield "guides"
    page.goto("/field/guides?q=mat+khau")
    page.get_by_role("link", name="Lỗi đăng nhập").wait_for()
    yield "guides-found"
    page.goto("/field/guides/scam_warning")
    wait_for_heading(page, "Nhận biết lừa đảo")
    yield "guide"
    page.get_by_role("link", name="Cho xem từng bước").click()
    wait_for_heading(page, "Giục gấp là lừa đảo")
    yield "guide-step"
    page.goto("/field/guides/scam_warning/steps?step=3")
    wait_for_heading(page, "Không đọc mã OTP")
    yield "guide-step-middle"


def desk_guides(page: Page) -> Iterator[str]:
    """The list, a guide that is refused, previewed and saved, a leaflet, and a guide of the commune's own."""
    page.goto("/desk/guides")
    wait_for_heading(page, "Cẩm nang")
    yield "desk-guides"
    page.get_by_role("link", name="Gian hàng số").click()
    wait_for_heading(page, "Gian hàng số")
    yield "desk-guide"
    page.get_by_label("Nội dung").fill("")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chưa có chữ nào.").wait_for()
    yield "desk-guide-refused"
    page.get_by_label("Nội dung").fill("## Nơi bán\n\n1. Chợ phiên, **sáng chủ nhật**\n\n> Hàng nhà làm ạ")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("heading", name="Xem trước, chưa lưu").wait_for()
    yield "desk-guide-preview"
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("button", name="Về bản của dự án").wait_for()
    yield "desk-guide-own"
    page.goto("/desk/guides/scam_warning/leaflet")
    wait_for_heading(page, "Nhận biết lừa đảo")
    yield "desk-leaflet"
    yield from _added_guides(page)


def _added_guides(page: Page) -> Iterator[str]:
    """A guide of the commune's own: its empty form, refused, previewed, added, and removed."""
    page.goto("/desk/guides")
    page.get_by_role("link", name="Thêm hướng dẫn").click()
    wait_for_heading(page, "Thêm hướng dẫn")
    yield "desk-guide-new"
    page.get_by_label("Tên hướng dẫn").fill("Đóng phí rác qua ứng dụng của xã")
    page.get_by_label("Nội dung").fill(
        "## Nơi hỏi\n\n- Nhà văn hóa thôn, **sáng thứ bảy**\n\n"
        ":::buoc ma-qr Quét mã trên phiếu thu\nMở ứng dụng ngân hàng, đưa máy vào mã.\n:::"
    )
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chọn nhóm.").wait_for()
    yield "desk-guide-new-refused"
    page.get_by_label("Nhóm", exact=True).select_option(label="Thanh toán không tiền mặt")
    page.get_by_label("Trả điện, nước, học phí").check()
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("heading", name="Xem trước, chưa lưu").wait_for()
    yield "desk-guide-new-preview"
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã thêm.").wait_for()
    yield "desk-guide-added"
    page.get_by_role("button", name="Bỏ hướng dẫn này").click()
    page.get_by_text("Đã bỏ.").wait_for()
    yield "desk-guide-removed"
    page.goto("/desk/guides")
    page.get_by_role("heading", name="Đã bỏ").wait_for()
    yield "desk-guides-removed"
