"""The desk's screens of households."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page


def household_screens(page: Page, at: Callable[[Page, str, str], Iterator[str]]) -> Iterator[str]:
    """Walks through the screens; `at` opens an address and names its screen."""
    yield from at(page, "/desk/households", "desk-households")
    yield from at(page, "/desk/households?reached=khong-co&since=mai", "desk-households-refused")
