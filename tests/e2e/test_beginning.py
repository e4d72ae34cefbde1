"""A commune begins with one command and a browser: households, teams, people, and the first visit."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.hand import Hand
from tests.e2e.server import Server
from tests.e2e.steps import send_again, wait_for_heading
from tests.e2e.taps import Taps
from tests.operator import run
from tests.qr import read_pdf
from tests.web.link_client import PASSWORD

PRODUCTION = {"TUNGNHA_MODE": "production"}
HAMLETS = ("Thôn Nà Lình", "Thôn Pác Mỏ", "Thôn Khau Lạ")
# As they are copied from a table of Word or Excel.
PEOPLE = (
    "Họ và tên\tSố điện thoại\tThôn\n"
    "Lò Thị Hoa\t0900 000 071\tThôn Nà Lình\n"
    "Hà Văn Sự\t0900 000 072\tThôn Pác Mỏ\n"
    "Ma Thị Liên\t0900 000 073\tThôn Pác Mỏ\n"
    "Vi Văn Tuyết\t0900 000 074\tThôn Khau Lạ\n"
)
LIST = "Chủ hộ,Số nhà,Thôn\n" + "".join(
    f"{name},{number},{hamlet}\n"
    for hamlet in HAMLETS
    for number, name in enumerate(("Nguyễn Văn Thử", "Đặng Thị Mẫu", "Triệu Văn Ví"), start=1)
)
MOST_CLICKS = 20  # of the first day
MACHINE = 60  # seconds that it may make a person wait

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A production server with an empty database."""
    server = Server(database_url, tmp_path / "server.log", settings=PRODUCTION)
    server.start()
    yield server
    server.stop()


def test_one_command_and_a_browser_begin_a_commune(
    open_browser: Opener, server: Server, database_url: str, tmp_path: Path
) -> None:
    """What is typed takes no time here, and the machine is all that is waited for."""
    operator = Hand(open_browser(DESKTOP).pages[0])
    _become_operator(operator, _link(database_url))
    handed_over = _begin_commune(operator.page)
    desk, begun = Hand(open_browser(DESKTOP).pages[0]), time.monotonic()
    _choose_password(desk, handed_over)
    _import(desk)
    desk.button("Tạo tổ cho mọi thôn")
    expect(desk.page.get_by_text("Thôn nào cũng có tổ phụ trách: 3 thôn.")).to_be_visible()
    invites = _invite(desk)
    phone = Taps(open_browser().pages[0])
    _sign_in(phone, invites[-1])
    _record(phone)
    desk.link("Xong")
    arrived = re.compile("Lượt thăm đầu tiên đã về lúc")
    send_again(phone.page, lambda: _is_shown(desk.page, arrived))
    waited = time.monotonic() - begun
    clicks = desk.clicks + phone.count
    print(f"first day: {clicks} clicks, {waited:.1f} s of machine")
    desk.done("from the operator's link to the first visit", taps=phone.count)
    assert clicks <= MOST_CLICKS
    assert waited < MACHINE
    desk.go("Lượt thăm")
    row = desk.page.get_by_role("row", name=re.compile("Nguyễn Văn Thử"))
    expect(row).to_contain_text("Vi Văn Tuyết")
    log = (tmp_path / "server.log").read_text("utf-8")
    assert all(invite.partition("#")[2][7:15] not in log for invite in invites)


def _link(database_url: str) -> str:
    """The path that `create-operator` prints."""
    output = run(database_url, "create-operator", **PRODUCTION).stdout
    (address,) = [line for line in output.splitlines() if line.startswith("http")]
    return re.sub(r"^http://[^/]+", "", address)


def _become_operator(hand: Hand, link: str) -> None:
    hand.page.goto(link)
    hand.page.get_by_label("Họ và tên").fill("Lương Thị An")
    hand.page.get_by_label("Tên đăng nhập").fill("an.lt")
    _fill_password(hand)
    wait_for_heading(hand.page, "Xã, phường")


def _begin_commune(page: Page) -> str:
    """Begin xã Yên Bình with its first supervisor; the path of the link to hand over."""
    page.get_by_role("textbox", name="Tìm xã, phường").fill("yen binh lang son")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("main").get_by_role("link", name="Xã Yên Bình").click()
    page.get_by_label("Họ và tên").fill("Nông Thị Cúc")
    page.get_by_label("Tên đăng nhập").fill("cuc.nt")
    page.get_by_role("button", name="Bắt đầu và cấp đường dẫn").click()
    wait_for_heading(page, "Đường dẫn cho Nông Thị Cúc")
    return re.sub(r"^http://[^/]+", "", page.locator("p.link").inner_text())


def _choose_password(hand: Hand, link: str) -> None:
    hand.page.goto(link)
    wait_for_heading(hand.page, "Chọn mật khẩu")
    _fill_password(hand)
    wait_for_heading(hand.page, "Tổng quan")


def _fill_password(hand: Hand) -> None:
    """Choose a password, and an authenticator app for the second step."""
    hand.page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    hand.page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    hand.button("Lưu và đăng nhập")
    secret = hand.page.locator("input[name=secret]").input_value()
    hand.page.get_by_label("6 số đang hiện").fill(pyotp.TOTP(secret).now())
    hand.click(hand.page.get_by_role("button", name="Lưu", exact=True))
    hand.link("Đã cất mã, đi tiếp")


def _import(hand: Hand) -> None:
    hand.link("Nhập danh sách hộ")
    file: FilePayload = {"name": "ho.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    hand.choose_file("Tệp danh sách hộ", file)
    hand.button("Tải lên và đọc")
    hand.button("Chỗ nào chưa chọn thì tạo thôn mới")
    hand.button("Nhập 9 hộ mới")
    expect(hand.page.get_by_text("Đã có 9 hộ ở 3 thôn.")).to_be_visible()


def _invite(hand: Hand) -> list[str]:
    """The addresses in the QR codes of the printed sheet."""
    hand.link("Dán hoặc tải danh sách người")
    hand.page.get_by_label("Hoặc dán danh sách").fill(PEOPLE)
    hand.button("Xem trước")
    hand.button("Mời 4 người")
    wait_for_heading(hand.page, "Mã mời của 4 người")
    return [invite for page in read_pdf(hand.page.pdf(format="A4")) for invite in page]


def _sign_in(phone: Taps, invite: str) -> None:
    phone.page.goto(invite)
    wait_for_heading(phone.page, "Đăng nhập")
    phone.on(phone.page.get_by_role("button", name="Đăng nhập"))
    wait_for_heading(phone.page, "Xin chào, Vi Văn Tuyết")


def _record(phone: Taps) -> None:
    phone.link("Ghi lượt thăm")
    phone.link(re.compile("^Ghi 1 · Nguyễn Văn Thử"))
    phone.on(phone.page.get_by_text("Cài VNeID", exact=True))
    phone.on(phone.page.get_by_text("Tự làm được", exact=True))
    phone.on(phone.page.get_by_role("button", name="Lưu"))
    wait_for_heading(phone.page, "Đã lưu trên máy")


def _is_shown(page: Page, text: re.Pattern[str]) -> bool:
    """Whether the page, opened again, shows it."""
    page.reload()
    return page.get_by_text(text).is_visible()
