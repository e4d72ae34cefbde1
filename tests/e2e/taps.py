"""Counts taps."""

import re

from playwright.sync_api import Locator, Page, expect


class Taps:
    """Taps, counted. A tapped element has to be in view: nobody should have to scroll first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def on(self, element: Locator) -> None:
        """Tap the first of the elements."""
        expect(element.first).to_be_in_viewport(ratio=0.6)
        element.first.tap()
        self.count += 1

    def link(self, name: str | re.Pattern[str]) -> None:
        """Tap the first link of this name."""
        self.on(self.page.get_by_role("link", name=name))

    def take(self) -> int:
        """The taps since the last call."""
        count, self.count = self.count, 0
        return count
