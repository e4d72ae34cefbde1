"""*Chế độ ngoài nắng*: light on a dark phone, from the first frame on, in every tab."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.server import Server
from tests.e2e.steps import heading, sign_in, until
from tests.e2e.test_accessible import is_wide, problems_of
from tests.world import World

WHITE, BLACK = "rgb(255, 255, 255)", "rgb(16, 18, 20)"
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
WATCH = f"""(() => {{
    window.frames_seen = [];
    const look = () => {{
        if (document.body) window.frames_seen.push({GROUND});
        requestAnimationFrame(look);
    }};
    look();
}})()"""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_it_is_light_from_the_first_frame_on_in_every_tab(open_browser: Opener, server: Server) -> None:
    context = open_browser("lan", color_scheme="dark")
    page = context.pages[0]
    sign_in(page)
    other = context.new_page()
    other.goto("/field/log")
    heading(other, "Đã ghi")
    _switch(page, "Bật")
    assert [_ground(page), _ground(other)] == [WHITE, WHITE]
    expect(page.locator('meta[media*="dark"]')).to_have_attribute("content", "#ffffff")

    fresh = context.new_page()
    fresh.add_init_script(WATCH)
    fresh.goto("/field/log")
    heading(fresh, "Đã ghi")
    until(fresh, "window.frames_seen.length > 5")
    assert BLACK not in fresh.evaluate("window.frames_seen")
    assert _ground(fresh) == WHITE

    _switch(page, "Tắt")
    assert [_ground(page), _ground(other)] == [BLACK, BLACK]
    expect(page.locator('meta[media*="dark"]')).to_have_attribute("content", "#101214")
    fresh.reload()
    heading(fresh, "Đã ghi")
    assert _ground(fresh) == BLACK


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everybody_can_read_it(
    open_browser: Opener, server: Server, world: World, size: dict[str, int]
) -> None:
    page = open_browser("lan", size, color_scheme="dark", bypass_csp=True).pages[0]
    sign_in(page)
    _switch(page, "Bật")
    problems = {}
    for address in ("/field/account", "/field/", "/field/log", f"/field/households/{world.duc}/visit"):
        page.goto(address)
        page.get_by_role("heading", level=1).wait_for()
        problems[address] = problems_of(page) + (["sideways"] if is_wide(page) else [])
    assert problems == {address: [] for address in problems}


def _switch(page: Page, word: str) -> None:
    page.goto("/field/account")
    page.get_by_role("button", name=word, exact=True).click()
    other = "Tắt" if word == "Bật" else "Bật"
    expect(page.get_by_role("button", name=other, exact=True)).to_be_visible()


def _ground(page: Page) -> str:
    return str(page.evaluate(GROUND))
