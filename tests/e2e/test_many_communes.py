"""An operator begins 95 communes in one walk, prints a sheet for each, and switches one off and on again."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.screens_credentials import become_operator
from tests.e2e.screens_operator import choose_list
from tests.e2e.server import Server
from tests.e2e.steps import wait_for_heading
from tests.operator import run
from tests.qr import read_pdf
from tests.web.link_client import PASSWORD

PRODUCTION = {"TUNGNHA_MODE": "production", "TUNGNHA_SECOND_FACTOR": "offered"}
COMMUNES = 95

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A production server with an empty database."""
    server = Server(database_url, tmp_path / "server.log", settings=PRODUCTION)
    server.start()
    yield server
    server.stop()


def test_ninety_five_communes_begin_in_one_walk(
    open_browser: Opener, server: Server, database_url: str
) -> None:
    operator = open_browser(DESKTOP).pages[0]
    output = run(database_url, "create-operator", **PRODUCTION).stdout
    become_operator(operator, re.search(r"/link/\S+", output)[0])  # type: ignore[index]
    operator.get_by_role("link", name="Tỉnh, thành phố").click()
    operator.get_by_role("link", name="Thành phố Hà Nội").click()
    operator.get_by_role("link", name="Bắt đầu nhiều nơi một lần").click()
    wait_for_heading(operator, "Bắt đầu nhiều nơi một lần")
    template = _template(operator)
    choose_list(operator, _filled_in(template))
    operator.get_by_text("31 dòng để trống").wait_for()
    operator.get_by_role("button", name=f"Bắt đầu {COMMUNES} nơi").click()
    wait_for_heading(operator, f"{COMMUNES} nơi đã bắt đầu")
    links = operator.locator("p.link").all_inner_texts()
    sheets = read_pdf(operator.pdf(format="A4"))
    assert sheets == [[link] for link in links], "one sheet a page, with its code"
    assert len(set(links)) == COMMUNES
    desk = open_browser(DESKTOP).pages[0]
    _choose_password(desk, links[COMMUNES - 1])
    wait_for_heading(desk, "Tổng quan")
    operator.goto("/operator/")
    expect(operator.get_by_role("navigation", name="Lọc xã, phường")).to_contain_text("Tất cả (95)")
    operator.get_by_role("link", name="Trang sau").click()
    expect(operator.get_by_role("row")).to_have_count(1 + COMMUNES - 50)
    _switch_off_and_on(operator, desk, code=template.splitlines()[COMMUNES].partition(",")[0])


def _template(page: Page) -> str:
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Tải danh sách để điền").click()
    return downloading.value.path().read_text("utf-8-sig")


def _filled_in(template: str) -> str:
    """The first communes of the file have a supervisor each."""
    head, *rows = csv.reader(io.StringIO(template))
    assert len(rows) == 126
    filled = io.StringIO()
    writer = csv.writer(filled)
    writer.writerow(head)
    for number, (code, name, *_blank) in enumerate(rows):
        is_filled = number < COMMUNES
        writer.writerow([code, name, *(("Nông Thị Cúc", f"cb.{code}") if is_filled else ("", ""))])
    return filled.getvalue()


def _choose_password(page: Page, link: str) -> None:
    page.goto(re.sub(r"^http://[^/]+", "", link))
    wait_for_heading(page, "Chọn mật khẩu")
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Lưu và đăng nhập").click()


def _switch_off_and_on(operator: Page, desk: Page, code: str) -> None:
    """The commune with this code, whose supervisor is at the desk."""
    operator.goto(f"/operator/?q={code}")
    operator.get_by_role("main").get_by_role("table").get_by_role("link").click()
    operator.get_by_role("link", name="Tạm dừng nơi này").click()
    operator.get_by_role("button", name="Tạm dừng").click()
    operator.get_by_text("không ai đăng nhập được").wait_for()
    desk.goto("/desk/visits")
    wait_for_heading(desk, "Nơi này đang tạm dừng")
    operator.get_by_role("button", name="Mở lại").click()
    operator.get_by_role("link", name="Tạm dừng nơi này").wait_for()
    desk.goto("/desk/visits")
    wait_for_heading(desk, "Lượt thăm")
