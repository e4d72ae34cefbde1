"""On a phone of 320 px: the bar is the same on every tab, and what belongs together stands in one line."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, choose_english, fill_visit, save_visit, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TABS = ("/field/", "/field/households", "/field/log", "/field/guides")


def test_nothing_breaks_into_a_second_line(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser({"width": 320, "height": 640}).pages[0]
    sign_in(page)
    bars = []
    for address in TABS:
        _open(page, address)
        page.locator(".bar [aria-current]").wait_for()
        bars.append(box_of(page.locator(".bar")))
    assert bars == bars[:1] * len(TABS)

    _open(page, "/field/month")
    figures = [box_of(figure)["y"] for figure in page.locator(".counts dd").all()]
    assert (figures[0], figures[2]) == (figures[1], figures[3])

    _open(page, f"/field/households/{world.duc}/visit")
    fill_visit(page)
    stepper = page.locator(".stepper").first
    tops = [box_of(control)["y"] for control in _controls(stepper)]
    assert len(tops) == 3
    assert max(tops) == min(tops)

    choose_english(page)
    _open(page, "/field/households")
    assert box_of(page.locator(".bar")) == bars[0]

    page.set_viewport_size({"width": 360, "height": 640})
    field, button = (
        box_of(page.get_by_role("searchbox")),
        box_of(page.get_by_role("link", name="Add household")),
    )
    assert field["y"] == button["y"]


def test_recording_is_in_sight_on_the_smallest_phone_with_appointments_due(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser({"width": 320, "height": 568}).pages[0]
    sign_in(page)
    for household in world.households[world.dong]:
        _open(page, f"/field/households/{household}/visit")
        page.locator("#result").get_by_text("Hẹn quay lại").click()
        page.locator("#follow_up").get_by_text("Mai").click()
        save_visit(page)
    page.context.set_offline(True)
    page.clock.set_system_time(page.evaluate("Date.now() / 1000 + 86_400"))
    _open(page, "/field/")
    expect(page.get_by_role("heading", name="Đến hẹn")).to_be_visible()
    page.get_by_role("link", name="Ghi lượt thăm").wait_for()
    button, bar = box_of(page.get_by_role("link", name="Ghi lượt thăm")), box_of(page.locator(".bar"))
    assert button["y"] + button["height"] <= bar["y"]


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("main[data-screen]").wait_for()


def _controls(stepper: Locator) -> list[Locator]:
    return stepper.locator("button, input:not([type=hidden])").all()
