"""Counts taps, and compares them with the table of docs/product.md."""

import re
from functools import cache

from playwright.sync_api import Locator, Page, expect

from tests.e2e.server import ROOT


class Taps:
    """Taps, counted. A tapped element has to be in view: nobody should have to scroll first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0
        self.checked: set[str] = set()

    def on(self, element: Locator) -> None:
        """Tap the first of the elements."""
        expect(element.first).to_be_in_viewport(ratio=0.6)
        element.first.tap()
        self.count += 1

    def link(self, name: str | re.Pattern[str]) -> None:
        """Tap the first link of this name."""
        self.on(self.page.get_by_role("link", name=name))

    def check(self, recording: str) -> None:
        """Assert that what was tapped since the last call is what the table says of this recording."""
        count, self.count = self.count, 0
        self.checked.add(recording)
        assert count == documented()[recording], f"{recording}: {count} taps"


@cache
def documented() -> dict[str, int]:
    """The taps of each recording in the table."""
    _, _, section = (ROOT / "docs" / "product.md").read_text("utf-8").partition("\n## 7. Taps\n")
    table = section.partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if "|" in line]
    return {name: int(count) for name, count, _ in rows[2:]}
