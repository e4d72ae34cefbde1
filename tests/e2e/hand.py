"""A person at the desk, whose clicks are counted and compared with the table of docs/product.md."""

import re
from functools import cache

from playwright.sync_api import Locator, Page

from tests.e2e.server import ROOT
from tests.e2e.steps import wait_for_heading


class Hand:
    """Clicks like a person and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        """Click the one element that is meant; more than one would be ambiguous for a person too."""
        what.click()
        self.clicks += 1

    def link(self, name: str | re.Pattern[str]) -> None:
        """Click the link of this name."""
        self.click(self.page.get_by_role("link", name=name))

    def button(self, name: str | re.Pattern[str]) -> None:
        """Click the button of this name."""
        self.click(self.page.get_by_role("button", name=name))

    def go(self, name: str) -> None:
        """Click an entry of the rail."""
        self.click(self.page.locator(".rail").get_by_role("link", name=name, exact=True))
        wait_for_heading(self.page, name)


@cache
def documented_clicks() -> dict[str, int]:
    """The clicks of each task in the table."""
    _, _, table = (ROOT / "docs" / "product.md").read_text("utf-8").partition("\n## 8. Clicks\n")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if "|" in line]
    return {name: int(count) for name, count, _ in rows[2:]}
