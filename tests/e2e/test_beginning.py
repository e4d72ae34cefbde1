"""A commune begins with one command and a browser: households, teams, people, and the first visit."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, wait_for_heading
from tests.operator import run
from tests.qr import read_pdf
from tests.web.link_client import PASSWORD

PRODUCTION = {"TUNGNHA_MODE": "production", "TUNGNHA_SECOND_FACTOR": "offered"}
TEAMS = {"Tổ Nà Lình": ("Thôn Nà Lình",), "Tổ Pác Mỏ": ("Thôn Pác Mỏ",), "Tổ Khau Lạ": ("Thôn Khau Lạ",)}
PEOPLE = {
    "Lò Thị Hoa": ("0900 000 071", "Tổ Nà Lình"),
    "Hà Văn Sự": ("0900 000 072", "Tổ Pác Mỏ"),
    "Ma Thị Liên": ("0900 000 073", "Tổ Pác Mỏ"),
    "Vi Văn Tuyết": ("0900 000 074", "Tổ Khau Lạ"),
}
LIST = "Chủ hộ,Số nhà,Thôn\n" + "".join(
    f"{name},{number},{hamlets[0]}\n"
    for hamlets in TEAMS.values()
    for number, name in enumerate(("Nguyễn Văn Thử", "Đặng Thị Mẫu", "Triệu Văn Ví"), start=1)
)

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
    operator = open_browser(DESKTOP).pages[0]
    _become_operator(operator, _link(database_url))
    handed_over = _begin_commune(operator)
    desk = open_browser(DESKTOP).pages[0]
    _choose_password(desk, handed_over)
    wait_for_heading(desk, "Tổng quan")
    _import(desk)
    for name, hamlets in TEAMS.items():
        _add_team(desk, name, hamlets)
    for name, (number, team) in PEOPLE.items():
        _invite(desk, name, number, team)
        invite = read_pdf(desk.pdf(format="A4"))[0][0]
    phone = open_browser().pages[0]
    _sign_in(phone, invite)
    _record_without_a_network(phone, server)
    desk.goto("/desk/visits")
    row = desk.get_by_role("row", name=re.compile("Đặng Thị Mẫu"))
    expect(row).to_contain_text("Vi Văn Tuyết")
    log = (tmp_path / "server.log").read_text("utf-8")
    assert invite.partition("#")[2][7:15] not in log


def _link(database_url: str) -> str:
    """The path that `create-operator` prints."""
    output = run(database_url, "create-operator", **PRODUCTION).stdout
    (address,) = [line for line in output.splitlines() if line.startswith("http")]
    return re.sub(r"^http://[^/]+", "", address)


def _become_operator(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Họ và tên").fill("Lương Thị An")
    page.get_by_label("Tên đăng nhập").fill("an.lt")
    _fill_password(page)
    wait_for_heading(page, "Xã, phường")


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


def _choose_password(page: Page, link: str) -> None:
    page.goto(link)
    wait_for_heading(page, "Chọn mật khẩu")
    _fill_password(page)


def _fill_password(page: Page) -> None:
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Lưu và đăng nhập").click()


def _import(page: Page) -> None:
    page.get_by_role("link", name="Hộ và dữ liệu").click()
    page.get_by_role("link", name="Nhập danh sách").click()
    page.get_by_label("Tệp danh sách hộ").set_input_files(
        {"name": "ho.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    page.get_by_role("button", name="Tải lên và đọc").click()
    page.get_by_role("button", name="Chỗ nào chưa chọn thì tạo thôn mới").click(timeout=60_000)
    page.get_by_role("button", name="Nhập 9 hộ mới").click(timeout=60_000)
    page.get_by_role("link", name="Hoàn tác lần nhập").wait_for()


def _add_team(page: Page, name: str, hamlets: tuple[str, ...]) -> None:
    page.goto("/desk/teams/new")
    page.get_by_label("Tên tổ").fill(name)
    for hamlet in hamlets:
        page.get_by_label(hamlet, exact=True).check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def _invite(page: Page, name: str, number: str, team: str) -> None:
    page.goto("/desk/people/new")
    page.get_by_label("Họ và tên").fill(name)
    page.get_by_label("Số điện thoại").fill(number)
    teams = page.get_by_label("Tổ", exact=True)
    teams.select_option(teams.locator("option", has_text=team).get_attribute("value"))
    page.get_by_role("button", name="Cấp mã mời").click()
    wait_for_heading(page, f"Mã mời của {name}")


def _sign_in(page: Page, invite: str) -> None:
    page.goto(invite)
    wait_for_heading(page, "Đăng nhập")
    page.get_by_role("button", name="Đăng nhập").click()
    wait_for_heading(page, "Xin chào, Vi Văn Tuyết")
    page.evaluate("navigator.serviceWorker.ready")


def _record_without_a_network(page: Page, server: Server) -> None:
    server.stop()
    find_household(page, "dang mau")
    page.get_by_role("link", name="Ghi 2 · Đặng Thị Mẫu").click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    server.start()
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for(timeout=75_000)
