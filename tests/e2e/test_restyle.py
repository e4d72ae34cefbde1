"""A small change styles a small part again: with an unlucky `:has()` it would be the page, at every tap."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, sign_in, wait_for_heading, wait_for_screen, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
_TRACE = {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": ["devtools.timeline"]}}
_EVERYTHING = "document.documentElement.style.setProperty('--any', '1')"
_STATE = "document.getElementById('state').dataset.kind = 'queue'"
_SCREEN = "document.getElementById('main').dataset.screen = 'saved'"
_APPEND = "void document.body.append(document.createElement('div'))"
LAPTOP = {"width": 1366, "height": 768}
VISITS = 60


def test_a_small_change_styles_a_small_part_again(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    assert _styled_by(page, _EVERYTHING) > 100
    assert 0 < _styled_by(page, _STATE) <= 10

    page.goto(f"/field/households/{world.duc}/visit")
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    assert _styled_by(page, _EVERYTHING) > 150
    assert _styled_by(page, _APPEND) <= 10
    assert 0 < _styled_by(page, _SCREEN) <= 20


def test_the_next_visit_styles_the_panel_again_and_not_the_list(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser(LAPTOP)
    LanPhone(context.request).record(*[world.duc] * VISITS)
    desk = context.pages[0]
    desk_sign_in(desk)
    desk.locator("#visits tbody tr").first.get_by_role("link").first.click()
    expect(desk.locator("#panel [data-visit]")).to_be_visible()

    def open_next() -> None:
        before = desk.url
        desk.keyboard.press("j")
        expect(desk).not_to_have_url(before)
        wait_for_screen(desk)

    everything = _styled_by(desk, _EVERYTHING)
    assert everything > VISITS * 15
    assert 0 < _styled(desk, open_next) < everything / 4


def _styled_by(page: Page, change: str) -> int:
    """How many elements the browser styles again after a change by script."""
    return _styled(page, lambda: page.evaluate(f"{change}; document.body.offsetHeight"))


def _styled(page: Page, act: Callable[[], object]) -> int:
    """How many elements Chromium styles again at once while `act` runs."""
    devtools = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    complete: list[object] = []
    devtools.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    devtools.on("Tracing.tracingComplete", lambda _data: complete.append(True))
    devtools.send("Tracing.start", _TRACE)
    act()
    devtools.send("Tracing.end")
    wait_until(page, lambda: bool(complete))
    devtools.detach()
    return max(
        (one["args"]["elementCount"] for one in events if one["name"] == "UpdateLayoutTree"), default=0
    )
