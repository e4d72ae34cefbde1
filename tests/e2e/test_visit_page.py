"""The page of a visit: read first, without a network from a cold start, then corrected or withdrawn."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, fill_visit, return_visit, sign_in, wait_for_heading, wait_until
from tests.e2e.taps import Taps
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REASON = "Xin ghi rõ đã hướng dẫn ai"


def test_a_visit_is_read_first_and_mended_in_three_taps(
    open_profile: Opener, open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    phone = open_profile("lan", windows=False)
    _record(phone.pages[0], world)
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    return_visit(desk, "Nguyễn Văn Đức")
    phone.pages[0].goto("/field/")
    expect(phone.pages[0].get_by_role("link", name=re.compile(REASON))).to_be_visible(timeout=75_000)

    server.stop()
    phone.close()
    page = open_profile("lan", windows=False).pages[0]
    page.goto("/field/")
    _mend(page)
    _read(page)
    _think_again_about_withdrawing(page)

    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, lambda: _visits(database) == [("Đã hỏi lại bà cụ", False)], 75)


def _record(page: Page, world: World) -> None:
    sign_in(page)
    page.goto(f"/field/households/{world.duc}/visit")
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.get_by_text("Đã gửi").first.wait_for(timeout=75_000)


def _mend(page: Page) -> None:
    """The form opens with the supervisor's words and the field: three taps and what is typed."""
    wait_for_heading(page, re.compile("Xin chào"))
    taps = Taps(page)
    taps.link(re.compile(REASON))
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    expect(page.get_by_text(REASON)).to_be_visible()
    taps.on(page.get_by_label("Ghi chú", exact=True))
    page.keyboard.insert_text("Đã hỏi lại bà cụ")
    taps.on(page.get_by_role("button", name="Lưu"))
    wait_for_heading(page, "Đã lưu trên máy")
    taps.check("a returned visit corrected, from *Hôm nay*, besides what is typed")
    expect(page.get_by_role("button", name="Hoàn tác")).to_have_count(0)


def _read(page: Page) -> None:
    """From *Đã ghi* and from the household the same page, without a control that could change something."""
    for way in ("/field/log", "household"):
        if way == "household":
            page.get_by_role("link", name="Hộ Nguyễn Văn Đức").click()
            wait_for_heading(page, "Hộ Nguyễn Văn Đức")
            page.locator("section .rows a").first.click()
        else:
            page.goto(way)
            page.get_by_role("link", name="12 · Nguyễn Văn Đức").click()
        wait_for_heading(page, re.compile("^Lượt thăm "))
        for words in (
            "Đã hỗ trợ",
            "Cài VNeID: Tự làm được",
            "Đã hỏi lại bà cụ",
            "Chưa gửi",
            "Mình ghi",
        ):
            expect(page.get_by_role("main")).to_contain_text(words)
        expect(page.locator("main :is(button, input, textarea, form)")).to_have_count(0)


def _think_again_about_withdrawing(page: Page) -> None:
    page.get_by_role("link", name="Bỏ lượt ghi nhầm").click()
    wait_for_heading(page, "Bỏ lượt ghi nhầm?")
    expect(page.locator("main .primary")).to_have_text("Giữ lại")
    page.get_by_role("link", name="Giữ lại").click()
    wait_for_heading(page, re.compile("^Lượt thăm "))


def _visits(database: Database) -> list[tuple[str, bool]]:
    return database.read(
        lambda session: [
            (visit.note, visit.withdrawn_at is not None) for visit in session.exec(select(Visit))
        ]
    )
