"""Names in the desk's lists are links of their own, also where a whole row opens something else."""

import pytest
from playwright.sync_api import Page

from tests.e2e import desk_backlog
from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_names_lead_to_their_own_pages_and_the_account_is_a_tap_away(
    open_browser: Opener, server: Server, world: World
) -> None:
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP).pages[0]
    desk_sign_in(page)
    _follow_names_of_a_visit(page)
    _follow_the_name_of_a_quarantined_visit(page)
    phone = open_browser(PHONE).pages[0]
    desk_sign_in(phone)
    _tap_the_own_account(phone)


def _follow_names_of_a_visit(page: Page) -> None:
    page.locator("#visits").get_by_role("link", name="Nguyễn Thị Lan").first.click()
    wait_for_heading(page, "Nguyễn Thị Lan")
    page.goto("/desk/visits")
    page.locator('#visits a[id^="open-"]').first.click()
    page.locator("#visit-household a").click()
    page.get_by_role("link", name="Chuyển thôn").wait_for()


def _follow_the_name_of_a_quarantined_visit(page: Page) -> None:
    page.goto("/desk/quarantine")
    page.get_by_role("link", name="3 · Lê Thị Ánh").click()
    wait_for_heading(page, "3 · Lê Thị Ánh")


def _tap_the_own_account(page: Page) -> None:
    link = page.get_by_role("link", name="Hoàng Văn Bình")
    box = link.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 40, "as large as everything else in the rail"
    link.tap()
    wait_for_heading(page, "Tài khoản")
