"""Visits that a phone could not send are exported to a file; the phone is lost, and the desk imports the
file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, fill_visit, save_visit, sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
IMPORTED = "Tệp của Nguyễn Thị Lan có %d bản ghi"


def test_visits_of_a_file_are_recorded_once_whether_the_phone_sends_them_or_is_lost(
    open_browser: Opener, server: Server, world: World, database: Database, tmp_path: Path
) -> None:
    phone = open_browser(accept_downloads=True)
    page = phone.pages[0]
    sign_in(page)
    server.stop()
    _record(page, world.duc)
    file = _export(page, tmp_path)
    phone.set_offline(True)  # or the phone is faster than the desk
    server.start()
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    assert _count_visits(database) == 0
    _import(desk, file)
    expect(desk.get_by_role("status")).to_have_text(f"{IMPORTED % 1}: đã nhập 1, đã có từ trước 0.")
    phone.set_offline(False)
    page.reload()
    expect(page.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_have_count(1, timeout=75_000)
    assert _count_visits(database) == 1

    server.stop()
    for household in (world.duc, world.mai, world.duc):
        _record(page, household)
    file = _export(page, tmp_path)
    phone.close()
    server.start()
    _import(desk, file)
    expect(desk.get_by_role("status")).to_have_text(f"{IMPORTED % 3}: đã nhập 3, đã có từ trước 0.")
    _import(desk, file)
    expect(desk.get_by_role("status")).to_have_text(f"{IMPORTED % 3}: đã nhập 0, đã có từ trước 3.")
    assert _count_visits(database) == 4

    cut = tmp_path / "cut.tnha"
    cut.write_bytes(file.read_bytes()[:-20])
    _import(desk, cut)
    expect(desk.get_by_role("alert")).to_have_text(re.compile("Tệp bị thiếu hoặc bị hỏng."))


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    wait_for_heading(page, re.compile("^Hộ "))
    fill_visit(page)
    save_visit(page)


def _export(page: Page, folder: Path) -> Path:
    page.goto("/field/settings")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Lưu tệp nhờ gửi hộ").click()
    expect(page.get_by_role("status").get_by_text("Đã chép ra tệp")).to_be_visible()
    assert coming.value.suggested_filename.endswith(".tnha")
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def _import(desk: Page, file: Path) -> None:
    desk.goto("/desk/devices")
    desk.get_by_role("link", name="Nhập tệp nhờ gửi hộ").click()
    wait_for_heading(desk, "Nhập tệp nhờ gửi hộ")
    desk.get_by_label("Tệp nhờ gửi hộ").set_input_files(file)
    desk.get_by_role("button", name="Nhập tệp").click()


def _count_visits(database: Database) -> int:
    return len(database.read(lambda session: session.exec(select(Visit)).all()))
