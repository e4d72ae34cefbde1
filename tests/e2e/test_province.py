"""A commune closes a month, and its province reads and downloads it; the commune reopens it, and it is in no
total any more."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from app.commune.calendar.period import PeriodKind, period_label, period_of, previous_period
from app.commune.credentials import viewers
from app.core.clock import local_date, utc_now
from app.core.db import Database
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, wait_for_heading
from tests.reports.reading import read_xlsx
from tests.web.link_client import PASSWORD
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_province_reads_what_a_commune_closes_until_it_is_reopened(
    open_browser: Opener, server: Server, world: World, database: Database, tmp_path: Path
) -> None:
    month = previous_period(period_of(PeriodKind.MONTH, local_date(utc_now()), 1), 1)
    binh, ha = (open_browser(DESKTOP).pages[0] for _person in range(2))
    desk_sign_in(binh)
    _sign_in(ha, database)
    expect(_row(ha)).not_to_contain_text("Đã chốt")
    _close(binh, month.code)
    ha.reload()
    expect(_row(ha)).to_contain_text("Đã chốt")
    ha.get_by_role("link", name="Xã Yên Bình").click()
    wait_for_heading(ha, f"Xã Yên Bình: {period_label(month)}")
    expect(ha.get_by_role("rowheader", name="Toàn xã")).to_be_visible()
    ha.get_by_role("link", name="Số liệu").click()
    wait_for_heading(ha, f"Số liệu: {period_label(month)}")
    cells = read_xlsx(_download(ha, tmp_path / "tinh.xlsx"))
    assert [line[0] for line in cells] == ["Xã, phường", "Xã Yên Bình", "Toàn tỉnh"]
    assert cells[1][1:] == cells[2][1:]
    _reopen(binh, month.code)
    ha.reload()
    expect(ha.get_by_text("Đã mở lại nên không tính: Xã Yên Bình.")).to_be_visible()
    ha.get_by_role("link", name="Xã, phường", exact=True).click()
    expect(_row(ha)).to_contain_text("Đã mở lại")


def _sign_in(page: Page, database: Database) -> None:
    """By the link that an operator hands over."""
    _viewer, token = database.write(
        lambda session: viewers.begin_viewer(session, "20", "Lê Thị Hà", "ha.lt", utc_now())
    )
    page.goto(f"/link/{token}")
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Lưu và đăng nhập").click()
    wait_for_heading(page, re.compile("^Xã, phường"))


def _row(page: Page) -> Locator:
    return page.get_by_role("row").filter(has_text="Xã Yên Bình")


def _close(page: Page, code: str) -> None:
    page.goto(f"/desk/reports/{code}")
    page.get_by_role("link", name="Chốt kỳ…").click()
    page.get_by_role("button", name="Chốt kỳ").click()
    page.get_by_text("Đã chốt kỳ.").wait_for()


def _reopen(page: Page, code: str) -> None:
    page.goto(f"/desk/reports/{code}/reopen")
    page.get_by_label("Lý do mở lại").fill("Nhập thiếu lượt từ giấy")
    page.get_by_role("button", name="Mở lại").click()
    page.get_by_text("Đã mở lại kỳ.").wait_for()


def _download(page: Page, file: Path) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    download.value.save_as(file)
    return file.read_bytes()
