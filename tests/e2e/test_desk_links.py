"""Names in the desk's lists are links of their own, also where a whole row opens something else."""

import pytest
from playwright.sync_api import Page

from tests.e2e import desk_backlog
from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_name_in_a_row_that_opens_a_visit_leads_to_the_person(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = _signed_in(open_browser, server, world)
    page.locator("#visits").get_by_role("link", name="Nguyễn Thị Lan").first.click()
    wait_for_heading(page, "Nguyễn Thị Lan")
    page.goto("/desk/visits")
    page.locator('#visits a[id^="open-"]').first.click()
    page.locator("#visit-household a").click()
    page.get_by_role("link", name="Chuyển thôn").wait_for()


def test_name_in_a_row_that_opens_a_quarantined_visit_leads_to_the_household(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = _signed_in(open_browser, server, world)
    page.goto("/desk/quarantine")
    page.get_by_role("link", name="3 · Lê Thị Ánh").click()
    wait_for_heading(page, "3 · Lê Thị Ánh")


def test_own_account_is_a_tap_away_on_a_phone(open_browser: Opener, server: Server, world: World) -> None:
    desk_backlog.create(server, world)
    page = open_browser(PHONE).pages[0]
    desk_sign_in(page)
    link = page.get_by_role("link", name="Hoàng Văn Bình")
    box = link.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 40, "as large as everything else in the rail"
    link.tap()
    wait_for_heading(page, "Tài khoản")


def _signed_in(open_browser: Opener, server: Server, world: World) -> Page:
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP).pages[0]
    desk_sign_in(page)
    return page
