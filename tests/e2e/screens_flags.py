"""The screens of flags: the groups, the form that returns one, and the filtered list."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

At = Callable[[Page, str, str], Iterator[str]]


def flag_screens(page: Page, at: At) -> Iterator[str]:
    """Walks through *Cần xem*."""
    yield from at(page, "/desk/flags", "desk-flags")
    returning = page.locator("summary", has_text="Trả lại")
    if returning.count():
        returning.first.click()
        yield "desk-flags-return"
        page.locator(".groups [data-key=n]").first.click()
        page.locator("#person-day").wait_for()
        yield "desk-person-day"
    yield from at(page, "/desk/visits?flag=any", "desk-visits-flagged")
