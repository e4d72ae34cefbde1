"""*Hộ và dữ liệu*, *Quản trị*: a household, a list and its undo, a guide, a setting; paper, printed lists."""

import re
from datetime import timedelta

from playwright.sync_api import FilePayload, expect

from app.core.clock import local_date, utc_now
from tests.e2e.hand import Hand
from tests.e2e.steps import wait_for_heading

LIST = "Chủ hộ,Số nhà,Thôn\nBàn Văn Thử,901,Thôn Tây\nBàn Thị Mẫu,902,Thôn Tây\nBàn Văn Ví,903,Bản Khau Dề\n"


def test_a_household_is_added_corrected_and_moved(hand: Hand) -> None:
    hand.go("Hộ và dữ liệu")
    hand.link("Thêm hộ")
    hand.choose("Thôn", "Thôn Đông")
    hand.page.get_by_label("Chủ hộ").fill("Lục Thị Nhài")
    hand.page.get_by_label("Số nhà").fill("904")
    hand.button("Lưu")
    wait_for_heading(hand.page, "904 · Lục Thị Nhài")
    hand.done("a household added")
    hand.link("Sửa thông tin hộ")
    hand.page.get_by_label("Số nhà").fill("905")
    hand.button("Lưu")
    wait_for_heading(hand.page, "905 · Lục Thị Nhài")
    hand.done("then corrected")
    hand.link("Chuyển thôn")
    hand.choose("Sang thôn", "Thôn Tây")
    hand.button("Chuyển thôn")
    wait_for_heading(hand.page, "905 · Lục Thị Nhài")
    expect(hand.page.locator(".facts")).to_contain_text("Thôn Tây")
    hand.done("then moved to another hamlet")


def test_a_list_of_households_is_imported_and_taken_back(hand: Hand) -> None:
    hand.go("Quản trị", "Nhập danh sách")
    file: FilePayload = {"name": "ho.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    hand.choose_file("Tệp danh sách hộ", file)
    hand.button("Tải lên và đọc")
    hand.button("Nhập 3 hộ mới")
    undo = hand.page.get_by_role("link", name="Hoàn tác lần nhập")
    expect(undo).to_be_visible()
    hand.done("a list of households imported")
    hand.click(undo)
    hand.read("3 hộ đã thêm bị bỏ khỏi danh sách và khỏi máy của các tổ.")
    hand.button("Hoàn tác lần nhập")
    expect(undo).to_have_count(0)
    hand.read("Đã hoàn tác")
    hand.done("then the import taken back")


def test_a_visit_is_entered_from_paper_and_the_next_one_after_it(hand: Hand) -> None:
    hand.go("Lượt thăm")
    hand.link("Nhập từ giấy")
    hand.choose("Người đi thăm", "Triệu Thị Sen")
    yesterday = local_date(utc_now()) - timedelta(days=1)
    hand.page.get_by_label("Ngày đi thăm").fill(yesterday.strftime("%d/%m/%Y"))
    hand.button("Tìm hộ")
    wait_for_heading(hand.page, "Nhập từ giấy")
    hand.click(hand.page.locator(".rows").get_by_role("link").first)
    for answer in ("Đã hỗ trợ", "Cài VNeID", "Tự làm được"):
        hand.click(hand.page.get_by_text(answer, exact=True).first)
    hand.button("Lưu")
    expect(hand.page.get_by_role("status").first).to_contain_text("Đã nhập lượt thăm hộ")
    hand.done("a visit from paper")
    following = hand.page.get_by_role("link", name=re.compile("^Hộ kế tiếp: "))
    name = following.inner_text().partition(": ")[2]
    hand.click(following)
    hand.click(hand.page.get_by_text("Vắng nhà", exact=True))
    hand.button("Lưu")
    expect(hand.page.get_by_role("status").first).to_contain_text(f"Đã nhập lượt thăm hộ {name}")
    hand.done("then the next household of the same walk, nobody at home")


def test_a_walking_list_of_households_not_met_is_printed(hand: Hand) -> None:
    hand.go("Độ phủ")
    hand.link("In phiếu đi thăm hộ chưa gặp, Thôn Nà Lùng")
    wait_for_heading(hand.page, re.compile("Thôn Nà Lùng"))
    hand.print()
    hand.page.emulate_media(media="print")
    hand.read("Người đi thăm:")
    hand.done("a walking list of a hamlet's households not met, printed")


def test_who_needs_what_is_looked_up(hand: Hand) -> None:
    hand.go("Độ phủ", "Nhu cầu")
    most = hand.page.locator("main .inline").get_by_role("link").first
    service, count = most.inner_text().split(": ")
    hand.click(most)
    expect(hand.page.get_by_label("Việc", exact=True).locator(":checked")).to_have_text(service)
    expect(hand.page.locator("main tbody tr")).to_have_count(int(count))
    hand.done("the households that need a service")


def test_a_guide_is_rewritten_and_taken_back(hand: Hand) -> None:
    hand.go("Quản trị", "Cẩm nang")
    hand.link("Chuyển khoản, quét VietQR")
    text = hand.page.get_by_label("Nội dung")
    before = text.input_value()
    text.fill(f"{before}\n\nQuầy ở nhà văn hóa mở sáng thứ bảy.")
    hand.click(hand.page.get_by_role("button", name="Lưu", exact=True))
    expect(hand.page.locator("article.guide")).to_contain_text("Quầy ở nhà văn hóa mở sáng thứ bảy.")
    hand.done("a guide rewritten for the commune")
    hand.button("Hoàn tác")
    expect(hand.page.locator("article.guide")).not_to_contain_text("sáng thứ bảy")
    hand.done("then taken back")


def test_a_day_off_is_set_and_removed(hand: Hand) -> None:
    hand.go("Quản trị")
    day = (local_date(utc_now()) + timedelta(days=40)).strftime("%d/%m/%Y")
    hand.page.get_by_label("Ngày", exact=True).fill(day)
    hand.page.get_by_label("Tên ngày nghỉ").fill("Hội xuân của xã")
    hand.button("Thêm ngày nghỉ")
    remove = hand.page.get_by_role("button", name=f"Bỏ ngày nghỉ {day}")
    expect(remove).to_be_visible()
    hand.done("a day off of the commune")
    hand.click(remove)
    expect(remove).to_have_count(0)
    hand.done("then removed")
