"""The screens on which one supervisor's decision meets another's."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def review_screens(page: Page) -> Iterator[str]:
    """What the desk asks about the visit that Én accepted, as if it had been opened before that."""
    page.goto("/desk/visits?state=accepted")
    page.locator('#visits tbody [id^="open-"]').first.click()
    page.get_by_role("link", name="Trả lại").click()
    page.get_by_label("Sai hộ").check()
    page.get_by_label("Ô cần sửa").select_option("household")
    page.locator('#panel [name="seen"]').evaluate("(field) => { field.value = 0; }")
    page.locator("#panel").get_by_role("button", name="Trả lại").click()
    page.get_by_role("button", name="Vẫn trả lại").wait_for()
    yield "desk-visit-asked"
    page.goto("/desk/visits?state=accepted")
    box = page.locator('#visits input[name="visit"]').first
    box.evaluate("(box) => { box.value = box.value.replace(/[0-9]+$/, '0'); }")
    box.check()
    page.get_by_role("button", name="Đưa 1 lượt về Chưa duyệt").click()
    wait_for_heading(page, "1 lượt vừa có quyết định của người khác")
    yield "desk-colleagues"
