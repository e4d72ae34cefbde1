"""The desk's list of visits, and what one picks in it."""

import re

from playwright.sync_api import Locator, Page

from tests.e2e.conftest import Opener
from tests.e2e.steps import desk_sign_in, skip_to_list


def at_list(open_browser: Opener, viewport: dict[str, int]) -> Page:
    """Bình signed in, focus in the list."""
    page = open_browser(viewport).pages[0]
    desk_sign_in(page)
    skip_to_list(page)
    return page


def open_list(desk: Page) -> None:
    """The list anew, with nothing selected and no visit open, focus in the list."""
    desk.goto("/desk/visits")
    skip_to_list(desk)


def boxes(desk: Page) -> Locator:
    """The boxes of the visits in the list."""
    return desk.get_by_role("checkbox", name=re.compile("^Chọn lượt"))


def button(desk: Page, name: str) -> Locator:
    """The buttons whose name contains this."""
    return desk.get_by_role("button", name=name)
