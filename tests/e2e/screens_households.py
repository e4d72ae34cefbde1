"""The desk's screens of households."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page


def household_screens(page: Page, at: Callable[[Page, str, str], Iterator[str]]) -> Iterator[str]:
    """Walks through the screens; `at` opens an address and names its screen."""
    yield from at(page, "/desk/households", "desk-households")
    yield from at(page, "/desk/households?reached=khong-co&since=mai", "desk-households-refused")
    page.goto("/desk/households")
    page.locator("tbody a").first.click()
    page.get_by_role("heading", name="Lượt thăm", level=2).wait_for()
    yield "desk-household"
