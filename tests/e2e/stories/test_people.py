"""*Tổ và người*: invite one and twenty, correct, move, the activity sheet; a colleague, and a password."""

import re

from playwright.sync_api import expect

from app.upkeep import demo
from app.upkeep.demo.invented import WOMEN_NAMES
from tests.e2e.conftest import Opener
from tests.e2e.hand import Hand
from tests.e2e.steps import wait_for_heading
from tests.e2e.stories.conftest import LAPTOP

# As they are copied from a table of Word or Excel.
TWENTY = "Họ và tên\tSố điện thoại\tThôn\n" + "".join(
    f"Bàn Thị {name}\t0900 000 {number}\t{demo.HAMLETS[number % 6][0]}\n"
    for number, name in enumerate((*WOMEN_NAMES, "Đào", "Sen"), start=100)
)
CORRECTED, MOVED, ACTIVE = (name for name, _phone, _code in demo.VOLUNTEERS[5:8])
PASSWORD, NEXT_PASSWORD = "nang vang ben suoi xanh", "mua nho tren doi che"


def test_one_person_is_invited_and_the_sheet_printed(hand: Hand) -> None:
    hand.go("Tổ và người")
    hand.link("Mời người mới")
    hand.page.get_by_label("Họ và tên").fill("Bế Thị Ngần")
    hand.page.get_by_label("Số điện thoại").fill("0900 000 061")
    hand.choose("Tổ", "Tổ công nghệ số Thôn Đông")
    hand.button("Cấp mã mời")
    wait_for_heading(hand.page, "Mã mời của Bế Thị Ngần")
    expect(hand.page.get_by_label("Mã mời", exact=True)).to_have_text(re.compile(r"^\d{4} ?\d{4}$"))
    hand.print()
    hand.done("one person invited and the sheet printed")


def test_twenty_people_are_invited_from_a_table_and_their_sheets_printed(hand: Hand) -> None:
    hand.go("Tổ và người")
    hand.link("Mời theo danh sách")
    hand.page.get_by_label("Hoặc dán danh sách").fill(TWENTY)
    hand.button("Xem trước")
    hand.button("Mời 20 người")
    wait_for_heading(hand.page, "Mã mời của 20 người")
    hand.print()
    hand.done("twenty people invited from a table, and their sheets printed")


def test_a_persons_number_is_corrected(hand: Hand) -> None:
    hand.go("Tổ và người")
    hand.link(CORRECTED)
    hand.link("Sửa tên, số")
    hand.page.get_by_label("Số điện thoại").fill("0900 000 062")
    hand.button("Lưu")
    wait_for_heading(hand.page, CORRECTED)
    hand.read("0900 000 062")
    hand.done("a person's name or number corrected")


def test_a_person_is_moved_to_another_team(hand: Hand) -> None:
    hand.go("Tổ và người")
    hand.link(MOVED)
    hand.link("Chuyển tổ")
    hand.choose("Sang tổ", "Tổ công nghệ số Bản Khau Dề")
    hand.button("Chuyển tổ")
    wait_for_heading(hand.page, MOVED)
    expect(hand.page.locator(".facts")).to_contain_text("Tổ công nghệ số Bản Khau Dề")
    hand.done("a person moved to another team")


def test_an_activity_sheet_is_printed_for_the_month_before(hand: Hand) -> None:
    hand.go("Tổ và người")
    hand.link(ACTIVE)
    hand.link("Phiếu hoạt động để in")
    wait_for_heading(hand.page, "Phiếu hoạt động")
    month = hand.page.get_by_role("navigation", name="Kỳ khác").get_by_role("link").nth(1)
    hand.click(month)
    expect(month).to_have_attribute("aria-current", "page")
    hand.print()
    hand.page.emulate_media(media="print")
    hand.read("Người thực hiện")
    hand.done("a person's activity sheet of last month printed")


def test_a_colleague_is_invited_signs_in_and_changes_her_password(hand: Hand, open_browser: Opener) -> None:
    hand.go("Tổ và người", "Cán bộ")
    hand.link("Mời cán bộ mới")
    hand.page.get_by_label("Họ và tên").fill("Nông Thị Cúc")
    hand.page.get_by_label("Tên đăng nhập").fill("cuc.nt")
    hand.button("Cấp đường dẫn")
    wait_for_heading(hand.page, "Đường dẫn cho Nông Thị Cúc")
    hand.button("Sao chép")
    hand.done("a colleague invited, and the link copied to hand over")
    colleague = Hand(open_browser(LAPTOP).pages[0])
    colleague.page.goto(hand.page.locator("#link").inner_text())
    wait_for_heading(colleague.page, "Chọn mật khẩu")
    colleague.page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    colleague.page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    colleague.button("Lưu và đăng nhập")
    wait_for_heading(colleague.page, "Tổng quan")
    colleague.done("a password chosen by whoever got the link")
    _change_the_password(colleague)


def _change_the_password(hand: Hand) -> None:
    """And sign in with the new one."""
    hand.link("Nông Thị Cúc")
    hand.page.get_by_label("Mật khẩu đang dùng").fill(PASSWORD)
    hand.page.get_by_label("Mật khẩu mới", exact=True).fill(NEXT_PASSWORD)
    hand.page.get_by_label("Gõ lại mật khẩu mới").fill(NEXT_PASSWORD)
    hand.button("Đổi mật khẩu")
    hand.read("Đã đổi mật khẩu")
    hand.done("one's own password changed")
    hand.button("Đăng xuất")
    hand.page.get_by_label("Tên đăng nhập").fill("cuc.nt")
    hand.page.get_by_label("Mật khẩu").fill(NEXT_PASSWORD)
    hand.button("Đăng nhập")
    wait_for_heading(hand.page, "Tổng quan")
