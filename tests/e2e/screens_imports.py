"""The screens of *Nhập danh sách hộ*: a list from the file to *Hoàn tác*, and files that are refused."""

import re
from collections.abc import Iterator, Sequence

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Điện thoại")
_PLACE = ("Ngõ cạnh nhà văn hóa thôn, sau trạm y tế, qua cầu treo rẽ trái", "Thôn Pác Mỏ", "0900000100")
ROWS = [
    ("1", "Nguyễn Thị Hoàng Quỳnh Ấu", "12B/45/3 nhà tập thể", *_PLACE),
    ("2", "Vi Văn Thử", "5", *_PLACE),
    ("3", "Vi Thị Mẫu (hộ nghèo)", "6", *_PLACE),
]
CORRECTED = [("1", ROWS[0][1], "14", *_PLACE), ("2", "Vi Văn Thử", "5", *_PLACE)]


def desk_imports(page: Page) -> Iterator[str]:
    """Walks through the screens, beginning with a commune that has imported nothing."""
    yield from _refused(page)
    yield from _first_list(page)
    applied = page.url.split("?")[0]
    yield from _corrected_list(page)
    page.goto(f"{applied}/undo")
    wait_for_heading(page, "Hoàn tác lần nhập này?")
    yield "desk-import-undo"
    page.get_by_role("button", name="Hoàn tác lần nhập").click()
    page.get_by_text("Đã hoàn tác.").wait_for()
    yield "desk-import-undone"


def _refused(page: Page) -> Iterator[str]:
    page.goto("/desk/imports")
    wait_for_heading(page, "Nhập danh sách hộ")
    yield "desk-imports-none"
    _upload(page, [("Mã", "Giá"), ("1", "2")], name="khong-phai.pdf")
    page.get_by_text("Chọn một tệp .xlsx").wait_for()
    yield "desk-imports-refused"
    _upload(page, [], name="trong.xlsx")
    page.get_by_role("button", name="Thử lại").wait_for(timeout=60_000)
    yield "desk-import-failed"


def _first_list(page: Page) -> Iterator[str]:
    _upload(page, [HEADER, *ROWS])
    page.get_by_role("button", name="Chỗ nào chưa chọn thì tạo thôn mới").wait_for(timeout=60_000)
    yield "desk-import-hamlets"
    page.get_by_role("button", name="Chỗ nào chưa chọn thì tạo thôn mới").click()
    page.get_by_role("button", name="Nhập 2 hộ mới").wait_for(timeout=60_000)
    yield "desk-import-ready"
    page.get_by_role("link", name=re.compile("^Hộ mới")).click()
    page.get_by_text("Vi Văn Thử").wait_for()
    yield "desk-import-new"
    page.get_by_role("button", name="Nhập 2 hộ mới").click()
    page.get_by_text("Đánh dấu ô để lại các dòng đó").wait_for()
    yield "desk-import-not-all"
    page.get_by_label(re.compile("^Để lại 1 dòng")).check()
    page.get_by_role("button", name="Nhập 2 hộ mới").click()
    page.get_by_role("link", name="Hoàn tác lần nhập").wait_for()
    yield "desk-import-applied"


def _corrected_list(page: Page) -> Iterator[str]:
    _upload(page, [HEADER, *CORRECTED])
    page.get_by_role("button", name="Sửa tất cả theo tệp").wait_for(timeout=60_000)
    yield "desk-import-changed"
    page.get_by_role("button", name="Sửa tất cả theo tệp").click()
    page.get_by_role("button", name="Sửa 1 hộ").wait_for()
    yield "desk-import-chosen"
    page.goto("/desk/imports")
    wait_for_heading(page, "Nhập danh sách hộ")
    yield "desk-imports"


def _upload(page: Page, rows: Sequence[Sequence[str]], name: str = "Danh sách hộ Pác Mỏ.csv") -> None:
    page.goto("/desk/imports")
    content = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode() or b"x"
    page.get_by_label("Tệp danh sách hộ").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Tải lên và đọc").click()
