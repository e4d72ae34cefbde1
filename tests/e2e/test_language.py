"""English: chosen on the phone with a network, there without one at a cold start.

Its looks and axe: test_screens.py.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import choose_english, sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STORED = "caches.open('files').then(c => c.keys()).then(all => all.some(({ url }) => url.includes('/en-')))"


def test_english_works_without_a_network_from_a_cold_start(
    open_profile: Opener, server: Server, world: World
) -> None:
    page = open_profile("phone").pages[0]
    sign_in(page)
    assert page.evaluate(STORED) is False
    choose_english(page)
    assert page.evaluate(STORED) is True
    page.context.close()
    server.stop()

    page = open_profile("phone").pages[0]
    page.goto("/field/")
    wait_for_heading(page, "Hello, Nguyễn Thị Lan")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator("#bar").inner_text().split("\n") == ["Today", "Households", "Recorded", "Guides"]
    page.goto(f"/field/households/{world.duc}/visit")
    page.get_by_text("Nobody home", exact=True).click()
    page.get_by_role("button", name="Save").click()
    wait_for_heading(page, "Saved on the phone")
    page.goto("/field/")
    expect(page.get_by_text("1 visit on the phone, not sent")).to_be_visible()
    page.goto("/field/settings")
    page.get_by_role("button", name="Tiếng Việt").click()
    wait_for_heading(page, "Cài đặt")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.goto("/field/")
    expect(page.get_by_text("1 lượt trên máy, chưa gửi")).to_be_visible()


def test_without_a_network_english_cannot_be_chosen(open_browser: Opener, server: Server) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/settings")
    wait_for_heading(page, "Cài đặt")
    server.stop()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa tải được tiếng Anh.")
    assert axe_violations(page) == []
    page.goto("/field/")
    wait_for_heading(page, re.compile("Xin chào"))
