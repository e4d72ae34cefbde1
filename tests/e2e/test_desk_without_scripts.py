"""The desk without JavaScript: signing in, filtering, a form, a decision with its undo, importing a list."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOUSEHOLDS = "STT,Chủ hộ,Số nhà,Ngõ,Thôn\n1,Vi Văn Thử,5,Ngõ 9,Thôn Tây\n2,Vi Thị Mẫu,6,Ngõ 9,Thôn Tây\n"
PEOPLE = "Họ và tên,Số điện thoại,Thôn hoặc tổ\nLò Thị Hoa,0900000077,Thôn Đông\n"


@pytest.fixture
def desk(open_browser: Opener, server: Server, world: World) -> Page:
    """Bình, signed in without scripts; Lan has recorded a visit at Đức's and one at Mai's."""
    context = open_browser(DESKTOP, java_script_enabled=False)
    lan = LanPhone(context.request)
    for household in (world.duc, world.mai):
        lan.record(household)
    page = context.pages[0]
    page.goto("/desk/visits")
    page.get_by_label("Tên đăng nhập").fill("binh")
    page.get_by_label("Mật khẩu").fill("mat-khau-binh")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Lượt thăm", level=1)).to_be_visible()
    return page


def test_the_desk_works_without_scripts(desk: Page) -> None:
    _filter_accept_and_undo(desk)
    _accept_one_by_its_box_and_undo(desk)
    _accept_all_at_once_and_undo(desk)
    _return_only_with_a_reason(desk)
    _add_a_household(desk)
    _import_a_list(desk)
    _invite_everybody_of_a_list(desk)


def _filter_accept_and_undo(desk: Page) -> None:
    desk.get_by_label("Hộ", exact=True).fill("mai")
    desk.get_by_role("button", name="Lọc").click()
    expect(desk.locator("#visits tbody tr")).to_have_count(1)
    desk.get_by_role("link", name="14 · Trần Thị Mai").click()
    desk.locator("#panel").get_by_role("button", name="Duyệt").click()
    expect(desk.locator("#visits tbody")).to_contain_text("Đã duyệt")
    desk.get_by_role("button", name="Hoàn tác").first.click()
    expect(desk.locator("#visits tbody")).to_contain_text("Chưa duyệt")


def _accept_one_by_its_box_and_undo(desk: Page) -> None:
    desk.goto("/desk/visits")
    desk.get_by_role("checkbox", name=re.compile("^Chọn lượt")).nth(1).check()
    desk.get_by_role("button", name="Duyệt các lượt đã chọn").click()
    expect(desk.get_by_text("Đã duyệt 1 lượt.")).to_be_visible()
    desk.get_by_role("button", name="Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 1 lượt.")).to_be_visible()


def _return_only_with_a_reason(desk: Page) -> None:
    desk.get_by_role("link", name="12 · Nguyễn Văn Đức").click()
    panel = desk.locator("#panel")
    panel.get_by_role("link", name="Trả lại").click()
    panel.get_by_role("button", name="Trả lại").click()
    expect(panel.get_by_text("Chọn một lý do.").first).to_be_visible()
    panel.get_by_label("Sai hộ").check()
    panel.get_by_label("Ô cần sửa").select_option("household")
    panel.get_by_role("button", name="Trả lại").click()
    expect(desk.locator("#visits tbody")).to_contain_text("Đã trả lại")


def _accept_all_at_once_and_undo(desk: Page) -> None:
    for box in desk.locator('#visits input[name="visit"]').all():
        box.check()
    desk.get_by_role("button", name=re.compile("^Duyệt")).click()
    expect(desk.get_by_text("Đã duyệt 2 lượt.")).to_be_visible()
    desk.get_by_role("button", name="Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 2 lượt.")).to_be_visible()


def _add_a_household(desk: Page) -> None:
    desk.get_by_role("link", name="Hộ và dữ liệu").click()
    desk.get_by_role("link", name="Thêm hộ").click()
    desk.get_by_label("Số nhà").fill("77")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_text("Chọn một thôn.").first).to_be_visible()
    expect(desk.get_by_label("Số nhà")).to_have_value("77")
    desk.get_by_label("Thôn").select_option("Thôn Đông")
    desk.get_by_label("Chủ hộ").fill("Vi Thị Lặng")
    desk.get_by_role("button", name="Lưu").click()
    expect(desk.get_by_role("heading", name="77 · Vi Thị Lặng")).to_be_visible()


def _import_a_list(desk: Page) -> None:
    """The page of a file that is being read loads itself again by a `meta` element."""
    desk.goto("/desk/imports")
    desk.get_by_label("Tệp danh sách hộ").set_input_files(csv_file(HOUSEHOLDS))
    desk.get_by_role("button", name="Tải lên và đọc").click()
    desk.get_by_role("button", name="Nhập 2 hộ mới").click(timeout=60_000)
    expect(desk.get_by_text("Đã nhập.")).to_be_visible()
    desk.goto("/desk/households?hamlet=&q=")
    expect(desk.locator("main")).to_contain_text("6 · Vi Thị Mẫu")


def _invite_everybody_of_a_list(desk: Page) -> None:
    desk.goto("/desk/people/import")
    desk.get_by_label("Danh sách (Excel hoặc CSV)").set_input_files(csv_file(PEOPLE))
    desk.get_by_role("button", name="Xem trước").click()
    desk.get_by_role("button", name="Mời 1 người").click()
    expect(desk.get_by_role("heading", name="Mã mời của 1 người")).to_be_visible()


def csv_file(text: str) -> FilePayload:
    return {"name": "danh-sach.csv", "mimeType": "text/csv", "buffer": text.encode()}
