"""English: chosen on the phone with a network, there without one at a cold start; looks and axe."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.core.strings import language
from app.web.rendering import environment
from tests.e2e import desk_backlog
from tests.e2e.accessibility import GOLDEN, axe_violations, show, violations_in_both_schemes
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.screens import record_one_visit
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, sign_in, wait_for_heading
from tests.e2e.test_looks import DESK_RULES, NARROW, PHONE_RULES, SMALL, find_faults
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STORED = "caches.open('files').then(c => c.keys()).then(all => all.some(({ url }) => url.includes('/en-')))"
DESK = ("/desk/", "/desk/visits", "/desk/households", "/desk/people", "/desk/quarantine", "/desk/account")


def choose_english(page: Page) -> None:
    page.goto("/field/settings")
    wait_for_heading(page, "Cài đặt")
    page.get_by_role("button", name="English").click()


def test_english_works_without_a_network_from_a_cold_start(
    open_profile: Opener, server: Server, world: World
) -> None:
    page = open_profile("phone").pages[0]
    sign_in(page)
    assert page.evaluate(STORED) is False
    choose_english(page)
    wait_for_heading(page, "Settings")
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


def test_every_state_of_every_phone_page_in_english(open_browser: Opener, server: Server) -> None:
    page = open_browser(bypass_csp=True, reduced_motion="reduce").pages[0]
    sign_in(page)
    choose_english(page)
    wait_for_heading(page, "Settings")
    faults: dict[str, list[str]] = {}
    for name, html in _pages():
        show(page, html)
        faults |= find_faults(page, name, PHONE_RULES, (SMALL, NARROW))
        faults |= {name: found} if (found := axe_violations(page)) else {}
    assert faults == {}


def test_the_desk_in_english(open_browser: Opener, server: Server, world: World) -> None:
    record_one_visit(open_browser().pages[0], world)
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP, bypass_csp=True, reduced_motion="reduce").pages[0]
    desk_sign_in(page)
    page.goto("/desk/account")
    page.get_by_role("button", name="English").click()
    wait_for_heading(page, "Account")
    faults: dict[str, list[str]] = {}
    for address in DESK:
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        faults |= find_faults(page, address, DESK_RULES, (NARROW, SMALL, DESKTOP))
        faults |= {address: found} if (found := violations_in_both_schemes(page)) else {}
    assert faults == {}


def _pages() -> Iterator[tuple[str, str]]:
    """Every page of the phone in every state that has a golden context, in English."""
    for file in sorted(GOLDEN.rglob("*.json")):
        template = environment().get_template(f"field/{file.parent.name}.html")
        with language("en"):
            html = template.render(json.loads(file.read_text("utf-8")))
        yield f"{file.parent.name}/{file.stem}", html
