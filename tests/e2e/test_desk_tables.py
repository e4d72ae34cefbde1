"""The desk's lists are tables on a screen of 1024 px and on paper, and no button is printed."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e import desk_backlog
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LISTS = ("people", "households", "devices", "quarantine", "hamlets")
PAPER: ViewportSize = {"width": 703, "height": 1000}  # A4 without margins of 12 mm, in CSS pixels


@pytest.fixture
def desk(open_browser: Opener, server: Server, world: World) -> Page:
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP).pages[0]
    desk_sign_in(page)
    return page


def test_lists_are_tables_that_fit_on_a_small_screen_and_cards_on_a_phone(desk: Page) -> None:
    for name in LISTS:
        desk.set_viewport_size({"width": 1024, "height": 768})
        desk.goto(f"/desk/{name}")
        assert _display(desk, "tbody tr") == "table-row", name
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        desk.set_viewport_size({"width": 360, "height": 640})
        assert _display(desk, "tbody tr") == "grid", name


def test_printed_lists_are_tables_without_buttons(desk: Page) -> None:
    desk.emulate_media(media="print")
    desk.set_viewport_size(PAPER)
    for name in ("visits", *LISTS, "duplicates", "services", "households/new"):
        desk.goto(f"/desk/{name}")
        for control in desk.locator("button, .button, .back, .rail").all():
            expect(control).to_be_hidden()
        expect(desk.get_by_role("columnheader", name="Thao tác")).to_have_count(0)
        if "new" not in name:
            assert _display(desk, "tbody tr") == "table-row", name
            assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def _display(page: Page, selector: str) -> str:
    found: str = page.locator(selector).first.evaluate("element => getComputedStyle(element).display")
    return found
