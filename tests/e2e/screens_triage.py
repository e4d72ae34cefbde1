"""The screens of sorting, saved filters, samples and outreach sessions."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

At = Callable[[Page, str, str], Iterator[str]]


def triage_screens(page: Page, at: At) -> Iterator[str]:
    """Walks through a sorted list, *Chọn nhanh*, the saved filters and a sample."""
    yield from at(page, "/desk/visits?sort=household&state=received&day=Tháng này", "desk-visits-sorted")
    page.get_by_role("button", name="Chọn nhanh").click()
    yield "desk-visits-ready-filters"
    page.get_by_label("Lưu bộ lọc này, tên là").fill("Chưa duyệt tháng này")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_url("**/desk/visits?**")
    yield from at(page, "/desk/filters?state=received", "desk-saved-filters")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_text("Đặt tên, nhiều nhất").wait_for()
    yield "desk-saved-filters-refused"
    yield from at(page, "/desk/samples/new", "desk-sample")
    page.get_by_label("Bao nhiêu phần trăm").fill("80")
    page.get_by_role("button", name="Lấy mẫu").click()
    page.get_by_text("Chọn từ 1 đến 50 phần trăm.").wait_for()
    yield "desk-sample-refused"
    page.get_by_label("Bao nhiêu phần trăm").fill("10")
    page.get_by_role("button", name="Lấy mẫu").click()
    page.get_by_text("lượt chưa duyệt, ").first.wait_for()
    yield "desk-visits-sample"


def outreach_screens(page: Page, at: At) -> Iterator[str]:
    """Walks through *Buổi tuyên truyền*: the list, entering one, correcting one, and its withdrawal refused
    and made."""
    yield from at(page, "/desk/outreach/new", "desk-outreach-entry")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Chọn người đã hướng dẫn.").wait_for()
    yield "desk-outreach-entry-refused"
    yield from at(page, "/desk/outreach", "desk-outreach")
    page.locator('tbody a[href^="/desk/outreach/"]').first.click()
    page.get_by_role("link", name="Sửa").click()
    page.get_by_label("Nơi tổ chức").fill("Sân kho")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Ghi lý do sửa").wait_for()
    yield "desk-outreach-correction-refused"
    page.get_by_label("Lý do sửa").fill("Ghi nhầm nơi")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("button", name="Hoàn tác").wait_for()
    yield "desk-outreach-session-corrected"
    page.get_by_role("button", name="Bỏ buổi ghi nhầm").click()
    page.get_by_text("Ghi lý do bỏ").wait_for()
    yield "desk-outreach-session-refused"
    page.get_by_label("Lý do").fill("Ghi hai lần")
    page.get_by_role("button", name="Bỏ buổi ghi nhầm").click()
    page.get_by_role("button", name="Hoàn tác").wait_for()
    yield "desk-outreach-session-withdrawn"
    yield from at(page, "/desk/outreach", "desk-outreach-withdrawn")
