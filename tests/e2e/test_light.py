"""*Chế độ ngoài nắng*: light colours on a dark phone, from the first frame on, in every tab.

axe and the looks in this mode and with the largest text: test_screens.py.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading, wait_until

WHITE, BLACK = "rgb(255, 255, 255)", "rgb(16, 18, 20)"
BACKGROUND = "getComputedStyle(document.documentElement).backgroundColor"
WATCH = f"""(() => {{
    window.frames_seen = [];
    const look = () => {{
        if (document.body) window.frames_seen.push({BACKGROUND});
        requestAnimationFrame(look);
    }};
    look();
}})()"""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_page_is_light_from_the_first_frame_on_in_every_tab(open_browser: Opener, server: Server) -> None:
    context = open_browser(color_scheme="dark")
    page = context.pages[0]
    sign_in(page)
    other = context.new_page()
    other.goto("/field/log")
    wait_for_heading(other, "Đã ghi")
    _switch(page, "Bật")
    _expect_background(WHITE, page, other)
    expect(page.locator('meta[media*="dark"]')).to_have_attribute("content", "#ffffff")

    fresh = context.new_page()
    fresh.add_init_script(WATCH)
    fresh.goto("/field/log")
    wait_for_heading(fresh, "Đã ghi")
    wait_until(fresh, "window.frames_seen.length > 5")
    assert BLACK not in fresh.evaluate("window.frames_seen")
    _expect_background(WHITE, fresh)

    _switch(page, "Tắt")
    _expect_background(BLACK, page, other)
    expect(page.locator('meta[media*="dark"]')).to_have_attribute("content", "#101214")
    fresh.reload()
    wait_for_heading(fresh, "Đã ghi")
    _expect_background(BLACK, fresh)


def test_text_is_larger_from_the_first_frame_on(open_browser: Opener, server: Server) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/settings")
    page.get_by_role("button", name="Rất lớn").click()
    expect(page.get_by_role("button", name="Rất lớn", pressed=True)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    fresh = page.context.new_page()
    fresh.add_init_script(
        "addEventListener('DOMContentLoaded', () => { window.size = document.documentElement.dataset.text; })"
    )
    for address in ("/field/", "/field/settings", "/field/settings/check", "/field/help", "/field/log"):
        fresh.goto(address)
        fresh.get_by_role("heading", level=1).wait_for()
        assert fresh.evaluate("window.size") == "huge"


def _switch(page: Page, word: str) -> None:
    page.goto("/field/settings")
    page.get_by_role("button", name=word, exact=True).click()
    other = "Tắt" if word == "Bật" else "Bật"
    expect(page.get_by_role("button", name=other, exact=True)).to_be_visible()


def _expect_background(color: str, *tabs: Page) -> None:
    """Wait until the tabs have this colour: one learns from the other."""
    for tab in tabs:
        wait_until(tab, f"{BACKGROUND} === '{color}'")
