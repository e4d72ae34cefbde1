"""Walks through *Việc hướng dẫn*, by name."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.e2e.steps import wait_for_heading


def desk_services(page: Page) -> Iterator[str]:
    """The catalog with services on and off, and the form of one of the commune's own."""
    page.goto("/desk/services")
    wait_for_heading(page, "Việc hướng dẫn")
    yield "desk-services"
    page.get_by_role("button", name="Tắt: Chữ ký số").click()
    page.get_by_role("heading", name="Đang tắt").wait_for()
    yield "desk-services-off"
    page.goto("/desk/services/new")
    wait_for_heading(page, "Thêm việc riêng")
    yield "desk-service-new"
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Nhập tên việc.").wait_for()
    yield "desk-service-refused"
    page.get_by_label("Tên việc").fill("Cài ứng dụng của tỉnh")
    page.get_by_label("Nhóm").select_option("more")
    for place, outcome in enumerate(("did_it", "done_for_them", "declined"), start=1):
        page.get_by_label(f"Thứ {place}").select_option(outcome)
    page.get_by_label("Đến hết ngày").fill("31/12/2027")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu.").wait_for()
    page.get_by_role("link", name="Cài ứng dụng của tỉnh").click()
    wait_for_heading(page, "Cài ứng dụng của tỉnh")
    yield "desk-service"
