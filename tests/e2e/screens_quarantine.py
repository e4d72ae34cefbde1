"""Walks through *Chờ xử lý* beyond one decision, by name."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def desk_quarantine(page: Page) -> Iterator[str]:
    """A waiting visit, its household found or added, and what was decided within a day. Something waits."""
    page.goto("/desk/quarantine")
    wait_for_heading(page, "Chờ xử lý")
    page.get_by_role("row", name="Đợi bản ghi thêm hộ").get_by_role("link", name="Ghi lượt thăm").click()
    page.get_by_role("link", name="Gắn vào một hộ").click()
    wait_for_heading(page, "Lượt này ở hộ nào?")
    yield "desk-quarantine-attach"
    page.get_by_label("Tìm trong sổ hộ").fill("thi")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_text("Hộ khớp với").wait_for()
    yield "desk-quarantine-search"
    page.get_by_role("button", name="Gắn vào hộ đã chọn").click()
    page.get_by_text("Chọn một hộ.").wait_for()
    page.get_by_role("button", name="Thêm hộ này và gắn").click()
    page.get_by_text("Nhập tên chủ hộ.").wait_for()
    yield "desk-quarantine-attach-refused"
    page.get_by_role("link", name="Lượt đang chờ").click()
    page.get_by_role("link", name="Gắn vào một hộ").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Gắn vào hộ đã chọn").click()
    page.get_by_text("Đã nhận vào hộ đã chọn.").wait_for()
    page.get_by_role("link", name="Đã quyết định trong một ngày").click()
    wait_for_heading(page, "Đã quyết định trong một ngày")
    yield "desk-quarantine-decided"
    page.get_by_role("link", name="Ghi lượt thăm").first.click()
    page.get_by_role("button", name="Hoàn tác").wait_for()
    yield "desk-quarantine-undo"
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_text("Đã hoàn tác: bản ghi này lại chờ quyết định.").wait_for()
    yield "desk-quarantine-reopened"
