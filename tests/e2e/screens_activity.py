"""Walks through the activity sheets of a person and a team."""

from collections.abc import Iterator

from playwright.sync_api import Page


def activity_screens(page: Page) -> Iterator[str]:
    """A member's sheet of this month, and their team's."""
    page.goto("/desk/people")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_role("link", name="Phiếu hoạt động để in").click()
    page.get_by_role("heading", level=1, name="Phiếu hoạt động").wait_for()
    yield "desk-activity-person"
    page.goto("/desk/teams")
    page.locator('td a[href$="/activity"]').first.click()
    page.get_by_role("columnheader", name="Ngày hoạt động").wait_for()
    yield "desk-activity-team"
