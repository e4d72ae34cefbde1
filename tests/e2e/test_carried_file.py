"""Visits of a phone without a network are shared as a text; another phone and the public page deliver it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, sign_in, wait_for_heading, wait_for_later_pages
from tests.world import NAM, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# Chromium on a desktop has no share sheet.
SHARE_SHEET = """() => {
    navigator.canShare = ({ files }) => files.every(({ type }) => type === "text/plain");
    navigator.share = async ({ files }) => { window.shared = await files[0].text(); };
}"""


def test_visits_shared_with_a_neighbour_are_recorded_once(
    open_browser: Opener, server: Server, world: World, database: Database, tmp_path: Path
) -> None:
    lan, nam = open_browser().pages[0], open_browser().pages[0]
    sign_in(lan)
    sign_in(nam, *NAM)
    wait_for_later_pages(nam)
    nam.reload()
    server.stop()
    for household in (world.duc, world.mai):
        _record(lan, household)
    file = _share(lan, tmp_path)
    lan.context.set_offline(True)

    nam.goto("/field/log")
    nam.get_by_role("link", name="Gửi giúp tệp của người khác").click()
    wait_for_heading(nam, "Gửi giúp tệp của người khác")
    nam.get_by_label("Tệp gửi hộ").set_input_files(file)
    nam.get_by_role("button", name="Gửi giúp").click()
    expect(nam.get_by_text("Chưa gửi", exact=True)).to_be_visible()
    assert _owners(database) == []

    server.start()
    expect(nam.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_be_visible(timeout=75_000)
    assert _owners(database) == [world.lan] * 2

    page = open_browser(java_script_enabled=False).pages[0]
    _upload(page, file)
    expect(page.get_by_role("status")).to_contain_text("Máy chủ đã nhận tệp.")
    cut = tmp_path / "cut.txt"
    cut.write_bytes(file.read_bytes()[:-40])
    _upload(page, cut)
    expect(page.get_by_role("alert")).to_contain_text("Tệp bị thiếu hoặc bị hỏng.")
    assert _owners(database) == [world.lan] * 2

    lan.context.set_offline(False)
    lan.goto("/field/log")
    expect(lan.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_have_count(2, timeout=75_000)
    assert _owners(database) == [world.lan] * 2


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    wait_for_heading(page, re.compile("^Hộ "))
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")


def _share(page: Page, folder: Path) -> Path:
    page.goto("/field/log")
    page.evaluate(SHARE_SHEET)
    page.get_by_role("link", name="Hôm nay").click()
    wait_for_heading(page, re.compile("^Xin chào"))
    page.get_by_role("link", name="Cài đặt").click()
    page.get_by_role("button", name="Gửi qua Zalo").click()
    expect(page.get_by_role("status").get_by_text("Đã chuyển tệp.")).to_be_visible()
    file = folder / "luot-chua-gui.txt"
    file.write_text(page.evaluate("window.shared"), "utf-8")
    return file


def _upload(page: Page, file: Path) -> None:
    page.goto("/upload")
    page.get_by_label("Tệp gửi hộ").set_input_files(file)
    page.get_by_role("button", name="Gửi", exact=True).click()


def _owners(database: Database) -> list[str]:
    visits = database.read(lambda session: session.exec(select(Visit)).all())
    return [visit.recorded_by for visit in visits]
