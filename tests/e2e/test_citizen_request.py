"""A household asks about its data at the door: written down without a network, answered by the desk."""

import re

import pytest
from playwright.sync_api import expect

from app.core.db import Database
from app.review.citizen_requests.models import CitizenRequest
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading, wait_until
from tests.review.deduplication.merges import all_rows
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_request_is_written_down_without_a_network_and_arrives(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    server.stop()
    page.goto(f"/field/households/{world.duc}")
    page.get_by_role("link", name="Bà con yêu cầu về dữ liệu…").click()
    wait_for_heading(page, "Bà con yêu cầu về dữ liệu")
    page.get_by_role("button", name="Gửi yêu cầu").click()
    expect(page.get_by_text("Chọn một yêu cầu.").first).to_be_visible()
    page.get_by_text("Xóa dữ liệu").click()
    page.get_by_role("button", name="Gửi yêu cầu").click()
    wait_for_heading(page, re.compile("Nguyễn Văn Đức"))
    expect(page.get_by_text("Đã ghi yêu cầu. Cán bộ trả lời trong 2 ngày làm việc.")).to_be_visible()
    page.goto("/field/log")
    expect(page.get_by_text("Bà con yêu cầu: Xóa dữ liệu")).to_be_visible()
    server.start()
    wait_until(page, lambda: len(all_rows(database, CitizenRequest)) == 1, 75)
    (row,) = all_rows(database, CitizenRequest)
    assert (row.household_id, row.kind, row.entered_by) == (world.duc, "erase", world.lan)
