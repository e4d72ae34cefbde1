"""A phone loses its databases and its session: what its journal has restored reaches the desk in a file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import QuarantinedOperation
from tests.e2e.broken_phone import BrokenPhone
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_queue_of_a_phone_whose_storage_was_emptied_arrives_from_its_file(
    playwright: Playwright,
    open_browser: Opener,
    server: Server,
    world: World,
    database: Database,
    tmp_path: Path,
) -> None:
    lan, file = BrokenPhone(playwright, server, tmp_path / "profile", 0), tmp_path / "lan.tnha"
    lan.sign_in()
    server.stop()
    with lan.opened() as page:
        lan.record(page, len(world.households[world.dong]))
    lan.delete("databases")
    lan.delete_cookies()
    server.start()
    with lan.opened() as page:
        page.goto("/field/log")
        with page.expect_download() as coming:
            page.get_by_role("button", name="Lưu tệp nhờ gửi hộ").click()
        coming.value.save_as(file)
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    desk.goto("/desk/devices")
    desk.get_by_role("link", name="Nhập tệp nhờ gửi hộ").click()
    wait_for_heading(desk, "Nhập tệp nhờ gửi hộ")
    desk.get_by_label("Tệp nhờ gửi hộ").set_input_files(file)
    desk.get_by_role("button", name="Nhập tệp").click()
    expect(desk.get_by_role("status")).to_contain_text(re.compile("3 bản ghi.*chờ xử lý 3"))
    rows = database.read(lambda session: session.exec(select(QuarantinedOperation)).all())
    assert {row.record_id for row in rows if row.reason == "unsigned"} == lan.saved
    assert database.read(lambda session: session.exec(select(Visit)).all()) == []
