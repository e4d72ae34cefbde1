"""Walks through the screens of one visit on the phone, by name."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import fill_visit, wait_for_heading, wait_for_screen
from tests.world import World


def visit_screens(page: Page, world: World) -> Iterator[str]:
    """The form, *Đã lưu*, the page of the visit, and what is done from there."""
    page.goto(f"/field/households/{world.duc}/visit")
    page.get_by_role("heading", level=1).wait_for()
    yield "visit-empty"
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chọn một kết quả trước khi lưu.").first.wait_for()
    yield "visit-refused"
    fill_visit(page)
    yield "visit"
    page.get_by_text("Còn cần gì?").click()
    page.locator("#needs").get_by_text("Nộp hồ sơ").click()
    yield "visit-needs"
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    yield "saved"
    visit = page.url.removesuffix("/saved")
    for address, name in (
        ("", "page"),
        ("/edit", "edit"),
        ("/household", "household"),
        ("/withdraw", "withdraw"),
    ):
        page.goto(f"{visit}{address}")
        wait_for_screen(page)
        yield f"visit-{name}"
