"""Walks through *Máy bị mất*, by name."""

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page

At = Callable[[Page, str, str], Iterator[str]]


def lost_phone_screens(page: Page, at: At) -> Iterator[str]:
    """The empty list; the question, refused once; the papers, and the list with one phone."""
    yield from at(page, "/desk/lost-phones", "desk-lost-phones-none")
    page.goto("/desk/devices")
    page.get_by_role("link", name=re.compile("^Máy bị mất")).first.click()
    page.get_by_role("button", name="Báo mất và thu hồi máy").wait_for()
    yield "desk-lost-form"
    page.get_by_label("Giờ phát hiện").fill("chiều hôm qua")
    page.get_by_role("button", name="Báo mất và thu hồi máy").click()
    page.get_by_text("Ghi ngày và giờ phát hiện").wait_for()
    yield "desk-lost-form-refused"
    page.get_by_label("Giờ phát hiện").fill("0:01")
    page.get_by_label("Việc đã xảy ra").fill("Rơi trên đường từ chợ về, tối hôm trước vẫn còn dùng")
    page.get_by_role("button", name="Báo mất và thu hồi máy").click()
    page.get_by_text("Đã báo mất và thu hồi máy.").wait_for()
    yield "desk-lost-papers"
    yield from at(page, "/desk/lost-phones", "desk-lost-phones")
