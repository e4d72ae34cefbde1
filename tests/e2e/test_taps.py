"""What recording takes in taps, as docs/product.md says."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.core.db import Database
from tests.e2e.conftest import Opener
from tests.e2e.steps import set_quick_mark, sign_in, wait_for_heading
from tests.e2e.taps import Taps
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_visit_takes_few_taps(open_browser: Opener, world: World, database: Database) -> None:
    add_households(database, world, 8)
    page = open_browser().pages[0]
    sign_in(page)
    taps = Taps(page)
    page.goto("/field/households/quick")
    set_quick_mark(page)
    reached = page.get_by_role("button", name=re.compile("^Đã gặp"))
    taps.on(reached)
    expect(page.get_by_role("button", name=re.compile("^Hoàn tác"))).to_have_count(1)
    taps.check("a household by *Ghi nhanh*")

    page.goto("/field/")
    taps.link("Ghi lượt thăm")
    taps.on(page.get_by_role("link", name=re.compile(r"^Ghi \d")).nth(1))
    _fill_in(page, taps)
    taps.check("one service, from *Hôm nay*")

    taps.link(re.compile("^Hộ kế tiếp"))
    _fill_in(page, taps)
    taps.check("one service at the next household")

    page.get_by_role("link", name=re.compile("^Hộ kế tiếp")).click()
    _repeat(page, taps, "Làm hộ")
    taps.check("the service of the house before, in the open form")

    page.goto("/field/")
    taps.link(re.compile("^Hộ kế tiếp"))
    taps.on(page.get_by_text("Vắng nhà", exact=True))
    taps.on(page.get_by_role("button", name="Lưu"))
    wait_for_heading(page, "Đã lưu trên máy")
    taps.check("nobody at home, from *Hôm nay*")


def _repeat(page: Page, taps: Taps, *outcomes: str) -> None:
    """As at the house before, with these outcomes."""
    taps.on(page.locator(".chip:has([data-repeat])"))
    for place, outcome in enumerate(outcomes):
        taps.on(page.locator(".detail").nth(place).get_by_text(outcome, exact=True))
    taps.on(page.get_by_role("button", name="Lưu"))
    wait_for_heading(page, "Đã lưu trên máy")


def _fill_in(page: Page, taps: Taps) -> None:
    """Choosing a service says that the household was helped."""
    taps.on(page.get_by_text("Cài VNeID", exact=True))
    taps.on(page.get_by_text("Tự làm được", exact=True))
    taps.on(page.get_by_role("button", name="Lưu"))
    wait_for_heading(page, "Đã lưu trên máy")
