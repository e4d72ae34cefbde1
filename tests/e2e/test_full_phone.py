"""A phone without room: forms keep their text and say so; records saved before stay and are sent."""

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, sign_in, wait_for_heading, wait_for_later_pages
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FULL = "Máy sắp hết chỗ. Hãy gửi các lượt đã ghi rồi thử lại."
NOTE = "Bà hẹn chiều mai mang giấy tờ ra nhà văn hóa"


def test_visits_are_kept_while_the_phone_is_full_and_sent_afterwards(
    open_profile: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_profile("lan", windows=False)
    page = context.pages[0]
    sign_in(page)
    wait_for_later_pages(page)
    server.stop()
    _record(page, "duc", "")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")

    # A running browser caches for half a minute how much room there is.
    context.close()
    context = open_profile("lan", windows=False)
    page = context.pages[0]
    devtools = context.new_cdp_session(page)
    _set_quota(devtools, server, 1)
    _record(page, "mai", NOTE)
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text(FULL)).to_be_visible()
    expect(page.locator("#note")).to_have_value(NOTE)
    form = page.url
    _confirmation_is_shown_again(page, f"/field/households/{world.mai}/state/moved")

    page.goto("/field/log")
    expect(page.get_by_text("1 lượt đang lưu trên máy, chưa gửi.")).to_be_visible()
    _set_quota(devtools, server, None)
    page.goto(form)
    _fill(page, NOTE)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")

    server.start()
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(2, timeout=75_000)
    notes = database.read(lambda session: [visit.note for visit in session.exec(select(Visit))])
    assert sorted(notes) == ["", NOTE]


def _set_quota(devtools: CDPSession, server: Server, size: int | None) -> None:
    devtools.send(
        "Storage.overrideQuotaForOrigin",
        {"origin": server.url} if size is None else {"origin": server.url, "quotaSize": size},
    )


def _record(page: Page, household: str, note: str) -> None:
    page.goto("/field/")
    find_household(page, household)
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    _fill(page, note)


def _fill(page: Page, note: str) -> None:
    fill_visit(page)
    if note:
        page.get_by_text("Thêm ghi chú", exact=True).click()
        page.locator("#note").fill(note)


def _confirmation_is_shown_again(page: Page, address: str) -> None:
    page.goto(address)
    wait_for_heading(page, "Hộ đã chuyển đi?")
    page.get_by_role("button", name="Hộ đã chuyển đi").click()
    expect(page.get_by_text(FULL)).to_be_visible()
    wait_for_heading(page, "Hộ đã chuyển đi?")
