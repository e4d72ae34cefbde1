"""Walks through the operators' pages of many communes: beginning several at once, one off and on again."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading

_HEAD = "Mã,Họ và tên,Tên đăng nhập\n"
_ROWS = "00004,Nguyễn Thị Cẩm Hường,huong.ntc\n00008,Ma Thị Sen,sen.mt2\n"
_WRONG = _HEAD + _ROWS + "99999,Nông Thị Cúc,cuc.nt2\n00025,,\n"


def many_communes(page: Page) -> Iterator[str]:
    """From the province whose communes begin to the list with one of them switched off."""
    page.goto("/operator/begin?province=01")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_text("Chọn một tệp").wait_for()
    yield "operator-begin-refused"
    choose_list(page, _WRONG)
    page.get_by_role("heading", name="Chưa bắt đầu được: 1 dòng phải sửa").wait_for()
    yield "operator-begin-check-refused"
    page.get_by_role("link", name="Chọn tệp khác").click()
    wait_for_heading(page, "Bắt đầu nhiều nơi một lần")
    choose_list(page, _HEAD + _ROWS)
    page.get_by_role("button", name="Bắt đầu 2 nơi").wait_for()
    yield "operator-begin-check"
    page.get_by_role("button", name="Bắt đầu 2 nơi").click()
    wait_for_heading(page, "2 nơi đã bắt đầu")
    yield "operator-begun"
    page.goto("/operator/?province=01")
    page.get_by_role("link", name="Phường Ba Đình").click()
    wait_for_heading(page, "Phường Ba Đình")
    page.get_by_role("link", name="Tạm dừng nơi này").click()
    wait_for_heading(page, "Tạm dừng Phường Ba Đình?")
    yield "operator-commune-switch-off"
    page.get_by_role("button", name="Tạm dừng").click()
    page.get_by_role("button", name="Mở lại").wait_for()
    yield "operator-commune-off"
    page.goto("/operator/?show=off")
    page.get_by_text("tạm dừng từ").wait_for()
    yield "operator-communes-off"


def choose_list(page: Page, text: str) -> None:
    """Have the list with this text looked at."""
    page.get_by_label("Danh sách (CSV hoặc Excel)").set_input_files(
        {"name": "ds.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Xem trước").click()
