"""Walks through the activity sheets of a person and a team."""

from collections.abc import Iterator

from playwright.sync_api import Page

from app.core.clock import local_date, utc_now


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
    yield from _plan(page)


def _plan(page: Page) -> Iterator[str]:
    """A plan, refused and typed; what was done under it by a team; the quick report with it."""
    year = local_date(utc_now()).year
    page.goto("/desk/settings/report-extras")
    page.get_by_role("link", name="Ghi kế hoạch").click()
    page.get_by_label("Số của kế hoạch").fill("15/KH-UBND")
    page.get_by_label("Tên kế hoạch").fill("Ra quân hướng dẫn định danh điện tử đến từng hộ")
    page.get_by_label("Từ ngày").fill(f"01/01/{year}")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Ghi ngày kết thúc theo mẫu").wait_for()
    yield "desk-plan-refused"
    page.get_by_label("Đến ngày").fill(f"31/12/{year}")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu. Phiếu hoạt động chọn được kế hoạch này.").wait_for()
    yield "desk-plans"
    page.goto("/desk/teams")
    page.locator('td a[href$="/activity"]').first.click()
    page.get_by_role("navigation", name="Kế hoạch").get_by_role("link", name="15/KH-UBND").click()
    page.get_by_text("Theo kế hoạch 15/KH-UBND").wait_for()
    yield "desk-activity-plan"
    page.goto("/desk/reports")
    page.get_by_role("link", name="Báo nhanh hôm nay").click()
    page.get_by_text(f"Từ 01/01/{year}, theo kế hoạch 15/KH-UBND").wait_for()
    yield "desk-quick-report"
