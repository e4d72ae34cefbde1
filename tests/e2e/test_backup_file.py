"""What a phone could not send leaves it as a file, the phone is destroyed, and the desk takes the file in."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, fill_visit, heading, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SAYS = "Tệp của Nguyễn Thị Lan có 3 bản ghi"


def test_three_visits_of_a_destroyed_phone_are_recorded_once(
    open_browser: Opener, server: Server, world: World, database: Database, tmp_path: Path
) -> None:
    phone = open_browser("lan", accept_downloads=True)
    page = phone.pages[0]
    sign_in(page)
    server.stop()
    for household in (world.duc, world.mai, world.duc):
        _record(page, household)
    file = _copied_out(page, tmp_path)
    phone.close()

    server.start()
    desk = open_browser("binh", DESKTOP).pages[0]
    desk_sign_in(desk)
    assert _recorded(database) == 0
    _bring(desk, file)
    expect(desk.get_by_role("status")).to_have_text(f"{SAYS}: đã nhận 3, đã có từ trước 0.")
    _bring(desk, file)
    expect(desk.get_by_role("status")).to_have_text(f"{SAYS}: đã nhận 0, đã có từ trước 3.")
    assert _recorded(database) == 3

    cut = tmp_path / "cut.tnha"
    cut.write_bytes(file.read_bytes()[:-20])
    _bring(desk, cut)
    expect(desk.get_by_role("alert")).to_have_text(re.compile("Tệp bị thiếu hoặc bị hỏng."))


def test_a_phone_that_sends_after_all_doubles_nothing(
    open_browser: Opener, server: Server, world: World, database: Database, tmp_path: Path
) -> None:
    page = open_browser("lan", accept_downloads=True).pages[0]
    sign_in(page)
    server.stop()
    _record(page, world.duc)
    file = _copied_out(page, tmp_path)
    server.start()
    desk = open_browser("binh", DESKTOP).pages[0]
    desk_sign_in(desk)
    _bring(desk, file)
    expect(desk.get_by_role("status")).to_have_text(re.compile("đã nhận 1, đã có từ trước 0."))
    page.reload()
    expect(page.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_have_count(1, timeout=75_000)
    assert _recorded(database) == 1


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    heading(page, re.compile("^Hộ "))
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")


def _copied_out(page: Page, folder: Path) -> Path:
    page.goto("/field/log")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Chép ra tệp dự phòng").click()
    expect(page.get_by_role("status").get_by_text("Đã chép ra tệp")).to_be_visible()
    assert coming.value.suggested_filename.endswith(".tnha")
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def _bring(desk: Page, file: Path) -> None:
    desk.goto("/desk/devices")
    desk.get_by_role("link", name="Nhận tệp dự phòng").click()
    heading(desk, "Nhận tệp dự phòng")
    desk.get_by_label("Tệp dự phòng").set_input_files(file)
    desk.get_by_role("button", name="Nhận tệp").click()


def _recorded(database: Database) -> int:
    return len(database.read(lambda session: session.exec(select(Visit)).all()))
