"""The screens of inviting many people, for `desk_screens`."""

from collections.abc import Iterator

from playwright.sync_api import FilePayload, Page

from tests.e2e.steps import wait_for_heading

LIST = """Họ và tên,Số điện thoại,Tổ,Vai trò
Lò Thị Hoa,0900 000 077,Tổ Thôn Tây,
Vi Văn Sự,0900 000 078,Tổ Thôn Tây,Tổ trưởng
Hoàng Thị Ước,0900 000 079,Tổ Thôn Tây,
Nông Văn Ấn,0900 000 080,Tổ Thôn Tây,
Triệu Thị Quỳnh,0900 000 081,Tổ Thôn Tây,
Đàm Văn Lộc,0900 000 082,Tổ Thôn Tây,
Mã Thị Nhẫn,0900 000 083,Tổ Thôn Tây,
Lê Văn Sửu,12,Tổ Thôn Tây,
Trần Văn Nam,0900 000 002,Tổ Thôn Tây,
"""


def people_import(page: Page) -> Iterator[str]:
    """*Mời theo danh sách*, from the form to the invites to cut."""
    page.goto("/desk/people/import")
    wait_for_heading(page, "Mời theo danh sách")
    yield "desk-people-import"
    send_list(page, "không phải danh sách")
    page.get_by_text("Không thấy cột").wait_for()
    yield "desk-people-import-none"
    page.goto("/desk/people/import")
    send_list(page, LIST)
    page.get_by_role("button", name="Mời 7 người").wait_for()
    yield "desk-people-import-check"
    page.get_by_role("button", name="Mời 7 người").click()
    wait_for_heading(page, "Mã mời của 7 người")
    yield "desk-people-import-cards"


def send_list(page: Page, text: str) -> None:
    """Choose a file with this text and send it."""
    file: FilePayload = {"name": "moi.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Danh sách (Excel hoặc CSV)").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()
