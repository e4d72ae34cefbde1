"""Screens on which a decision meets a colleague's; a call that is noted, a loss that is settled."""

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


def call_screens(page: Page) -> Iterator[str]:
    """Bình calls whose phone lost a record, notes it and settles the loss; the person's page has both."""
    page.goto("/desk/")
    lost = page.locator(".call-card", has_text="Mất 1 lượt")
    person = lost.locator('a[href^="/desk/people/"]').first.get_attribute("href") or ""
    lost.get_by_role("link", name="Đã gọi…").click()
    page.get_by_label("Người ấy nói gì").wait_for()
    yield "desk-call"
    page.get_by_label("Người ấy nói gì").fill("Máy rơi xuống suối, mai mượn máy khác")
    page.get_by_role("button", name="Đã gọi").click()
    page.get_by_text("hôm nay: Máy rơi xuống suối").wait_for()
    yield "desk-overview-called"
    lost.get_by_role("link", name="Đã rõ, thôi nhắc…").click()
    page.get_by_label("Lý do").wait_for()
    yield "desk-settle"
    page.get_by_role("button", name="Đã rõ, thôi nhắc").click()
    page.get_by_text("Viết lý do").wait_for()
    yield "desk-settle-refused"
    page.get_by_label("Lý do").fill("Đã hỏi, lượt đó đã ghi lại")
    page.get_by_role("button", name="Đã rõ, thôi nhắc").click()
    wait_for_heading(page, "Tổng quan")
    page.goto(person)
    page.get_by_text("Mất lượt, đã rõ").wait_for()
    yield "desk-person-calls"
